"""files/store.py — a checked upload becomes a row and a file named by its content."""

import hashlib
import os
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.tables import get_row
from .check import CheckedFile
from .models import StoredFile


def store_file(
    session: Session, folder: Path, checked: CheckedFile, *, by: Actor, at: datetime
) -> StoredFile:
    """Store a checked file; the same content is kept once. Its bytes are on the disk before its row is."""
    sha256 = checked.sha256
    write_content(file_path(folder, sha256), checked.content)
    known = session.scalars(select(StoredFile).where(StoredFile.sha256 == sha256)).first()
    if known is not None:
        return known
    stored = StoredFile(
        sha256=sha256, media_type=checked.media_type, size=len(checked.content), name=checked.name, at=at
    )
    session.add(stored)
    session.flush()
    record(session, "file_kept", by=by, at=at, subject=stored, seals=[stored])
    return stored


def write_content(path: Path, content: bytes) -> None:
    """Whole and on the disk; nothing where it is there already. A file that was lost or cut is written anew."""
    if path.is_file() and path.stat().st_size == len(content):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{secrets.token_hex(6)}.new")  # two may send the same paper at once
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def file_path(folder: Path, sha256: str) -> Path:
    return folder / "files" / sha256[:2] / sha256


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def get_file(session: Session, file_id: int) -> StoredFile:
    return get_row(session, StoredFile, file_id, "file_not_found")

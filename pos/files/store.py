"""files/store.py — take an upload in: known kinds only, pictures drawn anew, named by their content."""

import hashlib
import os
import warnings
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import NotFound, Refused
from ..kernel.tables import get_row
from .models import StoredFile

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2400
READ = ("JPEG", "PNG", "WEBP", "HEIF")  # HEIF: what iPhones keep their photos in

register_heif_opener()


def keep(session: Session, folder: Path, name: str, data: bytes, *, by: Actor, at: datetime) -> StoredFile:
    """Store a PDF as it is, or a picture drawn anew (no metadata, nothing hidden). The same content is kept once.

    Raises Refused (`file_too_big`, `file_odd`).
    """
    if len(data) > MOST_BYTES:
        raise Refused.because("file_too_big")
    content, media_type = _checked(data)
    sha256 = hashlib.sha256(content).hexdigest()
    _write(path_of(folder, sha256), content)
    known = session.scalars(select(StoredFile).where(StoredFile.sha256 == sha256)).first()
    if known is not None:
        return known
    stored = StoredFile(
        sha256=sha256, media_type=media_type, size=len(content), name=Path(name).name[:120], at=at
    )
    session.add(stored)
    session.flush()
    record(session, "file_kept", by=by, at=at, subject=stored, seals=[stored])
    return stored


def _write(path: Path, content: bytes) -> None:
    """Whole and on the disk before its row is; a file that was lost or cut comes back with the next upload of it."""
    if path.is_file() and path.stat().st_size == len(content):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _checked(data: bytes) -> tuple[bytes, str]:
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]:
        return data, "application/pdf"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn_anew(data), "image/jpeg"
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as odd:
        raise Refused.because("file_odd") from odd


def _drawn_anew(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=READ) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    picture.save(out, "JPEG", quality=86)
    return out.getvalue()


def thumbnail(path: Path, side: int) -> bytes:
    """A stored picture as a small JPEG, no side longer than `side` pixels."""
    out = BytesIO()
    with Image.open(path, formats=("JPEG",)) as picture:
        picture.draft("RGB", (side, side))
        picture.thumbnail((side, side))
        picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def pages_of(path: Path, media_type: str) -> int:
    """How many pages a stored file has: a picture has one, and so has a PDF that can't be read."""
    if media_type != "application/pdf":
        return 1
    try:
        with pypdfium2.PdfDocument(path) as document:
            return len(document)
    except pypdfium2.PdfiumError:
        return 1


def page_picture(path: Path, media_type: str, n: int, side: int) -> bytes:
    """Page `n` (from 1) of a stored file as a small JPEG, to be read beside what is typed.

    Raises NotFound (`file_not_found`) for a page that isn't there or can't be drawn.
    """
    if media_type != "application/pdf":
        return thumbnail(path, side)
    try:
        with pypdfium2.PdfDocument(path) as document:
            if not 1 <= n <= len(document):
                raise NotFound.because("file_not_found")
            page = document[n - 1]
            picture = page.render(scale=side / max(page.get_size())).to_pil().convert("RGB")
    except pypdfium2.PdfiumError as broken:
        raise NotFound.because("file_not_found") from broken
    out = BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def path_of(folder: Path, sha256: str) -> Path:
    return folder / "files" / sha256[:2] / sha256


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def get_file(session: Session, file_id: int) -> StoredFile:
    return get_row(session, StoredFile, file_id, "file_not_found")

"""maintenance/backup.py — one consistent, compressed file of everything, proved by restoring it.

A zip of the books (SQLite: copied by its own backup interface while the shop sells; PostgreSQL: pg_dump), the
journal's head, the papers and pictures, and a manifest with the SHA-256 of each part; encrypted where the shop has a
recovery code and wants it (maintenance/encryption.py).
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from ..files.store import file_sha256
from ..kernel.database import engine_options, sqlite_module
from ..kernel.slow_work import refuse_inside_unit_of_work
from ..kernel.tables import Base
from .encryption import (
    DamagedBackup,
    PublicKey,
    WrongCode,
    decrypt_file,
    encrypt_file,
    is_encrypted,
    read_header,
)
from .finding import Finding
from .heads import HEAD_FILE, JournalHead, get_head, write_head
from .ownership import LOCK_FILE
from .postgresql import ScratchRefused, dump_database, scratch_database
from .verify import check_stored_files, verify_books
from .verify_proofs import check_head_file

FORMAT = 1
SCRATCH = ".ocop-backup-"
BESIDE = "ocop-not-proved.zip"
A_DAY_SECONDS = 86_400
# What zipfile raises for a damaged file, by where the damage lies (RuntimeError: marked encrypted or of a method unknown).
UNREADABLE = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, RuntimeError)
BOOKS, DUMP, MANIFEST = "shop.db", "shop.sql", "manifest.json"
_BY_CONTENT = re.compile(r"^[0-9a-f]{64}$")


_FILE_PART = re.compile(r"files/([0-9a-f]{2}/)?[0-9a-f]+")  # a stored file, named by its content


class BackupBroken(Exception):
    """The file is no whole backup; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """What a backup holds, as its manifest or its open header tells."""

    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A backup that was written. `unproved`: why its books could not be restored for the proof; "" for a proved one.

    `doubt`: what is odd about the books it holds, though they add up.
    """

    path: Path
    summary: BackupSummary
    unproved: str = ""
    doubt: str = ""


def write_backup(engine: Engine, folder: Path, target: Path, *, at: datetime) -> Path:
    """Write a proved, plain backup and say where. Raises BackupBroken."""
    return make_backup(engine, folder, target, at=at).path


def make_backup(
    engine: Engine, folder: Path, target: Path, *, at: datetime, key: PublicKey | None = None
) -> MadeBackup:
    """Write a backup to `target` and restore it into a temporary folder to prove it. Raises BackupBroken.

    `target` appears only when it is whole: it is written beside and then renamed. It counts only if the books add
    up and every file that they name is in it, unchanged.
    """
    refuse_inside_unit_of_work("a backup")
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{SCRATCH}*"):
        if left.stat().st_mtime < at.timestamp() - A_DAY_SECONDS:  # a power cut in an earlier night left it
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=SCRATCH) as scratch:
        books, head, rows = _copy_books(engine, Path(scratch))
        parts = {books.name: books, **_list_stored_files(folder)}
        if head is not None:
            write_head(Path(scratch) / HEAD_FILE, head)
            parts[HEAD_FILE] = Path(scratch) / HEAD_FILE
        summary = BackupSummary(rows, len(_list_stored_files(folder)))
        whole = Path(scratch) / "whole.zip"
        _pack_parts(whole, parts, at, summary)
        try:
            unproved = _prove_backup(whole, Path(scratch) / "proof", engine)
        except BackupBroken as broken:
            beside = _keep_beside(whole, target.parent, key, at, summary)
            raise BackupBroken(
                f"{broken}. What could be copied is in {beside.name}, which counts as no backup"
            ) from broken
        if key is not None:
            whole = _encrypt_backup(whole, key, at, summary)
        whole.chmod(0o600)
        _flush_file(whole)
        whole.replace(target)
        _flush_folder(target.parent)
    with Session(engine) as session:
        doubt = "; ".join(finding.said for finding in check_head_file(session, folder))
    return MadeBackup(target, summary, unproved, doubt)


def _copy_books(engine: Engine, scratch: Path) -> tuple[Path, JournalHead | None, int]:
    """A copy of one moment, that moment's head, and how many rows its ledgers hold."""
    if engine.dialect.name == "sqlite":
        path = scratch / BOOKS
        source = engine.raw_connection()
        copy = sqlite_module().connect(str(path))
        try:
            driver: Any = source.driver_connection
            driver.backup(copy)
        finally:
            copy.close()
            source.close()
        copied = open_copy(path)
        try:
            with Session(copied) as session:
                return path, get_head(session), count_ledger_rows(session)
        finally:
            copied.dispose()
    with Session(engine.execution_options(isolation_level="REPEATABLE READ")) as session:
        snapshot = str(session.scalar(text("SELECT pg_export_snapshot()")))
        dump_database(engine.url, scratch / DUMP, snapshot)
        return scratch / DUMP, get_head(session), count_ledger_rows(session)


def open_copy(path: Path) -> Engine:
    """An engine over books that were copied or unpacked."""
    url = f"sqlite:///{path}"
    return create_engine(make_url(url), **engine_options(url))


def count_ledger_rows(session: Session) -> int:
    """Rows of all tables that only grow."""
    ledgers = [mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__ledger__]
    return sum(int(session.scalar(select(func.count()).select_from(model)) or 0) for model in ledgers)


def _list_stored_files(folder: Path) -> dict[str, Path]:
    files_folder = folder / "files"
    found = {
        f"files/{path.relative_to(files_folder)}": path
        for path in sorted(files_folder.rglob("*"))
        if path.is_file()
    }
    return {name: path for name, path in found.items() if _is_part(name)}  # a power cut may have left others


def _is_part(name: str) -> bool:
    """May a backup have a part of this name? Nothing else is ever unpacked into a data folder."""
    return name in {BOOKS, DUMP, HEAD_FILE} or _FILE_PART.fullmatch(name) is not None


def _is_leftover(name: str) -> bool:
    """A file that was being written when the power went: earlier versions took it along. It is no part, and is left."""
    return name.startswith("files/") and name.endswith(".new")


def _pack_parts(whole: Path, parts: dict[str, Path], at: datetime, summary: BackupSummary) -> None:
    sums = {name: file_sha256(path) for name, path in parts.items()}
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        manifest = {
            "format": FORMAT,
            "made": at.isoformat(),
            "rows": summary.rows,
            "files": summary.files,
            "parts": sums,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        for name, path in parts.items():
            archive.write(path, name)


def _keep_beside(
    whole: Path, folder: Path, key: PublicKey | None, at: datetime, summary: BackupSummary
) -> Path:
    """The newest copy that could not be proved: one lost scan must not leave the shop without any copy of its books."""
    beside = folder / (BESIDE if key is None else f"{BESIDE}.encrypted")
    whole = whole if key is None else _encrypt_backup(whole, key, at, summary)
    whole.chmod(0o600)
    _flush_file(whole)
    whole.replace(beside)
    return beside


def _encrypt_backup(whole: Path, key: PublicKey, at: datetime, summary: BackupSummary) -> Path:
    target = whole.with_name("whole.encrypted")
    manifest = {"format": FORMAT, "made": at.isoformat(), "rows": summary.rows, "files": summary.files}
    try:
        encrypt_file(whole, target, key, manifest)
    except DamagedBackup as odd:
        raise BackupBroken(str(odd)) from odd
    return target


def _flush_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prove_backup(whole: Path, proof: Path, engine: Engine) -> str:
    """Restore it and check everything; why it could not be proved, "" if it was. Raises BackupBroken."""
    unpack_backup(whole, proof)
    findings = (
        [*check_files(proof), *check_books(proof)] if engine.dialect.name == "sqlite" else check_files(proof)
    )
    unproved = ""
    if engine.dialect.name != "sqlite" and not findings:
        try:
            with scratch_database(engine, proof / DUMP) as copy, Session(copy) as session:
                findings = verify_books(session, proof)
        except ScratchRefused as no:
            unproved = str(no)
            with Session(engine) as session:  # the shop's own rows say which files must be there
                findings = verify_files(session, proof)
        except subprocess.CalledProcessError as broken:
            raise BackupBroken(f"the dump can't be restored: {_last_line(broken.stderr)}") from broken
    if findings:
        raise BackupBroken(f"the restored books do not add up: {findings[0].row}: {findings[0].said}")
    return unproved


def _last_line(output: bytes | None) -> str:
    lines = (output or b"").decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "psql gave no reason"


def verify_files(session: Session, folder: Path) -> list[Finding]:
    """The files that these books name are in that folder, unchanged."""
    return list(check_stored_files(session, folder))


def unpack_backup(whole: Path, folder: Path, code: str = "") -> dict[str, str]:
    """Unpack a backup into an empty folder, each part checked against the manifest. Raises BackupBroken, WrongCode."""
    if folder.exists() and any(path.name != LOCK_FILE for path in folder.iterdir()):
        raise BackupBroken(f"{folder} is not empty: restore into a new folder")
    if is_encrypted(whole) and not code:
        raise WrongCode(f"{whole} is encrypted: give its recovery code (--recovery-code)")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if not is_encrypted(whole):
            return _unpack_plain(whole, folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix=SCRATCH) as scratch:
            plain = Path(scratch) / "whole.zip"
            decrypt_file(whole, plain, code)
            return _unpack_plain(plain, folder)
    except DamagedBackup as odd:
        clear_folder(folder)
        raise BackupBroken(f"{whole} can't be read as a backup: {odd}") from odd
    except (BackupBroken, WrongCode, OSError):
        clear_folder(folder)
        raise


def clear_folder(folder: Path) -> None:
    """Take away what a restore that failed has left; the folder itself goes where nothing else is in it."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK_FILE:
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


def _unpack_plain(whole: Path, folder: Path) -> dict[str, str]:
    try:
        with zipfile.ZipFile(whole) as archive:
            parts = _read_parts(whole, json.loads(archive.read(MANIFEST)))
            for name in parts:
                archive.extract(name, folder)
    except UNREADABLE as broken:
        if isinstance(broken, OSError) and broken.errno is not None:
            raise  # the disk that it is unpacked to, not the backup
        raise BackupBroken(f"{whole} can't be read as a backup: {broken}") from broken
    for name, expected in parts.items():
        if file_sha256(folder / name) != expected:
            raise BackupBroken(f"{name} in {whole} is damaged")
    return parts


def _read_parts(whole: Path, manifest: Any) -> dict[str, str]:
    """The parts that a manifest names, with their sums. Raises BackupBroken for a manifest that no backup has."""
    if not isinstance(manifest, dict) or not isinstance(manifest.get("parts"), dict):
        raise BackupBroken(f"{whole} can't be read as a backup: its manifest names no parts")
    if manifest.get("format") != FORMAT:
        raise BackupBroken(f"{whole} is of another format: {manifest.get('format')!r}")
    parts: dict[str, str] = {
        name: expected for name, expected in manifest["parts"].items() if not _is_leftover(name)
    }
    if odd := [name for name in parts if not _is_part(name)]:
        raise BackupBroken(f"{whole} names a part outside those of a backup: {odd[0]!r}")
    return parts


def read_summary(path: Path) -> BackupSummary | None:
    """What a backup says it holds, whether encrypted or not; None for one that can't be read or doesn't say."""
    try:
        if is_encrypted(path):
            manifest = read_header(path)
        else:
            with zipfile.ZipFile(path) as archive:
                manifest = json.loads(archive.read(MANIFEST))
        return BackupSummary(int(manifest["rows"]), int(manifest["files"]))
    except (*UNREADABLE, DamagedBackup, TypeError, AttributeError):
        return None


def check_files(folder: Path) -> list[Finding]:
    """The unpacked books are there, and each file that is named by its content is that content."""
    if not (folder / BOOKS).is_file() and not (folder / DUMP).is_file():
        return [Finding("books", BOOKS, "there are no books in this backup")]
    return [
        Finding("file", path.name, "its content is not what its name says")
        for path in sorted((folder / "files").rglob("*"))
        if path.is_file() and _BY_CONTENT.match(path.name) and file_sha256(path) != path.name
    ]


def check_books(folder: Path) -> list[Finding]:
    """`verify_books` over unpacked SQLite books and their files. A PostgreSQL dump must be loaded first: see check_files."""
    path = folder / BOOKS
    if not path.exists():
        return check_files(folder)
    engine = open_copy(path)
    try:
        with Session(engine) as session:
            return verify_books(session, folder)
    finally:
        engine.dispose()

"""upkeep/backup.py — one consistent, compressed file of everything, proved by restoring it.

A zip of the books (SQLite: copied by its own backup interface while the shop sells; PostgreSQL: pg_dump),
the papers and pictures, and a manifest with the SHA-256 of each part.
"""

import json
import os
import shutil
import subprocess
import tempfile
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from ..files.store import sha256_of
from ..kernel.database import engine_options, sqlite_module
from ..kernel.outside import refuse_inside_unit_of_work
from .finding import Finding
from .verify import verify

FORMAT = 1
SCRATCH = ".ocop-backup-"
A_DAY_SECONDS = 86_400
# What zipfile raises for a damaged file, by where the damage lies (RuntimeError: marked encrypted or of a method unknown).
UNREADABLE = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, RuntimeError)
BOOKS, DUMP, MANIFEST = "shop.db", "shop.sql", "manifest.json"


class BackupBroken(Exception):
    """The file is no whole backup; the message says what is wrong with it."""


def backup(engine: Engine, folder: Path, target: Path, *, at: datetime) -> Path:
    """Write a backup to `target` and restore it into a temporary folder to prove it. Raises BackupBroken.

    `target` appears only when it is whole: it is written beside and then renamed.
    """
    refuse_inside_unit_of_work("a backup")
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{SCRATCH}*"):
        if left.stat().st_mtime < at.timestamp() - A_DAY_SECONDS:  # a power cut in an earlier night left it
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=SCRATCH) as scratch:
        books = _copy_books(engine, Path(scratch))
        parts = {books.name: books, **_kept_files(folder)}
        whole = Path(scratch) / "whole.zip"
        _pack(whole, parts, at)
        _prove(whole, Path(scratch) / "proof")
        _flush(whole)
        whole.replace(target)
    return target


def _copy_books(engine: Engine, scratch: Path) -> Path:
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
        return path
    path = scratch / DUMP
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(["pg_dump", "--no-owner", "--file", str(path), url], check=True)
    return path


def _kept_files(folder: Path) -> dict[str, Path]:
    kept = folder / "files"
    return {f"files/{path.relative_to(kept)}": path for path in sorted(kept.rglob("*")) if path.is_file()}


def _pack(whole: Path, parts: dict[str, Path], at: datetime) -> None:
    sums = {name: sha256_of(path) for name, path in parts.items()}
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr(
            MANIFEST, json.dumps({"format": FORMAT, "made": at.isoformat(), "parts": sums}, indent=1)
        )
        for name, path in parts.items():
            archive.write(path, name)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _prove(whole: Path, proof: Path) -> None:
    unpack(whole, proof)
    findings = check_books(proof)
    if findings:
        raise BackupBroken(f"the restored books do not add up: {findings[0].row}: {findings[0].said}")


def unpack(whole: Path, folder: Path) -> dict[str, str]:
    """Unpack a backup into an empty folder, each part checked against the manifest. Raises BackupBroken."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupBroken(f"{folder} is not empty: restore into a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(whole) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            if manifest.get("format") != FORMAT:
                raise BackupBroken(f"{whole} is of another format: {manifest.get('format')}")
            for name in manifest["parts"]:
                if name.startswith("/") or ".." in Path(name).parts:
                    raise BackupBroken(f"{whole} names a part outside its folder: {name}")
                archive.extract(name, folder)
    except UNREADABLE as broken:
        shutil.rmtree(folder)
        raise BackupBroken(f"{whole} can't be read as a backup: {broken}") from broken
    for name, expected in manifest["parts"].items():
        if sha256_of(folder / name) != expected:
            raise BackupBroken(f"{name} in {whole} is damaged")
    parts: dict[str, str] = manifest["parts"]
    return parts


def check_books(folder: Path) -> list[Finding]:
    """`verify` and SQLite's own integrity check over unpacked books; a PostgreSQL dump is checked by its sum alone."""
    from sqlalchemy import create_engine

    path = folder / BOOKS
    if not path.exists():
        return []
    url = f"sqlite:///{path}"
    engine = create_engine(make_url(url), **engine_options(url))
    try:
        with Session(engine) as session:
            said = session.connection().exec_driver_sql("PRAGMA integrity_check").scalar()
            if said != "ok":
                return [Finding("integrity", str(path.name), str(said))]
            return verify(session)
    finally:
        engine.dispose()

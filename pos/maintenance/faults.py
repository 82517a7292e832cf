"""maintenance/faults.py — what a failure of the disk, the database or the network means, in one line with the way on."""

import errno
import os
import shutil
import subprocess
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ..config import Config
from ..kernel.database import sqlite_module

KNOWN = (OSError, SQLAlchemyError, CommandError, subprocess.CalledProcessError, sqlite_module().Error)
LEAST_BYTES = 256 * 1024
_DATABASE_FAULTS = (  # what SQLite says (a part of it), and what that means for {books} in {folder}
    ("disk is full", "the disk is full: free some space for {folder}. What was confirmed before is safe"),
    ("readonly database", ("{books} may not be written by this user: check who owns {folder} (ls -l), and that its disk is"
     " not mounted read-only")),
    ("unable to open database", "{books} can't be opened: check that {folder} is there and belongs to this user (ls -l)"),
    ("not a database", ("{books} is damaged or is no shop's books: restore the newest backup into a new folder"
     " (ocop-pos restore BACKUP --data NEW-FOLDER)")),
    ("malformed", ("{books} is damaged: restore the newest backup into a new folder"
     " (ocop-pos restore BACKUP --data NEW-FOLDER)")),
    ("disk i/o error", "{books} can't be read or written: the drive fails or is full (ocop-pos doctor looks at it)"),
    ("database is locked", "another program holds {books}: close it and try again"),
    ("no such table", "{books} is no shop's books, or those of another version: {said}"),
    ("no such column", "{books} is no shop's books, or those of another version: {said}"),
)  # fmt: skip
_SYSTEM_FAULTS = {
    errno.ENOSPC: "the disk is full: free some space",
    errno.EDQUOT: "this user's share of the disk is full: free some space",
    errno.EROFS: "the disk is mounted read-only: mount it for writing, or name another folder",
    errno.EACCES: "this user may not use it: check who owns it (ls -l)",
    errno.EPERM: "this user may not use it: check who owns it (ls -l)",
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "a part of this path is a file, where a folder is needed",
    errno.EEXIST: "there is a file of that name, where a folder is needed",
    errno.EISDIR: "this is a folder, where a file is needed",
    errno.EADDRINUSE: "the port is taken: stop the program that uses it, or choose another with --port",
    errno.EADDRNOTAVAIL: "this computer has no such address",
}  # fmt: skip


def describe_fault(fault: BaseException, config: Config, written_to: Path | None = None) -> str:
    """One line that names the cause and the way on. `written_to`: where the command writes, if not to the data folder."""
    if isinstance(fault, subprocess.CalledProcessError):
        message = fault.stderr.decode("utf-8", "replace") if isinstance(fault.stderr, bytes) else fault.stderr
        return (
            f"{Path(str(fault.cmd[0])).name} failed: {first_line(message or f'exit code {fault.returncode}')}"
        )
    if isinstance(fault, CommandError):
        return (
            f"the books were written by a newer version of ocop-pos ({first_line(fault)}):"
            " install that version, or restore a backup of this one"
        )
    if isinstance(fault, OSError):
        return _describe_system_fault(fault)
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    return _describe_database_fault(cause or fault, config, written_to or Path(config.data.folder))


def _describe_system_fault(fault: OSError) -> str:
    about = f"{fault.filename}: " if fault.filename else ""
    if fault.errno == errno.ENOENT and fault.filename in {"pg_dump", "psql"}:
        return f"the program {fault.filename} is missing: sudo apt-get install postgresql-client"
    return about + _SYSTEM_FAULTS.get(fault.errno or 0, fault.strerror or first_line(fault))


def _describe_database_fault(cause: BaseException, config: Config, folder: Path) -> str:
    message = first_line(cause)
    if config.database.url:
        return (
            f"the database {without_password(config.database.url)} refuses: {message}. Is PostgreSQL running there, and is"
            " [database] url right?"
        )
    books = Path(config.data.folder) / "shop.db"
    if "unable to open" in message.lower() and is_read_only(books.parent):
        return f"{books.parent} is on a disk that is mounted read-only: mount it for writing"
    if "i/o error" in message.lower() and has_no_space(folder):
        message = "disk is full"
    for part, meaning in _DATABASE_FAULTS:
        if part in message.lower():
            return meaning.format(books=books, folder=folder, said=message)
    return f"{books}: {message}"


def is_read_only(folder: Path) -> bool:
    """Is the disk that holds it mounted without writing? False where that can't be told."""
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def has_no_space(folder: Path) -> bool:
    """Is there less room than the books' own shared memory needs?"""
    try:
        return shutil.disk_usage(folder).free < LEAST_BYTES
    except OSError:
        return False


def without_password(url: str) -> str:
    """The database's address as it may be shown."""
    return url.rsplit("@", maxsplit=1)[-1]


def first_line(message: object) -> str:
    """What was said, as one line."""
    return next((line.strip() for line in str(message).splitlines() if line.strip()), type(message).__name__)

"""maintenance/privacy.py — the shop's books, scans, keys and backups are readable by their owner alone."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
OWN_FILES = ("shop.db", "shop.sql", "secret.key", "journal-head.json", "backup-key.json", "server.lock")
OWN_FOLDERS = {"files", "backups", "certificates", "uploads"}


def protect_folder(folder: Path) -> None:
    """Take every right of others from the data folder and from the shop's own files in it.

    Strangers' files (somebody's home named as the data folder) and those of another user stay as they are, and so
    does a disk of the kind that knows no rights.
    """
    _protect(folder, PRIVATE_FOLDER)
    for path in folder.glob("*"):
        if path.is_dir() and path.name in OWN_FOLDERS:
            for where, _, names in os.walk(path):
                _protect(Path(where), PRIVATE_FOLDER)
                for name in names:
                    _protect(Path(where) / name, PRIVATE_FILE)
        elif path.is_file() and path.name.startswith(OWN_FILES):
            _protect(path, PRIVATE_FILE)


def protect_files(paths: Iterable[Path]) -> None:
    """The same for files in a folder that is not the shop's alone, such as backups on a stick."""
    for path in paths:
        _protect(path, PRIVATE_FILE)


def _protect(path: Path, mode: int) -> None:
    with suppress(OSError):
        if not path.is_symlink() and path.stat().st_mode & 0o777 != mode:
            path.chmod(mode)

"""payments/secret_store.py — what proves the shop to a provider: one small file each (0600), never shown again, in no backup.

They are apart from the database and its backups: whoever finds a backup reads no token in it.
"""

import re
from pathlib import Path

from ..kernel.private_file import write_private

FOLDER = "secrets"
LONGEST = 4_000
_NAME = re.compile(r"[a-z_]{1,40}")


class SecretStore:
    """The secrets of the accounts' feeds within the data folder."""

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder / FOLDER

    def write(self, account_id: int, name: str, secret: str) -> None:
        """Keep it in place of the one before. Raises OSError, ValueError for a name or secret that is none."""
        if not 0 < len(secret.strip()) <= LONGEST:
            raise ValueError("an empty secret, or too long a one")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._find_path(account_id, name), secret.strip().encode())

    def find(self, account_id: int, name: str) -> str:
        """The secret, "" where none was pasted."""
        try:
            return self._find_path(account_id, name).read_text("utf-8")
        except FileNotFoundError:
            return ""

    def forget(self, account_id: int, name: str) -> None:
        self._find_path(account_id, name).unlink(missing_ok=True)

    def _find_path(self, account_id: int, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise ValueError(f"{name!r} is no secret's name")
        return self._folder / f"account-{account_id}-{name}"

"""closings/seal.py — the shop's key, and what it signs: a closing's facts, totals and the journal's head.

Ed25519 (RFC 8032). The private half lies in a folder of its own, in no database and no backup: who copies either can't sign.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ..journal.record import canonical_json
from ..kernel.private_file import write_private
from ..kernel.tables import Base

KEY_FILE = "seal.key"
UNSIGNED = {"signature"}


@dataclass(frozen=True, slots=True)
class Seal:
    """The private half of the shop's key."""

    private: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        return self.private.public_key().public_bytes_raw().hex()

    def sign_text(self, text: str) -> str:
        return self.private.sign(text.encode()).hex()


class SealUnreadable(Exception):
    """The file of the shop's key is there and holds none."""


def find_seal(folder: Path) -> Seal | None:
    """The key in that folder; None where there is none. Raises SealUnreadable."""
    try:
        text = (folder / KEY_FILE).read_text("ascii").strip()
        return Seal(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as odd:
        raise SealUnreadable(f"{folder / KEY_FILE}: {odd}") from odd


def make_seal(folder: Path) -> Seal:
    """Make a key and keep it there, for the shop's own user alone; one that was there stays beside it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / KEY_FILE
    if path.exists():
        path.rename(folder / f"{KEY_FILE}.{_count_old(folder)}")
    seal = Seal(Ed25519PrivateKey.generate())
    write_private(path, seal.private.private_bytes_raw().hex().encode("ascii"))
    return seal


def _count_old(folder: Path) -> int:
    return len(list(folder.glob(f"{KEY_FILE}.*"))) + 1


def text_to_sign(closing: Base) -> str:
    """Canonical JSON of the closing's columns, with its table's name and without the signature and what is null."""
    columns: dict[str, Any] = {
        name: value for name, value in closing.facts().items() if name not in UNSIGNED and value is not None
    }
    return canonical_json({"table": closing.__tablename__, **columns})


def is_signed_by(public_key: str, text: str, signature: str) -> bool:
    """Was this text signed by this key?"""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def format_public_key(public_key: str) -> str:
    """In groups of eight, as people compare it with paper."""
    return " ".join(public_key[start : start + 8] for start in range(0, len(public_key), 8))

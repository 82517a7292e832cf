"""maintenance/encryption.py — backups that only the recovery code opens; the shop's computer can write, not read them.

The code is 128 random bits in 26 letters and figures (Crockford's base 32) and a check character. From it comes an
X25519 key pair (scrypt over the code, salted): the public half stays in the data folder, the private half nowhere.

A file: the magic, the header's length (4 bytes, big-endian), the header (JSON: what can be told without the code, the
salt, the recipient's and a one-time public key), then chunks. A chunk is 4 bytes of length and AES-256-GCM under the
key HKDF-SHA256(X25519(one-time, recipient)), its nonce the chunk's number, its additional data the SHA-256 of all
before the chunks and one byte that is 1 in the last chunk: nothing can be cut off, put in or moved.
"""

import hashlib
import json
import os
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ..kernel.private_file import write_private

MAGIC = b"OCOPBAK1"
KEY_FILE = "backup-key.json"
CHUNK_BYTES = 1024 * 1024
MOST_HEADER_BYTES = 64 * 1024
CODE_BITS, CODE_LENGTH = 128, 26
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = ALPHABET + "*~$=U"  # Crockford's check: the value modulo 37
SLIPS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


class WrongCode(Exception):
    """The recovery code can't be used; the message says whether it was mistyped or is another's."""


class DamagedBackup(Exception):
    """The encrypted file was cut or changed."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a shop keeps: enough to encrypt, not to decrypt."""

    key: bytes
    salt: bytes


def make_code() -> tuple[str, PublicKey]:
    """A new recovery code, as it is written on paper, and its public key."""
    value = secrets.randbits(CODE_BITS)
    figures = (
        "".join(ALPHABET[value >> 5 * n & 31] for n in reversed(range(CODE_LENGTH))) + CHECKS[value % 37]
    )
    code = "-".join(figures[n : n + 5] for n in range(0, len(figures), 5))
    salt = secrets.token_bytes(16)
    return code, PublicKey(_private_key(code, salt).public_key().public_bytes_raw(), salt)


def parse_code(typed: str) -> int:
    """The code's value; spaces, hyphens and small letters are as good. Raises WrongCode for a typing slip."""
    figures = typed.strip().upper().translate(SLIPS)
    if len(figures) != CODE_LENGTH + 1:
        raise WrongCode(
            f"a recovery code has {CODE_LENGTH + 1} letters and figures, this one has {len(figures)}"
        )
    value = 0
    for figure in figures[:-1]:
        if figure not in ALPHABET:
            raise WrongCode(f"a recovery code has no {figure!r}")
        value = value << 5 | ALPHABET.index(figure)
    if value >> CODE_BITS or CHECKS[value % 37] != figures[-1]:
        raise WrongCode(
            "this recovery code was mistyped: its check character doesn't fit. Compare it with the paper"
        )
    return value


def _private_key(code: str, salt: bytes) -> X25519PrivateKey:
    secret = parse_code(code).to_bytes(CODE_BITS // 8, "big")
    return X25519PrivateKey.from_private_bytes(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(secret))


def keep_public_key(folder: Path, key: PublicKey) -> None:
    """From now on backups of this shop can be encrypted to the code of that key."""
    write_private(folder / KEY_FILE, json.dumps({"x25519": key.key.hex(), "salt": key.salt.hex()}).encode())


def find_public_key(folder: Path) -> PublicKey | None:
    """The key that the shop's backups are encrypted to; None where no code was made yet. Raises WrongCode."""
    path = folder / KEY_FILE
    if not path.is_file():
        return None
    try:
        stored_key = json.loads(path.read_text("ascii"))
        return PublicKey(bytes.fromhex(stored_key["x25519"]), bytes.fromhex(stored_key["salt"]))
    except (ValueError, KeyError, TypeError) as odd:
        raise WrongCode(f"{path} can't be read: ocop-pos recovery-code makes a new code") from odd


def is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def read_header(path: Path) -> dict[str, Any]:
    """What an encrypted backup tells without its code. Raises DamagedBackup."""
    with path.open("rb") as file:
        return _read_start(file)[0]


def encrypt_file(source: Path, target: Path, key: PublicKey, header_facts: dict[str, Any]) -> None:
    """Write `source` encrypted to `target`, read it back and compare. Raises DamagedBackup where the disk kept another."""
    once = X25519PrivateKey.generate()
    header = {
        **header_facts,
        "salt": key.salt.hex(),
        "for": key.key.hex(),
        "once": once.public_key().public_bytes_raw().hex(),
    }
    start = json.dumps(header, ensure_ascii=False).encode()
    start = MAGIC + struct.pack(">I", len(start)) + start
    cipher = _make_cipher(once.exchange(X25519PublicKey.from_public_bytes(key.key)), start)
    before, written = hashlib.sha256(), hashlib.sha256()
    with source.open("rb") as plain, target.open("wb") as file:
        file.write(start)
        for n, (chunk, is_last) in enumerate(_read_chunks(plain)):
            before.update(chunk)
            sealed = cipher.encrypt(_make_nonce(n), chunk, _associated_data(start, is_last))
            file.write(struct.pack(">I", len(sealed)) + sealed)
        file.flush()
        os.fsync(file.fileno())
    with target.open("rb") as file:
        for chunk in _open_chunks(file, cipher, _read_start(file)[1]):
            written.update(chunk)
    if before.digest() != written.digest():
        raise DamagedBackup(f"{target} does not read back as it was written")


def decrypt_file(source: Path, target: Path, code: str) -> None:
    """Write the plain backup to `target`. Raises WrongCode, DamagedBackup."""
    with source.open("rb") as file:
        header, start = _read_start(file)
        try:
            salt, theirs, once = (bytes.fromhex(str(header[name])) for name in ("salt", "for", "once"))
            private = _private_key(code, salt)
            shared = private.exchange(X25519PublicKey.from_public_bytes(once))
        except (KeyError, ValueError) as odd:
            raise DamagedBackup(f"{source} has no header that can be read") from odd
        if private.public_key().public_bytes_raw() != theirs:
            raise WrongCode(
                f"{source.name} was encrypted to another recovery code: is this the shop's newest, or an older one?"
            )
        with target.open("wb") as plain:
            for chunk in _open_chunks(file, _make_cipher(shared, start), start):
                plain.write(chunk)


def _make_cipher(shared: bytes, start: bytes) -> AESGCM:
    salt = hashlib.sha256(start).digest()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"ocop-pos backup 1").derive(shared))


def _read_chunks(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """The content piece by piece, and whether it is the last piece; an empty file is one empty piece."""
    chunk = file.read(CHUNK_BYTES)
    while True:
        following = file.read(CHUNK_BYTES)
        yield chunk, not following
        if not following:
            return
        chunk = following


def _open_chunks(file: BinaryIO, cipher: AESGCM, start: bytes) -> Iterator[bytes]:
    n, is_last = 0, False
    following = _read_sealed(file)
    while following is not None:
        sealed, following = following, _read_sealed(file)
        is_last = following is None
        try:
            yield cipher.decrypt(_make_nonce(n), sealed, _associated_data(start, is_last))
        except InvalidTag as odd:
            raise DamagedBackup("the encrypted backup was cut or changed") from odd
        n += 1
    if not is_last:
        raise DamagedBackup("the encrypted backup was cut or changed")


def _read_sealed(file: BinaryIO) -> bytes | None:
    head = file.read(4)
    if not head:
        return None
    length = struct.unpack(">I", head)[0] if len(head) == 4 else -1
    sealed = file.read(length) if 16 <= length <= CHUNK_BYTES + 16 else b""
    if len(sealed) != length:
        raise DamagedBackup("the encrypted backup was cut or changed")
    return sealed


def _read_start(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    fixed = file.read(len(MAGIC) + 4)
    length = struct.unpack(">I", fixed[-4:])[0] if len(fixed) == len(MAGIC) + 4 else MOST_HEADER_BYTES + 1
    content = file.read(length) if length <= MOST_HEADER_BYTES else b""
    try:
        header = json.loads(content)
    except ValueError as odd:
        raise DamagedBackup(f"{file.name} has no header that can be read") from odd
    if not fixed.startswith(MAGIC) or not isinstance(header, dict):
        raise DamagedBackup(f"{file.name} is no encrypted backup")
    return header, fixed + content


def _make_nonce(n: int) -> bytes:
    return n.to_bytes(12, "big")


def _associated_data(start: bytes, is_last: bool) -> bytes:
    return hashlib.sha256(start).digest() + bytes([is_last])

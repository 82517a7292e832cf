"""Checks an exported journal (JSON lines) with nothing but Python's standard library and the shop's public key.

    python3 check_journal.py journal.jsonl PUBLIC_KEY

PUBLIC_KEY stands on every Z, 64 characters; spaces do no harm. It says the first row that differs, or that all holds.
Each act's hash is SHA-256 over the hash before it and the canonical JSON of its other columns (keys sorted, no spaces,
UTF-8); a closing's signature is Ed25519 (RFC 8032) over its canonical JSON. `ocop-pos journal export` lays this file beside
the journal; it needs nothing else of the shop system.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

P = 2**255 - 19  # RFC 8032, section 5.1
D = -121665 * pow(121666, P - 2, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
ROOT = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]  # extended coordinates


class DoesNotHold(Exception):
    """The first thing in the journal that differs."""


def find_x(y: int, sign: int) -> int | None:
    """The x of the point with this y (section 5.1.3); None where there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def read_point(data: bytes) -> Point | None:
    """None for bytes that are no point."""
    number = int.from_bytes(data, "little")
    y = number & (2**255 - 1)
    x = find_x(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def add_points(a: Point, b: Point) -> Point:
    """Section 5.1.4."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % P, k * m % P, j * k % P, i * m % P


def multiply_point(times: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while times:
        if times & 1:
            found = add_points(found, point)
        point = add_points(point, point)
        times >>= 1
    return found


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Does this Ed25519 signature fit (section 5.1.7)?"""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    base_y = 4 * pow(5, P - 2, P) % P
    base_x = find_x(base_y, 0) or 0
    key, nonce = read_point(public_key), read_point(signature[:32])
    factor = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or factor >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    left = multiply_point(factor, (base_x, base_y, 1, base_x * base_y % P))
    right = add_points(nonce, multiply_point(challenge, key))
    return (
        not (left[0] * right[2] - right[0] * left[2]) % P
        and not (left[1] * right[2] - right[1] * left[2]) % P
    )


def write_canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class JournalCheck:
    """Goes through the lines once; `seq` acts and `signed` closings have held so far."""

    def __init__(self) -> None:
        self.seq, self.signed = 0, 0
        self.keys: set[str] = set()
        self._hashes = {0: "0" * 64}

    def check_line(self, number: int, line: str) -> None:
        """Raises DoesNotHold."""
        try:
            content = json.loads(line)
        except ValueError as odd:
            raise DoesNotHold(f"line {number} is cut, or no JSON") from odd
        if "act" in content:
            self._check_act(content["act"])
        else:
            self._check_closing(**content)

    def _check_act(self, act: dict[str, Any]) -> None:
        previous = self._hashes[self.seq]
        body = {name: value for name, value in act.items() if name not in {"hash", "previous_hash"}}
        if act["seq"] != self.seq + 1:
            raise DoesNotHold(f"act {self.seq + 1} is missing")
        expected = hashlib.sha256((previous + write_canonical(body)).encode()).hexdigest()
        if act["previous_hash"] != previous or act["hash"] != expected:
            raise DoesNotHold(f"act {act['seq']}: its hash does not fit what it says")
        self.seq = act["seq"]
        self._hashes[self.seq] = expected

    def _check_closing(self, closing: dict[str, Any], signature: str | None, public_key: str | None) -> None:
        name = f"{closing['table']} {closing['number']}"
        if self._hashes.get(closing["head_seq"]) != closing["head_hash"]:
            raise DoesNotHold(f"{name}: the journal under it is another than when it was closed")
        if signature is None or public_key is None:
            return
        message = write_canonical(closing).encode()
        if not is_signed(bytes.fromhex(public_key), message, bytes.fromhex(signature)):
            raise DoesNotHold(f"{name}: its signature does not fit what it says")
        self.keys.add(public_key)
        self.signed += 1


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    check, public_key = JournalCheck(), "".join(sys.argv[2:]).replace(" ", "").lower()
    try:
        with Path(sys.argv[1]).open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                check.check_line(number, line)
    except DoesNotHold as fault:
        sys.exit(f"DOES NOT HOLD: {fault}")
    if public_key not in check.keys:
        sys.exit("DOES NOT HOLD: no closing is signed by the key that you gave")
    sys.stdout.write(f"It holds: {check.seq} acts, {check.signed} signed closings.\n")


if __name__ == "__main__":
    main()

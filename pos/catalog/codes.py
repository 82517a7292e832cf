"""catalog/codes.py — barcodes as they are typed: one a line, with the pieces of a pack after it."""

from collections.abc import Iterable

from hardware.symbology import format_gtin

from ..kernel.errors import Refused
from .models import Barcode
from .products import TypedCode


def read_codes(typed: str) -> list[TypedCode]:
    """Raises Refused (`gtin_check_digit`) for a line that is no code; its check digit is checked on saving."""
    codes = []
    for line in filter(None, (part.strip() for part in typed.replace(",", "\n").splitlines())):
        digits, _, pieces = line.partition(" ")
        pieces = pieces.strip().lstrip("x×* ") or "1"
        if not (
            digits.isascii()
            and digits.isdigit()
            and pieces.isascii()
            and pieces.isdigit()
            and len(pieces) < 5
            and 0 < int(pieces) < 10_000
        ):
            raise Refused.because("gtin_check_digit", digits=line)
        codes.append(TypedCode(digits, int(pieces) * 1000))
    return codes


def format_codes(barcodes: Iterable[Barcode]) -> str:
    """The same, the other way round."""
    return "\n".join(
        format_gtin(code.gtin) + (f" {code.pack_milli // 1000}" if code.pack_milli != 1000 else "")
        for code in barcodes
    )

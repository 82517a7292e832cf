"""stock/address.py — where a lot's code leads: the address of its page for buyers."""

from collections.abc import Iterable

from hardware.symbology import format_digital_link, format_gtin

from .models import Lot

IN_STORE = ("02", "04", "2")  # prefixes that a shop gives itself (GS1 General Specifications, section 1.4)


def format_lot_address(base_url: str, lot: Lot, gtins: Iterable[str]) -> str:
    """A GS1 Digital Link for goods with a GTIN of the world (of the single piece: no in-store number), else the lot's own code.

    Empty without a public address: a code that leads nowhere helps nobody. A lot number that no path can carry
    ("." and "..") has its own code, too.
    """
    if not base_url:
        return ""
    worldwide = sorted(g for g in gtins if not format_gtin(g).startswith(IN_STORE))
    base = base_url.rstrip("/")
    if worldwide and lot.number not in {".", ".."}:
        return base + format_digital_link(worldwide[0], lot.number)
    return f"{base}/t/{lot.trace_code}"

"""What a scan says: GTIN, lot, dates, weight. From text alone; malformed text is just text.

EAN-8, EAN-13, UPC-A and ITF-14 by their check digit, GS1 element strings by biip when they say that
they are GS1 (a symbology identifier, or FNC1), GS1 Digital Link addresses. Nothing is guessed from text
that isn't GS1: lot "10156" is not (10)156.
"""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote, urlsplit

LONGEST = 512
_GS = "\x1d"
_GS1_IDENTIFIERS = ("]C1", "]e0", "]d2", "]Q3", "]J1")
_LINK = re.compile(r"^/(?:.*/)?01/(\d{8,14})(?:/22/[^/]+)?(?:/10/([^/]+))?(?:/21/([^/]+))?/?$")
_RECEIPT = re.compile(r"^PT-?(\d{1,12})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scan:
    """`text` as it came; the rest is what could be read out of it. `gtin` always has 14 digits."""

    text: str
    gtin: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    weight_milli: int | None = None
    receipt: int | None = None


def read(text: str) -> Scan:
    """Never raises: what can't be read is a Scan with its text only."""
    text = text[:LONGEST].strip().strip("\x00\r\n\t")
    if receipt := _RECEIPT.match(text):
        return Scan(text, receipt=int(receipt.group(1)))
    if text.startswith(_GS1_IDENTIFIERS) or _GS in text or text.startswith("("):
        return _element_string(text)
    if text.lower().startswith(("http://", "https://")):
        return _digital_link(text)
    if text[:1] == "]" and len(text) > 3:
        text = text[3:]
    return Scan(text, gtin=gtin14(text))


def gtin14(digits: str) -> str | None:
    """The 14-digit form of an EAN-8, UPC-A, EAN-13 or ITF-14 with a right check digit, else None."""
    if not digits.isascii() or not digits.isdigit() or len(digits) not in {8, 12, 13, 14}:
        return None
    padded = digits.rjust(14, "0")
    return padded if check_digit(padded[:-1]) == padded[-1] else None


def check_digit(body: str) -> str:
    """GS1's modulo-10 check digit (GS1 General Specifications, section 7.9)."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return str(-total % 10)


def shown(gtin: str) -> str:
    """A stored GTIN as it stands on the pack: without the zeros that pad it."""
    for length in (8, 13):
        if gtin.startswith("0" * (14 - length)):
            return gtin[-length:]
    return gtin


def _element_string(text: str) -> Scan:
    import biip

    if text.startswith("("):
        text = _without_brackets(text)
    try:
        message = biip.parse(text if text.startswith("]") else "]C1" + text.lstrip(_GS)).gs1_message
    except biip.ParseError:
        return Scan(text)
    if message is None:
        return Scan(text)
    values = {element.ai.ai: element for element in message.element_strings}
    found = values.get("01") or values.get("02")
    gtin = gtin14(found.value) if found else None
    lot = values["10"].value if "10" in values else None
    end = values.get("17") or values.get("15")
    weight = next((e for ai, e in values.items() if ai.startswith("310")), None)
    grams = int(weight.decimal * 1000) if weight is not None and weight.decimal is not None else None
    return Scan(text, gtin, lot, end.date if end else None, grams)


def _without_brackets(text: str) -> str:
    """'(01)0952…(10)AB' as people write it → the element string with its separators."""
    parts = re.findall(r"\((\d{2,4})\)([^(]*)", text)
    return _GS.join(ai + value for ai, value in parts)


def _digital_link(text: str) -> Scan:
    try:
        path = urlsplit(text).path
    except ValueError:
        return Scan(text)
    found = _LINK.match(path)
    if not found:
        return Scan(text)
    lot = unquote(found.group(2)) if found.group(2) else None
    return Scan(text, gtin14(found.group(1)), lot)

"""What a scan says: GTIN, lot, dates, weight. From text alone; malformed text is just text.

EAN-8, EAN-13, UPC-A and ITF-14, and GS1 element strings, scanned or as people write them in brackets, by biip. By ourselves:
GS1 Digital Link addresses, because biip refuses lots with letters outside GS1's set, which shops print; and the codes of a
shop's own scale, because biip's rules for restricted circulation are those of countries, of which Vietnam has none. Nothing is guessed from text that doesn't say that
it is GS1 (by a symbology identifier, by FNC1, or by beginning with 01 and a right GTIN): lot "10156" is
not (10)156.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote, unquote, urlsplit

LONGEST = 512
_GS = "\x1d"
_AROUND = " \t\r\n\u00a0"
_IDENTIFIER = re.compile(r"\][A-Za-z]\d")
_GS1_IDENTIFIERS = {"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"}
_BRACKETED = re.compile(r"\((\d{2,4})\)")
_LINK = re.compile(r"(?:/.*)?/01/(\d{8,14})((?:/[^/]+/[^/]+)*)/?")
_TAIL = re.compile(r"(.+?)((?:1[1567]\d{6}|310[0-5]\d{6})+)")  # a lot, then elements of a fixed length

Element = tuple[str, str]
"""A GS1 application identifier and its value: ("10", "AB-1")."""


@dataclass(frozen=True, slots=True)
class RunTogether:
    """How a lot's number may go on into the next element, where a scanner left out the separator: lot, then dates.

    Lot and date can't be told apart for certain (a lot may well end in '17261231'): a person decides.
    """

    lot: str
    expires_on: date | None
    made_on: date | None


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """`text` as it came; the rest is what could be read out of it. `gtin` always has 14 digits.

    `expires_on` is the earliest of the days that end its sale: AI 15 (best before), 16 (sell by), 17 (expiry) and
    7003 (expiry with its time: the last whole day); a shop heeds all alike.
    `weight_milli` is the net weight, in thousandths of a kilogram.
    """

    text: str
    gtin: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    weight_milli: int | None = None
    made_on: date | None = None
    run_together: RunTogether | None = None


def read_code(text: str) -> ScannedCode:
    """Never raises: what can't be read is a ScannedCode with its text only."""
    text = text[:LONGEST].replace("\x00", "").lstrip(_AROUND).rstrip(_AROUND + _GS)
    identifier, content = (text[:3], text[3:]) if _IDENTIFIER.match(text) else ("", text)
    if content.startswith("("):
        return _of_elements(text, _bracketed(content))
    if content.lower().startswith(("http://", "https://")):
        return _of_elements(text, _digital_link(content))
    if identifier in _GS1_IDENTIFIERS or _GS in content or _has_leading_gtin(content):
        code = _of_elements(text, _element_string(content))
        return replace(code, run_together=_read_apart(content, code.lot)) if code.lot else code
    return ScannedCode(text, gtin=parse_gtin(content))


def format_digital_link(gtin: str, lot: str) -> str:
    """The path of a lot's GS1 Digital Link, as a QR code holds it behind the shop's address.

    All but letters, digits and -._~ is percent-encoded (GS1 Digital Link Standard: URI Syntax, 1.4), a slash
    too: it is the lot's. What encoding can't save are the lots "." and "..": browsers take them for steps.
    """
    return f"/01/{gtin}/10/{quote(lot, safe='')}"


def parse_gtin(digits: str) -> str | None:
    """The 14-digit form of an EAN-8, UPC-A, EAN-13 or ITF-14 with a right check digit, else None."""
    from biip import ParseError
    from biip.gtin import Gtin

    if not digits.isascii() or not digits.isdigit() or len(digits) not in {8, 12, 13, 14}:
        return None
    try:
        return Gtin.parse(digits).as_gtin_14()
    except ParseError:
        return None


def check_digit(body: str) -> str:
    """GS1's modulo-10 check digit (GS1 General Specifications, section 7.9)."""
    from biip.checksums import gs1_standard_check_digit

    return str(gs1_standard_check_digit(body))


def parse_in_store_code(gtin: str) -> tuple[str, int] | None:
    """A weighed pack's code from the shop's own scale: the item's code with nothing in it, and its five digits.

    EAN-13 2x IIIII WWWWW C, of the range that GS1 leaves to each shop (restricted circulation, prefixes
    20 to 29). Nothing in such a code says that they are grams, or a price: the shop knows its items.
    """
    if not gtin.startswith("02"):
        return None
    item = gtin[:8] + "00000"
    return item + check_digit(item), int(gtin[8:13])


def format_gtin(gtin: str) -> str:
    """A stored GTIN as it stands on the pack: without the zeros that pad it."""
    for length in (8, 13):
        if gtin.startswith("0" * (14 - length)):
            return gtin[-length:]
    return gtin


def _of_elements(text: str, elements: Iterable[Element]) -> ScannedCode:
    """What the elements say; of two that are alike the first one counts."""
    values = dict(reversed(list(elements)))
    lot = values.get("10", "")
    return ScannedCode(
        text,
        gtin=parse_gtin(values.get("01") or values.get("02") or ""),
        lot=lot if lot and lot.isprintable() else None,
        expires_on=min(
            filter(None, (*(_day(ai, values) for ai in ("15", "16", "17")), _last_whole_day(values))),
            default=None,
        ),
        weight_milli=next((_grams(ai, value) for ai, value in values.items() if ai.startswith("310")), None),
        made_on=_day("11", values),
    )


def _read_apart(elements: str, lot: str) -> RunTogether | None:
    """The lot and the dates behind it, where the lot is the last element and its end reads as elements with real dates."""
    found = _TAIL.fullmatch(lot)
    if found is None or not elements.endswith(lot) or _GS in elements[: -len(lot)].rstrip(_GS)[-1:]:
        return None
    tail = _of_elements("", _element_string(found.group(2)))
    if tail.expires_on is None and tail.made_on is None:
        return None
    return RunTogether(found.group(1), tail.expires_on, tail.made_on)


def _has_leading_gtin(text: str) -> bool:
    """An element string of a scanner that sends neither identifier nor FNC1: no other code begins so."""
    return text.startswith("01") and len(text) > 16 and parse_gtin(text[2:16]) is not None


def _element_string(text: str) -> list[Element]:
    """Dates are looked at later: a month 00 must not cost the lot. What isn't GS1 throughout has no elements."""
    from biip import ParseConfig, ParseError
    from biip.gs1_messages import GS1Message

    whatever_date = ParseConfig(gs1_element_strings_verify_date=False)
    try:
        message = GS1Message.parse(text.lstrip(_GS), config=whatever_date)
    except ParseError:
        return []
    return [(element.ai.ai, element.value) for element in message.element_strings]


def _bracketed(text: str) -> list[Element]:
    """'(01)0952…(10)A(B)' as people write it: only digits in brackets begin an element."""
    before, *parts = _BRACKETED.split(text)
    elements = [(ai, value.strip()) for ai, value in zip(parts[::2], parts[1::2], strict=True)]
    right = not before and all(_element_string(ai + value) == [(ai, value)] for ai, value in elements)
    return elements if right else []


def _digital_link(address: str) -> Iterator[Element]:
    """The pairs of the path from the last 01/GTIN on, in whatever order, then those of the query.

    As they stand there: a "+" is the lot's own, and a lot may have letters that GS1 has not.
    """
    try:
        _, _, path, query, _ = urlsplit(address)
    except ValueError:
        return
    if found := _LINK.fullmatch(path):
        gtin, qualifiers = found.groups()
        steps = qualifiers.split("/")[1:]
        yield "01", gtin
        yield from ((ai, unquote(value)) for ai, value in zip(steps[::2], steps[1::2], strict=True))
        yield from (
            (ai, unquote(value)) for ai, _, value in (each.partition("=") for each in query.split("&"))
        )


def _day(ai: str, values: dict[str, str]) -> date | None:
    """A date without century: 50 years ahead at most; day 00 is the month's last (GS1 General Specifications, 7.12)."""
    from biip import ParseError
    from biip.gs1_element_strings import GS1ElementString

    try:
        return GS1ElementString.parse(ai + values.get(ai, "")).date
    except ParseError:
        return None


def _last_whole_day(values: dict[str, str]) -> date | None:
    """AI 7003, YYMMDDHHMM: the last day that it is good for whole; one that ends in the last hour counts."""
    digits = values.get("7003", "")
    day = _day("17", {"17": digits[:6]}) if re.fullmatch(r"[0-9]{10}", digits) else None
    return day - timedelta(days=1) if day and digits[6:] < "2300" else day


def _grams(ai: str, value: str) -> int | None:
    """Six digits, of which the AI's last digit says how many are decimals of the kilogram."""
    if not re.fullmatch(r"310[0-5]\d{6}", ai + value, re.ASCII):
        return None
    return round(Decimal(value).scaleb(3 - int(ai[3])))

"""Codes as labels carry them, from a seed: GS1 element strings and Digital Links, each with what it says."""

import random
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from urllib.parse import quote

from hardware.symbology import check_digit

LETTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"  # GS1's 82
GS = "\x1d"
IDENTIFIERS = ("]C1", "]d2", "]Q3", "]e0")
OF_ANY_LENGTH = {"10", "21", "37", "392"}
AWKWARD = (
    "L/7", "A%2FB", "50%", "A+B", "a:b;c", "=1&2", "?x=1", "%", "/", "//", "/A", "A/", "A//B", "../A", "A/..", "A/./B",
    '"x"', "'", "(10)", "A(B)", "A(17)B", "<i>", "a,b*c!", "_-.", ".A", "...", LETTERS[:20], LETTERS[20:40], LETTERS[-20:],
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Output:
    """What a code says, of what a shop asks for."""

    gtin: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    made_on: date | None = None
    grams: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A code, its elements by their application identifiers, and what they say."""

    text: str
    elements: dict[str, str]
    says: Output


def element_strings(count: int = 400) -> list[Case]:
    """Scanned ones and such in brackets, elements in any order."""
    dice = random.Random(952)
    return [_element_string(dice, _elements(dice)) for _ in range(count)]


def links(count: int = 300) -> list[Case]:
    """Digital Links: GTINs of all lengths, what must be encoded in either case of hex, dates in the query."""
    dice = random.Random(893)
    return [_link(dice, _elements(dice)) for _ in range(count)]


def lot_numbers(count: int = 100) -> list[str]:
    """Awkward ones, each character by itself but the dot (which is a step of the path), and some of the dice."""
    dice = random.Random(10)
    return [*AWKWARD, *LETTERS.replace(".", ""), *(_word(dice) for _ in range(count))]


def gtin(dice: random.Random, length: int) -> str:
    """Any number of that length with its check digit."""
    body = "".join(dice.choices("0123456789", k=length - 1))
    return body + check_digit(body)


def _word(dice: random.Random) -> str:
    return "".join(dice.choices(LETTERS, k=dice.randint(1, 20)))


def _elements(dice: random.Random) -> dict[str, str]:
    """A GTIN, and what else fell, in any order."""
    found = [("01", gtin(dice, dice.choice((8, 12, 13, 14))).rjust(14, "0"))]
    found += [(ai, _word(dice)) for ai in ("10", "21") if dice.random() < 0.7]
    found += [(ai, _six(dice)) for ai in ("11", "13", "15", "16", "17") if dice.random() < 0.4]
    if dice.random() < 0.4:
        found.append((f"310{dice.randint(0, 5)}", f"{dice.randint(0, 999_999):06}"))
    if dice.random() < 0.3:
        found.append((f"392{dice.randint(0, 3)}", str(dice.randint(1000, 10**9))))
    if dice.random() < 0.3:
        found.append(("37", str(dice.randint(1, 99_999_999))))
    dice.shuffle(found)
    return dict(found)


def _six(dice: random.Random) -> str:
    """YYMMDD of any year of two digits; one in four has day 00."""
    year, month = dice.randint(0, 99), dice.randint(1, 12)
    return f"{year:02}{month:02}{dice.choice((0, 1, 15, 28)):02}"


def _says(elements: dict[str, str]) -> Output:
    weight = next(((ai, value) for ai, value in elements.items() if ai.startswith("310")), None)
    return Output(
        gtin=elements.get("01"),
        lot=elements.get("10"),
        expires_on=min(filter(None, (_day(elements.get(ai)) for ai in ("15", "16", "17"))), default=None),
        made_on=_day(elements.get("11")),
        grams=round(Fraction(int(weight[1]) * 1000, 10 ** int(weight[0][3]))) if weight else None,
    )


def _day(six: str | None) -> date | None:
    """GS1 General Specifications 7.12: the century that brings it between 49 years ago and 50 ahead."""
    if six is None:
        return None
    now = date.today().year  # noqa: DTZ011
    year = next(year for year in range(now - 49, now + 51) if year % 100 == int(six[:2]))
    month, day = int(six[2:4]), int(six[4:])
    return date(year, month, day or monthrange(year, month)[1])


def _element_string(dice: random.Random, elements: dict[str, str]) -> Case:
    """In brackets, unless a value has such brackets itself; or with FNC1 where it must be, or where it may be."""
    bracketed = "".join(f"({ai}){value}" for ai, value in elements.items())
    if dice.random() < 0.3 and len(re.findall(r"\(\d{2,4}\)", bracketed)) == len(elements):
        return Case(bracketed, elements, _says(elements))
    text = "".join(ai + value + GS * (_ends(ai) or dice.random() < 0.1) for ai, value in elements.items())
    at_the_end = dice.random() < 0.1  # most printers leave the last one out
    return Case(
        dice.choice(IDENTIFIERS) + (text if at_the_end else text.rstrip(GS)), elements, _says(elements)
    )


def _ends(ai: str) -> bool:
    return ai in OF_ANY_LENGTH or ai[:3] in OF_ANY_LENGTH


def _link(dice: random.Random, elements: dict[str, str]) -> Case:
    safe = dice.choice(("", "!'()*,:;=&+"))  # what a path may hold as it is
    encoded = {ai: quote(value, safe=safe) for ai, value in elements.items()}
    if dice.random() < 0.5:
        encoded = {
            ai: re.sub(r"%..", lambda hexed: hexed.group().lower(), value) for ai, value in encoded.items()
        }
    code = _shorter(dice, elements["01"])
    path = "".join(f"/{ai}/{encoded[ai]}" for ai in ("10", "21") if ai in encoded)
    query = [f"{ai}={value}" for ai, value in encoded.items() if ai not in {"01", "10", "21"}]
    query += ["linkType=gs1:traceability"] * (dice.random() < 0.2)
    host = dice.choice(("https://id.example.com", "http://example.com/some/path", "https://id.gs1.org"))
    return Case(f"{host}/01/{code}{path}{'?' * bool(query)}{'&'.join(query)}", elements, _says(elements))


def _shorter(dice: random.Random, fourteen: str) -> str:
    """The same GTIN with 8, 12, 13 or 14 digits, as short as it may be or not."""
    return dice.choice([fourteen[-n:] for n in (8, 12, 13, 14) if not fourteen[:-n].strip("0")])

"""web/numbers.py — numbers in addresses and forms: none larger than a row's key can be."""

import re

from flask import request
from werkzeug.routing import IntegerConverter

from ..kernel.tables import is_row_id

LARGEST = 10**18 - 1  # both databases keep whole numbers in 64 bits
LAST_PAGE = 100_000
_SMALL = re.compile(r"-?[0-9]{1,4}")


def parse_row_id(text: str) -> int:
    """A key as a form or query says it: the figures 0 to 9, no more than a key has.

    Raises ValueError for what is none, which Werkzeug takes for no answer.
    """
    if not is_row_id(text):
        raise ValueError(text[:40])
    return int(text)


def parse_small_number(text: str) -> int:
    """A whole number of up to four figures, with its sign. Raises ValueError for any other text."""
    if not _SMALL.fullmatch(text):
        raise ValueError(text[:40])
    return int(text)


def requested_page() -> int:
    """Which page of a long list the address asks for (`page`): the first, unless it says another."""
    return min(LAST_PAGE, max(1, request.args.get("page", 1, type=parse_row_id)))


class KeyConverter(IntegerConverter):
    """`<int:…>` in an address: a number that no row can have is no page."""

    def __init__(self, map: object, *arguments: object, **more: object) -> None:  # noqa: A002  Werkzeug's own name
        super().__init__(map, *arguments, **({"max": LARGEST} | more))  # type: ignore[arg-type]

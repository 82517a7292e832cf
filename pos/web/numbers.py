"""web/numbers.py — numbers in addresses and forms: none larger than a row's key can be."""

from flask import request
from werkzeug.routing import IntegerConverter

LARGEST = 2**62  # both databases keep whole numbers in 64 bits


def row_id(text: str) -> int:
    """A key as a form or query says it. Raises ValueError for what is none, which Werkzeug takes for no answer."""
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number


def page_asked() -> int:
    """Which page of a long list the address asks for (`page`): the first, unless it says another."""
    return max(1, request.args.get("page", 1, type=int))


class KeyConverter(IntegerConverter):
    """`<int:…>` in an address: a number that no row can have is no page."""

    def __init__(self, map: object, *arguments: object, **more: object) -> None:  # noqa: A002  Werkzeug's own name
        super().__init__(map, *arguments, **({"max": LARGEST} | more))  # type: ignore[arg-type]

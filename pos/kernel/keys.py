"""kernel/keys.py — many keys named in several statements: a database takes so many at once."""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

MOST_IN_A_QUERY = 500
Key = TypeVar("Key")


def split_keys(keys: Collection[Key]) -> Iterator[Sequence[Key]]:
    """Keys in as many groups as statements are needed to name them all."""
    ordered = sorted(keys)  # type: ignore[type-var]
    for first in range(0, len(ordered), MOST_IN_A_QUERY):
        yield ordered[first : first + MOST_IN_A_QUERY]

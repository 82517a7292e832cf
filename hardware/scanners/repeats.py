"""A scanner held too long says its symbol twice."""

import time
from collections.abc import Iterable, Iterator

REPEAT_SECONDS = 0.4  # the same symbol within this time is one scan


def drop_repeats(texts: Iterable[str]) -> Iterator[str]:
    """Each text as it comes, without those that repeat the one just before."""
    last, last_at = "", float("-inf")
    for text in texts:
        now = time.monotonic()
        if text != last or now - last_at >= REPEAT_SECONDS:
            yield text
        last, last_at = text, now

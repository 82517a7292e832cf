"""A scanner that sends its symbol twice for one pull of the trigger."""

import time
from collections.abc import Iterable, Iterator

BOUNCE_SECONDS = 0.15  # the same symbol so soon after it counted is the scanner's doing, not a second pack


def drop_repeats(texts: Iterable[str]) -> Iterator[str]:
    """Each text as it comes, without those that repeat the one just before within `BOUNCE_SECONDS` of its counting.

    One that is dropped doesn't count anew, so no rhythm is silent for ever.
    """
    last, counted_at = "", float("-inf")
    for text in texts:
        now = time.monotonic()
        if text == last and now - counted_at < BOUNCE_SECONDS:
            continue
        yield text
        last, counted_at = text, now

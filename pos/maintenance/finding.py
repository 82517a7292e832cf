"""maintenance/finding.py — what a check of the books found."""

from dataclasses import dataclass

BATCH = 2000  # rows read at a time: books of years don't fit into memory


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which check, at which row, and what was found."""

    check: str
    row: str
    said: str

"""payments/find_code.py — the purpose code in what banks make of it. Pure.

Banks strip accents, change case, put dots, hyphens and spaces within, glue words on both sides, and cut the end off. A code that waits
is found through all of it; its 40 random bits are what guards against a chance likeness, so spaces may be anywhere.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..kernel.text import remove_accents
from .purpose_code import DEFAULT_PREFIX, RANDOM_LENGTH, is_purpose_code

LEAST_RANDOM = 6  # of eight random characters, 30 bits: less of a cut code is no find
LONGEST_TEXT = 2_000  # characters that are looked through; a bank's text has 200
_NO_LETTER = re.compile(r"[^A-Z0-9]+")


class Certainty(StrEnum):
    """`SURE`: one that waits, whole. `UNSURE`: its end was cut, and only one that waits begins so. `UNKNOWN`: well made, but none of
    those that wait: of an earlier day, or of another computer's books.
    """

    SURE = "sure"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CodeMatch:
    code: str
    certainty: Certainty


class CodeFinder:
    """Finds codes in many texts; `known` are those that may be meant, whatever their prefix."""

    def __init__(self, prefix: str, known: Iterable[str]) -> None:
        self._prefix = prefix
        self._known = frozenset(known)
        self._lengths = sorted({len(code) for code in self._known}, reverse=True)
        stems: dict[str, list[str]] = {}
        for code in sorted(self._known):
            stems.setdefault(self._cut_short(code), []).append(code)
        self._stems = stems
        self._stem_lengths = sorted({len(stem) for stem in stems})
        beginnings = sorted({re.escape(code[:2]) for code in self._known})
        self._beginning = re.compile(f"(?={'|'.join(beginnings)})" if beginnings else "(?!)")

    def find(self, text: str) -> tuple[CodeMatch, ...]:
        """Every code in the text, in its order, each once. Where one is sure, only the sure ones."""
        words = fold_bank_text(text)
        compact = words.replace(" ", "")
        if sure := self._list_whole(compact):
            return tuple(CodeMatch(code, Certainty.SURE) for code in sure)
        unknown = [
            word for word in words.split() if is_purpose_code(word, self._prefix) and word not in self._known
        ]
        found = dict.fromkeys(unknown, Certainty.UNKNOWN)
        found |= {code: Certainty.UNSURE for code in self._list_cut(compact) if code not in found}
        return tuple(CodeMatch(code, certainty) for code, certainty in found.items())

    def find_sure(self, text: str) -> list[str]:
        """The known codes that are whole in the text, each once."""
        return self._list_whole(fold_bank_text(text).replace(" ", ""))

    def _list_whole(self, compact: str) -> list[str]:
        found: dict[str, None] = {}
        for beginning in self._beginning.finditer(compact):
            for length in self._lengths:
                if (piece := compact[beginning.start() : beginning.start() + length]) in self._known:
                    found[piece] = None
        return list(found)

    def _list_cut(self, compact: str) -> list[str]:
        """Codes of which most is there, where no other that waits begins so."""
        found: dict[str, None] = {}
        for beginning in self._beginning.finditer(compact):
            for length in self._stem_lengths:
                codes = self._stems.get(compact[beginning.start() : beginning.start() + length], [])
                if len(codes) == 1:
                    found[codes[0]] = None
        return list(found)

    @staticmethod
    def _cut_short(code: str) -> str:
        return code[: len(code) - 1 - RANDOM_LENGTH + LEAST_RANDOM]


def find_purpose_codes(
    text: str, prefix: str = DEFAULT_PREFIX, known: Iterable[str] = ()
) -> tuple[CodeMatch, ...]:
    """Every purpose code in a bank's text. For many texts make one `CodeFinder`."""
    return CodeFinder(prefix, known).find(text)


def fold_bank_text(text: str) -> str:
    """Upper-case ASCII letters and digits in words, parted by single spaces; only the text's beginning if it is very long."""
    text = text[:LONGEST_TEXT]
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _NO_LETTER.sub(" ", remove_accents(plain).upper()).strip()

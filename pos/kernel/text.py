"""Text as people type it: one normal form, and a key that forgets accents, case and spacing."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^0-9a-z]+")


def normalize_text(text: str) -> str:
    """NFC, with no spaces at the ends and single ones within. Zero-width characters are dropped."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc"} or c.isspace())
    return _SPACES.sub(" ", text).strip()


def normalize_lines(text: str) -> str:
    """NFC with its line breaks, without control signs and signs of no width; "" where nothing is left that anybody sees."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cf", "Cc"}).strip()
    return kept if any(unicodedata.category(c)[0] not in "MZC" for c in kept) else ""


def remove_accents(text: str) -> str:
    """'Đường Lâm' → 'Duong Lam'."""
    if text.isascii():
        return text
    text = text.replace("đ", "d").replace("Đ", "D")
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def fold_text(text: str) -> str:
    """The search key: words of lower-case ASCII letters and digits, parted by single spaces."""
    return _NOT_WORD.sub(" ", remove_accents(text).lower()).strip()

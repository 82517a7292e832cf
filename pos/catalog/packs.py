"""catalog/packs.py — what a pack's words say: '250g', 'chai 500 ml', 'kg', 'quả'."""

import re

from ..kernel.quantity import Unit
from ..kernel.text import fold_text, normalize_text

_PACK_UNITS = {
    "g": ("g", 1000),
    "kg": ("g", 1_000_000),
    "ml": ("ml", 1000),
    "l": ("ml", 1_000_000),
    "lit": ("ml", 1_000_000),
}
_BARE_UNITS = {
    "qua",
    "chiec",
    "cai",
    "chai",
    "hop",
    "goi",
    "bo",
    "tui",
    "lo",
    "con",
    "ve",
    "set",
    "buc",
    "cay",
}

_OTHER_WORDS = {
    "kilogam", "gam", "gram", "lang", "can", "thung", "ket", "loc", "bao", "bich", "khay", "mo", "nai", "bo qua", "set qua",
    "chuc", "vi", "ta", "hu", "binh", "cuon", "doi", "cap", "tam", "to", "lon", "vien", "thanh", "mieng", "kilo", "ki", "mau", "ro", "gio",
}  # fmt: skip


def read_pack(text: str) -> tuple[str, str, int, str]:
    """'250g' → ('250 g', 'piece', 250000 thousandths, 'g'); 'kg' → sold by weight; 'quả' → a piece, no pack."""
    text = re.sub(r"(\d)\s*(kg|g|ml|l)\b", r"\1 \2", normalize_text(text), flags=re.IGNORECASE)
    word = fold_text(text)
    if word == "kg":
        return "", Unit.KG.value, 0, "g"
    if word in _BARE_UNITS:
        return "", Unit.PIECE.value, 0, "g"
    found = re.search(r"(?<![0-9])([0-9]{1,9}(?:[.,][0-9]{1,9})?) (kg|g|ml|l|lit)\b", text.lower())
    if not found:
        return text, Unit.PIECE.value, 0, "g"
    unit, factor = _PACK_UNITS[found.group(2)]
    return text, Unit.PIECE.value, round(float(found.group(1).replace(",", ".")) * factor), unit


def is_pack_word(text: str) -> bool:
    """Is it what goods are counted or weighed by ('gói', 'chai', 'kg'), and nothing else?"""
    word = fold_text(text)
    return word in _BARE_UNITS or word in _PACK_UNITS or word in _OTHER_WORDS

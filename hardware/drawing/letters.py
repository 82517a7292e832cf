"""The letters of Vietnamese, and text in those of ASCII for devices that know no others."""

import unicodedata
from unicodedata import normalize

VOWELS = "aăâeêioôơuưy"
TONES = "\u0300\u0309\u0303\u0301\u0323"  # grave, hook, tilde, acute, dot below
SMALL = "".join(
    letter for vowel in VOWELS for letter in normalize("NFC", "|".join(vowel + tone for tone in ("", *TONES)))
    if letter != "|" and not letter.isascii()
) + "đ"  # fmt: skip
LETTERS = SMALL + SMALL.upper()  # all 134

_LOOK_ALIKES = str.maketrans({
    "đ": "d", "Đ": "D", "₫": "d", "×": "x", "–": "-", "—": "-", "−": "-", "…": "...", "→": ">", "←": "<",
    "‘": "'", "’": "'", "“": '"', "”": '"', "•": "*", "·": ".", "\u00a0": " ", "\u202f": " ",
})  # fmt: skip


def transliterate(text: str) -> str:
    """`text` without accents: "Mật ong 35.000 ₫" is "Mat ong 35.000 d". What has no likeness is "?".

    A control character becomes a space, whoever put it into a name: to a device it would be a command.
    """
    apart = unicodedata.normalize("NFD", text.translate(_LOOK_ALIKES))
    return "".join(_likeness(letter) for letter in apart if not unicodedata.combining(letter))


def _likeness(letter: str) -> str:
    if unicodedata.category(letter) == "Cc":
        return " "
    return letter if letter.isascii() else "?"

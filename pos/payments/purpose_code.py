"""payments/purpose_code.py — the code that a buyer's transfer bears: random, with a check character. Pure but for chance.

Its characters are elements of GF(32), the check character makes the sum of all, each times another power of a generator, zero. So
one wrong character is noticed always, and so are two that changed places.
"""

import re
import secrets

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 characters that nobody mistakes for another
RANDOM_LENGTH = 8  # 40 random bits: it is no secret, it only must not meet another
LONGEST_CODE = 19  # some banks cut what is longer
DEFAULT_PREFIX = "MP"
_PREFIX = re.compile(r"[A-Z]{2,5}")
_FIELD = 0b100101  # x^5 + x^2 + 1, of which x is a generator
_BODY = re.compile(rf"[{ALPHABET}]{{{RANDOM_LENGTH + 1}}}")


def is_code_prefix(prefix: str) -> bool:
    """Two to five letters: what the feeds' providers can look for."""
    return _PREFIX.fullmatch(prefix) is not None


def make_purpose_code(prefix: str = DEFAULT_PREFIX) -> str:
    """'MPK7X2QF9BD': prefix, eight random characters, the check character. Raises ValueError for another prefix."""
    if not is_code_prefix(prefix):
        raise ValueError(f"{prefix!r}: a prefix has two to five letters A to Z")
    body = "".join(secrets.choice(ALPHABET) for _place in range(RANDOM_LENGTH))
    return prefix + body + find_check_character(body)


def is_purpose_code(text: str, prefix: str = DEFAULT_PREFIX) -> bool:
    """Is it a whole code, as it was made? Letters in lower case are another text."""
    body = text[len(prefix) :]
    if not text.startswith(prefix) or _BODY.fullmatch(body) is None:
        return False
    return find_check_character(body[:-1]) == body[-1]


def find_check_character(body: str) -> str:
    """Of characters of the alphabet; a wrong one, or two changed among them or with it, give another."""
    total = 0
    for (
        character
    ) in body:  # Horner: each character ends with a power of its own, the check character with the zeroth
        total = _times_x(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ _FIELD if doubled & 0b100000 else doubled

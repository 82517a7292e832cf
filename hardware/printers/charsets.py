"""Vietnamese in the code pages of receipt printers: ASCII, Windows-1258, and TCVN 5712:1993 VN3.

A page has 128 places and Vietnamese 134 letters beyond ASCII. Windows-1258 writes a tone as a byte of its own
behind its vowel; VN3 has small letters on one page and, on Epson's printers, capitals on a second.
What a page lacks is written without its tone, then without any mark: never as "?".
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from unicodedata import combining, normalize

from ..drawing.letters import LETTERS, TONES, transliterate

# From 0xA0 on, sixteen places a row: Epson's pages 30 and 31, as escpos-printer-db has them.
_TCVN_SMALL = (
    "        ăâêôơưđ ",
    "     àảãáạ ằẳẵắ ",
    "      ặầẩẫấậè ẻẽ",
    "éẹềểễếệìỉ   ĩíịò",
    " ỏõóọồổỗốộờởỡớợù",
    " ủũúụừửữứựỳỷỹýỵ ",
)
_TCVN_CAPITAL = (" ĂÂ    Đ  ÊÔƠƯ  ", *(row.upper() for row in _TCVN_SMALL[1:]))

Table = dict[str, bytes]


@lru_cache
def list_tables(name: str) -> tuple[Table, ...]:
    """The letters beyond ASCII of each of its pages, and their bytes. Raises KeyError for a name unknown."""
    known: dict[str, tuple[Table, ...]] = {
        "ascii": ({},),
        "cp1258": (_cp1258(),),
        "tcvn3": (_places(_TCVN_SMALL), _places(_TCVN_CAPITAL)),
    }
    return known[name]


def _places(rows: tuple[str, ...]) -> Table:
    return {letter: bytes((n,)) for n, letter in enumerate("".join(rows), 0xA0) if letter != " "}


def _cp1258() -> Table:
    """What stands there ready, then what takes a tone behind its vowel: ậ is â and the dot below."""
    places = {bytes((n,)).decode("cp1258", "ignore"): bytes((n,)) for n in range(0x80, 0x100)}
    ready = {letter: place for letter, place in places.items() if letter.strip() and not combining(letter)}
    for letter in LETTERS:
        apart = normalize("NFD", letter)
        tone = next((mark for mark in apart if mark in TONES), None)
        if tone and letter not in ready:
            vowel = normalize("NFC", apart.replace(tone, ""))
            ready[letter] = (vowel + tone).encode("cp1258")
    return ready


@dataclass(frozen=True, slots=True)
class Charset:
    """One of `list_tables`, and the numbers (ESC t) under which a printer has its pages; it may lack the last."""

    name: str
    pages: tuple[int, ...]

    def fitted(self, text: str) -> str:
        """`text` as it will be read: each letter in one column, and each one that a page has."""
        return "".join(self._fitting(letter) for letter in normalize("NFC", text))

    def runs(self, text: str, page: int | None = None) -> list[tuple[int | None, bytes]]:
        """`text` in bytes, cut where the page must be changed; `page` counts at its beginning."""
        written = []
        for letter in self.fitted(text):
            page, place = self._place(letter, page)
            written.append((page, place))
        return [
            (page, b"".join(place for _, place in run))
            for page, run in groupby(written, lambda item: item[0])
        ]

    def _fitting(self, letter: str) -> str:
        letter = {"₫": "đ", "★": "*"}.get(letter, letter) if not self._has(letter) else letter
        if self._has(letter):
            return letter
        toneless = normalize("NFC", "".join(mark for mark in normalize("NFD", letter) if mark not in TONES))
        return toneless if self._has(toneless) else transliterate(letter)

    def _has(self, letter: str) -> bool:
        if letter.isascii():
            return letter.isprintable()
        return any(letter in table for _, table in self._tables())

    def _place(self, letter: str, page: int | None) -> tuple[int | None, bytes]:
        """ASCII stands on every page, so it never changes one."""
        if letter.isascii():
            return page, letter.encode("ascii")
        having = [(number, table[letter]) for number, table in self._tables() if letter in table]
        return next((item for item in having if item[0] == page), having[0])

    def _tables(self) -> list[tuple[int, Table]]:
        return list(zip(self.pages, list_tables(self.name), strict=False))


def decode_bytes(name: str, page: int, data: bytes) -> str:
    """What bytes mean on the page of `tables(name)` so numbered from 0; unknown places are "?"."""
    if name == "cp1258":
        return normalize("NFC", data.decode("cp1258", "replace"))
    letters = {place[0]: letter for letter, place in list_tables(name)[page].items()}
    return "".join(chr(byte) if byte < 0x80 else letters.get(byte, "?") for byte in data)

"""A reader of ESC/POS: rebuilds what a printer would have on its paper, from the bytes alone.

Source: Epson, "ESC/POS Command Reference for TM Printers".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from .page import Page, Paper

__all__ = ["Interpreter", "Paper"]

# Commands that change nothing a reader sees, or nothing this one draws, and how long they are.
UNSEEN = {
    b"\x1b=": 3, b"\x1bR": 3, b"\x1bG": 3, b"\x1b ": 3, b"\x1b{": 3, b"\x1bV": 3, b"\x1bU": 3, b"\x1br": 3,
    b"\x1bc": 4, b"\x1b$": 4, b"\x1b\\": 4, b"\x1cS": 4, b"\x1c.": 2, b"\x1c&": 2, b"\x1cC": 3, b"\x1bS": 2, b"\x1bL": 2,
    b"\x1df": 3, b"\x1dH": 3, b"\x1dL": 4, b"\x1dW": 4, b"\x1dP": 4, b"\x1db": 3, b"\x1d|": 3,
}  # fmt: skip
ASKING = {b"\x10\x04": 3, b"\x1da": 3, b"\x1dr": 3, b"\x1dI": 3}
SYMBOLOGIES = {65: "upca", 67: "ean13", 68: "ean8", 69: "code39", 70: "itf", 73: "code128"}  # GS k


@dataclass
class Interpreter:
    """Feed it bytes as they come; finished sheets stand in `paper.sheets`, the rest in `unfinished()`.

    `width`: printable dots. An unknown command raises ValueError with its bytes, so that a driver's slip
    of the pen is heard.
    """

    paper: Paper = field(default_factory=Paper)
    width: int = 576
    page: Page = field(init=False)
    _buffer: bytes = b""
    _codes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page = Page(self.paper, self.width)
        self._stored: Image.Image | None = None
        self._codes = {"qr": b"", "dot": 3, "error": "l", "height": 162, "module": 3}

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes; returns the commands among them that ask for an answer, in order."""
        self._buffer += data
        asked = []
        while self._buffer:
            taken = self._step()
            if not taken:
                break
            if self._buffer[:2] in ASKING:
                asked.append(self._buffer[:taken])
            self._buffer = self._buffer[taken:]
        return asked

    def unfinished(self) -> Image.Image | None:
        return self.page.unfinished()

    def _step(self) -> int:
        """How many bytes one command or a run of letters takes; 0: not all here yet."""
        b = self._buffer
        if b[0] >= 0x20:
            return self._letters(b)
        if b[0] in _CONTROLS:
            _CONTROLS[b[0]](self.page)
            return 1
        if len(b) < 2 and b[0] in _PREFIXES:
            return 0
        head = b[:2]
        if head in _LONG:
            return _LONG[head](self, b)
        length = _SHORT[head][0] if head in _SHORT else UNSEEN.get(head) or ASKING.get(head)
        if length is None:
            raise ValueError(f"unknown ESC/POS command {b[:4].hex(' ')}")
        if len(b) < length:
            return 0
        if head in _SHORT:
            _SHORT[head][1](self.page, b[length - 1])
        return length

    def _letters(self, b: bytes) -> int:
        end = next((n for n, byte in enumerate(b) if byte < 0x20), len(b))
        self.page.write(b[:end])
        return end

    def _cut(self, b: bytes) -> int:
        """GS V: cut here (0, 1), or feed so far and cut (65, 66)."""
        length = 4 if len(b) > 2 and b[2] in (65, 66) else 3
        if len(b) < length:
            return 0
        self.page.cut()
        return length

    def _kick(self, b: bytes) -> int:
        if len(b) < 5:
            return 0
        self.page.kick()
        return 5

    def _raster(self, b: bytes) -> int:
        """GS v 0."""
        if len(b) < 8:
            return 0
        across, height = int.from_bytes(b[4:6], "little"), int.from_bytes(b[6:8], "little")
        end = 8 + across * height
        self.paper.longest_block = max(self.paper.longest_block, end)
        if len(b) < end:
            return 0
        self.page.picture(_doubled(Image.frombytes("1", (across * 8, height), b[8:end]), b[3]))
        return end

    def _columns(self, b: bytes) -> int:
        """ESC *: columns of eight or 24 dots, the uppermost in the highest bit."""
        if len(b) < 5:
            return 0
        deep, across = 3 if b[2] >= 32 else 1, int.from_bytes(b[3:5], "little")
        end = 5 + across * deep
        if len(b) < end:
            return 0
        turned = Image.frombytes("1", (deep * 8, across), b[5:end])
        self.page.inline(turned.transpose(Image.Transpose.TRANSPOSE))
        return end

    def _graphics(self, b: bytes) -> int:
        """GS ( L: function 112 stores a raster, 50 prints it. GS ( K, A, D, E …: nothing that is seen."""
        if len(b) < 5 or len(b) < (end := 5 + int.from_bytes(b[3:5], "little")):
            return 0
        function, data = b[6:7], b[7:end]
        if b[2:3] == b"k":
            self._qr(function[0], data)
        elif b[2:3] == b"L" and function == b"p":
            across, height = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
            self._stored = Image.frombytes("1", (-(-across // 8) * 8, height), data[8:])
        elif b[2:3] == b"L" and function in (b"2", b"\x02") and self._stored is not None:
            self.page.picture(self._stored)
        return end

    def _qr(self, function: int, data: bytes) -> None:
        """GS ( k, symbol type 49: size, error correction, content, and the print itself."""
        match function:
            case 67:
                self._codes["dot"] = data[0]
            case 69:
                self._codes["error"] = "lmqh"[data[0] - 48]
            case 80:
                self._codes["qr"] = data[1:]
            case 81:
                self.page.picture(_qr_code(self._codes["qr"], self._codes["error"], self._codes["dot"]))

    def _bar_height(self, b: bytes) -> int:
        return self._remember("height", b)

    def _bar_width(self, b: bytes) -> int:
        return self._remember("module", b)

    def _remember(self, what: str, b: bytes) -> int:
        if len(b) < 3:
            return 0
        self._codes[what] = b[2]
        return 3

    def _barcode(self, b: bytes) -> int:
        """GS k: a kind up to 6 ends its data by a zero, one from 65 on says how long it is."""
        if len(b) < 4:
            return 0
        kind, start = (b[2], 4) if b[2] >= 65 else (b[2] + 65, 3)
        if kind not in SYMBOLOGIES:
            raise ValueError(f"unknown kind of barcode {b[:4].hex(' ')}")
        end = start + b[3] if start == 4 else b.find(b"\0", 3)
        if end < 0 or len(b) < end:
            return 0
        self.page.picture(
            _bars(SYMBOLOGIES[kind], b[start:end], self._codes["module"], self._codes["height"])
        )
        return end if start == 4 else end + 1

    def _tabs(self, b: bytes) -> int:
        """ESC D: where tabs stop, up to a zero."""
        return b.find(b"\0", 2) + 1


def _doubled(picture: Image.Image, mode: int) -> Image.Image:
    """GS v 0 with m 1, 2, 3: twice as wide, as high, both."""
    return picture.resize((picture.width * (1 + (mode & 1)), picture.height * (1 + (mode >> 1 & 1))))


def _qr_code(content: bytes, error: str, dot: int) -> Image.Image:
    import segno

    matrix = segno.make(content, error=error, micro=False, boost_error=False).matrix
    code = Image.new("1", (len(matrix), len(matrix)))
    code.putdata([255 * bit for line in matrix for bit in line])
    side = len(matrix) * dot
    quiet = Image.new("1", (side, side + 8 * dot))
    quiet.paste(code.resize((side, side), Image.Resampling.NEAREST), (0, 4 * dot))
    return quiet


def _bars(symbology: str, data: bytes, module: int, height: int) -> Image.Image:
    """Code 128 says its set in the data: {A, {B, {C, and {{ is the letter."""
    import barcode

    text = data.decode("ascii")
    if symbology == "code128":
        text = _code128_text(text)
    options = {"add_checksum": False} if symbology == "code39" else {}
    modules = barcode.get(symbology, text, options=options).build()[0]
    code = Image.new("1", (len(modules), 1))
    code.putdata([255 * int(bar) for bar in modules])
    return code.resize((len(modules) * module, height), Image.Resampling.NEAREST)


def _code128_text(data: str) -> str:
    kind, text = data[:2], data[2:]
    if kind == "{C":
        return "".join(f"{ord(pair):02}" for pair in text)
    return text.replace("{{", "{")


def _style(**values: Callable[[int], Any]) -> Callable[[Page, int], None]:
    def changed(page: Page, n: int) -> None:
        for name, value in values.items():
            setattr(page.style, name, value(n))

    return changed


def _line_spacing(page: Page, n: int) -> None:
    page.pitch = n


def _usual_spacing(page: Page, _: int) -> None:
    page.pitch = 30


def _align(page: Page, n: int) -> None:
    page.align = n % 48


_PREFIXES = b"\x10\x1b\x1c\x1d"  # DLE, ESC, FS, GS
_CONTROLS: dict[int, Callable[[Page], None]] = {
    0x00: lambda _: None,
    0x09: lambda page: page.write(b"    "),
    0x0A: Page.line_feed,
    0x0D: lambda _: None,
}
_SHORT: dict[bytes, tuple[int, Callable[[Page, int], None]]] = {
    b"\x1b@": (2, lambda page, _: page.reset()),
    b"\x1bd": (3, lambda page, n: page.feed(n * page.pitch)),
    b"\x1bJ": (3, lambda page, n: page.feed(n)),
    b"\x1b2": (2, _usual_spacing),
    b"\x1b3": (3, _line_spacing),
    b"\x1bt": (3, _style(page=int)),
    b"\x1bE": (3, _style(bold=lambda n: bool(n & 1))),
    b"\x1bM": (3, _style(font=lambda n: n % 48 % 2)),
    b"\x1b-": (3, _style(underlined=lambda n: bool(n % 48))),
    b"\x1dB": (3, _style(inverted=lambda n: bool(n & 1))),
    b"\x1d!": (3, _style(across=lambda n: (n >> 4 & 7) + 1, down=lambda n: (n & 7) + 1)),
    b"\x1b!": (3, _style(font=lambda n: n & 1, bold=lambda n: bool(n & 8),
                         down=lambda n: 1 + (n >> 4 & 1), across=lambda n: 1 + (n >> 5 & 1))),
    b"\x1ba": (3, _align),
}  # fmt: skip
_LONG: dict[bytes, Callable[[Interpreter, bytes], int]] = {
    b"\x1dV": Interpreter._cut,  # noqa: SLF001  the table of its own methods
    b"\x1bp": Interpreter._kick,  # noqa: SLF001
    b"\x1dv": Interpreter._raster,  # noqa: SLF001
    b"\x1b*": Interpreter._columns,  # noqa: SLF001
    b"\x1d(": Interpreter._graphics,  # noqa: SLF001
    b"\x1dh": Interpreter._bar_height,  # noqa: SLF001
    b"\x1dw": Interpreter._bar_width,  # noqa: SLF001
    b"\x1dk": Interpreter._barcode,  # noqa: SLF001
    b"\x1bD": Interpreter._tabs,  # noqa: SLF001
}

"""A small reader of ESC/POS: rebuilds what a printer would have on its paper, from the bytes alone."""

from dataclasses import dataclass, field

from PIL import Image


@dataclass
class Paper:
    """What came out: pieces of paper as pictures (ink black), and how often the drawer was kicked."""

    sheets: list[Image.Image] = field(default_factory=list)
    kicks: int = 0


@dataclass
class Interpreter:
    """Feed it bytes as they come; finished sheets stand in `paper.sheets`, the rest in `unfinished()`.

    Knows the commands a receipt uses: ESC @, ESC d, ESC p, GS V, GS v 0, DLE EOT. An unknown command
    raises ValueError with its bytes, so that a driver's slip of the pen is heard.
    """

    paper: Paper = field(default_factory=Paper)
    _buffer: bytes = b""
    _strips: list[Image.Image] = field(default_factory=list)

    def feed(self, data: bytes) -> bytes:
        """Take bytes; returns the DLE EOT questions among them, one byte each, in order."""
        self._buffer += data
        asked = b""
        while self._buffer:
            taken, question = self._step()
            if not taken:
                break
            asked += question
            self._buffer = self._buffer[taken:]
        return asked

    def unfinished(self) -> Image.Image | None:
        return _joined(self._strips)

    def _step(self) -> tuple[int, bytes]:
        """How many bytes one command takes (0: not all here yet), and what it asked."""
        b = self._buffer
        lengths = {b"\x10\x04": 3, b"\x1b@": 2, b"\x1bd": 3, b"\x1bp": 5, b"\x1dV": 4, b"\x1dv": 8}
        head = b[:2]
        if len(head) < 2:
            return 0, b""
        if head not in lengths:
            raise ValueError(f"unknown ESC/POS command {b[:4].hex(' ')}")
        length = lengths[head]
        if len(b) < length:
            return 0, b""
        if head == b"\x10\x04":
            return length, b[2:3]
        if head == b"\x1bp":
            self.paper.kicks += 1
        elif head == b"\x1dV":
            self._finish()
        elif head == b"\x1dv":
            return self._raster(b), b""
        return length, b""

    def _raster(self, b: bytes) -> int:
        across, height = b[4] + 256 * b[5], b[6] + 256 * b[7]
        end = 8 + across * height
        if len(b) < end:
            return 0
        self._strips.append(Image.frombytes("1", (across * 8, height), b[8:end]))
        return end

    def _finish(self) -> None:
        sheet = _joined(self._strips)
        if sheet is not None:
            self.paper.sheets.append(sheet)
        self._strips = []


def _joined(strips: list[Image.Image]) -> Image.Image | None:
    if not strips:
        return None
    sheet = Image.new("1", (max(s.width for s in strips), sum(s.height for s in strips)), 1)
    y = 0
    for strip in strips:
        sheet.paste(strip.point(lambda ink: 255 - ink), (0, y))
        y += strip.height
    return sheet

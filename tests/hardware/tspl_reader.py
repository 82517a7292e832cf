"""A reader of TSPL: rebuilds what a label printer would have on its label, from the bytes alone.

Source: TSC, "TSPL/TSPL2 Programming Manual". An unknown command raises ValueError, so that a slip of the pen is heard.
"""

import csv
from dataclasses import dataclass, field

import numpy as np
import zxingcpp
from PIL import Image

FORMATS = {
    "EAN13": zxingcpp.BarcodeFormat.EAN13, "EAN8": zxingcpp.BarcodeFormat.EAN8, "128": zxingcpp.BarcodeFormat.Code128,
    "QRCODE": zxingcpp.BarcodeFormat.QRCode, "DMATRIX": zxingcpp.BarcodeFormat.DataMatrix,
}  # fmt: skip
SETTING = {"GAP", "DIRECTION", "REFERENCE", "SPEED", "DENSITY"}


@dataclass
class TsplReader:
    """`labels`: each label printed, ink 1 on paper 0, as often as it was. `settings`: what was set last."""

    dpi: int = 203
    labels: list[Image.Image] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    _sheet: Image.Image = field(default_factory=lambda: Image.new("1", (1, 1)))

    def feed(self, data: bytes) -> "TsplReader":
        while data:
            line, _, rest = data.partition(b"\r\n")
            name, _, values = line.partition(b" ")
            if name == b"BITMAP":
                data = self._bitmap(data)
                continue
            self._do(name.decode(), values.decode())
            data = rest
        return self

    def _do(self, name: str, values: str) -> None:
        arguments = next(csv.reader([values]), [])
        match name:
            case "SIZE":
                width, height = (float(value.removesuffix(" mm")) for value in arguments)
                self._sheet = Image.new(
                    "1", (round(width * self.dpi / 25.4), round(height * self.dpi / 25.4))
                )
            case "CLS":
                self._sheet = Image.new("1", self._sheet.size)
            case "BARCODE":
                x, y, kind, height, shown, turned, narrow, _wide, content = arguments
                assert (shown, turned) == ("0", "0")
                self._code(kind, content, int(x), int(y), int(narrow), int(height))
            case "QRCODE":
                x, y, level, cell, mode, turned, content = arguments
                assert (level, mode, turned) == ("M", "A", "0")
                self._code(name, content, int(x), int(y), int(cell), int(cell))
            case "DMATRIX":
                x, y, _width, _height, cell, content = arguments
                self._code(name, content, int(x), int(y), int(cell[1:]), int(cell[1:]))
            case "PRINT":
                sets, copies = (int(value) for value in arguments)
                self.labels += [self._sheet.copy()] * (sets * copies)
            case _ if name in SETTING:
                self.settings[name] = values
            case "":
                pass
            case _:
                raise ValueError(f"unknown TSPL command {name!r}")

    def _bitmap(self, data: bytes) -> bytes:
        """BITMAP x,y,bytes across,height,mode,dots: 0 is ink, and no new line is waited for."""
        x, y, across, height, mode, rest = data.removeprefix(b"BITMAP ").split(b",", 5)
        assert mode == b"0"
        size = int(across) * int(height)
        if len(rest) < size:
            raise ValueError("a bitmap that ends too soon")
        dots = Image.frombytes("1", (int(across) * 8, int(height)), bytes(255 - byte for byte in rest[:size]))
        self._sheet.paste(1, (int(x), int(y)), dots)
        return rest[size:]

    def _code(self, kind: str, content: str, x: int, y: int, module: int, high: int) -> None:
        how = {"force_square": True} if kind == "DMATRIX" else {"ec_level": "M"} if kind == "QRCODE" else {}
        code = zxingcpp.create_barcode(content, FORMATS[kind], **how)
        dots = np.asarray(code.to_image(scale=1, add_quiet_zones=False)) == 0
        if high != module:
            dots = dots[:1]
        drawn = Image.fromarray(np.kron(dots, np.ones((high, module), bool)))
        self._sheet.paste(1, (x, y), drawn)

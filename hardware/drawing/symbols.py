"""The modules of a barcode, by zxing-cpp's writer and segno: what is ink, and how much white it needs around it.

Sizes of quiet zones: GS1 General Specifications §5.2 (EAN), §5.4 (GS1-128), §5.6 (DataMatrix), §5.7 (QR).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from PIL import Image

Symbology = Literal["ean13", "ean8", "code128", "gs1-128", "qr", "datamatrix", "gs1-datamatrix"]

NOMINAL_MM = 0.33  # the X-dimension that all magnifications of an EAN are counted from (GS1 §5.2)
LINEAR: frozenset[Symbology] = frozenset(("ean13", "ean8", "code128", "gs1-128"))
EAN: frozenset[Symbology] = frozenset(("ean13", "ean8"))
GUARD_MODULES = 5  # how far the guard bars of an EAN reach down between its digits (GS1 §5.2)
QUIET: dict[Symbology, tuple[int, int]] = {
    "ean13": (11, 7), "ean8": (7, 7), "code128": (10, 10), "gs1-128": (10, 10),
    "qr": (4, 4), "datamatrix": (1, 1), "gs1-datamatrix": (1, 1),
}  # fmt: skip
ALTERNATIVES: dict[Symbology, tuple[Symbology, ...]] = {
    "code128": ("datamatrix", "qr"), "gs1-128": ("gs1-datamatrix",), "qr": ("datamatrix",),
    "ean13": (), "ean8": (), "datamatrix": (), "gs1-datamatrix": (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Modules:
    """Rows of modules, "1" for ink; a linear code has one. `guards`: its bars that reach further down, likewise."""

    rows: tuple[str, ...]
    guards: str = ""

    @property
    def across(self) -> int:
        return len(self.rows[0])

    @property
    def down(self) -> int:
        return len(self.rows)


@lru_cache(maxsize=512)
def encode_modules(kind: Symbology, content: str) -> Modules:
    """Without quiet zones. Raises ValueError for content that the code can't say: a wrong check digit, an element
    string that GS1 doesn't know. A bracket within an element's value has a backslash before it.
    """
    if kind == "qr":
        import segno

        matrix = segno.make(content, error="m", micro=False).matrix
        return Modules(tuple("".join(map(str, row)) for row in matrix))
    rows = _encode(kind, content)
    if kind in LINEAR:
        return Modules(rows[:1], rows[-1] if kind in EAN else "")
    return Modules(rows)


def _encode(kind: Symbology, content: str) -> tuple[str, ...]:
    import numpy as np
    import zxingcpp

    if kind in EAN and not (content.isdecimal() and content.isascii() and len(content) == int(kind[3:])):
        raise ValueError(f"{content}: {kind} takes {kind[3:]} digits")
    formats = zxingcpp.BarcodeFormat
    name = {
        "ean13": formats.EAN13,
        "ean8": formats.EAN8,
        "code128": formats.Code128,
        "gs1-128": formats.Code128,
    }
    how: dict[str, Any] = {"gs1": True} if kind.startswith("gs1") else {}
    if kind not in LINEAR:
        how["force_square"] = True  # an oblong one needs a width that labels haven't got
    code = zxingcpp.create_barcode(content, name.get(kind, formats.DataMatrix), **how)
    dots = np.array(code.to_image(scale=1, add_quiet_zones=False))
    return tuple("".join("1" if dot == 0 else "0" for dot in row) for row in dots)


def format_caption(kind: Symbology, content: str) -> str:
    """What stands beneath a code for people; a space before each element lets the line break there."""
    if not kind.startswith("gs1"):
        return content
    return re.sub(r"(?<!\\)\(", " (", content).replace("\\", "").strip()


def draw_code128(content: str, dot: int, height: int) -> Image.Image:
    """Its bars, ink 1, each module `dot` wide; without quiet zones."""
    bars = code128_modules(content)
    code = Image.new("1", (len(bars), 1))
    code.putdata([int(bar) for bar in bars])
    return code.resize((len(bars) * dot, height), Image.Resampling.NEAREST)


def code128_modules(content: str) -> str:
    """The modules of a Code 128, '1' for a bar, without quiet zones."""
    import barcode

    code: Any = barcode.get("code128", content)
    bars: str = code.build()[0]
    return bars

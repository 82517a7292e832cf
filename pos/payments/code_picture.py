"""payments/code_picture.py — a transfer code's text as a picture, for screens and for paper."""

from PIL import Image

from hardware.drawing.symbols import QUIET, encode_modules

from ..kernel.errors import Refused
from .vietqr import LONGEST_TEXT


def draw_code_svg(text: str, *, module: int = 6) -> str:
    """An SVG document, black on white with its quiet zone, `module` pixels a module. Raises Refused for text that is too long."""
    rows, quiet = _list_rows(text), QUIET["qr"][0]
    side = len(rows) + 2 * quiet
    path = "".join(
        f"M{at + quiet} {down + quiet}h1v1h-1z"
        for down, row in enumerate(rows)
        for at, dot in enumerate(row)
        if dot == "1"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side * module}" height="{side * module}"'
        f' viewBox="0 0 {side} {side}" shape-rendering="crispEdges" role="img">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def draw_code_image(text: str, *, module: int = 6) -> Image.Image:
    """The same in dots. Raises Refused for text that is too long."""
    rows, quiet = _list_rows(text), QUIET["qr"][0]
    small = Image.new("1", (len(rows[0]) + 2 * quiet, len(rows) + 2 * quiet), 1)
    for down, row in enumerate(rows):
        for at, dot in enumerate(row):
            if dot == "1":
                small.putpixel((at + quiet, down + quiet), 0)
    return small.resize((small.width * module, small.height * module), Image.Resampling.NEAREST)


def _list_rows(text: str) -> tuple[str, ...]:
    if len(text) > LONGEST_TEXT:
        raise Refused.because("vietqr_other_letters")
    return encode_modules("qr", text).rows

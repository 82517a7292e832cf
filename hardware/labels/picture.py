"""A label drawn in dots: one drawing in four inks, which the screen sees in colour and a thermal head as ink or none."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageColor, ImageDraw

from ..drawing.text import SHIPPED_LETTERS, load_font
from ..drawing.text import measure_letter as measured
from .label import Box, Colour, Label
from .layout import Fill, PlacedSymbol, Raster, Run, Shape, lay_out

STOP = "#b3261e"
_INKS: dict[Colour, int] = {"paper": 0, "ink": 1, "brand": 2, "stop": 3}


def draw_label(
    label: Label, dpi: int = 203, *, leaving: frozenset[PlacedSymbol] = frozenset()
) -> Image.Image:
    """As a thermal head burns it: ink 1, paper 0, of whatever colour. The places of the codes in `leaving` stay white,
    for a printer that draws them itself. Raises what `lay_out` raises.
    """
    return _draw_inks(label, dpi, leaving).point([0] + [255] * 255, "1")


def render_png(label: Label, dpi: int = 203, *, colour: bool = True) -> bytes:
    """For the screen, white where there is no ink; without `colour` as `draw_label` has it. Raises what `lay_out` raises."""
    if not colour:
        return _save_png(draw_label(label, dpi).point(lambda dot: 255 - dot))
    drawn = _draw_inks(label, dpi)
    drawn.putpalette(
        [part for name in ("#ffffff", "#000000", label.brand, STOP) for part in ImageColor.getrgb(name)[:3]]
    )
    pictures = [mark for mark in lay_out(label, dpi).marks if isinstance(mark, Raster)]
    if pictures:
        drawn = drawn.convert("RGB")
        for mark in pictures:
            left, top, right, bottom = _edges(mark.box, dpi, drawn.size)
            drawn.paste(_on_white(mark.data).resize((right - left, bottom - top)), (left, top))
    return _save_png(drawn)


def _save_png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _draw_inks(label: Label, dpi: int, leaving: frozenset[PlacedSymbol] = frozenset()) -> Image.Image:
    """In the four inks' numbers."""
    layout = lay_out(label, dpi)
    sheet = Image.new("P", (_dots(label.width, dpi), _dots(label.height, dpi)), 0)
    pen = ImageDraw.Draw(sheet)
    for mark in layout.marks:
        match mark:
            case Run():
                _write(sheet, mark, dpi)
            case Fill():
                _fill(pen, mark.boxes, _INKS[mark.colour], dpi, sheet.size)
            case Shape():
                pen.polygon(
                    [(x * dpi / 25.4, y * dpi / 25.4) for x, y in mark.corners], fill=_INKS[mark.colour]
                )
            case PlacedSymbol() if mark not in leaving:
                _fill(pen, mark.boxes, _INKS["ink"], dpi, sheet.size)
            case Raster():
                _paste(sheet, mark, dpi)
    return sheet


def _dots(mm: float, dpi: int) -> int:
    return round(mm * dpi / 25.4)


def _edges(box: Box, dpi: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """In dots, the right and lower one beyond; at least a dot each way, however thin, and on the sheet."""
    left = min(_dots(box.x, dpi), size[0] - 1)
    top = min(_dots(box.y, dpi), size[1] - 1)
    right, bottom = _dots(box.x + box.width, dpi), _dots(box.y + box.height, dpi)
    return left, top, max(left + 1, right), max(top + 1, bottom)


def _fill(
    pen: ImageDraw.ImageDraw, boxes: tuple[Box, ...], ink: int, dpi: int, size: tuple[int, int]
) -> None:
    for box in boxes:
        left, top, right, bottom = _edges(box, dpi, size)
        pen.rectangle((left, top, right - 1, bottom - 1), fill=ink)


@lru_cache(maxsize=1024)
def _glyph(dots: float, bold: bool, letter: str) -> tuple[Image.Image, int, int] | None:
    """A letter's ink, and where it lies from the pen; None for a space."""
    face, letter = load_font(bold, dots), letter.translate(SHIPPED_LETTERS)
    left, top, right, bottom = (int(edge) for edge in face.getbbox(letter, mode="1", anchor="ls"))
    if right <= left or bottom <= top:
        return None
    ink = Image.new("1", (right - left, bottom - top), 0)
    pen = ImageDraw.Draw(ink)
    pen.fontmode = "1"
    pen.text((-left, -top), letter, fill=1, font=face, anchor="ls")
    return ink, left, top


def _write(sheet: Image.Image, run: Run, dpi: int) -> None:
    """Letter by letter from the cache. A letter made to fit the dots may reach one too far: it is pushed back."""
    size = run.size * dpi / 25.4
    x, baseline = run.x * dpi / 25.4, round(run.baseline * dpi / 25.4)
    for item in run.text:
        if glyph := _glyph(size, run.bold, item):
            ink, left, top = glyph
            across = max(0, min(round(x) + left, sheet.width - ink.width))
            down = max(0, min(baseline + top, sheet.height - ink.height))
            sheet.paste(_INKS[run.colour], (across, down), ink)
        x += measured(run.bold, item).advance * size


def _on_white(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as opened:
        white = Image.new("RGBA", opened.size, "white")
        white.alpha_composite(opened.convert("RGBA"))
        return white.convert("RGB")


def _paste(sheet: Image.Image, mark: Raster, dpi: int) -> None:
    """Its grey as scattered dots, which a thermal head can't have otherwise."""
    left, top, right, bottom = _edges(mark.box, dpi, sheet.size)
    grey = _on_white(mark.data).convert("L").resize((right - left, bottom - top))
    ink = grey.point(lambda light: 255 - light).convert("1")
    sheet.paste(_INKS["ink"], (left, top), ink)

"""A long receipt made ready for the printer, against the way one would do it without a second thought."""

from PIL import Image, ImageDraw, ImageFont

from hardware.drawing.text import load_font
from hardware.printers.picture_mode import encode_slip
from hardware.slips.picture import _SIZES, MARGIN, WIDTH_DOTS, draw_row
from hardware.slips.slip import Cut, Pair, Row, Rule, Slip, Stars, Text

from .catalogue import name_of
from .figures import Figure, milliseconds, p50
from .sizes import Sizes

LINES = 40
WIDTH = WIDTH_DOTS[80]
PITCH = 33
PROFILE = "TM-T20II"  # one whose paper is as wide in python-escpos' own book
MOST_OF_NAIVE = 0.4


def receipt(first: int = 1) -> Slip:
    """Forty lines as a receipt has them, from the `first` goods on: words and figures that both ways can draw."""
    rows: list[Row] = [Text("Điểm OCOP Mông Phụ", size="large", bold=True, align="center"), Rule()]
    for n in range(first, first + LINES):
        rows += [
            Stars(f"{name_of(n)} 250 g", 3 + n % 3, bold=True),
            Pair(f"{1 + n % 3} × {45 + n}.000", f"{(1 + n % 3) * (45 + n)}.000"),
            Text(f"Lô L{n:07} · HSD 20/05/2027", size="small"),
            Text(f"Hộ sản xuất mẫu {n % 12:02}", size="small"),
        ]
    return Slip((*rows, Rule(), Pair("Tổng", "3.456.000 ₫", size="large", bold=True), Cut()))


def measure(sizes: Sizes) -> list[Figure]:
    """Both ways by turns, the house's own always from undrawn rows."""
    slip = receipt()
    by_house, by_naive = [], []
    for way in (house, naive):
        way(slip)  # fonts read, libraries loaded
    for _ in range(sizes.receipts):
        draw_row.cache_clear()
        by_house.append(milliseconds(lambda: house(slip)))
        by_naive.append(milliseconds(lambda: naive(slip)))
    return [
        Figure(f"receipt of {LINES} lines drawn line by line and sent by python-escpos, p50", p50(by_naive), "ms"),
        Figure(f"receipt of {LINES} lines as the shop makes it, p50", p50(by_house), "ms", MOST_OF_NAIVE, p50(by_naive)),
    ]  # fmt: skip


def house(slip: Slip) -> bytes:
    return b"".join(encode_slip(slip, WIDTH))


def naive(slip: Slip) -> bytes:
    """A grey page, a line of text after the other, and python-escpos left to make dots of it."""
    from escpos.printer import Dummy

    rows = [row for row in slip.rows if not isinstance(row, Cut)]
    page = Image.new("L", (WIDTH, PITCH * 2 * len(rows)), 255)
    pen = ImageDraw.Draw(page)
    y = MARGIN
    for row in rows:
        y += _drawn(pen, row, y)
    device = Dummy(profile=PROFILE)
    device.image(page.crop((0, 0, WIDTH, y)))
    device.cut()
    sent: bytes = device.output
    return sent


def _drawn(pen: ImageDraw.ImageDraw, row: Row, y: int) -> int:
    """One row drawn at `y`; returns how high it is."""
    if isinstance(row, Rule):
        pen.line((MARGIN, y + 4, WIDTH - MARGIN, y + 4), fill=0)
        return 9
    assert isinstance(row, (Text, Pair, Stars))
    font: ImageFont.FreeTypeFont = load_font(row.bold, _SIZES[row.size])
    left, right = _words(row)
    pen.text((MARGIN, y), left, fill=0, font=font)
    if right:
        pen.text((WIDTH - MARGIN - font.getlength(right), y), right, fill=0, font=font)
    return PITCH * (2 if row.size == "large" else 1)


def _words(row: Text | Pair | Stars) -> tuple[str, str]:
    if isinstance(row, Pair):
        return row.left, row.right
    return (row.text, "") if isinstance(row, Text) else (f"{row.text} {'*' * row.count}", "")

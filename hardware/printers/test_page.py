"""Pages that show whether a printer is set up right: a ruler, all letters, figures at the edge, stars, codes, the cut."""

from ..drawing.letters import LETTERS
from ..slips.slip import Barcode, Cut, Letters, Pair, Qr, Rule, Slip, Stars, Text

# Both edges, a line from one to the other, and figures that fill the first line of either paper: if the right edge
# is missing, the paper's width is set wrong.
RULER = (Pair("|", "|", bold=True), Rule(), Text("1234567890" * 5))
TEST_PAGE = Slip(
    (
        Text("Trang in thử", size="large", bold=True, align="center"),
        *RULER,
        Text(" ".join(LETTERS)),
        Rule(),
        Pair("Chè lam gừng 250 g", "45.000"),
        Stars("OCOP", 4),
        Rule(),
        Qr("https://example.com/t/thu", "QR"),
        Barcode("IN-THU-1"),
        Cut(),
    )
)
LETTERS_PAGE = Slip((Letters(), Cut()))

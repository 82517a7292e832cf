"""station/sample.py — what is shown and printed to try devices out: bars to scan from a screen, a receipt to time."""

from io import BytesIO

from PIL import ImageOps

from hardware.drawing.symbols import draw_code128
from hardware.slips.slip import Cut, Pair, Rule, Slip, Stars, Text

MODULE_PX, HEIGHT_PX, QUIET_MODULES = 3, 120, 12

RECEIPT = Slip((
    Text("Điểm bán hàng OCOP", size="large", bold=True, align="center"),
    Text("Hợp tác xã Mẫu · thôn Mông Phụ", align="center"), Rule(),
    *(row for n in range(10) for row in (
        Stars(f"Chè lam gừng gói {250 + n} g", 4, bold=True), Pair("2 × 45.000", "90.000"), Text(f"Lô CL26{n}1 · HSD 20/12/2026", size="small"),
    )),
    Rule(), Pair("Tổng cộng", "900.000 ₫", size="large", bold=True), Pair("Tiền khách đưa", "1.000.000 ₫"), Pair("Trả lại", "100.000 ₫"), Cut(),
))  # fmt: skip
"""A receipt of ten lines."""


def render_sample(content: str) -> bytes:
    """A Code 128 as a PNG large enough to be scanned from a screen."""
    code = ImageOps.invert(draw_code128(content, MODULE_PX, HEIGHT_PX).convert("L"))
    out = BytesIO()
    ImageOps.expand(code, (QUIET_MODULES * MODULE_PX, 0), fill=255).convert("1").save(out, "PNG")
    return out.getvalue()

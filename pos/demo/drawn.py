"""demo/drawn.py — what a village shop would have scanned and photographed, drawn: papers, delivery notes, pictures.

Everything says that it is a sample.
"""

from collections.abc import Sequence
from datetime import date
from importlib import resources
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from ..catalog.models import GoodsKind
from ..documents.pdf import make_paragraph, render_document
from ..kernel.formats import format_day

PAPER, INK, SOFT = "#FBF7F0", "#2B2320", "#6B5F57"
TINTS = {
    "food": "#F3E2C7",
    "drinks": "#D9E8DC",
    "herbal": "#F6E3A9",
    "crafts": "#E6D3C3",
    "tourism": "#DCE3EE",
    "sets": "#F3CFC4",
}
GOODS = {
    "food": "#A4432A",
    "drinks": "#2F6B3A",
    "herbal": "#B77A12",
    "crafts": "#7E5A3C",
    "tourism": "#3F5C8A",
    "sets": "#8E2F2F",
}
BOTTLES = ("chai", "ml", "chum", "1 l")


def paper_pdf(
    title: str, number: str, holder: str, issued: date | None, ends: date | None, named: Sequence[str]
) -> bytes:
    """A certificate as its scan would look."""
    lines = [f"Số: {number}", f"Cấp cho: {holder}", f"Ngày cấp: {format_day(issued)}",
             f"Có hiệu lực đến: {format_day(ends)}" if ends else "Không ghi thời hạn"]  # fmt: skip
    if named:
        lines.append("Sản phẩm: " + ", ".join(named))
    story = [
        make_paragraph("\n\n".join(lines), size=12),
        make_paragraph("\n\nBẢN MẪU – không có giá trị pháp lý", size=14, bold=True),
    ]
    return render_document(title.upper(), "Giấy tờ mẫu của làng thử", story, foot="BẢN MẪU")


def note_photo(number: str, producer: str, dated: date, lines: Sequence[str]) -> bytes:
    """A delivery note, scanned in grey."""
    sheet = Image.new("L", (760, 1000), 246)
    draw = ImageDraw.Draw(sheet)
    draw.text((60, 50), "PHIẾU GIAO HÀNG (MẪU)", 40, _font(34, bold=True))
    draw.text((60, 110), f"Số {number} · ngày {format_day(dated)}", 60, _font(24))
    draw.text((60, 150), producer, 60, _font(24))
    for n, line in enumerate(lines[:18]):
        draw.text((60, 220 + 40 * n), line[:52], 70, _font(22))
        draw.line((60, 252 + 40 * n, 700, 252 + 40 * n), 205)
    out = BytesIO()
    sheet.save(out, "JPEG", quality=60)
    return out.getvalue()


def goods_picture(name: str, pack: str, group: str, kind: GoodsKind) -> bytes:
    """A plain drawing of the goods: a bottle, a jar, a box, a bowl, a basket, a ticket."""
    picture = Image.new("RGB", (480, 360), TINTS.get(group, "#EEE6DA"))
    draw = ImageDraw.Draw(picture)
    colour = GOODS.get(group, "#A4432A")
    draw.ellipse((90, 300, 390, 330), fill=_darker(TINTS.get(group, "#EEE6DA")))
    if kind is GoodsKind.SERVICE:
        draw.rounded_rectangle((80, 120, 400, 250), 18, fill=colour)
        draw.line((300, 130, 300, 240), fill=PAPER, width=4)
    elif any(word in pack for word in BOTTLES):
        draw.rounded_rectangle((200, 40, 280, 110), 10, fill=_darker(colour))
        draw.rounded_rectangle((165, 95, 315, 318), 34, fill=colour)
    elif kind is GoodsKind.FRESH_FOOD:
        draw.pieslice((90, 60, 390, 330), 0, 180, fill=_darker(colour))
        for x in (140, 200, 260, 320):
            draw.ellipse((x - 42, 130, x + 42, 206), fill=colour)
    elif kind is GoodsKind.CRAFT:
        draw.polygon([(120, 130), (360, 130), (330, 315), (150, 315)], fill=colour)
        for y in range(150, 315, 26):
            draw.line((126, y, 354, y), fill=_darker(colour), width=5)
    elif group == "herbal":
        draw.rounded_rectangle((160, 70, 320, 110), 8, fill=_darker(colour))
        draw.rounded_rectangle((150, 105, 330, 315), 22, fill=colour)
    else:
        draw.rounded_rectangle((110, 90, 370, 315), 14, fill=colour)
        draw.polygon([(110, 104), (150, 60), (330, 60), (370, 104)], fill=_darker(colour))
    draw.rounded_rectangle((150, 180, 330, 270), 8, fill=PAPER)
    for n, line in enumerate(_wrapped(name, 14)[:2]):
        draw.text((240, 205 + 32 * n), line, INK, _font(22, bold=True), anchor="mm")
    out = BytesIO()
    picture.save(out, "JPEG", quality=86)
    return out.getvalue()


def _wrapped(text: str, most: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > most and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _darker(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) * 4 // 5 for n in (1, 3, 5))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    with resources.as_file(resources.files("hardware.fonts") / name) as path:
        return ImageFont.truetype(path, size)

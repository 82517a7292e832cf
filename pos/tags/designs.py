"""tags/designs.py — what each kind of tag looks like: its parts and where they stand, in millimetres.

Stars are drawn only for goods that have them today, and the OCOP band only on the OCOP shelves: who prints a sign
that the goods haven't earned misleads (the Department's letter 28/SCT-QLCN, point 2, third dash).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hardware.drawing.symbols import Symbology
from hardware.labels.label import Bar, Box, Code, Frame, Label, Part, Picture, Stars, Words
from hardware.symbology import check_digit, format_gtin

from ..kernel.formats import Translate, format_day, format_quantity, format_vnd
from ..kernel.own_codes import format_tag_address, format_tag_code
from ..stock.models import Zone
from .content import TagContent
from .models import Design

DEFAULT_BRAND = "#a4432a"
A4, A5, A6 = (297.0, 210.0), (210.0, 148.0), (105.0, 148.0)
SIZES_MM = {
    Design.SHELF: (70.0, 37.0), Design.MARKDOWN: (70.0, 37.0), Design.STICKER: (38.1, 21.2), Design.WEIGHT: (52.5, 29.7),
    Design.LOT: (105.0, 48.0), Design.GIFT_CARD: A6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TagStyle:
    """How this shop's tags look: its name, colour and logo, where its codes lead, and the reader's language."""

    shop: str
    translate: Translate
    base_url: str = ""
    brand: str = DEFAULT_BRAND
    logo: bytes | None = None
    hotline: str = ""


@dataclass(frozen=True, slots=True)
class LotContent:
    """The lot that a lot's or a weight's label names."""

    number: str
    made_on: date | None
    expires_on: date | None
    address: str


@dataclass(frozen=True, slots=True)
class TagDrawing:
    """A tag of its number (0: it has none yet) with all that it is to say."""

    number: int
    says: TagContent
    trace_code: str = ""
    old_price_vnd: int | None = None
    until: date | None = None
    reason: str = ""
    lot: LotContent | None = None
    weight_milli: int = 0
    is_reprint: bool = False
    contents: tuple[tuple[str, str], ...] = ()  # a gift set's parts, each with its maker


def draw_tag(design: Design, tag: TagDrawing, look: TagStyle) -> Label:
    """Raises DoesNotFit when it is drawn and a part is too large for it."""
    parts = {
        Design.SHELF: _shelf,
        Design.MARKDOWN: _markdown,
        Design.STICKER: _sticker,
        Design.WEIGHT: _weight,
        Design.LOT: _lot,
        Design.GIFT_CARD: _gift_card,
    }[design]
    return Label(*SIZES_MM[design], tuple(parts(tag, look)), look.brand)


def _piece_code(says: TagContent, box: Box) -> Part:
    kinds: dict[int, Symbology] = {13: "ean13", 8: "ean8"}
    kind = kinds.get(len(says.code), "code128") if says.code.isdigit() else "code128"
    return Code(kind, says.code, box, shown=True)


def _shelf(tag: TagDrawing, look: TagStyle) -> Iterator[Part]:
    says, _ = tag.says, look.translate
    yield from _band(says, 37)
    yield Words(says.name, Box(4, 1.5, 63, 9), 4.2, 2.3, lines=2, bold=True)
    yield Words(_price(says), Box(4, 10.5, 33, 9), 8.5, 4.5, bold=True)
    yield from _unit_price(says, Box(4, 19.7, 33, 3.6))
    yield from _standing(says, look)
    yield from _foot(tag, look)


def _standing(says: TagContent, look: TagStyle) -> Iterator[Part]:
    """What the goods are: stars, the paper behind them, group and maker."""
    _ = look.translate
    if says.stars:
        yield Stars(says.stars, Box(38.5, 10.8, 15, 3))
    if says.certificate:
        ends = (
            _("until %(day)s") % {"day": format_day(says.certificate_ends)} if says.certificate_ends else ""
        )
        yield Words(says.certificate, Box(38.5, 14.3, 14.5, 4.6), 2.3, 1.5, lines=2)
        yield Words(ends, Box(38.5, 19.2, 14.5, 3), 2.3, 1.5)
    yield Words(says.maker, Box(4, 23.6, 63, 3.2), 2.6, 1.5)
    if says.name_en:
        yield Words(says.name_en, Box(49, 26.9, 18, 4.2), 2.2, 1.4, lines=2)
    yield Words(says.group, Box(49, 31.2, 18, 2.6), 2.2, 1.4)


def _foot(tag: TagDrawing, look: TagStyle) -> Iterator[Part]:
    yield Code("qr", format_tag_address(look.base_url, tag.number, tag.trace_code), Box(53, 10.3, 14.2, 13))
    yield _piece_code(tag.says, Box(3, 27, 45, 9.4))
    mark = format_tag_code(tag.number) + (f" · {look.translate('reprint')}" if tag.is_reprint else "")
    if tag.number:
        yield Words(mark, Box(49, 33.9, 18, 2.8), 2.4, 1.4, align="right")


def _markdown(tag: TagDrawing, look: TagStyle) -> Iterator[Part]:
    says, _ = tag.says, look.translate
    yield Bar(Box(0, 0, 2, 37), "stop")
    yield Words(says.name, Box(4, 1.5, 63, 9), 4.2, 2.3, lines=2, bold=True)
    if tag.old_price_vnd:
        yield Words(format_vnd(tag.old_price_vnd), Box(4, 10.5, 24, 4.6), 4, 2.5, struck=True)
    yield Words(_price(says), Box(4, 15, 33, 8.6), 8, 4.5, bold=True, colour="stop")
    if says.stars:
        yield Stars(says.stars, Box(38.5, 10.8, 14, 3))
    yield Words(tag.reason or _("Lowered"), Box(38.5, 14.3, 14.5, 5.6), 2.8, 1.6, lines=2, bold=True)
    if tag.until:
        yield Words(_("until %(day)s") % {"day": format_day(tag.until)}, Box(38.5, 20.2, 14.5, 3), 2.3, 1.5)
    yield from _unit_price(says, Box(4, 23.7, 48, 3.1))
    yield from _foot(tag, look)


def _sticker(tag: TagDrawing, _look: TagStyle) -> Iterator[Part]:
    """On the pack itself, which has its own code: this one is the shop's number, and narrow enough."""
    says = tag.says
    yield Words(says.name, Box(1.5, 0.8, 35.1, 6.2), 2.9, 1.6, lines=2, bold=True)
    yield Words(_price(says), Box(1.5, 7, 20.5, 4.6), 4.2, 2.5, bold=True)
    if says.stars:
        yield Stars(says.stars, Box(23, 7.8, 13.6, 2.9))
    yield Code("code128", says.sku, Box(1, 11.8, 36.1, 9), shown=True)


def _weight(tag: TagDrawing, look: TagStyle) -> Iterator[Part]:
    says, _ = tag.says, look.translate
    total = (says.price_vnd * tag.weight_milli + 500) // 1000
    yield Words(says.name, Box(2, 1.2, 48.5, 6.6), 3.2, 2, lines=2, bold=True)
    weight = f"{format_quantity(tag.weight_milli, 'kg')} × {format_vnd(says.price_vnd)}"
    yield Words(weight, Box(2, 8, 27, 3.4), 2.6, 1.8)
    yield Words(format_vnd(total), Box(30, 7.8, 20.5, 5.4), 4.6, 2.8, bold=True, align="right")
    if tag.lot:
        yield Words(_lot_words(tag.lot, _), Box(2, 11.6, 27, 5), 2.3, 1.6, lines=2)
    yield Words(says.producer, Box(30, 13.4, 20.5, 3.2), 2.1, 1.4, align="right")
    yield Code("ean13", make_weight_code(says.gtin, tag.weight_milli), Box(2, 17, 48.5, 12.2), shown=True)


def make_weight_code(gtin: str, grams: int) -> str:
    """EAN-13 2x IIIII WWWWW C of an item that is registered with no weight in it (hardware/symbology.py: in_store)."""
    body = f"{format_gtin(gtin)[:7]}{grams:05}"
    return body + check_digit(body)


def _lot(tag: TagDrawing, look: TagStyle) -> Iterator[Part]:
    """GTIN, lot and expiry as GS1-128 and DataMatrix, where the goods have a GTIN of the world; else the lot's page."""
    says, lot, _ = tag.says, tag.lot, look.translate
    assert lot is not None  # noqa: S101  a lot's label names one
    yield Words(says.name, Box(3, 2, 76, 9), 4.2, 2.4, lines=2, bold=True)
    yield Words(_("Lot %(number)s") % {"number": lot.number}, Box(3, 11.5, 76, 7), 6, 2.6, bold=True)
    yield Words(_dates(lot, _), Box(3, 19, 76, 4), 3.2, 2)
    yield Words(says.maker, Box(3, 23.4, 76, 4), 2.8, 1.6)
    elements = _elements(says, lot)
    if elements:
        yield Code("gs1-datamatrix", elements, Box(81, 2, 22, 22))
        yield Code("gs1-128", elements, Box(2, 28.5, 101, 18), shown=True)
    elif lot.address:
        yield Code("qr", lot.address, Box(80, 2, 23, 23))


def _elements(says: TagContent, lot: LotContent) -> str:
    if says.code == says.sku:
        return ""
    ends = f"(17){lot.expires_on:%y%m%d}" if lot.expires_on else ""
    return f"(01){says.code.rjust(14, '0')}{ends}(10){lot.number}"


def _dates(lot: LotContent, _: Translate) -> str:
    pairs = ((_("Made on"), lot.made_on), (_("Best before"), lot.expires_on))
    return " · ".join(f"{words} {format_day(on)}" for words, on in pairs if on)


def _lot_words(lot: LotContent, _: Translate) -> str:
    ends = f" · {_('best before %(day)s') % {'day': format_day(lot.expires_on)}}" if lot.expires_on else ""
    return _("Lot %(number)s") % {"number": lot.number} + ends


def _gift_card(tag: TagDrawing, look: TagStyle) -> Iterator[Part]:
    says, (width, height) = tag.says, A6
    yield Frame(Box(4, 4, width - 8, height - 8), 0.6, "brand")
    if look.logo:
        yield Picture(look.logo, Box(width / 2 - 12, 8, 24, 14))
    yield Words(says.name, Box(9, 24, width - 18, 18), 7, 3.5, lines=2, bold=True, align="center")
    y = 46.0
    for name, maker in tag.contents[:10]:
        yield Words(f"{name} — {maker}" if maker else name, Box(10, y, width - 20, 6), 3.4, 1.8)
        y += 7
    yield Words(format_vnd(says.price_vnd), Box(10, 120, 48, 9), 7, 4, bold=True)
    yield Words(look.shop, Box(10, 131, 48, 5), 3.2, 2)
    yield Code("qr", format_tag_address(look.base_url, tag.number, tag.trace_code), Box(66, 112, 28, 28))


def _band(says: TagContent, height: float) -> Iterator[Part]:
    if says.zone == Zone.OCOP:
        yield Bar(Box(0, 0, 2, height), "brand")


def _price(says: TagContent) -> str:
    return format_vnd(says.price_vnd) + ("/kg" if says.is_weighed else "")


def _unit_price(says: TagContent, box: Box) -> Iterator[Part]:
    """By weight or volume, as goods of different packs are compared."""
    if says.unit_price_vnd is not None and not says.is_weighed:
        yield Words(f"{format_vnd(says.unit_price_vnd)}/{says.measure}", box, 3.2, 2)

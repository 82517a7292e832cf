"""storeroom/label.py — a lot's label: what the lot is, for packs whose maker prints none; drawn as a slip."""

from hardware.slips.slip import Cut, Qr, Row, Rule, Slip, Text

from ..catalog.models import Product
from ..kernel.formats import Translate, format_day
from ..producers.models import Producer
from ..stock.address import format_lot_address
from ..stock.models import Lot


def make_lot_label(
    lot: Lot, product: Product, producer: Producer, *, base_url: str, copies: int, translate: Translate
) -> Slip:
    """So many labels in a row, each cut off. Without a public address there is no QR code on it."""
    address = format_lot_address(
        base_url, lot, [code.gtin for code in product.barcodes if code.pack_milli == 1000]
    )
    _ = translate
    dates = [
        f"{words} {format_day(on)}"
        for words, on in ((_("Made on"), lot.made_on), (_("Best before"), lot.expires_on))
        if on is not None
    ]
    rows: tuple[Row, ...] = (
        Text(product.name, bold=True), Text(_("Lot %(number)s") % {"number": lot.number}, size="large", bold=True),
        *(Text(line) for line in dates), Text(f"{producer.name}, {lot.origin_place}", size="small"),
        *((Qr(address),) if address else ()), Rule(), Cut(),
    )  # fmt: skip
    return Slip(rows * copies)

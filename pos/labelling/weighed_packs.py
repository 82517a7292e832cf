"""labelling/weighed_packs.py — what a pack's label needs before it is printed: a weight, and the shop's number at the scale."""

from hardware.symbology import parse_in_store_code

from ..catalog.models import Product
from ..kernel.errors import Refused
from ..kernel.parsers import read_quantity
from ..kernel.quantity import Unit

MOST_MILLI = 99_999  # what the five digits of a scale's code hold


def read_weight(typed: str) -> int:
    """Thousandths of a kilogram. Raises Refused (`weight_odd`)."""
    weight = read_quantity(typed, Unit.KG)
    if not weight or weight > MOST_MILLI:
        raise Refused.because("weight_odd")
    return weight


def get_item_code(product: Product, price_prefix: str) -> str:
    """The number under which the shop's scale knows the goods by weight. Raises Refused (`no_item_code`)."""
    for code in product.barcodes:
        if parse_in_store_code(code.gtin) == (code.gtin, 0) and code.gtin[1:3] != price_prefix:
            return code.gtin
    raise Refused.because("no_item_code", product=product.name)

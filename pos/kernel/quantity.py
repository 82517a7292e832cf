"""Quantity is a whole number of thousandths of a product's unit: 3 pieces are 3000, 0,450 kg is 450."""

from enum import StrEnum

ONE = 1000


class Unit(StrEnum):
    """How a product is sold."""

    PIECE = "piece"
    KG = "kg"

    def allows(self, quantity_milli: int) -> bool:
        """A piece can't be cut; a weight is any positive number of grams."""
        return quantity_milli > 0 and (self is Unit.KG or quantity_milli % ONE == 0)


class Content(StrEnum):
    """What a pack's net content is stated in."""

    G = "g"
    ML = "ml"
    PIECE = "piece"


def unit_price_vnd(price_vnd: int, net_content_milli: int, content: Content) -> int | None:
    """The price of a kilogram or litre, from the net content (thousandths of g or ml); None for pieces."""
    if content is Content.PIECE or net_content_milli <= 0:
        return None
    per_milli = 1_000_000  # a kilogram in thousandths of a gram
    return (price_vnd * per_milli + net_content_milli // 2) // net_content_milli

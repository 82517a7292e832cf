"""catalog/recipes.py — what a gift set holds, as it is typed: a product's number and how much of it, one a line."""

from sqlalchemy.orm import Session

from ..kernel.errors import Refused
from ..kernel.parsers import read_quantity
from ..kernel.quantity import ONE, Unit
from .models import KitPart, Product
from .products import find_by_own_code


def read_recipe(session: Session, typed: str) -> dict[int, int]:
    """'SP00012 2' a line (1 without a number). Raises Refused (`product_not_found`, `quantity_odd`)."""
    parts: dict[int, int] = {}
    for line in filter(None, (row.strip() for row in typed.splitlines())):
        sku, _, rest = line.partition(" ")
        product = find_by_own_code(session, sku)
        if product is None:
            raise Refused.because("product_not_found")
        quantity = read_quantity(rest.split()[0], Unit(product.unit)) if rest.split() else ONE
        if quantity is None:
            raise Refused.because("quantity_odd", product=product.name)
        parts[product.id] = parts.get(product.id, 0) + quantity
    return parts


def format_recipe(session: Session, recipe: list[KitPart]) -> str:
    """The same, the other way round, with the names for those who read it."""
    return "\n".join(
        f"{product.sku} {part.quantity_milli / ONE:g} {product.name}"
        for part in recipe
        if (product := session.get_one(Product, part.part_id))
    )

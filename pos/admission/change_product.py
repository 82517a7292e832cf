"""admission/change_product.py — correct a product: what the gate judges by is changed by two people once goods were on the floor."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import TypedCode, save_product
from ..identity.fact_changes import decide_change, find_differences
from ..identity.models import FactChange
from ..kernel.actor import Actor, Approval
from ..kernel.errors import Refused
from ..stock.queries import has_moves
from .change_paper import find_products_on_floor
from .gate import is_other_name
from .models import PaperCover

# What decides which papers the gate asks for, and whose: another kind or maker needs other papers.
# A label that is seen to be complete, and a name that fits a certificate of other goods, open the gate too.
GUARDED = ("kind", "goods_class", "alcohol_permille", "producer_id", "banned", "label_entries")
_NAME = ("name_vi", "pack")


def list_guarded_changes(
    session: Session, product: Product, wanted: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """By field: what it is and what it would be.

    Putting goods on the list of banned ones, or less on their label, needs nobody else; nor does a name under which no
    certificate fits that doesn't fit now.
    """
    changes = find_differences(product, wanted, GUARDED)
    if changes.get("banned") == (False, True):
        del changes["banned"]
    before, after = changes.get("label_entries", ("", ""))
    if not set(after.split()) - set(before.split()):
        changes.pop("label_entries", None)
    renamed = find_differences(product, wanted, _NAME)
    return changes | renamed if renamed and _fits_another_paper(session, product, wanted) else changes


def _fits_another_paper(session: Session, product: Product, wanted: Mapping[str, Any]) -> bool:
    """Is there a paper that names these goods otherwise, and would not any more?"""
    name, pack = wanted.get("name_vi", product.name_vi), wanted.get("pack", product.pack)
    written = select(PaperCover.name_written).where(PaperCover.product_id == product.id)
    return any(
        is_other_name(product.name, product.pack, each)
        and not is_other_name(f"{name} {pack}".strip(), pack, each)
        for each in session.scalars(written)
    )


def change_product(
    session: Session,
    product: Product,
    fields: Mapping[str, Any],
    codes: Sequence[TypedCode],
    *,
    recipe: Mapping[int, int] | None,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> FactChange | None:
    """Give a product that is in the books the fields, barcodes and recipe wanted.

    Returns the change where two people or a day of waiting were needed; while it waits, only the other fields change.
    Raises as `save_product` and `decide_change` do, and Refused (`unit_fixed`): what was weighed never becomes pieces.
    """
    change, wanted = None, dict(fields)
    if find_differences(product, fields, ("unit",)) and has_moves(session, product.id):
        raise Refused.because("unit_fixed", product=product.name)
    changes = list_guarded_changes(session, product, fields)
    if changes and find_products_on_floor(session, [product.id]):
        change = decide_change(session, product, product.name, changes, by=by, at=at, approval=approval)
        if change.applied_at is None:
            wanted = {name: value for name, value in wanted.items() if name not in changes}
    for name, value in wanted.items():
        setattr(product, name, value)
    save_product(session, product, codes, recipe=recipe, by=by, at=at)
    return change

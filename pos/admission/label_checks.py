"""admission/label_checks.py — labels that nobody has compared yet, and finding many of them complete at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import GoodsKind, Product
from ..catalog.products import list_codes
from ..identity.models import FactChange
from ..kernel.actor import Actor, Approval
from .change_product import change_product
from .labels import REQUIRED, list_missing_entries
from .models import Paper, PaperCover, PaperKind


@dataclass(frozen=True, slots=True)
class UncheckedLabel:
    """A product whose label isn't known to be complete. `picture_id`: a label sample, else the product's photo."""

    product: Product
    missing: tuple[str, ...]
    picture_id: int | None


def list_unchecked_labels(session: Session) -> list[UncheckedLabel]:
    products = session.scalars(select(Product).where(~Product.archived).order_by(Product.search_key)).all()
    missing = {
        product.id: entries
        for product in products
        if (entries := list_missing_entries(GoodsKind(product.kind), product.label_entries))
    }
    samples = _find_samples(session, missing)
    return [
        UncheckedLabel(product, missing[product.id], samples.get(product.id) or product.picture_id)
        for product in products
        if product.id in missing
    ]


def _find_samples(session: Session, product_ids: Collection[int]) -> dict[int, int]:
    """The newest label sample of each product, by the product's id."""
    rows = session.execute(
        select(PaperCover.product_id, Paper.file_id)
        .join(Paper, Paper.id == PaperCover.paper_id)
        .where(Paper.kind == PaperKind.LABEL, Paper.file_id.is_not(None), PaperCover.product_id.in_(product_ids))
        .order_by(Paper.id)
    )  # fmt: skip
    return {row.product_id: int(row.file_id) for row in rows}


def complete_labels(
    session: Session,
    products: Sequence[Product],
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> list[FactChange]:
    """All that must stand on these labels was seen there. Returns the changes that wait for a second person, or a day.

    Raises as `change_product` does.
    """
    changes = []
    for product in products:
        entries = dict.fromkeys([*product.label_entries.split(), *REQUIRED[GoodsKind(product.kind)]])
        change = change_product(
            session, product, {"label_entries": " ".join(entries)}, list_codes(product), recipe=None, by=by, at=at, approval=approval
        )  # fmt: skip
        if change is not None and change.applied_at is None:
            changes.append(change)
    return changes

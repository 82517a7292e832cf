"""admission/outlook.py — what the gate will say of today's goods on a later day, if nothing is done until then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.reason import Reason
from ..shop.models import get_shop
from ..stock.models import Lot, OnHand, Place
from .dossier import list_unreplaced
from .gate import Act, judge
from .goods import GoodsQuery, assemble_goods
from .models import Paper
from .policy import make_policy

TIERS = (7, 30, 60)  # days: what ends first is what is done first


@dataclass(frozen=True, slots=True)
class UpcomingRefusal:
    """A lot on hand that would be refused on the day, and whether that is so today already."""

    product: Product
    lot: Lot
    place: str
    quantity_milli: int
    reasons: tuple[Reason, ...]
    is_so_today: bool


def list_upcoming_refusals(session: Session, on: date, today: date) -> list[UpcomingRefusal]:
    """Every lot on hand that the gate would refuse to sell on a day, with every reason; news first."""
    rows = session.execute(
        select(Lot, Product, Place, OnHand.quantity_milli)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .join(Product, Product.id == Lot.product_id)
        .where(OnHand.quantity_milli > 0)
        .order_by(Product.search_key, Lot.expires_on, Lot.id)
    ).all()
    wanted = [GoodsQuery(row.Product.id, row.Lot.id, row.Place.id) for row in rows]
    policy = make_policy(get_shop(session))
    then, now = (
        [judge(goods, Act.SELL, policy, day) for goods in assemble_goods(session, wanted, day)]
        for day in (on, today)
    )
    found = [
        UpcomingRefusal(
            row.Product, row.Lot, row.Place.name, row.quantity_milli, later.refusals, not already.admitted
        )
        for row, later, already in zip(rows, then, now, strict=True)
        if later.refusals
    ]
    return sorted(found, key=lambda item: item.is_so_today)


def list_ending_papers(session: Session, today: date) -> list[tuple[int, Sequence[Paper]]]:
    """Papers in force that end within 7, 30, 60 days and that no other replaces, each in its nearest tier only."""
    query = select(Paper).where(
        Paper.ends.between(today, today + timedelta(days=TIERS[-1])), Paper.revoked_on.is_(None)
    )
    papers = list_unreplaced(session, session.scalars(query.order_by(Paper.ends, Paper.id)).all(), today)
    tiers: list[tuple[int, Sequence[Paper]]] = []
    for n, days in enumerate(TIERS):
        after = TIERS[n - 1] if n else -1
        tiers.append((days, [p for p in papers if p.ends and after < (p.ends - today).days <= days]))
    return tiers

"""pricing/lot_markdown.py — a lot is marked down: its packs cost less, where the pack's own lot is scanned or chosen."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..catalog.models import GoodsKind, Product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..law.promotion import promotion_rule
from ..stock.models import Lot

WHOLE_BP = 10_000


def mark_down_lot(session: Session, lot: Lot, rate_bp: int, reason: str, *, by: Actor, at: datetime) -> None:
    """Ask so much less for this lot from now on; 0 ends its markdown.

    Raises Refused with each of `discount_odd`, `marked_down_too_far` (more than the law lets be taken off a price, but for fresh
    food: decree 81/2018, art. 7), `reason_missing`.
    """
    product = session.get_one(Product, lot.product_id)
    most_bp = promotion_rule(business_day(at)).most_off_bp
    is_limited = product.kind != GoodsKind.FRESH_FOOD
    checks = (
        (not 0 <= rate_bp < WHOLE_BP, Reason.make("discount_odd")),
        (is_limited and most_bp < rate_bp < WHOLE_BP, Reason.make("marked_down_too_far", product=product.name, most=most_bp // 100)),
        (bool(rate_bp) and not reason.strip(), Reason.make("reason_missing")),
    )  # fmt: skip
    if wrong := [no for fails, no in checks if fails]:
        raise Refused(*wrong)
    if rate_bp == (lot.markdown_bp or 0):
        return
    lot.markdown_bp = rate_bp or None
    session.flush()
    record(
        session,
        "lot_marked_down",
        by=by,
        at=at,
        subject=lot,
        facts=[lot],
        rate_bp=rate_bp,
        reason=reason.strip(),
    )

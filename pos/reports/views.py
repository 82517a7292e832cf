"""reports/views.py — the manager's first page: what needs me today. Only tiles whose room exists."""

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from ..admission.models import Paper
from ..catalog.models import Product
from ..journal.models import JournalRow
from ..kernel.actor import Role
from ..kernel.clock import starts_at
from ..kernel.database import reading
from ..printing.queue import waiting
from ..sales.queries import day_of
from ..stock.models import Lot, OnHand
from ..web.now import today
from ..web.rights import allowed

pages = Blueprint("reports", __name__)


@pages.get("/today")
@allowed(Role.MANAGER)
def home() -> ResponseReturnValue:
    on = today()
    with reading() as session:
        ending_papers = session.scalars(
            select(Paper)
            .where(
                Paper.ends.between(on - timedelta(days=7), on + timedelta(days=60)),
                Paper.revoked_on.is_(None),
            )
            .order_by(Paper.ends)
            .limit(20)
        ).all()
        ending_lots = session.execute(
            select(Lot, Product, func.sum(OnHand.quantity_milli))
            .join(Product, Product.id == Lot.product_id)
            .join(OnHand, OnHand.lot_id == Lot.id)
            .where(Lot.expires_on <= on + timedelta(days=7), OnHand.quantity_milli > 0)
            .group_by(Lot.id, Product.id)
            .order_by(Lot.expires_on)
            .limit(20)
        ).all()
        refused = session.scalar(
            select(func.count()).where(JournalRow.kind == "refused", JournalRow.at >= starts_at(on))
        )
        return render_template(
            "reports/home.html", on=on, now=day_of(session, on), before=day_of(session, on - timedelta(days=7)),
            papers=ending_papers, lots=ending_lots, refused=refused, printing=waiting(session),
        )  # fmt: skip

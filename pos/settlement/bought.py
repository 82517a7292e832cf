"""settlement/bought.py — what the shop bought of a producer: each delivery, and each that was taken back, at its cost."""

from collections.abc import Iterator
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.clock import business_day
from ..producers.models import Deal
from ..storeroom.models import Receiving, ReceivingLine
from .lot_facts import LotBook
from .rows import OwedKind, OwedRow, Scope
from .worth import Worth, round_half_up


def list_bought(session: Session, scope: Scope, book: LotBook) -> Iterator[OwedRow]:
    """Lines of deliveries within a scope that came as a firm purchase."""
    lines = session.execute(
        select(
            ReceivingLine.id, ReceivingLine.lot_id, ReceivingLine.quantity_milli, ReceivingLine.unit_cost_vnd,
            Receiving.number, Receiving.at, Receiving.reverses,
        )
        .join(Receiving, Receiving.number == ReceivingLine.receiving_number)
        .where(Receiving.producer_id == scope.producer_id, Receiving.number > scope.above.receiving)
        .order_by(ReceivingLine.id)
    ).all()  # fmt: skip
    book.add_lots(line.lot_id for line in lines)
    for line in lines:
        lot, key = book.lots[line.lot_id], (f"receiving_line:{line.id}", line.lot_id)
        terms, day = book.find_terms(lot, line.at), business_day(line.at)
        if terms is None or terms.deal is not Deal.FIRM:
            continue
        if scope.has(line.number, scope.above.receiving, key, line.at, day):
            cost_vnd = round_half_up(Fraction(line.unit_cost_vnd * abs(line.quantity_milli), 1000))
            signed_vnd = cost_vnd if line.quantity_milli > 0 else -cost_vnd
            yield OwedRow(
                *key, OwedKind.BOUGHT if line.quantity_milli > 0 else OwedKind.PURCHASE_REVERSED, line.at, day, lot.name, lot.unit,
                line.quantity_milli, Worth(signed_vnd, 0, 0, signed_vnd), terms_id=terms.id, vat_category=lot.vat_category,
                back_to=f"receiving:{line.reverses}" if line.reverses else None,
            )  # fmt: skip

"""portal/fingerprint.py — has anything changed of what a producer's first page shows? Asked every second by each phone."""

import hashlib
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ScalarSelect, bindparam, func, select
from sqlalchemy.orm import Session

from ..messages.models import Message
from ..producers.models import ProducerTerms
from ..sales.models import SaleLine
from ..settlement.models import PayoutOrder, ProducerEntry, RecallFault, Statement, TenderFee
from ..stock.models import LotTerms, MoveKind, StockMove
from ..stock.queries import select_lots_of
from .own_sales import select_own_sets

# What moves goods and the account, and is no sale of theirs: a sale is found by its line.
ACCOUNT_MOVES = (
    MoveKind.RECEIVED, MoveKind.REVERSED, MoveKind.COUNTED, MoveKind.WRITTEN_OFF, MoveKind.DESTROYED, MoveKind.TO_PRODUCER,
    MoveKind.TASTED,
)  # fmt: skip
OWN: BindParameter[int] = bindparam("own")
OWN_LOTS = select_lots_of(OWN)


def _find_newest(number: Any, *conditions: Any) -> ScalarSelect[Any]:
    """The highest number of such rows. The sum with 0 keeps databases to the index of the conditions: the highest of a bare
    key they look for along the rows, one by one.
    """
    return select(func.max(number + 0)).where(*conditions).scalar_subquery()


_MARKS = select(  # composed once
    select(func.max(SaleLine.sale_number)).where(SaleLine.producer_id == OWN).scalar_subquery(),
    _find_newest(StockMove.id, StockMove.lot_id.in_(select_own_sets(OWN))),
    _find_newest(StockMove.id, StockMove.lot_id.in_(OWN_LOTS), StockMove.kind.in_(ACCOUNT_MOVES)),
    select(func.max(ProducerEntry.number)).where(ProducerEntry.producer_id == OWN).scalar_subquery(),
    _find_newest(Statement.number, Statement.producer_id == OWN),
    select(func.max(Message.id)).where(Message.producer_id == OWN).scalar_subquery(),
    _find_newest(ProducerTerms.id, ProducerTerms.producer_id == OWN),
    _find_newest(LotTerms.id, LotTerms.lot_id.in_(OWN_LOTS)),
    select(func.count(PayoutOrder.id) + func.count(PayoutOrder.dropped_at) + func.count(PayoutOrder.entry_number))
    .where(PayoutOrder.producer_id == OWN)
    .scalar_subquery(),
    select(func.max(RecallFault.id)).scalar_subquery(),
    select(func.max(TenderFee.id)).scalar_subquery(),
)  # fmt: skip


def read_fingerprint(session: Session, producer_id: int, on: date) -> str:
    """Changes with each day, and with all that is sold, lost or counted of a producer's goods, by themselves or in gift sets;
    with what is entered, agreed, begun to be paid or settled in their account, and each message.

    One statement of a few indexed readings. A hash: of what other producers share in it, it tells nothing.
    """
    marks = session.execute(_MARKS, {"own": producer_id}).one()
    return hashlib.blake2s(repr((on, *marks)).encode(), digest_size=8).hexdigest()

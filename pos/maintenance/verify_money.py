"""maintenance/verify_money.py — discounts, vouchers, money without a sale and corrections fit their sales and the drawer."""

from collections.abc import Iterator

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from ..journal.models import JournalRow
from ..journal.payload import read_payload
from ..journal.record import row_name
from ..sales.models import Discount, Sale, SaleLine, Tender, TenderKind
from ..sales.money_models import Buyer, Taking, TenderCorrection
from ..shifts.models import DrawerKind, DrawerMove
from ..vouchers.models import Voucher, VoucherKind, VoucherMove, VoucherMoveKind
from .finding import Finding

GREATEST_STEP_VND = 1_000  # of the policy's choices


def check_discounts(session: Session) -> Iterator[Finding]:
    """No discount takes more off a line than the line costs, and each stands on a line of its sale."""
    off = (
        select(
            Discount.sale_number,
            Discount.line_n,
            func.sum(Discount.amount_vnd).label("vnd"),
            func.count().label("count"),
        )
        .group_by(Discount.sale_number, Discount.line_n)
        .subquery()
    )
    rows = session.execute(
        select(off.c.sale_number, off.c.line_n)
        .outerjoin(SaleLine, (SaleLine.sale_number == off.c.sale_number) & (SaleLine.n == off.c.line_n))
        .where(
            # shares of a line that comes back in parts are rounded each: one đồng a discount
            SaleLine.n.is_(None)
            | (
                func.abs(off.c.vnd)
                > func.abs(SaleLine.amount_vnd) + case((off.c.vnd < 0, off.c.count), else_=0)
            )
        )
    )
    for number, n in rows:
        yield Finding("sale", f"sale_line:{number}.{n}", "more was taken off than it costs")


def check_vouchers(session: Session) -> Iterator[Finding]:
    """A voucher begins with its value, never falls below nothing, and moves with the sales that it paid."""
    left = func.sum(VoucherMove.amount_vnd)
    issued = func.sum(case((VoucherMove.kind == VoucherMoveKind.ISSUED, VoucherMove.amount_vnd), else_=0))
    rows = session.execute(
        select(Voucher.number, Voucher.value_vnd, left, issued)
        .outerjoin(VoucherMove, VoucherMove.voucher_number == Voucher.number)
        .group_by(Voucher.number, Voucher.value_vnd)
    )
    for number, value, left_vnd, issued_vnd in rows:
        if int(issued_vnd or 0) != value or not 0 <= int(left_vnd or 0) <= value:
            yield Finding("voucher", f"voucher:{number}", f"of {value} đ {left_vnd} đ are left")
    moved = _sum_by_sale(
        session, select(VoucherMove.sale_number, VoucherMove.voucher_number, func.sum(VoucherMove.amount_vnd))
        .where(VoucherMove.sale_number.is_not(None)).group_by(VoucherMove.sale_number, VoucherMove.voucher_number)
    )  # fmt: skip
    for key, vnd in _sum_voucher_parts(session).items():
        if moved.pop(key, 0) != vnd:
            yield Finding("voucher", f"voucher:{key[1]}", f"it did not move as sale:{key[0]} says")
    yield from (
        Finding("voucher", f"voucher:{number}", f"it moved without sale:{sale}") for sale, number in moved
    )


def _sum_voucher_parts(session: Session) -> dict[tuple[int, int], int]:
    """What each sale or refund says that it moved on each voucher; given ones come back with a void alone."""
    sums = _sum_by_sale(
        session, select(Tender.sale_number, Tender.voucher_number, -func.sum(Tender.amount_vnd))
        .where(Tender.voucher_number.is_not(None)).group_by(Tender.sale_number, Tender.voucher_number)
    )  # fmt: skip
    given_away = _sum_by_sale(
        session, select(Discount.sale_number, Discount.voucher_number, -func.sum(Discount.amount_vnd)).select_from(Discount)
        .join(Sale, Sale.number == Discount.sale_number)
        .where(Discount.voucher_number.is_not(None), Sale.refunds.is_(None) | Sale.is_void.is_(True))
        .group_by(Discount.sale_number, Discount.voucher_number)
    )  # fmt: skip
    for key, vnd in given_away.items():
        sums[key] = sums.get(key, 0) + vnd
    return sums


def _sum_by_sale(session: Session, query: object) -> dict[tuple[int, int], int]:
    rows = session.execute(query).all()  # type: ignore[call-overload]
    return {(sale, number): int(vnd) for sale, number, vnd in rows if vnd}


def check_takings(session: Session) -> Iterator[Finding]:
    """Cash received without a sale is in the drawer; what is used up is used once, by the sale of its basket; what is given back is the same."""
    yield from _check_drawer(
        session, DrawerKind.TAKING, "taking",
        select(Taking.number, Taking.amount_vnd).where(Taking.kind == TenderKind.CASH, Taking.shift_number.is_not(None)),
    )  # fmt: skip
    corrected = case(
        (TenderCorrection.to_kind == TenderKind.CASH, TenderCorrection.amount_vnd),
        else_=-TenderCorrection.amount_vnd,
    )
    yield from _check_drawer(
        session, DrawerKind.CORRECTION, "tender_correction", select(TenderCorrection.number, corrected)
    )
    used = session.execute(
        select(Taking, func.count(), func.sum(Tender.amount_vnd), func.min(Sale.basket_id))
        .join(Tender, Tender.taking_number == Taking.number)
        .join(Sale, Sale.number == Tender.sale_number)
        .group_by(Taking.number)
    )
    for taking, times, vnd, basket_id in used:
        if (times, int(vnd), basket_id) != (1, taking.amount_vnd, taking.basket_id):
            yield Finding("taking", f"taking:{taking.number}", "the sales that it paid do not fit it")
    first = aliased(Taking)
    undone = session.execute(select(Taking, first).join(first, first.number == Taking.undoes))
    for back, taking in undone:
        if back.amount_vnd != -taking.amount_vnd:
            yield Finding("taking", f"taking:{back.number}", "it gives back another sum than was received")
    yield from _check_sold_vouchers(session)


def _check_sold_vouchers(session: Session) -> Iterator[Finding]:
    """What was received for a sold voucher is its value; nothing, where it was taken back and cancelled."""
    cancelled = select(VoucherMove.voucher_number).where(VoucherMove.kind == VoucherMoveKind.CANCELLED)
    received = (
        select(Taking.voucher_number.label("number"), func.sum(Taking.amount_vnd).label("vnd"))
        .where(Taking.voucher_number.is_not(None))
        .group_by(Taking.voucher_number)
        .subquery()
    )
    value = case((Voucher.number.in_(cancelled), 0), else_=Voucher.value_vnd)
    rows = session.execute(
        select(Voucher.number, func.coalesce(received.c.vnd, 0), value)
        .outerjoin(received, received.c.number == Voucher.number)
        .where(Voucher.kind == VoucherKind.SOLD, func.coalesce(received.c.vnd, 0) != value)
    )
    for number, vnd, expected in rows:
        yield Finding("voucher", f"voucher:{number}", f"{vnd} đ were received for it, and not {expected}")


def _check_drawer(session: Session, kind: DrawerKind, table: str, documents: object) -> Iterator[Finding]:
    moves = session.execute(
        select(DrawerMove.document, func.sum(DrawerMove.amount_vnd))
        .where(DrawerMove.kind == kind)
        .group_by(DrawerMove.document)
    )
    moved = {document: int(vnd) for document, vnd in moves}
    for number, vnd in session.execute(documents):  # type: ignore[call-overload]
        if moved.pop(f"{table}:{number}", 0) != int(vnd):
            yield Finding("drawer", f"{table}:{number}", "its cash is not in the drawer's moves")
    yield from (Finding("drawer", document, "a drawer move without its document") for document in moved)


def check_exchanges(session: Session) -> Iterator[Finding]:
    """An exchange's sale names a refund of the same moment."""
    refund = aliased(Sale)
    rows = session.execute(
        select(Sale, refund).outerjoin(refund, refund.number == Sale.exchange_of).where(Sale.exchange_of.is_not(None))
    )  # fmt: skip
    for sale, returned in rows:
        if returned is None or returned.refunds is None or returned.at != sale.at:
            yield Finding("sale", f"sale:{sale.number}", "it was exchanged with no refund of the same moment")


def check_buyers(session: Session) -> Iterator[Finding]:
    """Whoever owes is known, and nobody's limit is another than the journal says."""
    for buyer_id in session.scalars(
        select(Tender.buyer_id)
        .distinct()
        .where(Tender.buyer_id.is_not(None), Tender.buyer_id.not_in(select(Buyer.id)))
    ):
        yield Finding(
            "buyer", f"buyer:{buyer_id}", "something went on this account, and the buyer is not there"
        )
    for buyer in session.scalars(select(Buyer)):
        acts = select(JournalRow.payload).where(
            JournalRow.subject == row_name(buyer), JournalRow.kind.in_(("buyer_added", "buyer_changed"))
        )
        payload = session.scalar(acts.order_by(JournalRow.seq.desc()).limit(1))
        if payload is None or read_payload(payload).get("limit_vnd") != buyer.limit_vnd:
            yield Finding(
                "buyer", row_name(buyer), "the journal says another limit, or knows nothing of the buyer"
            )


def check_roundings(session: Session) -> Iterator[Finding]:
    """A sale is rounded in the buyer's favour, by less than the greatest step there is."""
    odd = (Sale.rounding_vnd < 0) | (Sale.rounding_vnd >= GREATEST_STEP_VND)
    for number in session.scalars(select(Sale.number).where(Sale.refunds.is_(None), odd)):
        yield Finding("sale", f"sale:{number}", "it was rounded by more than cash is")

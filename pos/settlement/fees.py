"""settlement/fees.py — what the bank took of a sale's money, by the dated rates of the tenders, and which line it falls on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..identity.second_person import require_second_where
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.inserts import insert_rows
from ..kernel.keys import split_keys
from ..kernel.money import apportion
from ..producers.models import Cost
from ..sales.models import Sale, SaleLine, Tender, TenderKind
from .models import TenderFee
from .worth import WHOLE_BP, AgreedTerms

FEE_KINDS = (TenderKind.CARD, TenderKind.TRANSFER)
HIGHEST_BP = 1_000  # a tenth: a rate above is a slip of the fingers
LineKey = tuple[int, int]


def list_tender_fees(session: Session) -> Sequence[TenderFee]:
    """Every rate so far, the newest first."""
    return session.scalars(select(TenderFee).order_by(TenderFee.starts.desc(), TenderFee.id.desc())).all()


def record_tender_fee(
    session: Session,
    kind: TenderKind,
    rate_bp: int,
    *,
    starts: date,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> TenderFee:
    """What the bank takes of a kind of tender from a day on; from a day before today only with a second person's word.

    Raises Refused (`fee_out_of_range`: 0 to 10 %; `fee_dated_back`, `second_person_needed`, `second_person_new`), NotAllowed
    (`manager_needed`).
    """
    require_manager(by, None)
    if kind not in FEE_KINDS or not 0 <= rate_bp <= HIGHEST_BP:
        raise Refused.because("fee_out_of_range")
    agreed = require_second_where(starts < business_day(at), session, by, approval, "fee_dated_back")
    (fee,) = insert_rows(session, [TenderFee(kind=kind.value, starts=starts, rate_bp=rate_bp, at=at)])
    record(
        session,
        "tender_fee_set",
        by=by,
        at=at,
        subject=fee,
        seals=[fee],
        tender=kind.value,
        rate_bp=rate_bp,
        starts=starts,
        **describe_approval(agreed),
    )
    return fee


def find_rate_bp(fees: Sequence[TenderFee], kind: str, day: date) -> int:
    """The rate in force on a day; `fees` newest first. 0 where none was ever set."""
    return next((fee.rate_bp for fee in fees if fee.kind == kind and fee.starts <= day), 0)


def list_line_fees(
    session: Session, numbers: Collection[int], terms: Iterable[AgreedTerms], until: datetime | None = None
) -> dict[LineKey, int]:
    """By sold line what the bank took of its sale's money: each tender by its rate, half up, spread by what the lines paid.

    Empty, and nothing is read, where no producer bears it. A refund gets none of it back. What was noted after `until` counts
    for nothing.
    """
    if not any(Cost.FEE in each.borne_by_producer for each in terms):
        return {}
    fees = [fee for fee in list_tender_fees(session) if until is None or fee.at <= until]
    if not fees:
        return {}
    kinds = {fee.kind for fee in fees}
    found: dict[LineKey, int] = {}
    for ids in split_keys(numbers):
        whole: dict[int, int] = defaultdict(int)
        for number, kind, vnd, day in session.execute(
            select(Tender.sale_number, Tender.kind, Tender.amount_vnd, Sale.business_day)
            .join(Sale, Sale.number == Tender.sale_number)
            .where(Tender.sale_number.in_(ids), Tender.kind.in_(kinds))
        ):
            whole[number] += (2 * vnd * find_rate_bp(fees, kind, day) + WHOLE_BP) // (2 * WHOLE_BP)
        paid: dict[int, dict[int, int]] = defaultdict(dict)
        of_these = SaleLine.sale_number.in_([number for number, fee_vnd in whole.items() if fee_vnd])
        query = select(SaleLine.sale_number, SaleLine.n, SaleLine.paid_vnd).where(of_these)
        for number, n, paid_vnd in session.execute(query.order_by(SaleLine.sale_number, SaleLine.n)).tuples():
            paid[number][n] = paid_vnd
        carrying = {number: lines for number, lines in paid.items() if sum(lines.values())}
        for number, lines in carrying.items():
            parts = apportion(whole[number], list(lines.values()))
            found |= {(number, n): part for n, part in zip(lines, parts, strict=True)}
    return found

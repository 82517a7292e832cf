"""sales/exchange.py — goods come back and others leave in one act: only the difference is paid or given."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.actor import Actor, Approval
from ..kernel.clock import business_day
from ..kernel.errors import Refused, Stale
from ..kernel.money import round_down
from ..shifts.drawer import expected_cash_vnd, get_open_shift
from ..shop.models import get_shop
from ..stock.models import MoveKind
from .basket_money import release_vouchers
from .debts import find_debt
from .models import Sale, TenderKind
from .pay import (
    MOST_CHANGE_VND,
    describe_request,
    find_answer,
    get_payable_basket,
    make_sale,
    refuse_unapproved_discounts,
    write_sale,
)
from .priced_basket import PricedBasket
from .queries import find_buyer_id
from .refund import (
    Back,
    describe_parts,
    find_payout,
    find_quarantine_id,
    is_all_back,
    list_parts_back,
    write_back,
)
from .refund_limits import refuse_beyond_limits
from .tenders.kinds import CASH, TRANSFER, find_cash_due, sort_keys
from .tenders.part import TenderPart, parse_key
from .transfers_back import owe_transfer_back

ACCOUNT = TenderKind.ACCOUNT.value


@dataclass(frozen=True, slots=True)
class ExchangeSplit:
    """In đồng by tender: what the goods that came back pay of the new ones (`paired`), what is given out for them (`given_out`).

    `due_vnd`: what the buyer still pays in cash. One of `given_out` and `due_vnd` is nothing. `let_go_vnd`: what of a debt was
    let go before: the goods come back for it, and it pays nothing.
    """

    paired: Mapping[str, int]
    given_out: Mapping[str, int]
    due_vnd: int
    let_go_vnd: int = 0

    @property
    def worth_vnd(self) -> int:
        """Of what comes back; less than a note that can't be handed over is carried."""
        return sum(self.paired.values()) + sum(self.given_out.values())

    @property
    def refund_payout(self) -> dict[str, int]:
        """What the refund says was given back."""
        sums = {
            key: self.paired.get(key, 0) + self.given_out.get(key, 0)
            for key in {*self.paired, *self.given_out}
        }
        if self.let_go_vnd:
            sums[ACCOUNT] = sums.get(ACCOUNT, 0) + self.let_go_vnd
        return {key: sums[key] for key in sort_keys(sums)}


def split_exchange(
    back: Mapping[str, int], rest_vnd: int, *, is_all_back: bool, step_vnd: int
) -> ExchangeSplit:
    """Pair what came back with what the new goods cost: to the đồng. The difference alone is rounded.

    `back`: by the tenders that paid, what the goods that come back are worth; `rest_vnd`: what is left to pay of the new ones.
    Where more came back, it is given out by the others first, in cash last. Pure.
    """
    over_vnd = sum(back.values()) - rest_vnd
    if over_vnd <= 0:
        return ExchangeSplit(dict(back), {}, find_cash_due(-over_vnd, 0, step_vnd))
    paired, given_out = {}, {}
    for key in sort_keys(back):
        out_vnd = min(over_vnd, back[key])
        over_vnd -= out_vnd
        paired[key] = back[key] - out_vnd
        is_rounded = key == CASH and not is_all_back
        given_out[key] = round_down(out_vnd, step_vnd) if is_rounded else out_vnd
    return ExchangeSplit(
        {key: vnd for key, vnd in paired.items() if vnd},
        {key: vnd for key, vnd in given_out.items() if vnd},
        0,
    )


def plan_exchange(
    session: Session, sale: Sale, back: list[Back], basket: PricedBasket, on: date
) -> ExchangeSplit:
    """What an exchange of these goods for the basket would come to."""
    worth = find_payout(session, sale, back, 0, on)
    on_account = worth.pop(ACCOUNT, 0)
    debt = find_debt(session, sale.number) if on_account else None
    owed_vnd = min(on_account, debt.open_vnd if debt else 0)
    split = split_exchange(
        {**worth, ACCOUNT: owed_vnd} if owed_vnd else worth, max(0, basket.rest_vnd),
        is_all_back=is_all_back(session, sale, back), step_vnd=get_shop(session).cash_rounding_vnd,
    )  # fmt: skip
    return replace(split, let_go_vnd=on_account - owed_vnd)


def exchange_goods(
    session: Session,
    sale: Sale,
    parts: Mapping[int, int],
    basket_id: int,
    version: int,
    given_vnd: int = 0,
    *,
    reason: str,
    request: str,
    station: str,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> Sale:
    """Take parts of a sale back and sell the basket for them, in one act; returns the new sale, which names the refund.

    The key is the refund's, so that the same request again gets the same sale. Raises what `refund_sale` and `pay_basket` raise.
    """
    parts = {n: quantity for n, quantity in parts.items() if quantity}
    key = f"basket:{basket_id}:{version}"
    body = (
        describe_request(given_vnd, station, ()) + f"exchange:{sale.number}:{request}:{describe_parts(parts)}"
    )
    if (done := find_answer(session, key, body)) is not None:
        return done
    refund_key = _make_refund_key(session, sale, request or key)
    basket, priced = get_payable_basket(session, basket_id, version, station, business_day(at))
    if priced.rest_vnd < 0:
        raise Refused.because("part_odd", most_vnd=0)
    refuse_unapproved_discounts(session, priced, by, approval)
    back = list_parts_back(session, sale, parts, reason)
    split = plan_exchange(session, sale, back, priced, business_day(at))
    shift = get_open_shift(session, station)
    refuse_beyond_limits(session, sale, sum(split.given_out.values()), shift, by=by, at=at, approval=approval)
    _refuse_sums(split, given_vnd, expected_cash_vnd(session, shift))
    place_id = find_quarantine_id(session)
    returned = write_back(
        session, sale, back, shift, lambda _line: place_id, MoveKind.RETURNED, payout=split.refund_payout or {CASH: 0},
        key=refund_key, body=describe_parts(parts), reason=reason, by=by, at=at, approval=approval,
    )  # fmt: skip
    owe_transfer_back(session, sale, returned, split.given_out.get(TRANSFER, 0), station=station, by=by, at=at)  # fmt: skip
    others = [*priced.parts, *_list_paired_parts(session, sale, split)]
    cash_vnd = split.paired.get(CASH, 0) + split.due_vnd
    new = make_sale(session, priced, basket, cash_vnd + sum(part.amount_vnd for part in others), station=station, key=key, body=body,
                    by=by, at=at)  # fmt: skip
    new.exchange_of = returned.number
    release_vouchers(session, basket)
    handed_vnd = split.paired.get(CASH, 0) + given_vnd
    return write_sale(session, new, priced, others, cash_vnd, handed_vnd, by=by, at=at, approval=approval)


def _make_refund_key(session: Session, sale: Sale, request: str) -> str:
    """The key of the refund in an exchange. Raises Stale (`request_reused`) where another refund has it."""
    key = f"refund:{sale.number}:{request}"
    if (other := session.scalars(select(Sale).where(Sale.request_key == key)).first()) is not None:
        raise Stale.because("request_reused", number=other.number)
    return key


def _refuse_sums(split: ExchangeSplit, given_vnd: int, in_drawer_vnd: int) -> None:
    """Raises Refused (`tender_short`, `given_too_much`, `drawer_short`)."""
    if given_vnd < split.due_vnd:
        raise Refused.because("tender_short", missing_vnd=split.due_vnd - given_vnd)
    if given_vnd - split.due_vnd > MOST_CHANGE_VND:
        raise Refused.because("given_too_much", given_vnd=given_vnd, due_vnd=split.due_vnd)
    if in_drawer_vnd < split.given_out.get(CASH, 0):
        raise Refused.because("drawer_short")


def _list_paired_parts(session: Session, sale: Sale, split: ExchangeSplit) -> list[TenderPart]:
    """What the goods that came back pay of the new ones, otherwise than in cash."""
    parts = []
    for key, vnd in split.paired.items():
        kind, voucher_number = parse_key(key)
        buyer_id = find_buyer_id(session, sale.number) if kind is TenderKind.ACCOUNT else None
        if kind is not TenderKind.CASH and vnd:
            parts.append(TenderPart(kind, vnd, voucher_number=voucher_number, buyer_id=buyer_id))
    return parts

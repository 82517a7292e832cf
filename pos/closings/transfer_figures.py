"""closings/transfer_figures.py — what a closing says of bank transfers: the accounts that were shown, what nobody has proved yet."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..payments.banks import name_bank
from ..payments.models import BankAccount, PaymentCode
from ..sales.claims import list_claims, sum_claims_at
from ..sales.models import TenderKind
from ..sales.money_models import AllocationKind, Taking, TransferAllocation
from ..sales.takings import list_to_give_back
from ..shifts.models import Shift, ShiftClose

Figures = dict[str, Any]


def describe_transfers(session: Session, shift: Shift, close: ShiftClose | None) -> Figures:
    """Which accounts the till showed in the shift, how many codes of each; and what was confirmed by hand. Nothing where there was neither."""
    shown = select(BankAccount, func.count()).join(PaymentCode, PaymentCode.account_id == BankAccount.id)
    shown = shown.where(PaymentCode.station == shift.station, PaymentCode.shown_at >= shift.opened_at)
    if close is not None:
        shown = shown.where(PaymentCode.shown_at <= close.closed_at)
    accounts = [
        {
            "account": f"{name_bank(account.bank_bin)} {account.number}",
            "holder": account.holder,
            "codes": count,
        }
        for account, count in session.execute(shown.group_by(BankAccount.id).order_by(BankAccount.id))
    ]
    figures: Figures = {"accounts": accounts} if accounts else {}
    return figures | _describe_by_hand(session, shift)


def _describe_by_hand(session: Session, shift: Shift) -> Figures:
    """What was confirmed by hand in the shift, and what of it no source has told of yet."""
    claims = select(func.count(), func.coalesce(func.sum(Taking.amount_vnd), 0))
    count, amount = session.execute(
        claims.where(Taking.is_claim.is_(True), Taking.shift_number == shift.number)
    ).one()
    if not count:
        return {}
    unproved = [vnd for claim, vnd in list_claims(session) if claim.shift_number == shift.number]
    by_hand = {"count": count, "amount_vnd": int(amount)}
    return {"by_hand": by_hand | {"unproved": len(unproved), "unproved_vnd": sum(unproved)}}


def list_carried_transfers(session: Session, shift: Shift) -> Figures:
    """What the next shift takes over: unproved at this till, and what the whole shop is to give back by transfer; in đồng."""
    unproved_vnd = sum_claims_at(session, shift.station)
    owed_vnd = sum(each.amount_vnd for each in list_to_give_back(session) if each.kind == TenderKind.TRANSFER)
    named = {"unproved_vnd": unproved_vnd, "to_send_back_vnd": owed_vnd}
    return {name: vnd for name, vnd in named.items() if vnd}


def describe_claims(session: Session, first: date, last: date) -> Figures:
    """Of the days: what was confirmed by hand, how earlier and later claims ended, and what was unproved at their end, in đồng."""
    made = select(func.coalesce(func.sum(Taking.amount_vnd), 0)).where(Taking.is_claim.is_(True))
    made_vnd = int(session.scalar(made.where(Taking.business_day.between(first, last))) or 0)
    of_claims = (
        select(TransferAllocation.kind, func.sum(TransferAllocation.amount_vnd))
        .join(Taking, Taking.number == TransferAllocation.taking_number)
        .where(Taking.is_claim.is_(True))
        .group_by(TransferAllocation.kind)
    )
    in_days = TransferAllocation.business_day.between(first, last)
    ended = {kind: int(vnd) for kind, vnd in session.execute(of_claims.where(in_days)) if vnd}
    until = session.execute(of_claims.where(TransferAllocation.business_day <= last))
    open_vnd = int(session.scalar(made.where(Taking.business_day <= last)) or 0) - sum(
        int(vnd) for _kind, vnd in until
    )
    if not (made_vnd or ended or open_vnd):
        return {}
    rows = [{"kind": kind, "amount_vnd": ended[kind]} for kind in AllocationKind if kind in ended]
    return {"claims": {"made_vnd": made_vnd, "ended": rows, "open_vnd": open_vnd}}

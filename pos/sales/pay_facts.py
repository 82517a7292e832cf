"""sales/pay_facts.py — what the rules of tenders need to know of a voucher or a buyer, read from the books."""

from datetime import date

from sqlalchemy.orm import Session

from ..vouchers.models import VoucherKind
from ..vouchers.queries import get_voucher
from .basket_money import find_free_vnd
from .debts import sum_owed
from .models import TenderKind
from .money_models import Buyer
from .tenders.part import PayFacts, TenderPart


def find_pay_facts(session: Session, part: TenderPart, basket_id: int | None, today: date) -> PayFacts:
    """`basket_id`: what this basket itself has reserved on the voucher is free for it."""
    if part.kind is TenderKind.VOUCHER and part.voucher_number is not None:
        voucher = get_voucher(session, part.voucher_number)
        is_sold = voucher.kind == VoucherKind.SOLD
        free_vnd = find_free_vnd(session, voucher, except_basket=basket_id) if is_sold else 0
        return PayFacts(today, left_on_voucher_vnd=free_vnd, voucher_ends=voucher.expires_on)
    if part.kind is TenderKind.ACCOUNT and part.buyer_id is not None:
        buyer = session.get(Buyer, part.buyer_id)
        if buyer is not None and not buyer.archived:
            return PayFacts(today, owed_vnd=sum_owed(session, buyer.id), may_owe_vnd=buyer.limit_vnd)
    return PayFacts(today)

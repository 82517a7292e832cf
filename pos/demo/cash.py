"""demo/cash.py — the village's cash book: ice from the drawer, the week's bills, takings carried to the bank, card credits."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from ..cashbook.queries import list_untold_openings, read_balance_vnd
from ..cashbook.write_documents import (
    credit_card_takings,
    move_between,
    tell_opening,
    write_payment,
    write_receipt,
)
from ..kernel.actor import Actor
from ..shifts.cash_documents import note_cash_document
from ..shifts.drawer import move_cash
from ..shifts.models import BANK, CARD, SAFE, CashCategory, Shift

BEGAN_WITH_VND = {SAFE: 3_000_000, BANK: 25_000_000}
KEPT_IN_SAFE_VND = 2_000_000
CARD_FEE_BP = 110  # what the bank keeps of card takings
MONDAY, WEDNESDAY, SATURDAY = 0, 2, 5


def keep_cash_book(session: Session, shift: Shift, day: date, manager: Actor, at: datetime) -> None:
    """What the shop pays and moves on a day, while its shift is open."""
    for place in list_untold_openings(session):
        booked_vnd = read_balance_vnd(session, place)
        tell_opening(session, place, booked_vnd + BEGAN_WITH_VND[place], by=manager, at=at)
    if day.weekday() in {WEDNESDAY, SATURDAY}:
        move_cash(session, shift, -40_000, "đá giữ lạnh", by=manager, at=at, category=CashCategory.SUPPLIES, person="Cô Hạnh")  # fmt: skip
    if day.weekday() == SATURDAY:
        paid = write_payment(
            session, SAFE, 350_000, CashCategory.TRANSPORT, "xe chở hàng tuần này", by=manager, at=at
        )
        note_cash_document(session, paid, "Anh Tuấn xe tải")
    if day.weekday() == MONDAY:
        _go_to_bank(session, manager, at)
    if day.day == 5:
        write_payment(
            session,
            BANK,
            1_450_000,
            CashCategory.RENT,
            f"tiền điện, tiền nhà tháng {day.month}",
            by=manager,
            at=at,
        )
        write_receipt(
            session, SAFE, 60_000, CashCategory.OTHER_INCOME, "bán bìa, thùng cũ", by=manager, at=at
        )


def _go_to_bank(session: Session, manager: Actor, at: datetime) -> None:
    """What the safe needn't keep is paid in; the bank has credited the week's card takings, less its fee."""
    spare_vnd = (read_balance_vnd(session, SAFE) - KEPT_IN_SAFE_VND) // 100_000 * 100_000
    if spare_vnd > 0:
        move_between(session, SAFE, BANK, spare_vnd, "nộp tiền bán hàng", by=manager, at=at)
    if (gross_vnd := read_balance_vnd(session, CARD)) > 0:
        fee_vnd = gross_vnd * CARD_FEE_BP // 10_000
        credit_card_takings(session, gross_vnd - fee_vnd, fee_vnd, "tiền thẻ tuần trước", by=manager, at=at)

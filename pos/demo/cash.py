"""demo/cash.py — the village's cash book: ice from the drawer, the week's bills, takings carried to the bank, card credits."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from ..cashbook.queries import list_untold_openings, read_balance_vnd
from ..cashbook.write_documents import tell_opening, write_payment, write_receipt
from ..payments.signals import Direction
from ..shifts.cash_documents import note_cash_document
from ..shifts.drawer import move_cash
from ..shifts.models import BANK, CARD, SAFE, CashCategory, Shift
from .till import Till
from .village_bank import send_back, write_bank_document

BEGAN_WITH_VND = {SAFE: 3_000_000, BANK: 25_000_000}
KEPT_IN_SAFE_VND = 2_000_000
CARD_FEE_BP = 110  # what the bank keeps of card takings
MONDAY, WEDNESDAY, SATURDAY = 0, 2, 5


def keep_cash_book(session: Session, shift: Shift, day: date, till: Till, at: datetime) -> None:
    """What the shop pays and moves on a day, while its shift is open."""
    manager = till.manager
    for place in list_untold_openings(session):
        booked_vnd = read_balance_vnd(session, place)
        tell_opening(session, place, booked_vnd + BEGAN_WITH_VND[place], by=manager, at=at)
    send_back(session, till, at)
    if day.weekday() in {WEDNESDAY, SATURDAY}:
        move_cash(session, shift, -40_000, "đá giữ lạnh", by=manager, at=at, category=CashCategory.SUPPLIES, person="Cô Hạnh")  # fmt: skip
    if day.weekday() == SATURDAY:
        paid = write_payment(
            session, SAFE, 350_000, CashCategory.TRANSPORT, "xe chở hàng tuần này", by=manager, at=at
        )
        note_cash_document(session, paid, "Anh Tuấn xe tải")
    if day.weekday() == MONDAY:
        _go_to_bank(session, till, at)
    if day.day == 5:
        write_bank_document(
            session, till, 1_450_000, CashCategory.RENT, f"tiền điện, tiền nhà tháng {day.month}", at, direction=Direction.OUT,
        )  # fmt: skip
        write_receipt(
            session, SAFE, 60_000, CashCategory.OTHER_INCOME, "bán bìa, thùng cũ", by=manager, at=at
        )


def _go_to_bank(session: Session, till: Till, at: datetime) -> None:
    """What the safe needn't keep is paid in; the bank has credited the week's card takings, less its fee."""
    spare_vnd = (read_balance_vnd(session, SAFE) - KEPT_IN_SAFE_VND) // 100_000 * 100_000
    if spare_vnd > 0:
        write_bank_document(session, till, spare_vnd, CashCategory.TO_BANK, "nộp tiền bán hàng", at)
    if (gross_vnd := read_balance_vnd(session, CARD)) > 0:
        fee_vnd = gross_vnd * CARD_FEE_BP // 10_000
        write_bank_document(session, till, gross_vnd - fee_vnd, CashCategory.CARD_CREDIT, "tiền thẻ tuần trước", at, fee_vnd=fee_vnd)  # fmt: skip

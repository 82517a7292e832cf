"""`verify` finds whatever in the cash book and the drawer's ledger doesn't fit each other."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.maintenance.finding import Finding
from pos.maintenance.verify_cash import check_cash_documents, check_cash_moves, check_drawer_books
from pos.shifts.drawer import close_shift, get_open_shift, move_cash, open_shift
from tests.builders import a_sale, a_stocked_shop
from tests.conftest import CASHIER, MORNING, STATION, Shop


@pytest.fixture
def books(shop: Shop) -> Shop:
    """A shift with everything, and one that is open; the ledger's guards are off."""
    with unit_of_work() as session:
        a_sale(session, a_stocked_shop(session, 100 * ONE), 4 * ONE)
        shift = get_open_shift(session, STATION)
        move_cash(session, shift, -20_000, "đá", by=CASHIER, at=MORNING)
        close_shift(session, shift, 650_000, by=CASHIER, at=MORNING, stays_vnd=400_000)
        open_shift(session, STATION, 399_000, by=CASHIER, at=MORNING)
    with unit_of_work() as session:
        for trigger in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f"DROP TRIGGER {trigger}"))
    return shop


def find(session: Session) -> list[Finding]:
    checks: tuple[Callable[..., object], ...] = check_cash_documents, check_cash_moves, check_drawer_books
    return [finding for check in checks for finding in check(session)]  # type: ignore[attr-defined]


def test_books_that_were_not_touched_agree(books: Shop) -> None:
    with open_reading() as session:
        assert find(session) == []


@pytest.mark.parametrize(
    ("forgery", "row"),
    [
        ("UPDATE cash_document SET amount_vnd = 10000 WHERE category = 'other_cost'", "cash_document:2"),
        ("UPDATE cash_document SET amount_vnd = -5 WHERE category = 'to_safe'", "cash_document:4"),
        ("UPDATE cash_document SET kind = 'receipt' WHERE category = 'other_cost'", "cash_document:2"),
        ("DELETE FROM cash_document WHERE category = 'other_cost'", "drawer_move:2"),
        ("DELETE FROM cash_document WHERE category = 'difference_short'", "shift:1"),
        ("DELETE FROM cash_document WHERE category = 'to_safe'", "shift:1"),
        ("DELETE FROM cash_document WHERE category = 'float_short'", "shift:2"),
        ("UPDATE shift SET float_vnd = 400000 WHERE number = 2", "shift:2"),
        ("UPDATE shift_close SET stays_vnd = 300000", "shift:1"),
        ("UPDATE cash_document SET shift_number = NULL WHERE category = 'to_safe'", "shift:0"),
        ("INSERT INTO drawer_move (shift_number, kind, amount_vnd, document, reason, at) VALUES (2, 'cash_out', -1000, '', 'x', '2026-11-24 02:00:00')", "drawer_move:3"),
        ("INSERT INTO drawer_move (shift_number, kind, amount_vnd, document, reason, at) VALUES (2, 'difference', -1000, '', '', '2026-11-24 02:00:00')", "shift:2"),
    ],
)  # fmt: skip
def test_what_was_forged_is_named(books: Shop, forgery: str, row: str) -> None:
    with unit_of_work() as session:
        session.execute(text(forgery))
    with open_reading() as session:
        assert row in {finding.row for finding in find(session)}

"""A shop made by an earlier version, with goods, sales and a refund in it, goes on under this one."""

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import upgrade
from sqlalchemy import func, select, text

from pos.cashbook.queries import read_balance_vnd
from pos.closings.close import close_due_periods, close_with_z
from pos.closings.keys import begin_sealing
from pos.closings.models import PeriodClosing
from pos.closings.queries import is_seal_right
from pos.identity.models import Person
from pos.kernel.actor import SYSTEM, Approval
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.tables import Base, ledger_tables
from pos.maintenance.backup import check_books, unpack_backup, write_backup
from pos.maintenance.verify import verify_books
from pos.maintenance.verify_proofs import list_trigger_names
from pos.payments.accounts import TypedAccount, save_account
from pos.producers.models import Bearer, Producer, ProducerTerms
from pos.producers.terms import OTHER_COSTS
from pos.sales.basket import add_goods, find_open_basket, park_basket
from pos.sales.correct_tender import correct_tender
from pos.sales.models import DiscountKind, Sale, TenderKind
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_lines
from pos.sales.refund import refund_sale, sum_refunded_milli
from pos.sales.set_discount import set_discount
from pos.sales.takings import list_to_give_back
from pos.sales.transfers import show_basket_code
from pos.settlement.models import Statement
from pos.settlement.owed import read_account
from pos.settlement.statements import approve_statement, prepare_statement
from pos.shifts.cash_balances import find_opening
from pos.shifts.drawer import (
    expected_cash_vnd,
    find_open_shift,
    get_open_shift,
    move_cash,
    open_shift,
)
from pos.shifts.models import name_drawer
from pos.stock.models import Lot, OnHand
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, FixedClock, Shop, app_over
from tests.pos.sales.transfer_steps import NUMBER, pay_code

MADE = Path(__file__).parents[1] / "data"


@pytest.fixture(params=["0001", "0010", "0014", "0016", "0019", "0022", "0026"])
def old_shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """The village after a day of trade, written by the code of that revision, then upgraded."""
    with zipfile.ZipFile(MADE / f"shop-{request.param}.zip") as archive:
        archive.extractall(tmp_path / "old")
    clock = FixedClock(MORNING)
    app = app_over(tmp_path / "old", clock)
    with app.app_context():
        with open_reading() as session:
            assert session.scalar(text("SELECT version_num FROM alembic_version")) == request.param
        upgrade()
        yield Shop(app, clock, tmp_path / "old")
        db.engine.dispose()


def test_its_books_still_add_up_and_are_guarded(old_shop: Shop) -> None:
    with open_reading() as session:
        assert verify_books(session) == []
        assert {
            f"{table}_{kind}" for table in ledger_tables() for kind in ("no_update", "no_delete")
        } <= list_trigger_names(session)
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_it_sells_on_and_a_touched_old_row_is_still_found(old_shop: Shop, tmp_path: Path) -> None:
    with unit_of_work() as session:
        if find_open_shift(session, STATION) is None:
            open_shift(session, STATION, 500_000, by=CASHIER, at=MORNING)
        lot = session.scalars(
            select(Lot)
            .join(OnHand)
            .where(OnHand.quantity_milli >= 1000, Lot.product_id == 1)
            .order_by(Lot.id)
        ).first()
        assert lot is not None
        basket = add_goods(session, STATION, lot.product_id, 1000, at=MORNING)
        due = price_basket(session, basket, TODAY).due_vnd
        before = session.scalars(select(Sale.number).order_by(Sale.number.desc())).first() or 0
        sale = pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=MORNING)
        assert sale.number == before + 1
    made = write_backup(db.engine, old_shop.folder, tmp_path / "b.zip", at=MORNING)
    unpack_backup(made, tmp_path / "new")
    assert check_books(tmp_path / "new") == []
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER sale_line_no_update")
        connection.exec_driver_sql("UPDATE sale_line SET name = 'X' WHERE sale_number = 1 AND n = 1")
    with open_reading() as session:
        assert "sale_line:1.1" in [finding.row for finding in verify_books(session)]


def test_what_an_older_version_gave_back_in_part_is_given_back_whole(old_shop: Shop) -> None:
    """A refund of before had no rounding and carried nothing: the rest of that sale still adds up to what was paid."""
    with unit_of_work() as session:
        if find_open_shift(session, STATION) is None:
            open_shift(session, STATION, 500_000, by=CASHIER, at=MORNING)
        shift = get_open_shift(session, STATION)
        move_cash(session, shift, 5_000_000, "tiền lẻ", by=MANAGER, at=MORNING)
        back = session.scalars(select(Sale).where(Sale.refunds.is_not(None))).first()
        assert back is not None
        sale = session.get_one(Sale, back.refunds)
        before = sum_refunded_milli(session, sale)
        rest = {line.n: line.quantity_milli - before[line.n] for line in list_lines(session, sale.number)}
        refund_sale(session, sale, rest, reason="vỡ", request="rest", station=STATION, by=MANAGER, at=MORNING)
        supplied = session.scalars(select(Sale).where(Sale.refunds == sale.number)).all()
        assert -sum(item.due_vnd for item in supplied) == sale.due_vnd
        session.flush()
        assert verify_books(session) == []


def test_it_gets_its_key_closes_a_signed_z_and_pays_in_the_new_ways(old_shop: Shop, tmp_path: Path) -> None:
    """The first start of the new version over an old shop: a key, a discount, a corrected tender, a Z, a closed day; all of it proved."""
    evening, tomorrow = MORNING + timedelta(hours=9), MORNING + timedelta(days=1)
    with unit_of_work() as session:
        seal = begin_sealing(session, tmp_path / "seal", by=SYSTEM, at=evening)
        shift = find_open_shift(session, STATION) or open_shift(
            session, STATION, 500_000, by=CASHIER, at=evening
        )
        lot = session.scalars(
            select(Lot)
            .join(OnHand)
            .where(OnHand.quantity_milli >= 1000, Lot.product_id == 1)
            .order_by(Lot.id)
        ).first()
        assert lot is not None
        basket = add_goods(session, STATION, lot.product_id, 1000, at=evening)
        set_discount(
            session, basket, DiscountKind.BASKET, rate_bp=1_000, reason="khách quen", by=MANAGER, at=evening
        )
        due = price_basket(session, basket, TODAY).due_vnd
        sale = pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=evening)
        correct_tender(session, sale, TenderKind.CARD, 1_000, reference="7", reason="nhầm", station=STATION, by=MANAGER, at=evening,
                       approval=None)  # fmt: skip
        report = close_with_z(
            session, shift, expected_cash_vnd(session, shift), by=CASHIER, at=evening, seal=seal
        )
        assert is_seal_right(session, report)
        open_shift(session, STATION, 500_000, by=CASHIER, at=tomorrow)
        close_due_periods(session, at=tomorrow, seal=seal)
        assert session.scalars(select(PeriodClosing.period)).all() != []
    with open_reading() as session:
        assert verify_books(session) == []


def test_its_cash_book_begins_with_the_first_shift_opened_after_it(old_shop: Shop) -> None:
    """A shift that is open during the upgrade goes on without; its close jams over nothing."""
    evening = MORNING + timedelta(hours=9)
    with unit_of_work() as session:
        has_book = find_opening(session, name_drawer(STATION)) is not None  # since 0021
        if (shift := find_open_shift(session, STATION)) is not None and has_book:
            assert read_balance_vnd(session, name_drawer(STATION)) == expected_cash_vnd(session, shift)
            return
        if shift is not None:
            move_cash(session, shift, 50_000, "tiền lẻ", by=MANAGER, at=evening)
            assert read_balance_vnd(session, name_drawer(STATION)) == 0
            close_with_z(session, shift, 700_000, by=CASHIER, at=evening, seal=None, stays_vnd=500_000)
        opened = open_shift(session, STATION, 450_000, by=CASHIER, at=evening)
        opening = find_opening(session, name_drawer(STATION))
        assert opening is not None
        assert (opening.amount_vnd, opening.shift_number) == (450_000, opened.number)
        move_cash(session, opened, -20_000, "đá", by=MANAGER, at=evening)
        assert read_balance_vnd(session, name_drawer(STATION)) == 430_000
        close_with_z(session, opened, 430_000, by=CASHIER, at=evening, seal=None, stays_vnd=400_000)
        open_shift(session, STATION, 400_000, by=CASHIER, at=evening)
        session.flush()
    with open_reading() as session:
        assert verify_books(session) == []


def test_it_is_paid_by_transfer(old_shop: Shop) -> None:
    """An account, a code, a transfer that sells the basket: all of it new to such a shop, and proved."""
    evening = MORNING + timedelta(hours=9)
    with unit_of_work() as session:
        if find_open_shift(session, STATION) is None:
            open_shift(session, STATION, 500_000, by=CASHIER, at=evening)
        if (left := find_open_basket(session, STATION)) is not None and left.lines:
            park_basket(session, left, "cũ", by=CASHIER, at=evening)
        typed = TypedAccount("970422", NUMBER, "HO KINH DOANH MAU")
        second = session.query(Person).filter_by(active=True).first()
        agreed = Approval(second.actor(STATION) if second else MANAGER, "", evening)
        save_account(session, None, typed, by=MANAGER, at=evening, approval=agreed)
        add_goods(session, STATION, 1, 1000, at=evening)
        code = show_basket_code(session, station=STATION, by=CASHIER, at=evening)
        sale = pay_code(session, code, code.amount_vnd + 2_000, at=evening)
        assert sale is not None
        assert [row.amount_vnd for row in list_to_give_back(session)] == [2_000]
    with open_reading() as session:
        assert verify_books(session) == []


def test_its_producers_are_owed_by_the_terms_of_before(old_shop: Shop) -> None:
    """Terms that say nothing of the later costs leave them to the shop; the first statement takes in all of the past."""
    evening = MORNING + timedelta(hours=9)
    with unit_of_work() as session:
        for terms in session.scalars(select(ProducerTerms)):
            assert {terms.find_bearer(cost) for cost in OTHER_COSTS} == {Bearer.SHOP}
            assert (terms.period, terms.least_payout_vnd, terms.days_to_pay) == (None, None, None)
        tomorrow = evening + timedelta(days=1)
        for producer in session.scalars(select(Producer)).all():
            prepared = prepare_statement(session, producer.id, TODAY, tomorrow)
            statement = approve_statement(session, producer, prepared, by=MANAGER, at=tomorrow)
            assert statement.opening_vnd == 0
            assert statement.closing_vnd == read_account(session, producer.id).closing_vnd
        assert (session.scalar(select(func.sum(Statement.goods_vnd))) or 0) > 0
    with open_reading() as session:
        assert verify_books(session) == []

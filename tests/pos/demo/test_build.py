"""The village: the same for the same seed and day, another for another, and its books add up."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade
from sqlalchemy import case, func, select

from pos.admission.models import Paper
from pos.banking.queries import list_unmatched
from pos.cashbook.queries import list_balances
from pos.catalog.models import Product
from pos.demo.build import Village, build_village
from pos.demo.cash import BEGAN_WITH_VND
from pos.demo.codes import at_clock
from pos.demo.settle import plan_settled_days
from pos.demo.tags import hang_tags
from pos.demo.till import BUSY
from pos.demo.trade import LEFT_FOR_TODAY
from pos.demo.transfers import UNKNOWN_VND
from pos.kernel.clock import FixedClock, day_start
from pos.kernel.database import db, open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.onboarding.open_shop import open_shop
from pos.payments.models import BankTransfer
from pos.payments.receive import list_waiting_reports
from pos.payments.statements.readings import list_readings
from pos.pricing.models import ShelfPrice
from pos.pricing.prices import list_shelf_prices
from pos.producers.models import Producer, TermsBand
from pos.reports.today import list_today_tasks
from pos.sales.claims import list_claims
from pos.sales.models import Sale, SaleLine, Tender
from pos.sales.money_models import TransferAllocation
from pos.sales.takings import list_to_give_back
from pos.settlement.disputes import list_open_disputes
from pos.settlement.fees import list_tender_fees
from pos.settlement.match_payouts import list_unproved_orders
from pos.settlement.models import ProducerEntry, Statement, StatementDraft
from pos.settlement.queries import list_producer_lines
from pos.shifts.models import CashDocument
from pos.stock.models import Lot, StockMove
from pos.storeroom.expired import count_expired, list_expired_stock
from pos.tags.truth import find_truth
from tests.conftest import MORNING, STATION, TODAY, Shop, app_over

DAY = date(2026, 2, 28)
BUSY_DAYS = 15


def trade(folder: Path, seed: int) -> list[tuple[object, ...]]:
    """Everything sold in a two-day village."""
    app = app_over(folder, FixedClock(day_start(DAY)))
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            open_shop(session, "Điểm thử", at=day_start(DAY - timedelta(days=2)), manager=None)
        build_village(db.engine, DAY, seed=seed, station=STATION, days=2)
        with open_reading() as session:
            rows = session.execute(
                select(Sale.number, Sale.at, SaleLine.name, SaleLine.quantity_milli, SaleLine.amount_vnd, Lot.number)
                .join(SaleLine, SaleLine.sale_number == Sale.number).join(Lot, Lot.id == SaleLine.lot_id, isouter=True)
                .order_by(Sale.number, SaleLine.n)
            ).all()  # fmt: skip
        db.engine.dispose()
    return [tuple(row) for row in rows]


@pytest.mark.long
def test_one_seed_and_day_make_the_same_village(tmp_path: Path) -> None:
    first, again, other = trade(tmp_path / "a", 7), trade(tmp_path / "b", 7), trade(tmp_path / "c", 8)
    assert first
    assert first == again
    assert first != other


def test_the_cast_is_as_large_as_promised(village: Shop) -> None:
    with open_reading() as session:
        assert len(session.scalars(select(Product)).all()) >= 60
        assert len(session.scalars(select(Producer)).all()) >= 12


def test_a_tag_that_shows_less_hangs_where_the_till_says_so(village: Shop) -> None:
    with unit_of_work() as session:
        cheaper = session.scalars(select(ShelfPrice.product_id)).one()
        hang_tags(session, at=MORNING)
    with open_reading() as session:
        (tag,) = [item for item in find_truth(session, TODAY).hanging if item.tag.product_id == cheaper]
        assert tag.why == ("price",)
        (shown,) = list_shelf_prices(session, [cheaper]).values()
        assert tag.tag.price_vnd == shown
        assert verify_books(session) == []


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Village]]:
    """The village as the demo shows it, after two weeks and a day, of which half a month is settled."""
    folder = tmp_path_factory.mktemp("busy")
    app = app_over(folder, FixedClock(at_clock(DAY, 9)))
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            open_shop(session, "Điểm thử", at=day_start(DAY - timedelta(days=BUSY_DAYS)), manager=None)
        village = build_village(db.engine, DAY, station=STATION, days=BUSY_DAYS, pace=BUSY, folder=folder)
        yield app, village
        db.engine.dispose()


@pytest.mark.long
def test_a_busy_village_is_a_shop_one_believes(busy: tuple[Any, Village]) -> None:
    with open_reading() as session:
        days = session.execute(
            select(Sale.business_day, func.count()).where(Sale.refunds.is_(None)).group_by(Sale.business_day)
        ).all()
        assert len(days) == BUSY_DAYS
        assert all(23 <= count <= 52 for _day, count in days), days
        weekend = [count for day, count in days if day.weekday() >= 5]
        assert min(weekend) > min(count for _day, count in days)
        assert session.scalar(select(func.count()).where(Sale.refunds.is_not(None))), (
            "goods come back now and then"
        )
        left_over = count_expired(list_expired_stock(session, DAY))
        assert 1 <= left_over <= LEFT_FOR_TODAY + 1, "the misfit, and what nobody wrote off yesterday"
        sold, lost = (
            -sum(session.scalars(select(StockMove.quantity_milli).where(StockMove.kind == kind)).all())
            for kind in ("sold", "written_off")
        )
        assert lost < sold / 4, "fresh goods are mostly sold"
        assert min(list_balances(session).values()) >= 0, "the cash book is one that is kept"
        assert {"supplies", "to_bank", "card_credit"} <= set(session.scalars(select(CashDocument.category)))
        assert verify_books(session) == []


@pytest.mark.long
def test_two_thirds_of_a_busy_village_is_paid_by_transfer_and_each_dong_belongs_somewhere(
    busy: tuple[Any, Village],
) -> None:
    with open_reading() as session:
        sold = Sale.refunds.is_(None)
        by_kind: dict[str, int] = dict(
            session.execute(
                select(Tender.kind, func.count(Tender.sale_number.distinct()))
                .join(Sale, Sale.number == Tender.sale_number).where(sold).group_by(Tender.kind)
            ).all()
        )  # fmt: skip
        sales = session.scalar(select(func.count()).select_from(Sale).where(sold)) or 0
        assert 0.55 <= by_kind["transfer"] / sales <= 0.77
        assert {"cash", "card"} <= set(by_kind)
        unmatched = list_unmatched(session)
        assert [row.left_vnd for row in unmatched] == list(UNKNOWN_VND), "two, that named no code"
        assert len(list_claims(session)) == 3, "seen in the bank's app, not told of yet"
        late = [taking for taking in list_to_give_back(session) if taking.is_surplus]
        assert len(late) == 1, "who paid after the basket was given up"
        assert list_waiting_reports(session) == []


@pytest.mark.long
def test_the_account_of_a_busy_village_agrees_with_its_bank(busy: tuple[Any, Village]) -> None:
    with open_reading() as session:
        signed = case(
            (BankTransfer.direction == "in", BankTransfer.amount_vnd), else_=-BankTransfer.amount_vnd
        )
        told_vnd = session.scalar(select(func.sum(signed))) or 0
        unmatched_vnd = sum(row.left_vnd for row in list_unmatched(session))
        assert list_balances(session)["bank"] in {
            BEGAN_WITH_VND["bank"] + told_vnd, BEGAN_WITH_VND["bank"] + told_vnd - unmatched_vnd,
        }  # fmt: skip
        uses = set(session.scalars(select(TransferAllocation.kind)))
        assert {"received", "document", "sent"} <= uses
        ((reading, _account),) = list_readings(session)
        assert (reading.lines_new, reading.lines_waiting, reading.difference_vnd) == (0, 0, 0)
        assert reading.lines_joined > 100


@pytest.mark.long
def test_its_producers_are_paid_but_one_statement_waits_and_a_line_is_doubted(
    busy: tuple[Any, Village],
) -> None:
    with open_reading() as session:
        statements = session.scalars(select(Statement)).all()
        assert {statement.ends for statement in statements} == {date(2026, 2, 15)}
        drafts = session.scalars(select(StatementDraft)).all()
        assert len(drafts) == 1, "one that nobody has approved"
        assert [statement.closing_vnd < 0 for statement in statements].count(True) == 1, "carried over"
        kinds = set(session.scalars(select(ProducerEntry.kind)))
        assert {"transfer", "cash", "laboratory", "shelf_rent"} <= kinds
        assert list_unproved_orders(session, at_clock(DAY, 9)) == [], "the bank has told of each transfer"
        assert any(line.is_payable for line in list_producer_lines(session, DAY)), "somebody is to be paid"
        assert len(list_open_disputes(session)) == 1
        assert session.scalars(select(TermsBand)).first() is not None
        assert list_tender_fees(session)


def test_a_quarter_is_settled_by_the_month_and_less_twice_a_month() -> None:
    day = date(2026, 11, 26)
    quarter = plan_settled_days(day - timedelta(days=100), 100)
    assert quarter.ends == [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
    assert plan_settled_days(day - timedelta(days=28), 28).ends == [date(2026, 10, 31), date(2026, 11, 15)]
    assert plan_settled_days(day - timedelta(days=3), 3).ends == []
    assert quarter.find_end(date(2026, 10, 1)) == date(2026, 9, 30)
    assert quarter.find_end(date(2026, 10, 2)) is None


@pytest.mark.long
def test_its_morning_has_something_to_do_and_not_too_much(busy: tuple[Any, Village]) -> None:
    with open_reading() as session:
        tasks = {task.kind for task in list_today_tasks(session, DAY, at_clock(DAY, 9))}
    assert {"expired", "announced"} <= tasks
    assert len(tasks) <= 10


@pytest.mark.long
def test_only_who_makes_spirits_has_a_licence_and_who_makes_goods_declares_them(
    busy: tuple[Any, Village],
) -> None:
    with open_reading() as session:
        makers = {producer.id: producer.name for producer in session.scalars(select(Producer))}
        spirits = set(session.scalars(select(Product.producer_id).where(Product.kind == "alcohol")))
        licensed = set(session.scalars(select(Paper.producer_id).where(Paper.kind == "alcohol_licence")))
        assert licensed == spirits
        declared = session.scalars(select(Paper).where(Paper.kind == "declaration")).all()
        assert declared
        assert all(paper.issuer == makers[paper.producer_id] for paper in declared if paper.producer_id)


def test_the_strip_has_a_past_pack_a_recalled_lot_a_scale_label_and_a_receipt(
    busy: tuple[Any, Village],
) -> None:
    app, village = busy
    login, pin = next((login, pin) for role, _name, login, pin in village.pins if role == "cashier")
    till = app.test_client()
    till.post("/sign-in", data={"login": login, "pin": pin, "station": STATION})
    till.post("/till/shift/open", data={"float": "500000"})
    found = {}
    for n, (name, code, _good) in enumerate(village.other_scans):
        page = till.post("/till/scan", data={"code": code, "once": f"s{n}"}).text
        found[name] = re.search(r'data-panel="([a-z_]+)"', page).group(1)  # type: ignore[union-attr]
    assert sorted(found.values()) == ["pay", "refund", "refused", "refused"], found

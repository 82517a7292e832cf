"""A day of three cashiers at two tills: 80 sales in every way of paying. Each figure of X, Z, closing and reports is what plain SQL says."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from hardware.slips.slip import Slip, Text
from pos.cashbook.queries import CashBookFilter, read_balance_vnd, read_cash_book
from pos.closings.close import close_due_periods, close_with_z
from pos.closings.figures import read_shift_figures
from pos.closings.keys import begin_sealing
from pos.closings.models import PeriodClosing, ZReport
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.pricing.lot_markdown import mark_down_lot
from pos.printing.queue import queue_print
from pos.reports.sold import read_sold
from pos.reports.sold_lines import SoldBy, SoldFilter
from pos.sales.basket import add_goods
from pos.sales.correct_tender import correct_tender
from pos.sales.debts import list_debts
from pos.sales.exchange import exchange_goods, plan_exchange
from pos.sales.models import DiscountKind, LotKnownBy, Sale, TenderKind
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_lines
from pos.sales.refund import list_parts_back, refund_sale
from pos.sales.set_discount import set_discount
from pos.sales.takings import pay_debt, reserve_voucher, sell_voucher, take_card_part
from pos.sales.tenders.kinds import find_cash_due
from pos.sales.tenders.part import TenderPart
from pos.sales.void import undo_sale
from pos.shifts.drawer import expected_cash_vnd, get_open_shift, move_cash, open_shift
from pos.shifts.models import CARD, name_drawer
from pos.stock.models import Lot
from pos.vouchers.issue import issue_voucher
from pos.vouchers.models import VoucherKind
from pos.vouchers.queries import sum_liability
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.sales.money_steps import NEXT_YEAR, a_buyer
from tests.pos.sales.test_refund import goods_at

TILLS = ("Quầy 1", "Quầy 2")
CASHIERS = [Actor(None, f"Thu ngân {n}", Role.CASHIER, TILLS[n % 2]) for n in range(3)]
STEP = 1_000


class Day:
    """The day in progress: who stands where, what was sold, and how much cash each till really holds."""

    def __init__(self, session: Session) -> None:
        self.session, self.dice = session, random.Random(7)
        self.products = goods_at(
            session, (4_500, "piece"), (87_650, "kg"), (45_000, "piece"), (199_999, "piece")
        )
        self.lot = session.query(Lot).filter_by(product_id=self.products[2].id).one()
        mark_down_lot(session, self.lot, 2_000, "sắp hết hạn", by=MANAGER, at=MORNING)
        self.buyer = a_buyer(session, 50_000_000)
        self.at, self.sold = MORNING, list[Sale]()
        self.held = dict.fromkeys(
            TILLS, 500_000
        )  # cash that lies in each drawer, counted note by note as it is handed over
        for till in TILLS:
            open_shift(session, till, 500_000, by=CASHIERS[TILLS.index(till)], at=self.at)

    def approve(self) -> Approval:
        return Approval(MANAGER, "xem rồi", self.at)

    def fill(self, till: str) -> Any:
        for product in self.dice.sample(self.products, self.dice.randint(1, 3)):
            quantity = self.dice.randint(100, 900) if product.unit == "kg" else self.dice.randint(1, 3) * ONE
            known: dict[str, Any] = {}
            if product is self.products[2] and self.dice.random() < 0.5:
                known = {"lot_id": self.lot.id, "known_by": LotKnownBy.SCANNED}
            basket = add_goods(self.session, till, product.id, quantity, at=self.at, **known)
        return basket

    def sell(self, n: int) -> None:
        self.at += timedelta(minutes=4)
        cashier = CASHIERS[n % 3]
        till, basket = cashier.station, self.fill(cashier.station)
        if n % 5 == 0:
            set_discount(self.session, basket, DiscountKind.BASKET, rate_bp=700, reason="khách quen", by=cashier, at=self.at, approval=self.approve())  # fmt: skip
        if n % 7 == 0:
            set_discount(self.session, basket, DiscountKind.LINE, basket.lines[0].n, amount_vnd=1_111, reason="móp", by=MANAGER, at=self.at)  # fmt: skip
        if n % 11 == 0:
            voucher, _ = issue_voucher(self.session, VoucherKind.GIVEN, 20_000, expires_on=NEXT_YEAR, reason="tặng", by=MANAGER, at=self.at)  # fmt: skip
            reserve_voucher(self.session, basket, voucher, by=cashier, at=self.at)
        if n % 9 == 0:
            sold_voucher, _ = sell_voucher(
                self.session,
                50_000,
                TenderKind.CASH,
                expires_on=NEXT_YEAR,
                station=till,
                by=cashier,
                at=self.at,
            )
            self.held[till] += 50_000
            reserve_voucher(self.session, basket, sold_voucher, by=cashier, at=self.at)
        rest = price_basket(self.session, basket, TODAY).rest_vnd
        if n % 8 == 0 and rest > 10_000:
            take_card_part(self.session, basket, 5_001, f"P{n}", station=till, by=cashier, at=self.at)
            rest -= 5_001
        parts = []
        if n % 4 == 1 and rest > 2:
            parts.append(TenderPart(TenderKind.CARD, rest if n % 3 else rest // 2, f"C{n}"))
        if n % 13 == 0 and not parts and rest > 2:
            parts.append(TenderPart(TenderKind.ACCOUNT, rest // 2, buyer_id=self.buyer.id))
        due = find_cash_due(rest, sum(part.amount_vnd for part in parts), STEP)
        self.sold.append(pay_basket(self.session, basket.id, basket.version, due + 3_000, parts=parts, station=till, by=cashier, at=self.at, approval=self.approve()))  # fmt: skip
        self.held[till] += due
        self.after(n, cashier)

    def after(self, n: int, cashier: Actor) -> None:
        till, sale = cashier.station, self.sold[-1]
        asked: dict[str, Any] = {"station": till, "by": cashier, "at": self.at}
        if n % 10 == 3:
            line = list_lines(self.session, sale.number)[0]
            back = refund_sale(self.session, sale, {line.n: line.quantity_milli}, reason="vỡ", request=str(n), approval=self.approve(), **asked)  # fmt: skip
            self.held[till] -= self.cash_of(back)
        elif n % 10 == 6:
            basket = self.fill(till)
            line = list_lines(self.session, sale.number)[-1]
            parts = {line.n: line.quantity_milli}
            split = plan_exchange(
                self.session,
                sale,
                list_parts_back(self.session, sale, parts, "đổi"),
                price_basket(self.session, basket, TODAY),
                TODAY,
            )
            exchange_goods(self.session, sale, parts, basket.id, basket.version, split.due_vnd, reason="đổi", request=str(n), approval=self.approve(), **asked)  # fmt: skip
            self.held[till] += split.due_vnd - split.given_out.get("cash", 0)
        elif n % 20 == 9:
            voided = undo_sale(self.session, sale, reason="nhầm", approval=self.approve(), **asked)
            self.held[till] -= self.cash_of(voided)
        elif n % 20 == 4 and (cash := self.cash_of(sale)) > 2_000:
            correct_tender(self.session, sale, TenderKind.CARD, 2_000, reference="K1", reason="nhầm", approval=self.approve(), **asked)  # fmt: skip
            self.held[till] -= 2_000
            assert cash > 0
        elif n % 20 == 14:
            move_cash(self.session, get_open_shift(self.session, till), -7_000, "mua đá", by=cashier, at=self.at, approval=self.approve())  # fmt: skip
            self.held[till] -= 7_000
        debts = list_debts(self.session)
        if n % 26 == 25 and debts:
            pay_debt(self.session, debts[0].sale.number, debts[0].open_vnd, TenderKind.CASH, **asked)
            self.held[till] += debts[0].open_vnd

    def cash_of(self, sale: Sale) -> int:
        found = self.session.execute(text("SELECT sum(amount_vnd) FROM tender WHERE sale_number = :n AND kind = 'cash'"), {"n": sale.number})  # fmt: skip
        return abs(int(found.scalar() or 0))


@pytest.fixture
def day(any_shop: Shop, tmp_path: Any) -> Iterator[tuple[Day, dict[str, ZReport]]]:
    """Sold, counted, closed: by the tills their Zs."""
    with unit_of_work() as session:
        seal = begin_sealing(session, tmp_path / "seal", by=MANAGER, at=MORNING)
        made = Day(session)
        for n in range(1, 81):
            made.sell(n)
        queue_print(session, "hết giấy", "000001", "sale:1", Slip((Text("chờ giấy"),)), at=made.at)
        session.flush()
        for till in TILLS:
            shift = get_open_shift(session, till)
            assert expected_cash_vnd(session, shift) == made.held[till]
            x = read_shift_figures(session, shift)
            assert_shift_figures(session, shift.number, x)
        reports = {
            till: close_with_z(session, get_open_shift(session, till), made.held[till] - 7_216, by=CASHIERS[0], at=made.at, seal=seal)
            for till in TILLS
        }  # fmt: skip
        tomorrow = MORNING + timedelta(days=1)
        open_shift(session, TILLS[0], 500_000, by=CASHIERS[0], at=tomorrow)
        close_due_periods(session, at=tomorrow + timedelta(hours=1), seal=seal)
        yield made, reports


def sql(session: Session, query: str, where: str = "", **values: Any) -> list[tuple[Any, ...]]:
    """Rows of plain SQL, its sums as integers; `where` takes the place of its {where}."""
    rows = session.execute(text(query.replace("{where}", where)), values).all()
    return [tuple(int(v) if not isinstance(v, str | None) else v for v in row) for row in rows]


def assert_sales_figures(session: Session, where: str, figures: dict[str, Any], **values: Any) -> None:
    """Each section of sales against SQL of its own, over the sales that `where` picks."""
    found = {
        kind: (count, paid)
        for kind, count, paid in sql(
            session, "SELECT CASE WHEN s.is_void THEN 'voids' WHEN s.refunds IS NULL THEN 'sales' ELSE 'refunds' END, count(DISTINCT s.number), sum(t.amount_vnd) FROM sale s JOIN tender t ON t.sale_number = s.number WHERE {where} GROUP BY 1",
            where=where, **values,
        )
    }  # fmt: skip
    for kind in ("sales", "refunds", "voids"):
        told = figures[kind]
        assert (told["count"], told["due_vnd"]) == found.get(kind, (0, 0))
    lines = sql(session, "SELECT coalesce(sum(l.amount_vnd), 0) FROM sale s JOIN sale_line l ON l.sale_number = s.number WHERE {where}", where=where, **values)[0][0]  # fmt: skip
    off = sql(session, "SELECT d.kind, sum(d.amount_vnd) FROM sale s JOIN discount d ON d.sale_number = s.number WHERE {where} GROUP BY 1 ORDER BY 1", where=where, **values)  # fmt: skip
    assert [(row["kind"], row["off_vnd"]) for row in figures["discounts"]] == off
    assert sum(figures[kind]["total_vnd"] for kind in ("sales", "refunds", "voids")) == lines - sum(
        vnd for _kind, vnd in off
    )
    tenders = sql(
        session, "SELECT t.kind, sum(CASE WHEN s.refunds IS NULL THEN t.amount_vnd ELSE 0 END), sum(CASE WHEN s.refunds IS NULL THEN 0 ELSE t.amount_vnd END) "
        "FROM sale s JOIN tender t ON t.sale_number = s.number WHERE {where} GROUP BY 1 ORDER BY 1", where=where, **values,
    )  # fmt: skip
    assert [(row["kind"], row["taken_vnd"], row["given_back_vnd"]) for row in figures["tenders"]] == tenders
    groups = sql(
        session, "SELECT p.group_code, sum(l.paid_vnd) FROM sale s JOIN sale_line l ON l.sale_number = s.number JOIN product p ON p.id = l.product_id WHERE {where} GROUP BY 1 ORDER BY 1",
        where=where, **values,
    )  # fmt: skip
    assert [(row["group"], row["paid_vnd"]) for row in figures["groups"]] == groups
    cashiers = sql(
        session, "SELECT s.cashier_name, sum(t.amount_vnd) FROM sale s JOIN tender t ON t.sale_number = s.number WHERE {where} GROUP BY 1 ORDER BY 1",
        where=where, **values,
    )  # fmt: skip
    assert [(row["name"], row["sales_vnd"] + row["refunds_vnd"]) for row in figures["cashiers"]] == cashiers


def assert_shift_figures(session: Session, number: int, figures: dict[str, Any]) -> None:
    assert_sales_figures(session, "s.shift_number = :shift", figures, shift=number)
    moves = dict(
        sql(
            session,
            "SELECT kind, sum(amount_vnd) FROM drawer_move WHERE shift_number = :shift GROUP BY 1",
            shift=number,
        )
    )
    drawer = figures["drawer"]
    cash = sql(
        session, "SELECT coalesce(sum(t.amount_vnd), 0) FROM sale s JOIN tender t ON t.sale_number = s.number AND t.kind = 'cash' WHERE s.shift_number = :shift",
        shift=number,
    )[0][0]  # fmt: skip
    assert drawer["sales_vnd"] - drawer["refunds_vnd"] == cash
    assert drawer["cash_out_vnd"] == -moves.get("cash_out", 0)
    assert drawer["expected_vnd"] == 500_000 + sum(moves.values())
    corrected = sql(session, "SELECT coalesce(sum(amount_vnd), 0) FROM tender_correction WHERE shift_number = :shift", shift=number)[0][0]  # fmt: skip
    assert sum(row["amount_vnd"] for row in figures["corrections"]) == corrected
    assert (
        sum(row["count"] for row in figures["money"])
        == sql(session, "SELECT count(*) FROM taking WHERE shift_number = :shift", shift=number)[0][0]
    )


def test_z_closing_and_reports_are_what_plain_sql_says(day: tuple[Day, dict[str, ZReport]]) -> None:
    made, reports = day
    session = made.session
    assert session.query(Sale).filter(Sale.refunds.is_(None)).count() >= 80
    assert {kind for (kind,) in sql(session, "SELECT DISTINCT kind FROM tender")} == {
        "account",
        "card",
        "cash",
        "voucher",
    }
    assert {kind for (kind,) in sql(session, "SELECT DISTINCT kind FROM discount")} == {
        "markdown",
        "line",
        "basket",
        "voucher",
    }
    for till, report in reports.items():
        figures = json.loads(report.figures)
        assert_shift_figures(session, report.shift_number, figures)
        assert figures["drawer"]["counted_vnd"] == made.held[till] - 7_216
        assert figures["drawer"]["difference_vnd"] == -7_216
        assert figures["carried"]["unprinted"] == 1
    for till in TILLS[1:]:  # the first has opened again
        assert read_balance_vnd(session, name_drawer(till)) == made.held[till] - 7_216
    cards = sql(
        session, "SELECT (SELECT coalesce(sum(amount_vnd), 0) FROM tender WHERE kind = 'card' AND taking_number IS NULL) "
        "+ (SELECT coalesce(sum(amount_vnd), 0) FROM taking WHERE kind = 'card') "
        "+ (SELECT coalesce(sum(CASE WHEN to_kind = 'card' THEN amount_vnd ELSE -amount_vnd END), 0) FROM tender_correction)",
    )[0][0]  # fmt: skip
    book = read_cash_book(session, CashBookFilter(TODAY, TODAY, CARD))
    assert (read_balance_vnd(session, CARD), book.closing_vnd) == (cards, cards)
    drawer = read_cash_book(session, CashBookFilter(TODAY, TODAY, name_drawer(TILLS[1])))
    assert drawer.closing_vnd == made.held[TILLS[1]] - 7_216
    closing = session.query(PeriodClosing).filter_by(kind="day").one()
    of_day = json.loads(closing.figures)
    assert_sales_figures(session, "s.business_day = :day", of_day, day=str(TODAY))
    money = sql(
        session, "SELECT coalesce(sum(amount_vnd), 0) FROM taking WHERE business_day = :day", day=str(TODAY)
    )[0][0]
    assert sum(row["amount_vnd"] for row in of_day["money"]) == money
    totals = sql(
        session, "SELECT sum(CASE WHEN refunds IS NULL THEN total_vnd ELSE 0 END), -sum(CASE WHEN refunds IS NULL THEN 0 ELSE total_vnd END) FROM sale"
    )[0]  # fmt: skip
    assert (closing.sales_vnd, closing.refunds_vnd) == totals
    left = sql(session, "SELECT coalesce(sum(m.amount_vnd), 0) FROM voucher_move m JOIN voucher v ON v.number = m.voucher_number WHERE v.kind = 'sold'")[0][0]  # fmt: skip
    assert sum_liability(session) == left


def test_what_was_sold_is_the_same_in_every_division(day: tuple[Day, dict[str, ZReport]]) -> None:
    session = day[0].session
    asked = SoldFilter(TODAY, TODAY)
    (paid,) = sql(session, "SELECT sum(l.paid_vnd) FROM sale s JOIN sale_line l ON l.sale_number = s.number")[
        0
    ]
    (tendered,) = sql(session, "SELECT sum(amount_vnd) FROM tender")[0]
    for by in SoldBy:
        table = read_sold(session, asked, by)
        assert table.whole.paid_vnd == paid
        if by is not SoldBy.HOUR:
            assert sum(row.sums.paid_vnd for row in table.rows) == (tendered if by is SoldBy.TENDER else paid)
    carried = sql(session, "SELECT coalesce(sum(carried_vnd), 0) FROM sale")[0][0]
    assert tendered - paid == carried


def test_the_books_of_the_day_are_proved(day: tuple[Day, dict[str, ZReport]]) -> None:
    day[0].session.commit()
    with open_reading() as session:
        assert verify_books(session) == []

"""What the shop is decides what each sale carries of VAT; each sale keeps what held on its day."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.law.taxpayers import TaxStatus, VatMethod, find_taxpayer_rule, taxpayer_rules
from pos.maintenance.verify import verify_books
from pos.sales.basket import add_goods
from pos.sales.models import Sale
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import find_turnover_meter, list_lines
from pos.sales.receipt import make_receipt
from pos.sales.refund import refund_sale
from pos.shop.models import get_shop
from pos.shop.taxes import find_tax_status, has_vat, record_opening_turnover, record_tax_status
from pos.shop.turnover import TurnoverMeter
from tests.builders import a_delivery, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop


def a_shop_with_goods(session: Session, status: TaxStatus | None, price_vnd: int = 45_000) -> int:
    """A shop of that status with ten pieces to sell; returns the product's id."""
    if status is not None:
        record_tax_status(session, status, starts=TODAY - timedelta(days=300), by=MANAGER, at=MORNING)
    maker = a_maker(session)
    product = a_product(session, maker, price_vnd=price_vnd)
    a_delivery(session, maker, product)
    an_open_shift(session)
    return product.id


def a_sale(session: Session, product_id: int, milli: int = ONE) -> Sale:
    basket = add_goods(session, STATION, product_id, milli, at=MORNING)
    due = price_basket(session, basket, TODAY).due_vnd
    return pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=MORNING)


@pytest.mark.parametrize(
    ("status", "method", "rate_bp"),
    [
        (None, None, 800),
        (TaxStatus.HOUSEHOLD_EXEMPT, "none", 0),
        (TaxStatus.HOUSEHOLD, "direct", 0),
        (TaxStatus.ORGANISATION_DIRECT, "direct", 0),
        (TaxStatus.ORGANISATION_CREDIT, "credit", 800),
    ],
)
def test_a_sale_freezes_the_method_and_its_refund_keeps_it(
    any_shop: Shop, status: TaxStatus | None, method: str | None, rate_bp: int
) -> None:
    with unit_of_work() as session:
        sale = a_sale(session, a_shop_with_goods(session, status), 2 * ONE)
        record_tax_status(session, TaxStatus.ORGANISATION_CREDIT, starts=TODAY, by=MANAGER, at=MORNING)
        back = refund_sale(session, sale, {1: ONE}, reason="vỡ", request="r", station=STATION, by=MANAGER, at=MORNING)  # fmt: skip
        for each in (sale, back):
            assert each.vat_method == method
            assert [(line.vat_bp, line.vat_category) for line in list_lines(session, each.number)] == [
                (rate_bp, "standard")
            ]
        session.flush()
        assert verify_books(session) == []


def test_a_status_holds_from_its_day_and_the_newest_row_of_a_day_counts(shop: Shop) -> None:
    with unit_of_work() as session:
        for status, days in ((TaxStatus.HOUSEHOLD_EXEMPT, -30), (TaxStatus.HOUSEHOLD, 10), (TaxStatus.ORGANISATION_DIRECT, 10)):  # fmt: skip
            record_tax_status(session, status, starts=TODAY + timedelta(days=days), by=MANAGER, at=MORNING)
        assert find_tax_status(session, TODAY - timedelta(days=31)) is None
        assert find_tax_status(session, TODAY + timedelta(days=9)) is TaxStatus.HOUSEHOLD_EXEMPT
        assert find_tax_status(session, TODAY + timedelta(days=10)) is TaxStatus.ORGANISATION_DIRECT


def test_a_change_begins_today_at_the_earliest(shop: Shop) -> None:
    with unit_of_work() as session:
        record_tax_status(session, TaxStatus.HOUSEHOLD, starts=date(2026, 1, 1), by=MANAGER, at=MORNING)
        with pytest.raises(Refused) as no:
            record_tax_status(
                session,
                TaxStatus.HOUSEHOLD_EXEMPT,
                starts=TODAY - timedelta(days=1),
                by=MANAGER,
                at=MORNING,
            )
        assert no.value.reasons[0].code == "tax_status_past"


def test_each_status_has_a_rule_with_a_source_before_and_after_its_first_day() -> None:
    assert {rule.status for rule in taxpayer_rules()} == set(TaxStatus)
    for status in TaxStatus:
        for on in (date(2020, 1, 1), date(2030, 1, 1)):
            assert find_taxpayer_rule(status, on).source
    assert find_taxpayer_rule(TaxStatus.HOUSEHOLD_EXEMPT, TODAY).vat_method is VatMethod.NONE


def test_the_meter_adds_up_sales_refunds_and_what_came_before(shop: Shop) -> None:
    with unit_of_work() as session:
        product_id = a_shop_with_goods(session, TaxStatus.HOUSEHOLD_EXEMPT, price_vnd=1_000_000)
        sale = a_sale(session, product_id, 3 * ONE)
        refund_sale(session, sale, {1: ONE}, reason="vỡ", request="r", station=STATION, by=MANAGER, at=MORNING)  # fmt: skip
        record_opening_turnover(session, TODAY.year - 1, 900_000_000, by=MANAGER, at=MORNING)
        found = find_turnover_meter(session, TODAY)
        assert found is not None
        assert (found.opening_vnd, found.sold_vnd, found.warned_bp) == (None, 2_000_000, 0)
        record_opening_turnover(session, TODAY.year, 1, by=MANAGER, at=MORNING)
        record_opening_turnover(session, TODAY.year, 698_000_000, by=MANAGER, at=MORNING)
        found = find_turnover_meter(session, TODAY)
        assert found is not None
        assert (found.turnover_vnd, found.share_bp, found.warned_bp) == (700_000_000, 7_000, 7_000)
        record_tax_status(session, TaxStatus.HOUSEHOLD, starts=TODAY, by=MANAGER, at=MORNING)
        assert find_turnover_meter(session, TODAY) is None


@pytest.mark.parametrize(
    ("opening", "warned"),
    [(699_999_999, 0), (700_000_000, 7_000), (899_999_999, 7_000), (900_000_000, 9_000), (999_999_999, 9_000),
     (1_000_000_000, 10_000), (5_000_000_000, 10_000), (0, 0), (-5, 0)],
)  # fmt: skip
def test_the_marks_of_the_meter(opening: int, warned: int) -> None:
    assert TurnoverMeter(2026, opening, 0, 1_000_000_000).warned_bp == warned


@pytest.mark.parametrize("amount", [-1, 10**12 + 1])
def test_a_turnover_that_no_shop_has_is_refused(shop: Shop, amount: int) -> None:
    with unit_of_work() as session, pytest.raises(Refused) as no:
        record_opening_turnover(session, 2026, amount, by=MANAGER, at=MORNING)
    assert no.value.reasons[0].code == "turnover_odd"


def test_a_receipt_bears_the_shops_code_and_speaks_of_tax_only_where_there_is_some(shop: Shop) -> None:
    with unit_of_work() as session:
        sale = a_sale(session, a_shop_with_goods(session, TaxStatus.HOUSEHOLD_EXEMPT))
        get_shop(session).code = "MP2"
        text = repr(make_receipt(session, sale, base_url="", translate=str))
        assert "MP2-000001" in text
        assert "Prices include tax" not in text
        assert "not a tax invoice" in text
        session.expunge(sale)
        sale.vat_method = "credit"
        assert "Prices include tax" in repr(make_receipt(session, sale, base_url="", translate=str))


def test_prices_hold_tax_only_where_the_shop_owes_any(village: Shop) -> None:
    """The village is an exempt household; from its new status on till, list and rules say it, and an old receipt stays as it was."""
    cashier, boss = village.client("cashier"), village.client("manager")
    cashier.post("/till/shift/open", data={"float": "500000"})

    def read_pages() -> list[str]:
        return [cashier.get("/till").text, boss.get("/price-list").text]

    assert not any("đã gồm thuế" in page for page in read_pages())
    with unit_of_work() as session:
        assert not has_vat(session, TODAY)
        record_tax_status(session, TaxStatus.HOUSEHOLD, starts=TODAY, by=MANAGER, at=MORNING)
    assert all("đã gồm thuế" in page for page in read_pages())
    for address in ("/price-list.pdf", "/tags/signs/rules.pdf"):
        assert boss.get(address).status_code == 200


def test_a_shop_that_has_not_said_what_it_is_says_that_prices_hold_tax(shop: Shop) -> None:
    with open_reading() as session:
        assert has_vat(session, TODAY)

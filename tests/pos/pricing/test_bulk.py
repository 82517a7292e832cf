"""Many prices at once: set, refused whole, taken back."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from pos.catalog.models import Product
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.maintenance.verify import verify_books
from pos.pricing.bulk import propose_by_list, propose_by_percent, round_to_step, set_prices, undo_change
from pos.pricing.models import Price, PriceChange
from pos.pricing.prices import find_price, set_price
from tests.builders import a_maker, a_product
from tests.conftest import MANAGER, MORNING, TODAY, Shop


def test_prices_rise_by_a_percentage_from_a_day_and_fall_back(any_shop: Shop) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with unit_of_work() as session:
        maker = a_maker(session)
        first, second = (
            a_product(session, maker, 1),
            a_product(session, maker, 2, name="Kẹo lạc", price_vnd=38_500),
        )
        proposed = propose_by_percent(session, change_bp=1000, step_vnd=1000, on=tomorrow)
        assert {p.product.id: p.new_vnd for p in proposed} == {first.id: 50_000, second.id: 42_000}
        wanted = [(p.product.id, p.new_vnd) for p in proposed]
        change = set_prices(session, wanted, starts=tomorrow, note="giá mới", by=MANAGER, at=MORNING)
        assert [find_price(session, first.id, day) for day in (TODAY, tomorrow)] == [45_000, 50_000]
        set_price(session, second, 40_000, starts=tomorrow, by=MANAGER, at=MORNING)  # a newer one: it stays
        undo_change(session, change, by=MANAGER, at=MORNING)
        assert [find_price(session, p.id, tomorrow) for p in (first, second)] == [45_000, 40_000]
        with pytest.raises(Refused, match="already_reversed"):
            undo_change(session, change, by=MANAGER, at=MORNING)
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_change_already_in_force_is_taken_back_from_today(shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_product(session, a_maker(session))
        change = set_prices(session, [(product.id, 50_000)], starts=TODAY, note="", by=MANAGER, at=MORNING)
        later = MORNING + timedelta(days=3)
        undo_change(session, change, by=MANAGER, at=later)
        days = [TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=2), TODAY + timedelta(days=3)]
        assert [find_price(session, product.id, day) for day in days] == [45_000, 50_000, 50_000, 45_000]


def test_a_list_of_codes_and_prices_is_read_line_by_line(shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_product(session, a_maker(session))
        gtin = product.barcodes[0].gtin.lstrip("0")
        typed = f"{gtin}\t46.000 đ\n\nkhông có;1\n{product.sku} mười\n"
        proposed, odd = propose_by_list(session, typed, TODAY)
        assert [(p.product.id, p.old_vnd, p.new_vnd) for p in proposed] == [(product.id, 45_000, 46_000)]
        assert [line.n for line in odd] == [3, 4]


@pytest.mark.parametrize(("wanted", "starts", "code"), [
    ([], TODAY, "lines_missing"), ([(1, 0)], TODAY, "price_not_positive"), ([(1, 5_000)], TODAY - timedelta(days=1), "starts_in_past"),
    ([(1, 2_000_000_000)], TODAY, "price_too_high"),
])  # fmt: skip
def test_odd_bulk_prices_are_refused_whole(
    shop: Shop, wanted: list[tuple[int, int]], starts: date, code: str
) -> None:
    with unit_of_work() as session:
        a_product(session, a_maker(session))
        with pytest.raises(Refused, match=code):
            set_prices(session, wanted, starts=starts, note="", by=MANAGER, at=MORNING)
        assert session.scalars(select(PriceChange)).all() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(500, 10_000_000), st.integers(-5000, 5000), st.sampled_from([500, 1000, 5000]))
def test_a_stepped_price_is_near_and_of_its_step(price_vnd: int, change_bp: int, step_vnd: int) -> None:
    exact = price_vnd * (10_000 + change_bp) / 10_000
    new = round_to_step(price_vnd * (10_000 + change_bp), step_vnd)
    assert new % step_vnd == 0
    assert new >= step_vnd
    assert abs(new - exact) <= step_vnd / 2 or new == step_vnd


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["rise", "undo", "single", "day"]), max_size=8))
def test_any_history_of_changes_and_undoings_adds_up(shop: Shop, acts: list[str]) -> None:
    """After undoing, a product without newer prices costs what it cost before the change."""
    with unit_of_work() as session:
        product = session.scalars(select(Product)).first() or a_product(session, a_maker(session))
        at, open_changes = session.scalar(select(func.max(JournalRow.at))) or MORNING, []
        for act in acts:
            today = (at + timedelta(hours=7)).date()
            before = find_price(session, product.id, today)
            if act == "rise":
                open_changes.append(
                    (
                        set_prices(
                            session, [(product.id, before + 1000)], starts=today, note="", by=MANAGER, at=at
                        ),
                        before,
                    )
                )
            elif act == "single":
                set_price(session, product, before + 500, starts=today, by=MANAGER, at=at)
                open_changes = []
            elif act == "undo" and open_changes:
                change, was = open_changes.pop()
                undo_change(session, change, by=MANAGER, at=at)
                assert find_price(session, product.id, today) == was
                open_changes = []  # the mirror image is now the newest price
            elif act == "day":
                at += timedelta(days=1)
        assert session.scalars(select(Price).where(Price.product_id == product.id)).first() is not None

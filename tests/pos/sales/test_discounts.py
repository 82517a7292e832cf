"""What is taken off: in its order, spread to the đồng, within limits, and back with what comes back."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.kernel.actor import Approval
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused, Stale
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.pricing.lot_markdown import mark_down_lot
from pos.sales.basket import set_quantity, void_line
from pos.sales.discounts import WantedDiscount, list_line_discounts
from pos.sales.models import WHOLE_BASKET, DiscountKind
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_lines
from pos.sales.set_discount import remove_discount, set_discount
from pos.shop.models import get_shop
from pos.stock.models import Lot
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, TODAY, Shop

from .money_steps import off_of, pay, put_on, put_scanned, the_basket
from .test_refund import codes, give_back, goods_at

YES = Approval(MANAGER, "khách quen", MORNING)
BY_MANAGER: dict[str, Any] = {"reason": "hộp móp", "by": MANAGER, "at": MORNING}
BY_CASHIER: dict[str, Any] = {"reason": "hộp móp", "by": CASHIER, "at": MORNING}


def test_100000_with_20_percent_markdown_and_10_percent_staff_is_72000(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (100_000, "piece"))
        an_open_shift(session)
        get_shop(session).staff_discount_bp = 1_000
        lot = session.query(Lot).filter_by(product_id=product.id).one()
        mark_down_lot(session, lot, 2_000, "sắp hết hạn", by=MANAGER, at=MORNING)
        basket = put_scanned(session, product)
        set_discount(session, basket, DiscountKind.STAFF, **BY_MANAGER)
        sale = pay(session)
        assert (sale.total_vnd, sale.due_vnd) == (72_000, 72_000)
        assert off_of(session, sale) == [(1, "markdown", 20_000), (1, "staff", 8_000)]
        back = give_back(session, sale, {1: ONE}, "1")
        assert (back.total_vnd, back.due_vnd) == (-72_000, -72_000)
        assert off_of(session, back) == [(1, "markdown", -20_000), (1, "staff", -8_000)]
    with open_reading() as session:
        assert [
            found for found in verify_books(session) if found.row != "shop:1"
        ] == []  # its rate was set by hand


def test_a_markdown_counts_only_where_the_packs_own_lot_is_known(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (50_000, "piece"))
        an_open_shift(session)
        lot = session.query(Lot).filter_by(product_id=product.id).one()
        mark_down_lot(session, lot, 3_000, "sắp hết hạn", by=MANAGER, at=MORNING)
        basket = put_on(session, (product, ONE))
        assert price_basket(session, basket, TODAY).total_vnd == 50_000
        assert price_basket(session, put_scanned(session, product), TODAY).total_vnd == 50_000 + 35_000


@pytest.mark.parametrize(
    ("rate", "reason", "code"),
    [(5_001, "x", "marked_down_too_far"), (-1, "x", "discount_odd"), (10_000, "x", "discount_odd"), (1_000, " ", "reason_missing")],
)  # fmt: skip
def test_what_a_markdown_may_not_be(shop: Shop, rate: int, reason: str, code: str) -> None:
    with unit_of_work() as session:
        goods_at(session, (50_000, "piece"))
    with pytest.raises(Refused) as no, unit_of_work() as session:
        mark_down_lot(session, session.query(Lot).one(), rate, reason, by=MANAGER, at=MORNING)
    assert codes(no) == {code}


def test_a_cashier_stays_within_the_limit_and_a_manager_agrees_to_more(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (100_000, "piece"))
        an_open_shift(session)
        get_shop(session).discount_limit_bp = 500
        put_on(session, (product, ONE))
    for asked, code in (({"rate_bp": 501}, "discount_approval_needed"), ({"amount_vnd": 5_001}, "discount_approval_needed")):  # fmt: skip
        with pytest.raises(NotAllowed) as no, unit_of_work() as session:
            set_discount(session, the_basket(session), DiscountKind.BASKET, **asked, **BY_CASHIER)
        assert codes(no) == {code}
    with unit_of_work() as session:
        basket = the_basket(session)
        assert set_discount(session, basket, DiscountKind.BASKET, rate_bp=500, **BY_CASHIER).total_vnd == 95_000  # fmt: skip
        priced = set_discount(session, basket, DiscountKind.BASKET, rate_bp=3_000, approval=YES, **BY_CASHIER)
        assert priced.total_vnd == 70_000
        assert [row.approved_by for row in priced.wanted] == [MANAGER.name]


def test_what_was_approved_for_one_piece_isnt_for_ten(shop: Shop) -> None:
    """A cashier who puts more into the basket afterwards asks again."""
    with unit_of_work() as session:
        (product,) = goods_at(session, (50_000, "piece"))
        an_open_shift(session)
        basket = put_on(session, (product, ONE))
        set_discount(session, basket, DiscountKind.LINE, 1, rate_bp=5_000, approval=YES, **BY_CASHIER)
    with unit_of_work() as session:
        set_quantity(session, the_basket(session), 1, 10 * ONE, by=CASHIER, at=MORNING)
    with pytest.raises(NotAllowed) as no, unit_of_work() as session:
        pay(session)
    assert codes(no) == {"discount_needs_manager"}
    with unit_of_work() as session:
        (line,) = the_basket(session).lines
        set_quantity(session, the_basket(session), line.n, ONE, by=CASHIER, at=MORNING)
        assert pay(session).due_vnd == 25_000


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"rate_bp": 0}, "discount_odd"), ({"rate_bp": 10_001}, "discount_odd"), ({"amount_vnd": 0}, "discount_odd"),
        ({"amount_vnd": -5}, "discount_odd"), ({}, "discount_odd"), ({"rate_bp": 5, "amount_vnd": 5}, "discount_odd"),
        ({"amount_vnd": 50_001}, "discount_too_much"), ({"amount_vnd": 10**19}, "discount_too_much"),
        ({"rate_bp": 100, "reason": "  "}, "reason_missing"),
    ],
)  # fmt: skip
def test_what_no_discount_is(shop: Shop, asked: dict[str, Any], code: str) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (50_000, "piece"))
        put_on(session, (product, ONE))
    with pytest.raises(Refused) as no, unit_of_work() as session:
        set_discount(session, the_basket(session), DiscountKind.BASKET, **BY_MANAGER | asked)
    assert codes(no) == {code}


def test_a_lines_discount_goes_with_it_and_stays_when_its_quantity_changes(shop: Shop) -> None:
    with unit_of_work() as session:
        first, second = goods_at(session, (50_000, "piece"), (20_000, "piece"))
        an_open_shift(session)
        basket = put_on(session, (first, ONE), (second, ONE))
        set_discount(session, basket, DiscountKind.LINE, 1, rate_bp=1_000, **BY_MANAGER)
        set_quantity(session, basket, 1, 2 * ONE, by=MANAGER, at=MORNING)
        assert price_basket(session, basket, TODAY).total_vnd == 110_000
        n = next(line.n for line in basket.lines if line.product_id == first.id)
        void_line(session, basket, n, by=CASHIER, at=MORNING)
        assert price_basket(session, basket, TODAY).total_vnd == 20_000
        with pytest.raises(Stale):
            set_discount(session, basket, DiscountKind.LINE, 99, rate_bp=1_000, **BY_MANAGER)
        set_discount(session, basket, DiscountKind.BASKET, amount_vnd=3_000, **BY_MANAGER)
        remove_discount(session, basket, DiscountKind.BASKET, WHOLE_BASKET, by=CASHIER, at=MORNING)
        remove_discount(session, basket, DiscountKind.BASKET, WHOLE_BASKET, by=CASHIER, at=MORNING)
        assert price_basket(session, basket, TODAY).total_vnd == 20_000


def test_a_discount_that_was_touched_is_found(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (50_000, "piece"))
        an_open_shift(session)
        set_discount(
            session, put_on(session, (product, ONE)), DiscountKind.BASKET, rate_bp=1_000, **BY_MANAGER
        )
        pay(session)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER discount_no_update")
        connection.exec_driver_sql("UPDATE discount SET amount_vnd = 60000")
    with open_reading() as session:
        texts = {finding.said for finding in verify_books(session)}
    assert any("more was taken off than it costs" in text for text in texts)


rates = st.one_of(st.none(), st.integers(1, 10_000))


@given(
    amounts=st.lists(st.integers(0, 10**9), min_size=1, max_size=8),
    asked=st.lists(
        st.tuples(st.sampled_from(list(DiscountKind)), st.integers(0, 9), rates, st.integers(0, 10**9)),
        max_size=8,
    ),
)
def test_nothing_costs_less_than_nothing_and_each_step_is_half_up(
    amounts: list[int], asked: list[tuple[DiscountKind, int, int | None, int]]
) -> None:
    lines = dict(enumerate(amounts, 1))
    wanted = [
        WantedDiscount(kind, n, rate, None if rate is not None else vnd, reason=str(at))
        for at, (kind, n, rate, vnd) in enumerate(asked)
    ]
    found = list_line_discounts(lines, wanted)
    left = {n: vnd - sum(off.amount_vnd for off in found[n]) for n, vnd in lines.items()}
    assert all(vnd >= 0 for vnd in left.values())
    order = list(DiscountKind)
    for offs in found.values():
        steps = [order.index(off.wanted.kind) for off in offs]
        assert steps == sorted(steps)
    # One discount over the whole basket is what the rate says of the whole, to the đồng.
    whole = [w for w in wanted if w.line_n == WHOLE_BASKET and w.rate_bp is not None][:1]
    if whole:
        alone = list_line_discounts(lines, whole)
        off_vnd = sum(off.amount_vnd for offs in alone.values() for off in offs)
        assert off_vnd == (sum(amounts) * (whole[0].rate_bp or 0) + 5_000) // 10_000


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.integers(1, 6),
    weight=st.integers(1, 3_000),
    rate=st.integers(1, 9_999),
    off_vnd=st.integers(1, 30_000),
    steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1_500)), min_size=1, max_size=6),
)
def test_any_refunds_of_discounted_goods_add_up(
    shop: Shop, pieces: int, weight: int, rate: int, off_vnd: int, steps: list[tuple[int, int]]
) -> None:
    with unit_of_work() as session:
        first, second = goods_at(session, (13_370, "piece"), (87_650, "kg"))
        an_open_shift(session)
        basket = put_on(session, (first, pieces * ONE), (second, weight))
        set_discount(session, basket, DiscountKind.LINE, basket.lines[0].n, rate_bp=rate, **BY_MANAGER)
        most = price_basket(session, basket, TODAY).total_vnd
        set_discount(session, basket, DiscountKind.BASKET, amount_vnd=min(off_vnd, most), **BY_MANAGER)
        sale = pay(session)
        lines = {line.n: line.quantity_milli for line in list_lines(session, sale.number)}
        backs = []
        for at, (some_pieces, some_grams) in enumerate([*steps, (10**6, 10**6)]):
            parts = {1: min(some_pieces * ONE, lines[1]), 2: min(some_grams, lines[2])}
            if any(parts.values()):
                backs.append(give_back(session, sale, parts, f"{sale.number}-{at}"))
                lines = {n: lines[n] - parts[n] for n in lines}
        assert sum(back.due_vnd for back in backs) == -sale.due_vnd
        assert sum(back.carried_vnd or 0 for back in backs) == 0
        sold = sum(vnd for _n, _kind, vnd in off_of(session, sale))
        assert sum(vnd for back in backs for _n, _kind, vnd in off_of(session, back)) == -sold
        session.flush()
        assert [f for f in verify_books(session) if f.check in {"sale", "refund", "drawer"}] == []
        session.rollback()

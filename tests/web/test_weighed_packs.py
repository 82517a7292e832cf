"""Packs that the shop's own scale has labelled: at the till, in a count, at receiving, in the search."""

import pytest
from sqlalchemy import select

from hardware.symbology import check_digit
from pos.catalog.models import Barcode, Product
from pos.counting.candidates import find_candidates
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.pricing.prices import note_shelf_price
from pos.sales.basket import find_open_basket
from pos.scanning.resolve import resolve_goods
from pos.shop.models import get_shop
from tests.conftest import MANAGER, MORNING, STATION, Shop


def weighed(item: int, grams: int) -> str:
    body = f"21{item:05}{grams:05}"
    return body + check_digit(body)


@pytest.fixture
def tomatoes(village: Shop) -> Product:
    """Sold by weight; item 00042 of the shop's scale. Item 00043 is a pack that is sold by the piece."""
    with unit_of_work() as session:
        product = session.scalars(select(Product).where(Product.name_vi == "Cà chua")).one()
        cakes = session.scalars(select(Product).where(Product.name_vi == "Bánh tẻ nhân thịt")).one()
        product.barcodes.append(Barcode(gtin=f"0{weighed(42, 0)}"))
        cakes.barcodes.append(Barcode(gtin=f"0{weighed(43, 0)}"))
        return product


def test_the_scale_s_label_brings_its_weight_to_the_till(village: Shop, tomatoes: Product) -> None:
    cashier = village.client("cashier")
    cashier.post("/till/shift/open", data={"float": "500000"})
    answer = cashier.post("/till/scan", data={"code": weighed(42, 512), "once": "k"})
    assert "0,512" in answer.text
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        assert [(line.product_id, line.quantity_milli) for line in basket.lines] == [(tomatoes.id, 512)]


def test_a_label_without_a_weight_asks_for_it(village: Shop, tomatoes: Product) -> None:
    cashier = village.client("cashier")
    cashier.post("/till/shift/open", data={"float": "500000"})
    assert (
        'data-panel="weight"' in cashier.post("/till/scan", data={"code": weighed(42, 0), "once": "k"}).text
    )


def test_counts_receiving_and_search_know_the_label_too(village: Shop, tomatoes: Product) -> None:
    with open_reading() as session:
        noticed = find_candidates(session, weighed(42, 1250))
        assert ([p.id for p in noticed.products], noticed.quantity_milli) == ([tomatoes.id], 1250)
    manager = village.client("manager")
    form = manager.get(f"/receiving/new/{tomatoes.producer_id}/line?code={weighed(42, 1250)}")
    assert 'value="1,25"' in form.text
    assert "Cà chua" in manager.get(f"/find?q={weighed(42, 1250)}", follow_redirects=True).text


@pytest.mark.parametrize("code", [weighed(44, 512), weighed(43, 512), weighed(42, 512)[:-1] + "x"])
def test_what_is_no_registered_weight_is_an_unknown_code(village: Shop, tomatoes: Product, code: str) -> None:
    """An item nobody registered; one sold by the piece: nobody may read pieces out of grams; a torn label."""
    with open_reading() as session, pytest.raises(Refused) as caught:
        resolve_goods(session, code)
    assert [reason.code for reason in caught.value.reasons] == ["unknown_code"]


def test_a_code_registered_as_it_stands_comes_first(village: Shop, tomatoes: Product) -> None:
    with unit_of_work() as session:
        cakes = session.scalars(select(Product).where(Product.name_vi == "Bánh tẻ nhân thịt")).one()
        cakes.barcodes.append(Barcode(gtin=f"0{weighed(42, 512)}"))
    with open_reading() as session:
        found = resolve_goods(session, weighed(42, 512))
        assert [(item.product.name_vi, item.pack_milli) for item in found] == [("Bánh tẻ nhân thịt", 1000)]


@pytest.mark.parametrize(
    ("digits", "step", "weight"), [(12_800, 1, 512), (128, 100, 512), (12_813, 1, 512), (24, 1, None)]
)
def test_a_label_with_a_price_costs_what_it_says_or_a_little_less(
    village: Shop, tomatoes: Product, digits: int, step: int, weight: int | None
) -> None:
    """At 25.000 a kilogram. Less than a gram's worth is no weight: it is asked for."""
    with unit_of_work() as session:
        shop = get_shop(session)
        shop.price_code_prefix, shop.price_code_step_vnd = "21", step
    cashier = village.client("cashier")
    cashier.post("/till/shift/open", data={"float": "500000"})
    answer = cashier.post("/till/scan", data={"code": weighed(42, digits), "once": "k"}).text
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        lines = basket.lines if basket else []
        assert [line.quantity_milli for line in lines] == ([weight] if weight else [])
        assert (
            find_candidates(session, weighed(42, digits)).quantity_milli is None
        )  # no exact weight: a count asks for it
    assert ('data-panel="weight"' in answer) == (weight is None)


def test_a_label_with_a_price_is_weighed_where_the_shelf_shows_another(
    village: Shop, tomatoes: Product
) -> None:
    """It may be of the old price or of the new one: neither weight can be told from it."""
    with unit_of_work() as session:
        shop = get_shop(session)
        shop.price_code_prefix, shop.price_code_step_vnd = "21", 10
        note_shelf_price(session, tomatoes, 20_000, by=MANAGER, at=MORNING)
    cashier = village.client("cashier")
    cashier.post("/till/shift/open", data={"float": "500000"})
    assert (
        'data-panel="weight"'
        in cashier.post("/till/scan", data={"code": weighed(42, 1250), "once": "k"}).text
    )
    weight = {"weight": "0,500"}
    assert "at_shelf_price" in cashier.post(f"/till/add/{tomatoes.id}", data=weight).text
    cashier.post(f"/till/add/{tomatoes.id}", data={**weight, "at_shelf_price": "yes"})
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        assert [(line.quantity_milli, line.shown_price_vnd) for line in basket.lines] == [(500, 20_000)]


def test_the_policy_says_which_labels_carry_a_price(village: Shop) -> None:
    boss = village.client("manager")
    with open_reading() as session:
        shop = get_shop(session)
        told = {"name": shop.name, "classes": shop.classes.split(), "min_stars": "3", "warning_days": "30", "refund_limit_vnd": "200000", "cash_rounding_vnd": "0"}  # fmt: skip
    assert (
        boss.post(
            "/policy", data={**told, "price_code_prefix": "26", "price_code_step_vnd": "100"}
        ).status_code
        == 302
    )
    assert (
        boss.post(
            "/policy", data={**told, "price_code_prefix": "31", "price_code_step_vnd": "100"}
        ).status_code
        == 200
    )
    with open_reading() as session:
        shop = get_shop(session)
        assert (shop.price_code_prefix, shop.price_code_step_vnd) == ("26", 100)

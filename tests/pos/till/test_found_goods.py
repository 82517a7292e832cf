"""The list below the search box: price and stock beside each name, refused goods marked; parked baskets with their sums."""

from pos.catalog.models import Product
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.producers.models import Producer
from pos.stock.lots import place_hold
from pos.till.found_goods import find_goods
from tests.builders import a_delivery, a_maker, a_product, counted_statements
from tests.conftest import MANAGER, MORNING, TODAY, Shop


def some_goods(count: int = 3) -> list[int]:
    """Numbers of goods with a lot each, every second stopped; the last has none here."""
    with unit_of_work() as session:
        maker = a_maker(session)
        ids = [a_product(session, maker, n, price_vnd=n * 10_000).id for n in range(1, count + 1)]
        for product_id in ids[:-1]:
            lot = a_delivery(session, maker, session.get_one(Product, product_id), 5 * ONE)
            if product_id % 2 == ids[1] % 2:
                place_hold(session, lot_id=lot.id, reason="mốc", by=MANAGER, at=MORNING)
        return ids


def look(words: str = "che lam") -> dict[int, tuple[int | None, int | None, bool]]:
    with open_reading() as session:
        found = find_goods(session, words, TODAY)
        return {item.product.id: (item.price_vnd, item.on_floor_milli, item.is_refused) for item in found}


def test_price_stock_and_the_gates_word_are_beside_each_name(any_shop: Shop) -> None:
    good, held, none = some_goods()
    assert look() == {
        good: (10_000, 5 * ONE, False),
        held: (20_000, 5 * ONE, True),
        none: (30_000, 0, False),
    }
    with unit_of_work() as session:  # one lot that may be sold is enough
        a_delivery(session, session.get_one(Producer, 1), session.get_one(Product, held), ONE, lot="SAU")
    assert look()[held] == (20_000, 6 * ONE, False)


def test_the_list_takes_as_many_statements_for_ten_as_for_two(any_shop: Shop) -> None:
    def statements() -> int:
        with counted_statements() as sent:
            look()
        return len(sent)

    with unit_of_work() as session:
        maker = a_maker(session)
        for n in (1, 2):
            a_delivery(session, maker, a_product(session, maker, n), 5 * ONE)
    few = statements()
    with unit_of_work() as session:
        for n in range(3, 11):
            a_delivery(session, maker, a_product(session, session.get_one(Producer, maker.id), n), 5 * ONE)
    assert statements() == few


def test_the_till_shows_them_and_the_sum_of_a_parked_basket(village: Shop) -> None:
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "0"})
    page = till.get("/till/search?q=che+lam").text
    assert "45.000" in page
    assert "quầy còn" in page
    till.post("/till/add/1", data={"quantity": "2"})
    till.post("/till/park", data={"label": "cô Ba"})
    page = till.get("/till/panel/parked", headers={"HX-Request": "true"}).text
    assert "cô Ba" in page
    assert "90.000" in page

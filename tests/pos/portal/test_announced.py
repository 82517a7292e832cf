"""A producer changes what they announced, withdraws it and announces it again; nobody else's, and nothing that came."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.admission.models import Paper
from pos.catalog.models import Product
from pos.identity.models import Person
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.portal.queries import compare_lines
from pos.producers.models import Producer
from pos.storeroom.announce import announce_delivery, list_expected
from pos.storeroom.models import AnnouncedDelivery, AnnouncedLine
from pos.storeroom.receive import ReceivedLine, receive_delivery
from tests.builders import a_maker, a_product
from tests.conftest import MANAGER, MORNING, TODAY, Shop


@pytest.fixture
def mine(village: Shop) -> FlaskClient:
    return village.client("producer")


def own_goods(shop: Shop) -> list[Product]:
    with open_reading() as session:
        producer_id = session.scalars(
            select(Person.producer_id).where(Person.role == "producer", Person.active)
        ).first()
        found = session.scalars(
            select(Product).where(Product.producer_id == producer_id, ~Product.archived).order_by(Product.id)
        )
        return list(found)


def form_of(*lines: tuple[int, str], note: str = "G-1", day: str = "25/11/2026") -> dict[str, str]:
    typed = {"delivery_note": note, "comes_on": day}
    for n, (product_id, quantity) in enumerate(lines):
        typed |= {
            f"lines-{n}-product_id": str(product_id),
            f"lines-{n}-quantity_milli": quantity,
            f"lines-{n}-lot_number": f"L{n}",
        }
    return typed


def newest() -> AnnouncedDelivery:
    with open_reading() as session:
        found = session.scalars(select(AnnouncedDelivery).order_by(AnnouncedDelivery.id.desc())).first()
        assert found is not None
        assert found.lines is not None
        return found


def test_it_is_changed_withdrawn_and_announced_again(village: Shop, mine: FlaskClient) -> None:
    first_product, second_product, *_rest = own_goods(village)
    mine.post("/mine/deliveries/new", data=form_of((first_product.id, "3")))
    first = newest()
    page = mine.get(f"/mine/deliveries/{first.id}").text
    assert 'value="G-1"' in page
    assert 'value="25/11/2026"' in page
    mine.post(
        f"/mine/deliveries/{first.id}",
        data=form_of((second_product.id, "5"), (first_product.id, "4"), note="G-2"),
    )
    changed = newest()
    assert changed.id == first.id
    assert [(line.product_id, line.quantity_milli) for line in changed.lines] == [
        (second_product.id, 5000),
        (first_product.id, 4000),
    ]
    listed = mine.get("/mine/deliveries").text
    assert f"{second_product.name}: 5" in listed
    assert "Đã báo" in mine.get("/mine").text
    mine.post(f"/mine/deliveries/{first.id}/withdraw")
    refused = mine.post(f"/mine/deliveries/{first.id}", data=form_of((first_product.id, "9")))
    assert refused.status_code in {409, 422}
    again = mine.get(f"/mine/deliveries/new?again={first.id}").text
    assert re.search(rf'value="{second_product.id}"|selected value="{second_product.id}"', again)
    assert 'value="25/11/2026"' in again, "the day that was told is still to come"
    (focused,) = re.findall(r"<input[^>]*autofocus[^>]*>", again)
    assert 'name="delivery_note"' in focused
    mine.post(f"/mine/deliveries/new?again={first.id}", data=form_of((second_product.id, "5"), note="G-3"))
    assert newest().id != first.id
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_is_wrong_is_said_and_the_first_announcement_stays(village: Shop, mine: FlaskClient) -> None:
    first_product, *_rest = own_goods(village)
    mine.post("/mine/deliveries/new", data=form_of((first_product.id, "3")))
    first = newest()
    for odd in (
        form_of((first_product.id, "3"), day="01/01/2026"),
        form_of(),
    ):
        assert mine.post(f"/mine/deliveries/{first.id}", data=odd).status_code == 200
    assert newest().lines[0].quantity_milli == 3000


def test_another_producers_is_nobodys(village: Shop, mine: FlaskClient) -> None:
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ khác mẫu")
        product = a_product(session, maker, 970)
        other = announce_delivery(session, maker, [AnnouncedLine(product_id=product.id, quantity_milli=1000, lot_number="")],
                                  delivery_note="K-1", comes_on=TODAY, by=MANAGER, at=MORNING).id  # fmt: skip
        product_id = product.id
    assert mine.get(f"/mine/deliveries/{other}").status_code == 404
    assert mine.post(f"/mine/deliveries/{other}", data=form_of((product_id, "3"))).status_code == 404
    assert mine.get(f"/mine/deliveries/new?again={other}").status_code == 404
    with open_reading() as session:
        assert other in [coming.id for coming in list_expected(session)]


def test_papers_stand_with_the_goods_they_are_for(village: Shop, mine: FlaskClient) -> None:
    first_product, *_rest = own_goods(village)
    page = mine.get("/mine/papers").text
    assert first_product.name in page
    assert "mọi hàng của mình" in page


def test_a_note_is_announced_once(mine: FlaskClient, village: Shop) -> None:
    first_product, *_rest = own_goods(village)
    with open_reading() as session:
        before = len(list_expected(session))
    mine.post("/mine/deliveries/new", data=form_of((first_product.id, "3"), note="PG-78"))
    page = mine.post("/mine/deliveries/new", data=form_of((first_product.id, "5"), note=" pg-78 "))
    assert page.status_code == 200
    assert "báo rồi" in page.text
    assert 'id="delivery_note-no"' in page.text
    with open_reading() as session:
        assert len(list_expected(session)) == before + 1
    mine.post(f"/mine/deliveries/{newest().id}/withdraw")
    again = mine.post("/mine/deliveries/new", data=form_of((first_product.id, "5"), note="PG-78"))
    assert again.status_code == 302, "what was withdrawn may be announced again"


def test_the_paper_that_ends_next_stands_first(mine: FlaskClient) -> None:
    for address in ("/mine/papers",):
        page = mine.get(address).text
        ends = [page.index(day) for day in sorted_ends() if day in page]
        assert len(ends) > 1
        assert ends == sorted(ends), address


def sorted_ends() -> list[str]:
    """The days on which the producer's papers in force end, the next first, as the page writes them."""
    with open_reading() as session:
        producer_id = session.scalars(
            select(Person.producer_id).where(Person.role == "producer", Person.active)
        ).first()
        found = session.scalars(
            select(Paper.ends).where(Paper.producer_id == producer_id, Paper.ends >= TODAY).distinct()
        )
        return [f"{day:%d/%m/%Y}" for day in sorted(day for day in found if day)]


def test_a_change_takes_no_note_that_is_announced_already(village: Shop, mine: FlaskClient) -> None:
    product, *_rest = own_goods(village)
    mine.post("/mine/deliveries/new", data=form_of((product.id, "3"), note="G-1"))
    mine.post("/mine/deliveries/new", data=form_of((product.id, "4"), note="G-2"))
    second = newest()
    refused = mine.post(f"/mine/deliveries/{second.id}", data=form_of((product.id, "4"), note=" g-1"))
    assert 'aria-invalid="true"' in refused.text
    assert newest().delivery_note == "G-2"
    kept = mine.post(f"/mine/deliveries/{second.id}", data=form_of((product.id, "6"), note="G-2"))
    assert kept.status_code == 302
    assert newest().lines[0].quantity_milli == 6000


def test_how_much_was_received_of_what_was_announced(village: Shop, mine: FlaskClient) -> None:
    goods = own_goods(village)[:3]
    mine.post("/mine/deliveries/new", data=form_of((goods[0].id, "30"), (goods[1].id, "20")))
    with unit_of_work() as session:
        coming = session.get_one(AnnouncedDelivery, newest().id)
        shelf = goods[0].shelf_place_id or 0
        lines = [
            ReceivedLine(product.id, lot, TODAY, TODAY + timedelta(days=60), quantity * ONE, shelf, 30_000)
            for product, lot, quantity in (
                (goods[0], "L0", 28),
                (goods[1], "L1-bis", 20),
                (goods[2], "L9", 4),
            )
        ]
        producer = session.get_one(Producer, coming.producer_id)
        came = receive_delivery(
            session,
            producer,
            delivery_note="G-1",
            note_date=TODAY,
            arrived=lines,
            announced=coming,
            by=MANAGER,
            at=MORNING,
        )
        compared = compare_lines(session, coming, came)
        assert [(line.lot_number, line.announced_milli, line.received_milli, line.is_short) for line in compared] == [
            ("L0", 30_000, 28_000, True), ("L1", 20_000, 20_000, False), ("L9", 0, 4_000, False),
        ]  # fmt: skip
    page = mine.get("/mine/deliveries").text
    assert "nhận 28 trên 30 đã báo" in page
    assert "nhận 20 trên 20 đã báo" in page
    assert "nhận thiếu" in page
    assert "nhận 4, không báo trước" in page


def test_a_refused_paper_says_what_to_put_right_at_the_top_and_at_its_box(mine: FlaskClient) -> None:
    page = mine.post("/mine/papers", data={"kind": "recognition", "number": "", "issued": "31/02/2026"}).text
    above = page.index("Chưa lưu được")
    assert (
        above
        < page.index('href="#number"')
        < page.index('href="#issued"')
        < page.index("Trong sổ của điểm bán")
    )
    focused = re.findall(r"<input[^>]*autofocus[^>]*>", page)
    assert 'name="number"' in focused[0]
    assert "Chưa lưu được" not in mine.get("/mine/papers").text

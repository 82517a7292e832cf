"""Nobody sees another producer's rows: every route of the portal with another's ids, and every query with random goods."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.demo.build import TOLD_PINS
from pos.identity.people import add_person
from pos.kernel.actor import Actor, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.messages.queries import list_messages
from pos.messages.write import tell_producer
from pos.portal.digest import read_digest
from pos.portal.fingerprint import read_fingerprint
from pos.portal.first_page import read_first_page
from pos.portal.losses import list_own_losses
from pos.portal.own_goods import list_stopped
from pos.portal.own_papers import list_own_papers
from pos.portal.own_sales import OwnLine, list_own_lines
from pos.portal.queries import list_own_stock, sum_sold
from pos.pricing.proposals import list_proposed_prices, propose_price
from pos.producers.models import Producer
from pos.sales.models import Sale, SaleLine
from pos.settlement.disputes import list_open_disputes, open_dispute
from pos.settlement.owed import read_account
from pos.settlement.statements import list_statements
from pos.storeroom.announce import announce_delivery, list_announced
from pos.storeroom.models import AnnouncedLine
from tests.builders import an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.settlement.account_steps import bring_back, count, deliver, goods_under, lose, sell
from tests.pos.settlement.test_statements import freeze

LATER = MORNING + timedelta(days=2)
FILLED = re.compile(r"<int:(\w+)>")


def act_for(session: Session, producer: Producer, product: Product, sale: Sale) -> dict[str, int]:
    """Something of every kind that a producer has, after a sale: by the names of the ids in addresses."""
    maker = Actor(None, "Người của hộ", Role.PRODUCER, producer_id=producer.id)
    statement = freeze(session, producer, TODAY, days=2)
    dispute = open_dispute(session, statement, 1, "Sai rồi.", by=maker, at=LATER)
    line = AnnouncedLine(product_id=product.id, lot_number="", quantity_milli=ONE)
    coming = announce_delivery(
        session, producer, [line], delivery_note=f"G-{producer.id}", comes_on=TODAY + timedelta(days=3), by=maker, at=LATER
    )  # fmt: skip
    message = tell_producer(session, producer.id, "Riêng cho bà.", by=MANAGER, at=LATER)
    proposed = propose_price(
        session, product, 55_000, TODAY + timedelta(days=5), "đường lên", by=maker, at=LATER
    )
    sold = session.scalars(select(SaleLine).where(SaleLine.sale_number == sale.number)).one()
    return {
        "number": sold.sale_number, "n": sold.n, "statement": statement.number, "dispute": dispute.number, "announced_id": coming.id,
        "message_id": message.id, "product_id": product.id, "proposed_id": proposed.id,
    }  # fmt: skip


@pytest.fixture
def others(shop: Shop) -> tuple[FlaskClient, dict[str, int], dict[str, int]]:
    """A producer's browser, the ids of their own rows and another producer's."""
    with unit_of_work() as session:
        an_open_shift(session)
        mine, own_goods, _lot = goods_under(session, 50_000, 2_000, n=1)
        theirs, their_goods, _lot = goods_under(session, 60_000, 1_000, n=2)
        add_person(session, "Bà Mẫu", Role.PRODUCER, login="ba-mau", pin=TOLD_PINS["producer"], producer_id=mine.id, by=MANAGER, at=MORNING)  # fmt: skip
        own_sale, their_sale = sell(session, (own_goods, 2 * ONE)), sell(session, (their_goods, 2 * ONE))
        own = act_for(session, mine, own_goods, own_sale)
        other = act_for(session, theirs, their_goods, their_sale)
    shop.clock.advance(days=2)
    return shop.client("producer", login="ba-mau"), own, other


def fill(rule: str, endpoint: str, ids: dict[str, int]) -> str:
    """The address with these ids; a number is a statement's or a dispute's where the page is of one."""
    named = "dispute" if "/disputes/" in rule else "statement" if "/statements/" in rule else "number"
    return FILLED.sub(lambda m: str(ids[named if m.group(1) == "number" else m.group(1)]), rule)


def test_every_address_of_the_portal_with_another_producers_ids_is_not_found(
    shop: Shop, others: tuple[FlaskClient, dict[str, int], dict[str, int]]
) -> None:
    client, own, other = others
    walked = []
    for rule in shop.app.url_map.iter_rules():
        if not rule.endpoint.startswith("portal.") or "<" not in rule.rule:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            theirs = client.open(
                fill(rule.rule, rule.endpoint, other),
                method=method,
                data={"text": "x"},
                query_string={"line": 1},
            )
            assert theirs.status_code == 404, (rule.rule, method)
            if method == "GET":
                mine = client.get(fill(rule.rule, rule.endpoint, own), query_string={"line": 1})
                assert mine.status_code == 200, rule.rule
            walked.append(rule.endpoint)
    assert {"portal.sale_line", "portal.show_statement", "portal.send_statement", "portal.send_statement_workbook",
            "portal.dispute_line", "portal.show_dispute", "portal.show_message", "portal.bring", "portal.withdraw_delivery"} <= {*walked}  # fmt: skip
    assert (
        client.get("/mine/deliveries/new", query_string={"again": other["announced_id"]}).status_code == 404
    )
    with open_reading() as session:
        assert len(list_open_disputes(session)) == 2, "nothing was written"


def read_book(content: bytes) -> str:
    """Every text of a workbook."""
    with ZipFile(BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def test_no_page_without_an_id_names_another_producers_goods(
    shop: Shop, others: tuple[FlaskClient, dict[str, int], dict[str, int]]
) -> None:
    client, _own, other = others
    asked = {
        "product_id": str(other["product_id"]),
        "price_vnd": "10000",
        "starts": "30/11/2026",
        "reason": "thử",
    }
    assert client.post("/mine/prices", data=asked).status_code == 200, "it is no choice of this form"
    with open_reading() as session:
        assert (
            len(list_proposed_prices(session, session.get_one(Product, other["product_id"]).producer_id)) == 1
        )
    for rule in shop.app.url_map.iter_rules():
        if rule.endpoint.startswith("portal.") and "<" not in rule.rule and "GET" in (rule.methods or ()):
            answer = client.get(rule.rule, query_string={"producer": 2, "producer_id": 2, "before": 10**6})
            assert answer.status_code == 200, rule.rule
            shown = read_book(answer.data) if rule.rule.endswith(".xlsx") else answer.text
            assert [word for word in ("Kẹo 2", "Hộ mẫu 2", "G-2") if word in shown] == [], rule.rule


def _of_first_page(session: Session, own: int) -> Sequence[OwnLine]:
    return read_first_page(session, own, TODAY).lines


Read = Callable[[Session, int], Any]
QUERIES: dict[str, Read] = {
    "first page": _of_first_page,
    "sales": list_own_lines,
    "stock": lambda session, own: [goods.product for goods in list_own_stock(session, own, TODAY)],
    "stopped": lambda session, own: [product for product, _verdict in list_stopped(session, own, TODAY)],
    "statements": list_statements,
    "disputes": lambda session, own: [statement for _dispute, statement in list_open_disputes(session, own)],
    "messages": lambda session, own: [each.message for each in list_messages(session, own, MANAGER)],
    "papers": lambda session, own: [each.paper for each in list_own_papers(session, own, TODAY)],
    "prices": lambda session, own: [proposed for proposed, _product in list_proposed_prices(session, own)],
    "deliveries": lambda session, own: [coming for coming, _came in list_announced(session, own)],
}


goods_sold = st.lists(
    st.tuples(st.sampled_from((0, 1)), st.integers(1, 3), st.sampled_from(("sell", "back", "lose", "count"))),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=goods_sold)
def test_whatever_happens_no_reading_of_one_producer_holds_a_row_of_another(
    shop: Shop, acts: list[tuple[int, int, str]]
) -> None:
    """Two producers, anything sold, brought back, thrown away and counted in any order: readings stay apart, money adds up."""
    with unit_of_work() as session:
        cast = [goods_under(session, 50_000 + n * 7_000, 1_000 + n * 500, n=_next_n(session)) for n in (0, 1)]
        if not session.scalars(select(SaleLine)).first():
            an_open_shift(session)
        for who, pieces, what in acts:
            _producer, product, lot = cast[who]
            _do(session, what, product, lot, pieces)
        for producer, product, lot in cast:
            deliver(session, product, 5, lot=f"{lot.number}b")
            tell_producer(session, producer.id, "Chào bà.", by=MANAGER, at=MORNING)
    with open_reading() as session:
        names = [(product.producer_id, product.name_vi) for _producer, product, _lot in cast]
        for own, _name in names:
            foreign = {name for other, name in names if other != own}
            for what, read in QUERIES.items():
                for row in read(session, own):
                    assert row.producer_id == own, (what, row)
            told = [
                *read_account(session, own).rows,
                *list_own_losses(session, own),
                *read_digest(session, own, None, TODAY, TODAY, TODAY).sold,
            ]
            assert not [row for row in told if any(name in row.name for name in foreign)]
            taken = sum(line.paid_vnd for line in QUERIES["sales"](session, own))
            assert sum_sold(session, own, TODAY)[0] == taken == read_first_page(session, own, TODAY).today_vnd


def _next_n(session: Session) -> int:
    return len(session.scalars(select(Producer.id)).all()) + 1


def _do(session: Session, what: str, product: Product, lot: Any, pieces: int) -> None:
    if what == "lose":
        lose(session, lot, pieces)
    elif what == "count":
        count(session, lot, 900 - pieces)
    else:
        sale = sell(session, (product, pieces * ONE))
        if what == "back":
            bring_back(session, sale, ONE, request=f"r{sale.number}")


def test_the_fingerprint_changes_with_own_sales_and_messages_alone(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        mine, own_goods, _lot = goods_under(session, 50_000, 2_000, n=1)
        theirs, their_goods, _lot = goods_under(session, 60_000, 1_000, n=2)
        before = read_fingerprint(session, mine.id, TODAY)
        sell(session, (their_goods, ONE))
        tell_producer(session, theirs.id, "Chào.", by=MANAGER, at=MORNING)
        assert read_fingerprint(session, mine.id, TODAY) == before
        sell(session, (own_goods, ONE))
        after = read_fingerprint(session, mine.id, TODAY)
        tell_producer(session, mine.id, "Chào.", by=MANAGER, at=MORNING)
        assert len({before, after, read_fingerprint(session, mine.id, TODAY)}) == 3
        assert read_fingerprint(session, mine.id, TODAY + timedelta(days=1)) != after

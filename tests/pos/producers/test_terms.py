"""The list of producers asks the books as often for fifty as for five."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from pos.kernel.database import db, open_reading, unit_of_work
from pos.producers.models import Producer
from pos.producers.terms import find_terms, list_producers_without_terms, save_producer
from tests.builders import a_maker
from tests.conftest import MANAGER, MORNING, TODAY, Shop


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_list_asks_no_more_for_more(village: Shop) -> None:
    manager, asked = village.client("manager"), []
    manager.get("/producers")  # the first page of a process asks whether the shop is set up
    for n in (5, 45):
        with unit_of_work() as session:
            for each in range(n):
                a_maker(session, f"Hộ số {n}-{each}")
        with counted_statements() as statements:
            page = manager.get("/producers").text
        assert f"Hộ số {n}-0" in page
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_one_deal_is_agreed_with_several_producers_and_only_a_consignment_has_a_commission(
    village: Shop,
) -> None:
    boss = village.client("manager")
    with unit_of_work() as session:
        ids = [
            save_producer(session, Producer(name=name), by=MANAGER, at=MORNING).id
            for name in ("Hộ mới một", "Hộ mới hai", "Hộ mới ba")
        ]
    deal = {"starts": "24/11/2026", "spoilage_borne_by": "shop", "markdown_borne_by": "producer"}
    odd = boss.post("/producers/deals", data=deal | {"producer_ids": ids[:2], "deal": "consignment"}).text
    assert 'id="commission_bp-no"' in odd
    assert "Hộ mới một" in boss.get("/today").text
    boss.post("/producers/deals", data=deal | {"producer_ids": ids[:2], "deal": "consignment", "commission_bp": "12,5"})  # fmt: skip
    boss.post("/producers/deals", data=deal | {"producer_ids": ids[2:], "deal": "fixed_price", "commission_bp": "50"})  # fmt: skip
    boss.post("/producers/deals", data=deal | {"producer_ids": ids[:1], "deal": "firm"})  # it has one already
    with open_reading() as session:
        found = [find_terms(session, id_, TODAY) for id_ in ids]
        assert [(terms.deal, terms.commission_bp) for terms in found if terms] == [
            ("consignment", 1250), ("consignment", 1250), ("fixed_price", 0),
        ]  # fmt: skip
        assert not list_producers_without_terms(session, TODAY)
    assert "Hộ mới một" not in boss.get("/today").text

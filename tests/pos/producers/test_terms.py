"""The list of producers asks the books as often for fifty as for five."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from pos.kernel.database import db, unit_of_work
from tests.builders import a_maker
from tests.conftest import Shop


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
    for n in (5, 45):
        with unit_of_work() as session:
            for each in range(n):
                a_maker(session, f"Hộ số {n}-{each}")
        with counted_statements() as statements:
            page = manager.get("/producers").text
        assert f"Hộ số {n}-0" in page
        asked.append(len(statements))
    assert asked[0] == asked[1]

"""Months of statements equal, to the đồng, what plain SQL and the rules of the trade say; on both databases."""

import pytest
from sqlalchemy import select

from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.settlement.models import Statement, StatementRow
from pos.settlement.owed import read_account
from tests.conftest import Shop

from .owed_by_sql import reckon, sort_into_statements
from .seeded_year import SeededYear, play_year


def check_statements(year: SeededYear) -> set[str]:
    """Each statement, row by row, and what is owed in all; returns the kinds of rows that there were."""
    kinds = set()
    with open_reading() as session:
        expected = reckon(session)
        should = sort_into_statements(session, expected)
        for statement in session.scalars(select(Statement).order_by(Statement.number)):
            rows = session.scalars(
                select(StatementRow).where(StatementRow.statement_number == statement.number)
            ).all()
            kinds |= {row.kind for row in rows}
            assert {(row.source, row.lot_id): row.owed_vnd for row in rows} == should[statement.number], (
                statement.number
            )
            assert statement.closing_vnd == statement.opening_vnd + sum(should[statement.number].values())
        for producer in year.producers:
            whole = sum(owed for owner, _day, owed in expected.values() if owner == producer.id)
            assert read_account(session, producer.id).closing_vnd == whole
            assert read_account(session, producer.id, below=1).closing_vnd == whole
    return kinds


def test_some_months_statements_equal_an_independent_reckoning(any_shop: Shop) -> None:
    with unit_of_work() as session:
        year = play_year(session, seed=5, months=3, acts=20)
    assert check_statements(year) >= {"sold", "refunded", "bought"}


@pytest.mark.long
def test_a_years_statements_equal_an_independent_reckoning(any_shop: Shop) -> None:
    with unit_of_work() as session:
        year = play_year(session, seed=17)
    assert check_statements(year) >= {
        "sold", "refunded", "written_off", "destroyed", "recalled", "tasted", "to_producer", "count_loss", "count_found",
        "bought", "terms", "correction", "shelf_rent", "cash",
    }  # fmt: skip
    with open_reading() as session:
        assert verify_books(session) == []

"""Many rows at once: the values of many are made ready past SQLAlchemy, and read back as those of few that it wrote itself."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pos.kernel.clock import SHOP_ZONE
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.inserts import MANY, insert_values
from pos.producers.models import Producer
from pos.settlement.models import TenderFee
from tests.conftest import MORNING, TODAY, Shop


@pytest.mark.parametrize("count", [3, MANY + 1])
def test_days_moments_and_nothing_come_back_as_they_were(any_shop: Shop, count: int) -> None:
    fees: list[dict[str, Any]] = [
        {"kind": f"cách {n}", "starts": TODAY + timedelta(days=n), "rate_bp": n, "at": (MORNING + timedelta(hours=n)).astimezone(SHOP_ZONE)}
        for n in range(count)
    ]  # fmt: skip
    with unit_of_work() as session:
        insert_values(session, TenderFee, fees)
    with open_reading() as session:
        found = session.scalars(select(TenderFee).order_by(TenderFee.id)).all()
    assert [{name: getattr(fee, name) for name in fees[0]} for fee in found] == fees
    assert all(fee.at.tzinfo is UTC for fee in found)


@pytest.mark.parametrize("count", [3, MANY + 1])
def test_what_is_left_out_is_filled_in(any_shop: Shop, count: int) -> None:
    """The key by the database, a default by the table, nothing where nothing is said."""
    with unit_of_work() as session:
        rows = [{"code": f"NSX-{n}", "name": f"Nhà {n}", "search_key": f"nha {n}"} for n in range(count)]
        insert_values(session, Producer, rows)
    with open_reading() as session:
        found = session.scalars(select(Producer).order_by(Producer.id)).all()
    assert [producer.name for producer in found] == [row["name"] for row in rows]
    assert {(producer.phone, producer.archived, producer.suspended_on) for producer in found} == {
        ("", False, None)
    }


def test_many_rows_that_hold_nothing_in_some_columns(any_shop: Shop) -> None:
    days = [None if n % 3 else TODAY for n in range(MANY + 1)]
    rows = [
        {"id": n, "code": f"NSX-{n}", "name": "", "search_key": "", "address": "", "phone": "", "story_vi": "", "story_en": "", "suspended_on": day,
         "suspended_why": "", "archived": n % 2 == 0}
        for n, day in enumerate(days, 1)
    ]  # fmt: skip
    with unit_of_work() as session:
        insert_values(session, Producer, rows)
    with open_reading() as session:
        found = session.scalars(select(Producer).order_by(Producer.id)).all()
    assert [producer.facts() for producer in found] == [Producer(**row).facts() for row in rows]

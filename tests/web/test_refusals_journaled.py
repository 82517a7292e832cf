"""Nobody fills a shift's page or the journal with what they are refused."""

import pytest
from sqlalchemy import func, select

from pos.identity.models import SignIn
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading, unit_of_work
from pos.shifts.drawer import get_open_shift
from pos.shifts.queries import list_acts
from tests.builders import an_open_shift
from tests.conftest import STATION, Shop


def refusals(role: str) -> int:
    with open_reading() as session:
        rows = select(func.count()).where(JournalRow.kind == "refused", JournalRow.role == role)
        return session.scalar(rows) or 0


@pytest.mark.parametrize("role", ["producer", "viewer"])
def test_who_stands_at_no_till_has_no_station(village: Shop, role: str) -> None:
    village.client(role)
    with open_reading() as session:
        row = session.scalars(
            select(JournalRow).where(JournalRow.kind == "signed_in").order_by(JournalRow.seq.desc())
        ).first()
        assert row is not None
        assert (row.role, row.station) == (role, "")
        assert "" in session.scalars(select(SignIn.station)).all()


@pytest.mark.parametrize("role", ["producer", "viewer"])
def test_a_sign_in_of_before_has_no_station_either(village: Shop, role: str) -> None:
    """A browser that is still signed in since an earlier version, at the first station."""
    stranger = village.client(role)
    with unit_of_work() as session:
        an_open_shift(session)
        for sign_in in session.scalars(select(SignIn)):
            sign_in.station = STATION
    assert stranger.get("/people").status_code == 403
    with open_reading() as session:
        assert list_acts(session, get_open_shift(session, STATION)) == []


def test_refusals_of_a_producer_fill_no_journal(village: Shop) -> None:
    stranger, till = village.client("producer"), village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    for _ in range(20):
        assert stranger.get("/people").status_code == 403
    assert refusals("producer") == 1
    for number in range(20):  # another number is no other page
        assert stranger.get(f"/shifts/{number}").status_code == 403
    assert refusals("producer") == 2
    for _ in range(20):
        assert stranger.get("/mine?q=" + "x" * 2_001).status_code == 422
    assert refusals("producer") == 3
    for rule in village.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint != "static":
            stranger.get(rule.rule)
    assert refusals("producer") == 10
    village.clock.advance(minutes=1)
    stranger.get("/people")
    assert refusals("producer") == 11
    with open_reading() as session:
        assert list_acts(session, get_open_shift(session, STATION)) == []


def test_of_a_cashier_it_is_on_the_shifts_page_once_a_minute(village: Shop) -> None:
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    for _ in range(5):
        assert till.get("/people").status_code == 403
    with open_reading() as session:
        assert [act.kind for act in list_acts(session, get_open_shift(session, STATION))] == ["refused"]


def test_each_refusal_in_the_trade_is_kept(village: Shop) -> None:
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    for _ in range(3):
        assert till.post("/till/scan", data={"code": "4006381333931"}).status_code == 422
    assert refusals("cashier") == 3

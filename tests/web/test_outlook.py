"""What will be refused: the gate's own word on a later day, with news before what is known."""

import csv
from datetime import timedelta
from io import StringIO

from sqlalchemy import select

from pos.admission.models import Paper
from pos.admission.outlook import list_ending_papers, list_upcoming_refusals
from pos.catalog.models import Product
from pos.kernel.clock import day_start
from pos.kernel.database import open_reading, unit_of_work
from pos.stock.models import Lot, OnHand
from tests.conftest import TODAY, Shop


def test_what_is_foreseen_comes_true(village: Shop) -> None:
    """In 30 days, with nothing done, just these lots are refused, for these reasons: seen by judging on that very day."""
    later = TODAY + timedelta(days=30)
    with open_reading() as session:
        output = {
            item.lot.id: {reason.code for reason in item.reasons}
            for item in list_upcoming_refusals(session, later, TODAY)
        }
        then = {
            item.lot.id: {reason.code for reason in item.reasons}
            for item in list_upcoming_refusals(session, later, later)
        }
        assert output == then
        ended = set(session.scalars(
            select(Lot.id).join(OnHand).where(OnHand.quantity_milli > 0, Lot.expires_on < later)
        ))  # fmt: skip
        assert {id_ for id_, codes in output.items() if "expired" in codes} == ended
        rows = list_upcoming_refusals(session, later, TODAY)
        assert [item.is_so_today for item in rows] == sorted(item.is_so_today for item in rows)


def test_a_certificate_that_ends_tomorrow_is_news_for_the_day_after(village: Shop) -> None:
    with unit_of_work() as session:
        paper = session.scalars(select(Paper).where(Paper.number.like("SP00001/QĐ-OCOP%"))).one()
        paper.ends = TODAY + timedelta(days=1)
    with open_reading() as session:
        name = session.get_one(Product, 1).name
        tomorrow, after = (
            [o.product.name for o in list_upcoming_refusals(session, TODAY + timedelta(days=n), TODAY)]
            for n in (1, 2)
        )
        assert name not in tomorrow  # good on its last day
        assert name in after
        week = dict(list_ending_papers(session, TODAY))[7]
        assert paper.number in [p.number for p in week]
        numbers = [p.id for _days, papers in list_ending_papers(session, TODAY) for p in papers]
        assert len(numbers) == len(set(numbers))


def test_the_page_and_its_csv_say_the_same(village: Shop) -> None:
    client = village.client("viewer")
    shown = client.get("/outlook?days=7").text
    answer = client.get("/outlook?days=7&as=csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))
    with open_reading() as session:
        found = list_upcoming_refusals(session, TODAY + timedelta(days=7), TODAY)
    assert [row[1] for row in rows[1:]] == [item.lot.number for item in found]
    assert all(item.product.name_vi in shown for item in found)
    assert client.get("/outlook?days=999").status_code == 200
    village.clock.at = day_start(TODAY)

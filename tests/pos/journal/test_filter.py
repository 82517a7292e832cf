"""The journal is asked by day, person, goods and kind of act, together and page by page."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pos.catalog.models import Product
from pos.journal.models import JournalRow
from pos.journal.queries import JournalFilter, find_subjects_of_goods, list_newest
from pos.kernel.clock import business_day
from pos.kernel.database import open_reading
from pos.stock.models import Lot
from tests.conftest import TODAY, Shop

ALL = 100_000


def test_each_question_gives_just_its_rows(village: Shop) -> None:
    with open_reading() as session:
        rows = session.scalars(select(JournalRow).order_by(JournalRow.seq.desc())).all()
        kinds, actors = {row.kind for row in rows}, {row.actor for row in rows}
        for kind in kinds:
            found = list_newest(session, JournalFilter(kind=kind), limit=ALL)
            assert [row.seq for row in found] == [row.seq for row in rows if row.kind == kind]
        for actor in actors:
            found = list_newest(session, JournalFilter(actor=actor.upper()), limit=ALL)
            assert [row.seq for row in found] == [
                row.seq for row in rows if actor.lower() in row.actor.lower()
            ]
        for days in range(4):
            day = TODAY - timedelta(days=days)
            found = list_newest(session, JournalFilter(day=day), limit=ALL)
            assert [row.seq for row in found] == [row.seq for row in rows if business_day(row.at) == day]


def test_goods_are_asked_with_their_lots_and_papers(village: Shop) -> None:
    with open_reading() as session:
        product = session.scalars(select(Product).where(~Product.archived).order_by(Product.id)).first()
        assert product is not None
        lots = session.scalars(select(Lot.id).where(Lot.product_id == product.id)).all()
        subjects = find_subjects_of_goods(session, product.name_vi.upper())
        assert {f"product:{product.id}", *(f"lot:{id_}" for id_ in lots)} <= set(subjects)
        assert any(subject.startswith("paper:") for subject in subjects)
        found = list_newest(session, JournalFilter(subjects=subjects), limit=ALL)
        assert found
        assert {row.subject for row in found} <= set(subjects)
        assert list_newest(session, JournalFilter(subjects=[]), limit=ALL) == []


def test_the_page_keeps_the_questions_from_page_to_page(village: Shop) -> None:
    boss = village.client("manager")
    page = boss.get("/journal?who=h&day=24/11&goods=&kind=").text
    assert 'value="24/11"' in page
    odd = boss.get("/journal?day=31/02").text
    assert 'id="day-no"' in odd
    assert "Không tìm thấy" in odd or "soft" in odd
    page = boss.get("/journal").text
    assert "before=" in page


@pytest.mark.parametrize(
    "asked", ["who=%25", "goods=%00", "kind=zzz", "day=" + "9" * 300, "before=zzz", "goods=" + "a%20" * 300]
)
def test_odd_questions_are_no_error(village: Shop, asked: str) -> None:
    assert village.client("manager").get(f"/journal?{asked}").status_code == 200

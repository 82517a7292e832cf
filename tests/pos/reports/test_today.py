"""Today tells all that needs the manager: the worst first, each thing in its line, with names of goods and a page to do it."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.admission.dossier import list_unreplaced
from pos.admission.models import Paper, PaperCover, PaperKind
from pos.admission.papers import CoveredProduct, mark_revoked, save_paper
from pos.admission.queries import list_ended_papers
from pos.catalog.models import Product
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.producers.models import Producer
from pos.producers.terms import save_producer
from pos.reports import today
from pos.reports.today import Harm, TodayTask, list_today_tasks
from pos.settlement import today as settlement_today
from pos.shifts.drawer import close_shift, get_open_shift, get_shift
from pos.shifts.explain_difference import explain_difference
from pos.stock.models import Lot
from pos.storeroom.announce import announce_delivery
from pos.storeroom.drafts import save_draft
from pos.storeroom.models import AnnouncedLine
from pos.web.task_terms import TASKS
from tests.builders import a_delivery, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop


def tasks_of(session: Session) -> dict[str, TodayTask]:
    return {task.kind: task for task in list_today_tasks(session, TODAY, MORNING)}


def test_an_empty_shop_has_only_to_say_what_it_is(shop: Shop) -> None:
    with open_reading() as session:
        assert list(tasks_of(session)) == ["tax_status"]


def test_each_thing_has_its_line_with_names_and_a_page(shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ hôm nay")
        products = [a_product(session, maker, n, name=f"Kẹo {n}") for n in range(1, 6)]
        for n, (product, days) in enumerate(zip(products, (0, 1, 5, 30, 2), strict=True)):
            a_delivery(session, maker, product, 3 * ONE, lot=f"L{n}", ends=TODAY + timedelta(days=days))
        session.scalars(select(Lot).where(Lot.number == "L4")).one().expires_on = TODAY - timedelta(days=1)
        papers = session.scalars(select(Paper).where(Paper.kind == "declaration").order_by(Paper.id)).all()
        for paper, days in zip(papers, (-2, 3, 40, 200, -30), strict=True):
            paper.ends = TODAY + timedelta(days=days)
        announce_delivery(session, maker, [AnnouncedLine(product_id=products[0].id, quantity_milli=ONE, lot_number="")],
                          delivery_note="B-1", comes_on=TODAY, by=MANAGER, at=MORNING)  # fmt: skip
        save_draft(session, maker, [("delivery_note", "x")], {}, by=MANAGER, at=MORNING)
        save_producer(session, Producer(name="Hộ chưa thỏa thuận"), by=MANAGER, at=MORNING)
        an_open_shift(session)
        close_shift(session, get_open_shift(session, STATION), 500_000 - 7_000, by=CASHIER, at=MORNING)
    with open_reading() as session:
        found = tasks_of(session)
    named = {kind: (task.harm, task.count, list(task.names)) for kind, task in found.items()}
    assert named["expired"] == (Harm.NOW, 1, ["Kẹo 5 5"])
    assert named["lots_end_now"] == (Harm.SOON, 2, ["Kẹo 1 1", "Kẹo 2 2"])
    assert named["lots_end"] == (Harm.ORDER, 1, ["Kẹo 3 3"])
    assert named["papers_ended"] == (Harm.NOW, 1, ["Kẹo 1 1"])
    assert named["papers_end_now"] == (Harm.SOON, 1, ["Kẹo 2 2"])
    assert named["papers_end"] == (Harm.ORDER, 1, ["Kẹo 3 3"])
    assert named["announced"] == named["drafts"] == (Harm.SOON, 1, ["Hộ hôm nay"])
    assert named["without_terms"] == (Harm.SOON, 1, ["Hộ chưa thỏa thuận"])
    assert named["drawer_differs"][:2] == (Harm.SOON, 1)
    with unit_of_work() as session:
        explain_difference(session, get_shift(session, 1), "trả nhầm", by=MANAGER, at=MORNING)
        assert "drawer_differs" not in tasks_of(session)


def ended_in(session: Session) -> int:
    """How many papers Today, the calendar tell as ended: the same."""
    told = tasks_of(session).get("papers_ended")
    listed = list_unreplaced(session, list_ended_papers(session, TODAY), TODAY)
    assert len(listed) == (told.count if told else 0)
    return len(listed)


@pytest.mark.parametrize("kind", [PaperKind.FOOD_SAFETY, PaperKind.DECLARATION])
def test_a_paper_that_another_in_force_replaced_is_told_no_more(shop: Shop, kind: PaperKind) -> None:
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ giấy mới")
        goods = [a_product(session, maker, n) for n in (1, 2)]
        for old in session.scalars(select(Paper).where(Paper.kind == kind)).all()[1:]:
            session.delete(old)
        old = session.scalars(select(Paper).where(Paper.kind == kind)).one()
        old.ends = TODAY - timedelta(days=3)
        if old.covers:
            old.covers = [PaperCover(product_id=product.id) for product in goods]
        session.flush()
        assert ended_in(session) == 1

        def enter(number: str, covered: list[Product], starts: date = TODAY) -> None:
            paper = Paper(kind=kind, number=number, issued=TODAY, starts=starts, producer_id=maker.id)
            save_paper(
                session, paper, [CoveredProduct(product.id) for product in covered], by=MANAGER, at=MORNING
            )

        enter("mai mới có", goods, TODAY + timedelta(days=1))
        assert ended_in(session) == 1, "not in force yet"
        enter("một món", goods[:1])
        assert ended_in(session) == 1, "the other product has none"
        enter("món kia", goods[1:])
        assert ended_in(session) == 0, "two papers hold for all that the old one held for"


def test_a_producers_paper_is_replaced_by_one_for_all_its_goods(shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ chưa có hàng")
        old = session.scalars(select(Paper).where(Paper.kind == PaperKind.FOOD_SAFETY)).one()
        old.ends = TODAY - timedelta(days=1)
        assert ended_in(session) == 1
        paper = Paper(kind=PaperKind.FOOD_SAFETY, number="ATTP-2", issued=TODAY, producer_id=maker.id)
        save_paper(session, paper, [], by=MANAGER, at=MORNING)
        assert ended_in(session) == 0
        mark_revoked(session, paper, on=TODAY, decision="QĐ 1", by=MANAGER, at=MORNING)
        assert ended_in(session) == 1


def test_the_worst_comes_first_and_what_is_not_named_is_counted(village: Shop) -> None:
    with unit_of_work() as session:
        for n in range(20):
            save_producer(session, Producer(name=f"Hộ mới {n:02}"), by=MANAGER, at=MORNING)
        found = list_today_tasks(session, TODAY, MORNING)
        assert [task.harm for task in found] == sorted(task.harm for task in found)
        without = next(task for task in found if task.kind == "without_terms")
        assert (without.count, len(without.names), without.unnamed_count) == (20, 3, 17)
    page = village.client("manager").get("/today").text
    assert "và 17 mục nữa" in page
    assert "Hộ mới 00" in page


def test_every_line_leads_to_a_page_that_opens(village: Shop) -> None:
    boss = village.client("manager")
    page = boss.get("/today").text
    links = re.findall(r'<td class="acts"><a class="button" href="([^"]+)"', page)
    assert links
    for link in links:
        assert boss.get(link.replace("&amp;", "&")).status_code == 200, link


def test_every_kind_has_its_words() -> None:
    texts = [Path(module.__file__).read_text("utf-8") for module in (today, settlement_today)]
    kinds = {kind for text in texts for kind in re.findall(r'"([a-z_]+)",\s+Harm\.', text)}
    assert kinds == set(TASKS)


@pytest.mark.parametrize("role", ["cashier", "producer", "viewer"])
def test_it_is_the_managers_alone(village: Shop, role: str) -> None:
    assert village.client(role).get("/today").status_code in {302, 403}


def test_papers_that_were_entered_open_as_just_these_and_what_runs_out_is_folded(village: Shop) -> None:
    with unit_of_work() as session:
        numbers = [paper.number for paper in session.scalars(select(Paper).order_by(Paper.id).limit(5))]
        maker = a_maker(session, "Hộ ba giấy")
        for n in range(3):
            paper = Paper(kind=PaperKind.FOOD_SAFETY, number=f"MOI-{n}", issued=TODAY, producer_id=maker.id)
            save_paper(session, paper, [], by=replace(MANAGER, person_id=1), at=MORNING)
        found = tasks_of(session)
        assert found["low_stock"].harm == Harm.LATER
        _endpoint, values = found["papers_without_scan"].page
        assert len(values["paper"]) == 3
    boss = village.client("manager")
    page = boss.get("/papers", query_string=values).text
    assert all(f"MOI-{n}" in page for n in range(3))
    assert not any(number in page for number in numbers)
    assert "Chỉ 3 giấy" in page
    today_page = boss.get("/today").text
    assert today_page.index("Sắp tới") < today_page.index("Hàng sắp hết trong một tuần")

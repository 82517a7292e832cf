"""A shift is counted by its notes and closed at the till; the manager reads X and Z, prints one and saves it as PDF."""

import html
import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from pos.closings.keys import begin_sealing
from pos.closings.models import PeriodClosing, ZReport
from pos.config import Care
from pos.kernel.actor import SYSTEM
from pos.kernel.clock import day_start
from pos.kernel.database import db, open_reading, unit_of_work
from pos.logbooks.complaints import write_complaint
from pos.maintenance.care import NightlyCare
from pos.printing.models import PrintJob
from pos.sales.basket import find_open_basket
from pos.sales.models import Sale
from pos.sales.queries import find_sale_fingerprint
from pos.serve import start_sealing
from pos.shifts.drawer import expected_cash_vnd, get_open_shift
from tests.builders import code_of, pay_at_the_till
from tests.conftest import STATION, TODAY, Shop


@pytest.fixture
def cashier(village: Shop, tmp_path: Path) -> FlaskClient:
    """Who has sold once today, in a shop that has its key."""
    with unit_of_work() as session:
        village.app.extensions["ocop_seal"] = begin_sealing(
            session, tmp_path / "seal", by=SYSTEM, at=village.clock.now()
        )
    sell_today(village)
    return village.client("cashier")


def sell_today(village: Shop) -> None:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "500000"})
    client.post("/till/scan", data={"code": code_of(village), "key": "k1"})
    pay_at_the_till(client, "50000")


def begin_the_day(village: Shop) -> None:
    """The first act of a day says that the day before is over."""
    with unit_of_work() as session:
        write_complaint(session, "Mật ong", "đặc", "", by=SYSTEM, at=village.clock.now())


def newest_z() -> ZReport | None:
    with open_reading() as session:
        return session.scalars(select(ZReport).order_by(ZReport.number.desc())).first()


def close(client: FlaskClient, **typed: str) -> str:
    return client.post("/till/shift/close", data=typed).text


def test_counted_by_notes_without_typing_a_sum(cashier: FlaskClient) -> None:
    before = newest_z()
    with open_reading() as session:
        assert expected_cash_vnd(session, get_open_shift(session, STATION)) == 545_000
    notes = {"notes-500000": "1", "notes-20000": "2", "notes-5000": "1"}
    page = close(cashier, counted="", **notes)
    assert "đã kết" in page
    report = newest_z()
    assert report is not None
    assert before is not None
    assert report.number == before.number + 1
    assert json.loads(report.figures)["notes"] == {"500000": 1, "20000": 2, "5000": 1}
    assert report.signature is not None
    with open_reading() as session:
        job = session.scalars(select(PrintJob).where(PrintJob.subject == f"z:{report.number}")).one()
    assert f"Phiếu Z số MP-{report.number}" in job.slip or f"Phiếu Z số {report.number}" in job.slip


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"counted": "545000", "notes-500000": "1"}, "Cộng các tờ được"),
        ({"counted": "", "notes-500000": "hai"}, "không phải"),
        ({"counted": "", "notes-500000": "-1"}, "không phải"),
        ({"counted": "", "notes-500000": "99999"}, "không phải"),
    ],
)
def test_notes_that_are_none_or_do_not_add_up_close_nothing(
    cashier: FlaskClient, typed: dict[str, str], words: str
) -> None:
    before = newest_z()
    page = close(cashier, **typed)
    assert "đã kết" not in page
    for value in filter(None, typed.values()):
        assert f'value="{value}"' in page, "nothing typed is lost"
    after = newest_z()
    assert (after and after.number) == (before and before.number)


def test_the_manager_reads_x_and_z(village: Shop, cashier: FlaskClient) -> None:
    manager = village.client("manager")
    with open_reading() as session:
        shift = get_open_shift(session, STATION).number
    looked = manager.get(f"/closings/x/{shift}").text
    assert "545.000" in looked
    close(cashier, counted="545000")
    report = newest_z()
    assert report is not None
    assert manager.get(f"/closings/x/{shift}").headers["Location"].endswith(f"/closings/z/{report.number}")
    page = manager.get(f"/closings/z/{report.number}").text
    assert "Đã ký, từ đó không ai sửa gì." in page
    assert "545.000" in page
    pdf = manager.get(f"/closings/z/{report.number}.pdf")
    assert "45.000" in PdfReader(BytesIO(pdf.data)).pages[0].extract_text()
    assert f"/closings/z/{report.number}" in manager.get("/closings").text
    assert manager.post(f"/closings/z/{report.number}/print").status_code == 302
    assert manager.get("/closings/z/99999").status_code == 404
    assert manager.get("/closings/x/99999").status_code == 404


def test_a_receipt_bears_the_fingerprint_that_its_page_shows(village: Shop, cashier: FlaskClient) -> None:
    with open_reading() as session:
        sale = session.scalars(select(Sale).order_by(Sale.number.desc())).first()
        assert sale is not None
        fingerprint = find_sale_fingerprint(session, sale)
        job = session.scalars(select(PrintJob).where(PrintJob.subject == f"sale:{sale.number}")).first()
    assert len(fingerprint) == 11
    assert job is not None
    assert fingerprint in job.slip
    assert fingerprint in village.app.test_client().get(f"/r/{sale.receipt_code}").text


def test_a_shop_that_starts_gets_its_key_and_closes_what_is_over(village: Shop) -> None:
    with open_reading() as session:
        before = len(session.scalars(select(PeriodClosing)).all())
    sell_today(village)
    village.clock.at = day_start(TODAY + timedelta(days=1)) + timedelta(hours=8)
    begin_the_day(village)
    start_sealing(village.app)
    seal = village.app.extensions["ocop_seal"]
    assert seal is not None
    assert (village.folder.with_name(f"{village.folder.name}-seal") / "seal.key").is_file()
    with open_reading() as session:
        assert len(session.scalars(select(PeriodClosing)).all()) == before + 1
    start_sealing(village.app)
    assert village.app.extensions["ocop_seal"].public_key == seal.public_key


def test_a_key_that_is_none_stops_no_shop(village: Shop) -> None:
    folder = village.folder.with_name(f"{village.folder.name}-seal")
    folder.mkdir()
    (folder / "seal.key").write_text("no key")
    start_sealing(village.app)
    assert village.app.extensions["ocop_seal"] is None


def test_a_clock_that_stands_ahead_closes_nothing(village: Shop, tmp_path: Path) -> None:
    """Else the books would stand in a time to come, and the till could not sell when the clock is right again."""
    sell_today(village)
    village.clock.at += timedelta(days=365)
    assert (
        "closings" not in NightlyCare(db.engine, village.folder, tmp_path / "b", Care(), village.clock).look()
    )


def test_nightly_care_closes_the_day(village: Shop, tmp_path: Path) -> None:
    sell_today(village)
    village.clock.at = day_start(TODAY + timedelta(days=1)) + timedelta(hours=8)
    begin_the_day(village)
    care = NightlyCare(db.engine, village.folder, tmp_path / "backups", Care(nightly=False), village.clock)
    assert "closings" in care.look()
    assert "closings" not in care.look()


def test_each_figure_of_a_z_leads_to_just_its_receipts(village: Shop, cashier: FlaskClient) -> None:
    """The figure by card leads to the receipt that a card paid, and to no other."""
    cashier.post("/till/scan", data={"code": code_of(village), "key": "k2"})
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        paying = {"basket_id": basket.id, "version": basket.version}
    cashier.post("/till/pay-card", data={**paying, "card": "45.000", "reference": "1", "given": ""})
    with open_reading() as session:
        number = get_open_shift(session, STATION).number
    manager = village.client("manager")
    page = manager.get(f"/closings/x/{number}").text
    links = [
        html.unescape(link) for link in re.findall(r'href="(/sold/receipts[^"]*tender=card[^"]*)"', page)
    ]
    assert links
    receipts = manager.get(links[0]).text
    assert receipts.count("/r/") == 1
    for link in {html.unescape(link) for link in re.findall(r'href="(/(?:sold|journal|shifts)[^"]*)"', page)}:
        assert manager.get(link).status_code == 200, link

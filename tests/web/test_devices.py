"""The devices page and the till's foot say how the printer is, and what to do."""

import pytest
from sqlalchemy import select

from hardware.slips.slip import Cut, Slip, Text
from pos.kernel.database import db, open_reading, unit_of_work
from pos.printing.models import PrintJob
from pos.printing.queue import queue_print
from pos.printing.worker import PrinterStatus, PrintWorker
from pos.web.terms import DEVICE_STATES
from tests.conftest import MORNING, Shop, config_for
from tests.pos.printing.test_worker import NAME


@pytest.fixture
def worker(village: Shop) -> PrintWorker:
    """The worker of a printer that nobody has started: it says what a test tells it to say."""
    worker = PrintWorker(db.engine, [], village.clock, village.app.extensions["ocop_hub"].printers)
    village.app.extensions["ocop_printing"] = worker
    return worker


@pytest.mark.parametrize("code", [code for code in DEVICE_STATES if code])
def test_each_state_has_words_at_the_till_and_a_remedy_for_the_manager(
    village: Shop, worker: PrintWorker, code: str
) -> None:
    village.app.extensions["ocop_config"] = config_for(village.folder, "tcp://192.0.2.7:9100")
    worker.says[NAME] = PrinterStatus(warning=code) if code == "paper_low" else PrinterStatus(code)
    with village.app.test_request_context():
        how, what = (str(words) for words in DEVICE_STATES[code])
    assert how in village.client("cashier").get("/till/devices").text
    shown = village.client("manager").get("/devices").text
    assert how in shown
    assert what in shown
    assert "sẵn sàng" not in shown


def test_a_well_printer_is_said_to_be_well(village: Shop, worker: PrintWorker) -> None:
    village.app.extensions["ocop_config"] = config_for(village.folder, "tcp://192.0.2.7:9100")
    boss = village.client("manager")
    assert "sẵn sàng" in boss.get("/devices").text
    part = boss.get("/devices", headers={"HX-Request": "true"}).text
    assert part.startswith('<section id="devices"')
    assert "Không nối máy in" not in part


def test_a_test_page_is_queued_for_the_printer_that_was_named(village: Shop) -> None:
    boss = village.client("manager")
    assert boss.post("/devices/test", data={"printer": NAME}).status_code == 302
    assert boss.post("/devices/test", data={"printer": "Máy lạ"}).status_code == 404
    with open_reading() as session:
        (job,) = session.scalars(select(PrintJob).where(PrintJob.subject == "test"))
        assert (job.printer, "Trang in thử" in job.slip) == (NAME, True)


def test_slips_are_moved_only_between_printers_that_there_are(village: Shop) -> None:
    boss = village.client("manager")
    with unit_of_work() as session:
        queue_print(session, NAME, "1", "x", Slip((Text("x"), Cut())), at=MORNING)
    for source, target in ((NAME, NAME), (NAME, "Máy lạ"), ("", "")):
        assert boss.post("/devices/move", data={"from": source, "to": target}).status_code == 404

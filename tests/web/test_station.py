"""A station's devices behind the web: what is learnt of a scanner, how printers are spoken to, who may drive them."""

import re
import threading

import msgspec
import pytest
from sqlalchemy import func, select

from hardware.ports import Weight
from pos.config import Printer
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.printing.models import PrintJob
from pos.sales.basket import find_open_basket
from pos.station.habit import ScannerSettings, find_habit, learn_habit, save_habit
from pos.station.hub import DeviceHub
from pos.station.key import create_key, find_station
from pos.station.models import PrinterChoice, StationKey
from pos.stock.models import Lot
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop, config_for
from tests.pos.printing.test_worker import NAME


@pytest.mark.parametrize(
    ("plain", "gs1", "habit"),
    [
        ("MAU12345\n", "10AB-1\x1d21XY9\n", ScannerSettings("", "\n", "\x1d")),
        ("]C0MAU12345\n", "]C110AB-1\x1d21XY9\n", ScannerSettings("", "\n", "\x1d")),
        ("*MAU12345#\t", "*]C110AB-1|21XY9#\t", ScannerSettings("*", "#\t", "|")),
        ("MAU12345", "10AB-121XY9", ScannerSettings("", "", "")),
        ("aMAU12345\n", "a10AB-1^]21XY9\n", ScannerSettings("a", "\n", "^]")),
    ],
)
def test_what_is_around_and_between_is_the_scanners_own(plain: str, gs1: str, habit: ScannerSettings) -> None:
    assert learn_habit(plain, gs1) == habit
    assert habit.ends_by_silence == (not plain.endswith(("\n", "\t")))
    assert habit.loses_separator == (habit.separator == "")
    assert "\n" not in habit.tail


@pytest.mark.parametrize(
    ("plain", "gs1", "code"),
    [
        ("MAU1234\n", "10AB-1\x1d21XY9\n", "sample_unread"),
        ("MAU12345\n", "MAU12345\n", "sample_unread"),
        ("", "", "sample_unread"),
        ("*MAU12345\n", "10AB-1\x1d21XY9\n", "samples_differ"),
        ("MAU12345\n", "10AB-1\x1d21XY9\t", "samples_differ"),
        ("MAU12345\n", "10AB-1521XY9\n", "samples_differ"),
        (f"{'*' * 9}MAU12345\n", f"{'*' * 9}10AB-1\x1d21XY9\n", "samples_differ"),
    ],
)
def test_samples_that_did_not_come_in_whole_teach_nothing(plain: str, gs1: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        learn_habit(plain, gs1)


def test_a_taught_scanner_is_kept_and_forgotten(village: Shop) -> None:
    till = village.client("cashier")
    assert (
        till.post("/devices/teach", data={"plain": "*MAU12345\n", "gs1": "*10AB-1|21XY9\n"}).status_code
        == 302
    )
    with open_reading() as session:
        assert find_habit(session, STATION) == ScannerSettings("*", "\n", "|")
    page = till.get("/till").text
    assert 'data-prefix="*"' in page
    assert 'data-separator="|"' in page
    assert till.post("/devices/teach", data={"plain": "x", "gs1": ""}).status_code == 422
    till.post("/devices/teach/forget")
    with open_reading() as session:
        assert find_habit(session, STATION) == ScannerSettings("", "\n", "\x1d")
        kinds = session.scalars(select(JournalRow.kind).order_by(JournalRow.seq.desc()).limit(5)).all()
    assert {"scanner_taught", "scanner_forgotten"} <= set(kinds)


def test_a_scanner_that_loses_the_separator_is_said_to(village: Shop) -> None:
    with unit_of_work() as session:
        save_habit(session, STATION, ScannerSettings("", "\n", ""), by=CASHIER, at=MORNING)
    assert "FNC1" in village.client("cashier").get("/devices/teach").text


def test_both_samples_are_pictures_that_a_decoder_reads(village: Shop) -> None:
    from io import BytesIO

    from hardware.decode import decode_picture

    read = {
        name: [
            found.text
            for found in decode_picture(
                BytesIO(village.client("cashier").get(f"/devices/teach/{name}.png").data)
            )
        ]
        for name in ("plain", "gs1")
    }
    assert read["plain"] == ["MAU12345"]
    (gs1,) = read["gs1"]
    assert "10AB-1\x1d21XY9" in gs1


def test_a_scan_waits_for_the_page_and_is_told_until_it_was_seen() -> None:
    hub = DeviceHub()
    hub.add_scan("Q", "1")
    (first,) = hub.take("Q", "a", 0, claim=True) or ()
    assert [scan.text for scan in hub.take("Q", "a", 0) or ()] == ["1"]  # its answer may have been lost
    assert hub.take("Q", "a", first.n) == []
    hub.add_scan("Q", "2")
    assert [scan.text for scan in hub.take("Q", "a", first.n) or ()] == ["2"]
    assert hub.take("Q", "b", 0, claim=True) is not None
    assert (
        hub.take("Q", "a", 0) is None
    )  # another page took the station over, and this one takes it back by a claim alone


def test_what_a_page_has_seen_is_told_to_no_other() -> None:
    hub = DeviceHub()
    for text in ("1", "2"):
        hub.add_scan("Q", text)
    noticed = hub.take("Q", "a", 0, claim=True) or []
    assert hub.take("Q", "a", noticed[-1].n) == []
    assert hub.take("Q", "b", 0, claim=True) == []


def test_an_old_scan_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = DeviceHub()
    hub.add_scan("Q", "1")
    monkeypatch.setattr("pos.station.hub.HEARD_FOR_SECONDS", 0.0)
    assert hub.take("Q", "a", 0) == []


def test_who_waits_for_a_scan_is_woken_by_it_by_a_state_and_by_the_end() -> None:
    hub = DeviceHub()
    for act in (
        lambda: hub.add_scan("Q", "x"),
        lambda: hub.set_device_state("Q", "scanner", "scanner_unreachable"),
        hub.close,
    ):
        got: list[object] = []
        waits = threading.Thread(target=lambda: got.append(hub.take("Q", "a", 0, wait=20)))  # noqa: B023
        waits.start()
        act()
        waits.join(5)
        assert len(got) == 1
        noticed = hub.take("Q", "a", 0) or ()
        if noticed:
            hub.take("Q", "a", noticed[-1].n)


def test_a_weight_is_told_while_it_is_fresh(village: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    till, hub = village.client("cashier"), village.app.extensions["ocop_hub"]
    assert "Cân không báo" in till.get("/till/weight").text
    hub.weighed(STATION, Weight("stable", 512))
    assert "0,512" in till.get("/till/weight").text
    assert till.get("/till/weight?seen=stable512").status_code == 204
    monkeypatch.setattr("pos.station.hub.WEIGHED_FOR_SECONDS", 0.0)
    assert "Cân không báo" in till.get("/till/weight").text


def test_a_printer_is_spoken_to_as_the_manager_chose(village: Shop) -> None:
    village.app.extensions["ocop_config"] = config_for(village.folder, "serial:///dev/ttyS9?baud=9600")
    boss = village.client("manager")
    page = boss.get(f"/devices/printer?printer={NAME}").text
    assert "cp1258:94" in page
    assert " giây</td>" in page
    done = {"printer": NAME, "profile": "generic", "mode": "text", "charset": "ascii"}
    assert boss.post("/devices/printer", data=done).status_code == 302
    with open_reading() as session:
        choice = session.get_one(PrinterChoice, NAME)
        assert (choice.mode, choice.charset, choice.by_name) == (
            "text",
            "ascii",
            "Quản lý thử",
        ) or choice.by_name
    for odd in ({"mode": "shout"}, {"profile": "nobody's"}, {"charset": "klingon"}):
        assert boss.post("/devices/printer", data={**done, **odd}).status_code == 422
    assert boss.post("/devices/printer", data={**done, "printer": "x"}).status_code == 404


def test_letters_and_drawer_are_tried_by_a_slip_and_the_journal_tells(village: Shop) -> None:
    boss = village.client("manager")
    for act in ("letters", "drawer"):
        assert boss.post(f"/devices/{act}", data={"printer": NAME}).status_code == 302
    with open_reading() as session:
        jobs = session.scalars(select(PrintJob).where(PrintJob.subject == "test").order_by(PrintJob.id)).all()
        assert ["Kick" in job.slip for job in jobs] == [False, True]
        assert session.scalar(select(func.count()).where(JournalRow.kind == "drawer_tested")) == 1


def test_a_token_is_shown_once_and_the_one_before_it_ends(village: Shop) -> None:
    with unit_of_work() as session:
        first = create_key(session, STATION, by=MANAGER, at=MORNING)
        assert find_station(session, first) == STATION
        second = create_key(session, STATION, by=MANAGER, at=MORNING)
        assert (find_station(session, first), find_station(session, second)) == (None, STATION)
        assert find_station(session, "") is None
    with open_reading() as session:
        assert second not in " ".join(session.scalars(select(StationKey.token_hash)))
    boss = village.client("manager")
    assert boss.post("/devices/key", data={"station": STATION}).status_code == 404  # its devices hang here
    assert boss.post("/devices/key", data={"station": "x"}).status_code == 404
    assert boss.post("/devices/key/end", data={"station": STATION}).status_code == 302
    with open_reading() as session:
        assert find_station(session, second) is None


def test_a_token_stays_until_it_is_written_down(village: Shop) -> None:
    config = village.app.extensions["ocop_config"]
    here, other = config.stations
    apart = msgspec.structs.replace(other, apart=True)
    village.app.extensions["ocop_config"] = msgspec.structs.replace(config, stations=(here, apart))
    boss, second = village.client("manager"), village.client("manager")
    made = boss.post("/devices/key", data={"station": other.name})
    assert made.status_code == 302
    page = boss.get(made.location).text
    (token,) = re.findall(r'<pre class="command">([\w-]{43})</pre>', page)
    assert token in boss.get(made.location).text, "however often it is opened"
    assert "chưa ghi lại" in boss.get("/devices").text
    assert second.get(made.location).status_code == 404, "another sign-in is told nothing"
    assert "chưa ghi lại" not in second.get("/devices").text
    with open_reading() as session:
        assert find_station(session, token) == other.name
    boss.post("/devices/key/written-down", data={"station": other.name})
    assert boss.get(made.location).status_code == 404
    again = boss.post("/devices/key", data={"station": other.name})
    boss.post("/devices/key/end", data={"station": other.name})
    assert boss.get(again.location).status_code == 404, "it is worth nothing any more"


def test_a_packing_slip_has_goods_and_lots_and_no_money_and_labels_have_their_own_printer(
    village: Shop,
) -> None:
    config = village.app.extensions["ocop_config"]
    here, other = config.stations
    printers = (*config.printers, Printer(name="Máy in kho"), Printer(name="Máy in nhãn"))
    here = msgspec.structs.replace(here, packing="Máy in kho", labels="Máy in nhãn")
    village.app.extensions["ocop_config"] = msgspec.structs.replace(
        config, printers=printers, stations=(here, other)
    )
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    till.post("/till/scan", data={"code": next(iter(village.village.codes.values())), "once": "k"})
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
    sold = {"basket_id": basket.id, "version": basket.version, "given": "500000", "once": "pay"}
    assert "done" in till.post("/till/pay", data=sold).text
    with open_reading() as session:
        jobs = {job.printer: job.slip for job in session.scalars(select(PrintJob))}
    assert set(jobs) == {NAME, "Máy in kho"}
    assert "Cần đóng gói" in jobs["Máy in kho"]
    assert "Lô " in jobs["Máy in kho"]
    assert "45.000" not in jobs["Máy in kho"]
    with open_reading() as session:
        lot_id = session.scalars(select(Lot.id).where(Lot.product_id == 1)).first()
    for _ in range(2):  # a double click
        assert till.post(f"/tags/lot/{lot_id}", data={"once": "label"}).status_code == 302
    with open_reading() as session:
        assert [
            job.printer
            for job in session.scalars(select(PrintJob).where(PrintJob.subject.startswith("tags:")))
        ] == ["Máy in nhãn"]

"""A till whose devices hang on a computer of their own: the shop behind a real door, the agent beside it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from hardware.fakes.players import FakePoleDisplay, ScalePlayer, ScannerPlayer
from hardware.fakes.printer import FakePrinter
from hardware.slips.slip import Cut, Kick, Slip, Text
from pos.config import Config, Printer, Station
from pos.kernel.database import open_reading, unit_of_work
from pos.lan.door import PlainDoor
from pos.printing import queue
from pos.printing.models import JobState, PrintJob
from pos.printing.worker import PrinterStatus
from pos.station.agent import ServerConnection, ServerUnreachable, StationAgent, TokenRefused
from pos.station.hub import DeviceHub
from pos.station.key import create_key, end_keys
from pos.station.protocol import Answer, Ask, Ended, Settings
from tests.conftest import MANAGER, MORNING, STATION, Shop

APART, NAME = "Quầy 2", "Máy in quầy 2"
SLIP = Slip((Text("Chè lam"), Cut(), Kick()))


@dataclass
class Far:
    """The far computer's devices, and the shop that its agent calls."""

    shop: Shop
    paper: FakePrinter
    scanner: ScannerPlayer
    scale: ScalePlayer
    pole: FakePoleDisplay
    door: PlainDoor
    token: str
    agents: list[tuple[StationAgent, threading.Thread]] = field(default_factory=list)

    @property
    def hub(self) -> DeviceHub:
        found: DeviceHub = self.shop.app.extensions["ocop_hub"]
        return found

    def start(self) -> StationAgent:
        agent = StationAgent(ServerConnection(f"http://127.0.0.1:{self.door.port}", self.token, None))
        thread = threading.Thread(target=let_run, args=(agent,), daemon=True)
        thread.start()
        self.agents.append((agent, thread))
        return agent

    def stop(self) -> None:
        for agent, thread in self.agents:
            agent.stop()
            thread.join(20)
        self.agents.clear()

    def queued(self, count: int = 1) -> None:
        with unit_of_work() as session:
            for n in range(count):
                queue.queue_print(session, NAME, str(n), f"sale:{n}", SLIP, at=MORNING)

    def jobs(self) -> list[PrintJob]:
        with open_reading() as session:
            return list(session.scalars(select(PrintJob).order_by(PrintJob.id)))

    def ask(self, run: str, n: int, **output: object) -> Answer:
        """What an agent of one's own would say."""
        line = ServerConnection(f"http://127.0.0.1:{self.door.port}", self.token, None)
        answer = line.call("/station/exchange", Ask(run, n, **output))  # type: ignore[arg-type]
        line.close()
        return msgspec.json.decode(answer, type=Answer)


def let_run(agent: StationAgent) -> None:
    """Until it is stopped, or its token ends."""
    with suppress(TokenRefused):
        agent.run()


@pytest.fixture
def far(shop: Shop, tmp_path: Path) -> Iterator[Far]:
    paper = FakePrinter().start()
    scanner, scale = ScannerPlayer(tmp_path / "ttySCANNER"), ScalePlayer(tmp_path / "ttySCALE")
    pole = FakePoleDisplay(tmp_path / "ttyPOLE")
    for device in (scanner, scale, pole):
        device.plug()
    config: Config = shop.app.extensions["ocop_config"]
    apart = Station(name=APART, printer=NAME, scanner=scanner.address, scale=scale.address, display=pole.address, apart=True)  # fmt: skip
    config = msgspec.structs.replace(
        config, stations=(config.stations[0], apart), printers=(*config.printers, Printer(name=NAME, address=paper.address, at=APART)),
    )  # fmt: skip
    shop.app.extensions["ocop_config"] = shop.app.extensions["ocop_exchange"]._config = config
    with unit_of_work() as session:
        token = create_key(session, APART, by=MANAGER, at=MORNING)
    door = PlainDoor(shop.app, "127.0.0.1", 0, threads=4).open()
    found = Far(shop, paper, scanner, scale, pole, door, token)
    yield found
    found.stop()
    door.close()
    for device in (scanner, scale, pole):
        device.pull()
    paper.stop()


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def test_slips_go_out_and_scans_and_weights_come_in(far: Far) -> None:
    far.queued(3)
    assert far.hub.is_away(APART)
    far.start()
    assert len(far.paper.wait_for_sheets(3)) == 3
    until(lambda: [job.state for job in far.jobs()] == [JobState.PRINTED] * 3)
    assert far.paper.kicks == 3
    assert not far.hub.is_away(APART)
    far.scanner.scan("9520000000011")
    heard = far.hub.take(APART, "page", 0, wait=5) or []
    assert [scan.text for scan in heard] == ["9520000000011"]
    far.scale.lay(750)
    until(lambda: (weight := far.hub.weight(APART)) is not None and weight.net_milli == 750)
    far.hub.show(APART, "Chè lam", "Cần trả 45.000")
    until(lambda: far.pole.lines[0].startswith("Che lam"))


@pytest.mark.long
def test_what_breaks_there_is_known_here_within_three_seconds(far: Far) -> None:
    far.start()
    until(lambda: far.hub.states(APART).get("scanner") == "")
    far.scanner.pull()
    far.paper.faults.cover_open = True
    until(lambda: far.hub.states(APART).get("scanner") == "scanner_unreachable", 3)
    until(lambda: far.hub.printers[NAME].error == "cover_open", 3)
    far.scanner.plug()
    until(lambda: far.hub.states(APART).get("scanner") == "", 3)
    far.stop()
    until(lambda: far.hub.is_away(APART), 3)


@pytest.mark.long
def test_the_shops_computer_away_for_a_while_loses_nothing_and_prints_nothing_twice(far: Far) -> None:
    far.start()
    until(lambda: not far.hub.is_away(APART))
    port = far.door.port
    far.door.close()
    far.queued(2)
    time.sleep(1)
    far.door = PlainDoor(far.shop.app, "127.0.0.1", port, threads=4).open()
    assert len(far.paper.wait_for_sheets(2)) == 2
    until(lambda: [job.state for job in far.jobs()] == [JobState.PRINTED] * 2)
    assert len(far.paper.sheets) == 2


def test_an_ask_whose_answer_was_lost_gets_the_same_slip_again_unmarked(far: Far) -> None:
    far.queued(1)
    first = far.ask("run", 1, free=(NAME,), scans=("x",))
    assert [job.slip for job in first.jobs] == [SLIP]
    assert far.ask("run", 1, free=(NAME,), scans=("x",)) == first
    assert len(far.hub.take(APART, "p", 0) or []) == 1
    assert far.ask("run", 2).jobs == ()


def test_a_slip_of_which_nothing_more_is_heard_is_handed_out_again_marked(far: Far) -> None:
    """The far computer died with it: some of it may be on paper."""
    far.queued(1)
    far.ask("run", 1, free=(NAME,))
    (again,) = far.ask("another run", 1, free=(NAME,)).jobs
    assert again.slip.rows[0] == Text("IN LẠI TỪ ĐẦU", bold=True, align="center")
    assert not any(isinstance(row, Kick) for row in again.slip.rows)
    far.ask("another run", 2, ended=(Ended(again.job, queue.PrintOutcome()),))
    far.ask(
        "another run", 3, ended=(Ended(again.job, queue.PrintOutcome("paper_out")),)
    )  # told late: it is printed all the same
    assert [job.state for job in far.jobs()] == [JobState.PRINTED]


def test_a_failure_there_waits_here(far: Far) -> None:
    far.queued(1)
    (job,) = far.ask("run", 1, free=(NAME,)).jobs
    far.ask("run", 2, ended=(Ended(job.job, queue.PrintOutcome("paper_out", begun=True)),))
    (row,) = far.jobs()
    assert (row.state, row.error, row.attempts) == (JobState.WAITING, "paper_out", 1)


def test_a_station_touches_its_own_printers_alone(far: Far) -> None:
    with unit_of_work() as session:
        other = queue.queue_print(session, "Máy in quầy", "1", "x", SLIP, at=MORNING)
        queue.begin_job(other, at=MORNING)
    assert far.ask("run", 1, free=("Máy in quầy",), ended=(Ended(other.id, queue.PrintOutcome()), Ended(999, queue.PrintOutcome()))).jobs == ()  # fmt: skip
    assert [job.state for job in far.jobs()] == [JobState.PRINTING]


def test_without_its_token_nobody_is_let_in(far: Far) -> None:
    address = f"http://127.0.0.1:{far.door.port}"
    for token in ("", "wrong", far.token[:-1]):
        with pytest.raises(TokenRefused):
            ServerConnection(address, token, None).call("/station/settings")
    agent = far.start()
    until(lambda: not far.hub.is_away(APART))
    with unit_of_work() as session:
        end_keys(session, APART, by=MANAGER, at=MORNING)
    with pytest.raises(TokenRefused):
        StationAgent(ServerConnection(address, far.token, None)).run()
    agent.stop()


def test_nonsense_is_refused_and_harms_nobody(far: Far) -> None:
    client = far.shop.client()
    headers = {"Authorization": f"Bearer {far.token}"}
    assert client.post("/station/exchange", data=b"{", headers=headers).status_code == 400
    assert client.post("/station/exchange", data=b"x" * 300_000, headers=headers).status_code == 413
    assert client.post("/station/exchange", data=b"{}").status_code == 401
    for odd in ("ftp://x", "http://192.0.2.7:8080", "http://127.0.0.1:99999", "x"):
        with pytest.raises(ValueError):
            ServerConnection(odd, "t", None)
    with pytest.raises(ServerUnreachable):
        ServerConnection("http://127.0.0.1:9", "t", None).call("/station/settings")


def test_words_that_nobody_knows_here_are_a_fault_and_no_page_breaks(far: Far) -> None:
    far.ask("run", 1, printers={NAME: PrinterStatus("printer_on_fire")}, states={"scanner": "asleep"})
    assert far.hub.printers[NAME].error == "printer_failed"
    assert far.hub.states(APART)["scanner"] == "scanner_unreachable"


def test_a_scan_is_heard_once_whatever_fails_meanwhile(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    far.queued(1)
    with monkeypatch.context() as patched:
        patched.setattr("pos.station.exchange.begin_job", lambda *_, **__: 1 / 0)
        far.shop.app.config["PROPAGATE_EXCEPTIONS"] = False
        with pytest.raises(ServerUnreachable):
            far.ask("run", 1, free=(NAME,), scans=("x",))
    far.ask("run", 1, free=(NAME,), scans=("x",))
    assert len(far.hub.take(APART, "p", 0) or []) == 1


def test_another_choice_for_its_printer_reaches_it(far: Far) -> None:
    line = ServerConnection(f"http://127.0.0.1:{far.door.port}", far.token, None)
    before = msgspec.json.decode(line.call("/station/settings"), type=Settings)
    from pos.station.choice import save_choice

    with unit_of_work() as session:
        save_choice(
            session,
            before.printers[0],
            profile="generic",
            mode="text",
            charset="ascii",
            by=MANAGER,
            at=MORNING,
        )
    after = msgspec.json.decode(line.call("/station/settings"), type=Settings)
    assert after.printers[0].mode == "text"
    assert far.ask("run", 1).settings == after.fingerprint() != before.fingerprint()
    line.close()


def test_a_station_that_is_not_apart_drives_nothing_from_afar(far: Far) -> None:
    with unit_of_work() as session:
        token = create_key(session, STATION, by=MANAGER, at=MORNING)
    line = ServerConnection(f"http://127.0.0.1:{far.door.port}", token, None)
    for path, output in (("/station/settings", None), ("/station/exchange", Ask("run", 1, scans=("x",)))):
        with pytest.raises(TokenRefused):
            line.call(path, output)
    assert far.hub.take(STATION, "p", 0) == []
    line.close()

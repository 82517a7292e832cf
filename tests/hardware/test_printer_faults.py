"""What can go wrong with a printer, over a real socket and a real pty: the right name for it, nothing lost, nothing doubled."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.devices import make_printer
from hardware.fakes.interpreter import Interpreter
from hardware.fakes.printer import FakePrinter
from hardware.fakes.serial_printer import SerialPrinter
from hardware.ports import Condition, DeviceError, PrinterPort
from hardware.printers import connection
from hardware.printers.escpos import EscposPrinter
from hardware.printers.preview import PreviewPrinter
from hardware.slips.slip import Cut, Feed, Kick, Rule, Slip

SLIP = Slip((Rule(), Feed(100), Rule(), Feed(1000), Rule(), Cut(), Kick()))
SHORT = Slip((Rule(), Cut()))
EPSON, PLAIN = "TM-T88V", "generic"  # one tells by itself, the other is asked
Fake = FakePrinter | SerialPrinter


@contextmanager
def over(kind: str, folder: Path) -> Iterator[Fake]:
    if kind == "tcp":
        network = FakePrinter().start()
        yield network
        network.stop()
    else:
        line = SerialPrinter(folder / "tty").plug()
        yield line
        line.pull()


@pytest.fixture(params=["tcp", "pty"])
def fake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fake]:
    with over(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TIMEOUT_SECONDS", 1.0)


def refused(device: PrinterPort, slip: Slip = SLIP) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        device.print(slip)
    return caught.value


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def print_as_the_queue_does(device: EscposPrinter, slip: Slip) -> None:
    """Again after a refusal: on a line a late answer of before may be heard as that of now."""
    for _ in range(5):
        try:
            device.print(slip)
        except DeviceError as failure:
            if failure.begun:
                raise
        else:
            return
    raise AssertionError("it never printed")


def the_next_is_whole(fake: Fake, device: EscposPrinter) -> None:
    """From its first dot to the cut; what an earlier one left unfinished may hang above it on the same paper."""
    reader = Interpreter()
    reader.feed(b"".join(device._pieces(SLIP, device.mode)))
    whole = reader.paper.sheets[0]
    before = len(fake.sheets)
    device.print(SLIP)
    sheet = fake.wait_for_sheets(before + 1)[-1]
    lower = sheet.crop((0, sheet.height - whole.height, whole.width, sheet.height))
    assert lower.tobytes() == whole.tobytes()
    assert len(fake.sheets) == before + 1
    assert not fake.overflowed


@pytest.mark.parametrize("profile", [PLAIN, EPSON])
@pytest.mark.parametrize(("fault", "code"), [
    ("paper_out", "paper_out"), ("cover_open", "cover_open"), ("cutter_jammed", "cutter_jammed"), ("failed", "printer_failed"),
])  # fmt: skip
def test_what_is_wrong_beforehand(fake: Fake, profile: str, fault: str, code: str) -> None:
    device = EscposPrinter("p", fake.address, profile=profile)
    setattr(fake.faults, fault, True)
    failure = refused(device)
    assert (failure.code, failure.begun, failure.permanent) == (code, False, False)
    with pytest.raises(DeviceError, match=code):
        device.check()
    assert (fake.sheets, fake.halves, fake.kicks) == ([], [], 0)
    setattr(fake.faults, fault, False)
    the_next_is_whole(fake, device)


@pytest.mark.parametrize("profile", [PLAIN, EPSON])
@pytest.mark.parametrize("mode", ["picture", "text"])
def test_paper_that_ends_in_mid_slip(fake: Fake, profile: str, mode: str) -> None:
    """Both ways hear of it; what was printed is a half, and the slip comes whole once there is paper."""
    device = EscposPrinter("p", fake.address, profile=profile, mode=mode)
    fake.faults.paper_ends_after = 500
    failure = refused(device)
    assert (failure.code, failure.begun) == ("paper_out", True)
    assert fake.sheets == []
    assert refused(device).begun is False
    fake.faults.paper_out = False
    print_as_the_queue_does(device, SHORT)
    fake.wait_for_sheets(1)
    assert [half.height for half in fake.halves] == [500]
    assert fake.kicks == 1


@pytest.mark.parametrize("profile", [PLAIN, EPSON])
@pytest.mark.parametrize("bytes_taken", [20, 5000])
@pytest.mark.usefixtures("impatient")
@pytest.mark.long
def test_a_printer_that_stalls(fake: Fake, profile: str, bytes_taken: int) -> None:
    """It answered and takes nothing more, between two strips or in one: a failure in time, then all is whole again."""
    device = EscposPrinter("p", fake.address, profile=profile)
    fake.faults.stall_after = bytes_taken
    began = time.monotonic()
    failure = refused(device, Slip(SLIP.rows[:-2]))
    assert time.monotonic() - began < 8
    assert (failure.code, failure.begun) == ("printer_broke_off", True)
    assert fake.sheets == []
    fake.faults.stall_after = None
    the_next_is_whole(fake, device)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[SerialPrinter]:
    """Its bytes come no faster than on a real line of 9600 baud."""
    line = SerialPrinter(tmp_path / "tty", baud=9600, paced=True).plug()
    yield line
    line.pull()


@pytest.mark.long
@pytest.mark.usefixtures("impatient")
def test_after_a_broken_strip_a_slow_line_gets_the_time_that_filling_it_takes(slow: SerialPrinter) -> None:
    """Four seconds of zeros: the answer behind them still counts, and paper that is out is not taken for printed."""
    device = EscposPrinter("p", slow.address, mode="picture")
    slow.faults.stall_after = 1000
    assert refused(device, Slip((Rule(), Feed(20)))).code == "printer_broke_off"
    slow.forget()
    slow.faults.stall_after, slow.faults.paper_out = None, True
    device.check()
    assert b"\0" * 4000 not in slow.received
    failure = refused(device, SHORT)
    assert (failure.code, failure.begun) == ("paper_out", False)
    assert b"\0" * 4096 in slow.received
    slow.faults.paper_out = False
    device.print(Slip((Cut(),)))
    assert len(slow.wait_for_sheets(1)) == 1


@pytest.mark.usefixtures("impatient")
def test_text_that_broke_off_leaves_no_strip_to_fill(slow: SerialPrinter) -> None:
    device = EscposPrinter("p", slow.address)
    slow.faults.stall_after = 20
    assert refused(device, SHORT).code == "printer_broke_off"
    slow.forget()
    slow.faults.stall_after, slow.faults.paper_out = None, True
    assert device.mode == "text"
    for way in (device.check, lambda: device.print(SHORT)):
        with pytest.raises(DeviceError, match="paper_out"):
            way()
    slow.faults.paper_out = False
    the_next_is_whole(slow, device)
    assert b"\0" * 10 not in slow.received


@pytest.mark.parametrize("profile", [PLAIN, EPSON])
def test_a_connection_that_is_reset_in_mid_slip(profile: str) -> None:
    fake = FakePrinter().start()
    device = EscposPrinter("p", fake.address, profile=profile)
    fake.faults.cut_off_after = 6000
    failure = refused(device)
    assert (failure.code, failure.begun) == ("printer_broke_off", True)
    assert fake.sheets == []
    until(lambda: len(fake.halves) == 1)
    assert 0 < fake.halves[0].height < 1000
    the_next_is_whole(fake, device)
    fake.stop()


def test_a_plug_pulled_in_mid_slip(tmp_path: Path) -> None:
    line = SerialPrinter(tmp_path / "tty").plug()
    line.faults.stall_after = 5000
    device = EscposPrinter("p", line.address)
    puller = threading.Timer(0.5, line.pull)
    puller.start()
    failure = refused(device, Slip(SLIP.rows[:-2] * 3))
    puller.join()
    assert (failure.code, failure.begun) == ("printer_broke_off", True)
    assert refused(device).code == "printer_unreachable"
    line.faults.stall_after = None
    line.plug()
    the_next_is_whole(line, device)
    line.pull()


def test_off_and_on_again() -> None:
    fake = FakePrinter().start()
    device = EscposPrinter("p", fake.address)
    fake.stop()
    for way in (lambda: device.print(SLIP), device.check):
        with pytest.raises(DeviceError) as caught:
            way()
        assert (caught.value.code, caught.value.begun) == ("printer_unreachable", False)
    fake.start()
    the_next_is_whole(fake, device)
    fake.stop()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("profile", [PLAIN, EPSON])
@pytest.mark.parametrize("fault", ["silent", "garbled"])
def test_silence_and_noise_are_taken_for_ready(fake: Fake, profile: str, fault: str) -> None:
    setattr(fake.faults, fault, True)
    device = EscposPrinter("p", fake.address, profile=profile)
    assert device.check() == Condition()
    device.print(SHORT)
    assert fake.wait_for_sheets(1)


def test_one_that_must_not_be_asked_is_not(fake: Fake) -> None:
    device = EscposPrinter("p", fake.address, profile="simple", mode="picture")
    assert device.check() == Condition()
    device.print(SHORT)
    until(lambda: fake.received.endswith(b"\x1bd\x05"))
    assert b"\x10\x04" not in fake.received


@pytest.mark.parametrize("profile", [PLAIN, EPSON])
@pytest.mark.long
def test_answers_that_come_late(fake: Fake, profile: str) -> None:
    """Within the second that is given they count; later they are silence, and confuse nobody afterwards."""
    device = EscposPrinter("p", fake.address, profile=profile)
    fake.faults.late_seconds, fake.faults.cover_open = 0.3, True
    assert refused(device).code == "cover_open"
    fake.faults.cover_open = False
    the_next_is_whole(fake, device)
    fake.faults.late_seconds = 1.3
    the_next_is_whole(fake, device)
    fake.faults.late_seconds = 0
    the_next_is_whole(fake, device)


def test_who_tells_by_itself_is_heard_in_mid_slip(fake: Fake) -> None:
    """Who tells by itself is heard between two strips: the rest isn't even sent."""
    device = EscposPrinter("p", fake.address, profile=EPSON)
    fake.faults.paper_ends_after = 60
    slip = Slip((*[Rule(), Feed(500)] * 40, Cut()))
    whole = len(b"".join(device._pieces(slip, "picture")))
    assert refused(device, slip).code == "paper_out"
    assert len(fake.received) < whole


@pytest.mark.parametrize("profile", [PLAIN, EPSON])
def test_the_drawers_pin(fake: Fake, profile: str) -> None:
    device = EscposPrinter("p", fake.address, profile=profile)
    assert device.check() == Condition("", drawer_open=False)
    fake.faults.drawer_open = fake.faults.paper_low = True
    assert device.check() == Condition("paper_low", drawer_open=True)
    assert EscposPrinter("p", fake.address, profile=profile, drawer_pin=None).check() == Condition(
        "paper_low", None
    )


def test_the_drawer_opens_where_one_hangs(fake: Fake) -> None:
    for pin in (5, None):
        EscposPrinter("p", fake.address, drawer_pin=pin).print(Slip((Kick(),)))
    assert (fake.kicks, fake.sheets) == (1, [])


def test_a_block_too_long_is_remembered() -> None:
    fake = FakePrinter().start()
    from hardware.printers.commands import raster

    with connection_to(fake) as line:
        line.write(raster(72, 57, bytes(72 * 57)))
    until(lambda: fake.overflowed)
    fake.stop()


@contextmanager
def connection_to(fake: FakePrinter) -> Iterator[connection.Connection]:
    line = connection.open_connection(fake.address)
    yield line
    line.close(broken=False)


def test_a_device_file_that_takes_nothing(tmp_path: Path, impatient: None) -> None:
    """A pipe that nobody empties stands for a printer's file."""
    import os

    os.mkfifo(tmp_path / "lp0")
    reader = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    failure = refused(EscposPrinter("p", f"file://{tmp_path}/lp0"), Slip(SLIP.rows * 3))
    os.close(reader)
    assert (failure.code, failure.begun) == ("printer_broke_off", True)


def test_without_a_cutter_the_paper_is_fed_to_the_edge(fake: Fake) -> None:
    EscposPrinter("p", fake.address, profile="POS-5890", mode="picture").print(SHORT)
    until(lambda: b"\x1bd\x05" in fake.received)
    assert b"\x1dV" not in fake.received


@pytest.mark.parametrize("made", [
    lambda _: PreviewPrinter("Máy in"), lambda address: EscposPrinter("Máy in", address),
    lambda address: EscposPrinter("Máy in", address, profile=EPSON, mode="text"),
    lambda _: make_printer("Máy in", "none", paper_mm=58, drawer_pin=None),
], ids=["preview", "picture", "text", "none"])  # fmt: skip
def test_every_printer_keeps_the_contract(fake: Fake, made: Callable[[str], PrinterPort]) -> None:
    device = made(fake.address)
    assert device.name == "Máy in"
    assert device.check().warning == ""
    device.print(SLIP)
    device.print(Slip(()))
    assert isinstance(device.check(), Condition)


def test_a_usb_printer_that_says_nothing_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cable here: python-escpos' printer is stood in for, with libusb's way of saying that nothing came."""
    import usb.core
    from escpos import printer as theirs

    sent: list[bytes] = []

    class Cable:
        in_ep, device = 0x82, property(lambda self: self)

        def open(self) -> None: ...

        def close(self) -> None: ...

        def _raw(self, data: bytes) -> None:
            sent.append(data)

        def read(self, endpoint: int, size: int, timeout: int) -> bytearray:
            if len(sent) < 2:
                return bytearray(b"\x12")
            raise usb.core.USBTimeoutError("nothing came")

    monkeypatch.setattr(theirs, "Usb", lambda *_, **__: Cable())
    device = EscposPrinter("p", "usb://04b8:0e15")
    assert device.check() == Condition()
    sent.clear()
    assert refused(device, SHORT).code == "printer_broke_off"
    assert sent[4] == b"\x1b@"
    sent.append(b"")
    device.print(SHORT)


def test_an_address_that_means_nothing() -> None:
    failure = refused(EscposPrinter("p", "lpt://1"))
    assert (failure.code, failure.permanent) == ("device_misconfigured", True)
    assert refused(EscposPrinter("p", "usb://nonsense")).code == "printer_unreachable"

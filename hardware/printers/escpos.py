"""ESC/POS printers over TCP, serial, USB or a device file, by python-escpos.

The connection and its quirks are python-escpos' affair. The page is sent as raster strips of our own
drawing (GS v 0), because Vietnamese letters differ from code page to code page, and because encoding
ready dots is some ten times faster than having a picture converted.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from ..picture import WIDTH_DOTS, row_picture, strips
from ..ports import DeviceError
from ..slip import Cut, Kick, Row, Slip

INITIALISE = b"\x1b@"
FEED_AND_CUT = b"\x1bd\x03\x1dV\x42\x00"
KICK = {2: b"\x1bp\x00\x19\xfa", 5: b"\x1bp\x01\x19\xfa"}
ASK_OFFLINE = b"\x10\x04\x02"  # DLE EOT 2: why it is offline
ASK_ERROR = b"\x10\x04\x03"  # DLE EOT 3: what has failed
ASK_PAPER = b"\x10\x04\x04"  # DLE EOT 4: paper sensors
FIXED, AS_FIXED = 0b1001_0011, 0b0001_0010  # bits that every answer has alike; other bytes are noise
COVER_OPEN, CUTTER, BEYOND_HELP, PAPER_OUT, PAPER_LOW = 0x04, 0x08, 0x20, 0x60, 0x0C
TIMEOUT_SECONDS = 10


class EscposPrinter:
    """A PrinterPort for one address: `tcp://host:9100`, `serial:///dev/ttyUSB0?baud=115200`,
    `usb://04b8:0e15`, `file:///dev/usb/lp0`.
    """

    def __init__(self, name: str, address: str, *, paper_mm: int = 80, drawer_pin: int | None = 2) -> None:
        self.name = name
        self.address = address
        self.width = WIDTH_DOTS[paper_mm]
        self.drawer_pin = drawer_pin

    def print(self, slip: Slip) -> None:
        with closing(self._opened()) as device:
            try:
                self._refuse_unready(device)
                for piece in encoded(slip, self.width, self.drawer_pin):
                    device._raw(piece)  # noqa: SLF001  python-escpos' own way to send bytes
            except DeviceError:
                raise
            except Exception as failure:  # each connection raises its own kinds
                raise DeviceError("printer_broke_off", str(failure)) from failure

    def check(self) -> str:
        with closing(self._opened()) as device:
            return self._refuse_unready(device)

    def _opened(self) -> Any:
        try:
            device = _connection(self.address)
            device.open()
        except DeviceError:
            raise
        except Exception as failure:  # each connection raises its own kinds
            raise DeviceError("printer_unreachable", str(failure)) from failure
        return device

    def _refuse_unready(self, device: Any) -> str:
        """Ask paper, cover and cutter where the line can answer; silence means ready."""
        if urlsplit(self.address).scheme == "file":
            return ""
        paper = _answer(device, ASK_PAPER)
        if paper is None:
            return ""  # it would be silent about the rest, too, and each silence takes a second
        offline, error = (_answer(device, question) or 0 for question in (ASK_OFFLINE, ASK_ERROR))
        for code, is_so in (
            ("paper_out", paper & PAPER_OUT),
            ("cover_open", offline & COVER_OPEN),
            ("cutter_jammed", error & CUTTER),
            ("printer_failed", error & BEYOND_HELP),
        ):
            if is_so:
                raise DeviceError(code)
        return "paper_low" if paper & PAPER_LOW else ""


def _answer(device: Any, question: bytes) -> int | None:
    """The byte of its answer; None from one that can't answer or talks nonsense."""
    try:
        device._raw(question)  # noqa: SLF001
        answer: bytes = device._read()  # noqa: SLF001
    except Exception:  # noqa: BLE001  a printer that can't answer is assumed fine
        return None
    return answer[-1] if answer and answer[-1] & FIXED == AS_FIXED else None


def _connection(address: str) -> Any:
    from escpos import printer

    url = urlsplit(address)
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    match url.scheme:
        case "tcp":
            return _QuickNetwork(printer.Network, url.hostname or "", url.port or 9100)
        case "serial":
            return printer.Serial(devfile=url.path, baudrate=int(query.get("baud", 9600)), timeout=1)
        case "usb":
            vendor, _, product = url.netloc.partition(":")
            return printer.Usb(int(vendor, 16), int(product, 16), timeout=TIMEOUT_SECONDS * 1000)
        case "file":
            return printer.File(devfile=url.path, auto_flush=False)
    raise DeviceError("device_misconfigured", address, permanent=True)


def _QuickNetwork(network: Any, host: str, port: int) -> Any:  # noqa: N802
    """python-escpos' Network, with answers awaited for a second at most."""

    class Quick(network):  # type: ignore[misc]
        def _read(self) -> bytes:
            self.device.settimeout(1)
            try:
                answer: bytes = self.device.recv(16)
            finally:
                self.device.settimeout(TIMEOUT_SECONDS)
            return answer

    return Quick(host, port=port, timeout=TIMEOUT_SECONDS)


def encoded(slip: Slip, width: int, drawer_pin: int | None = 2) -> Iterator[bytes]:
    """The slip as ESC/POS, piece by piece, so that the first strip leaves before the last is drawn.

    The drawer opens first: the change is owed before the paper is out.
    """
    yield INITIALISE
    if drawer_pin is not None and any(isinstance(row, Kick) for row in slip.rows):
        yield KICK[drawer_pin]
    pending: list[Row] = []
    for row in slip.rows:
        if isinstance(row, Cut):
            yield from _raster(pending, width)
            pending = []
            yield FEED_AND_CUT
        else:
            pending.append(row)
    yield from _raster(pending, width)


def _raster(rows: list[Row], width: int) -> Iterator[bytes]:
    waiting: list[Image.Image] = []
    height = 0
    for row in rows:
        picture = row_picture(row, width)
        waiting.append(picture)
        height += picture.height
        if height >= 128:
            yield from _sent(waiting, width, height)
            waiting, height = [], 0
    if height:
        yield from _sent(waiting, width, height)


def _sent(pictures: list[Image.Image], width: int, height: int) -> Iterator[bytes]:
    sheet = Image.new("1", (width, height), 0)
    y = 0
    for picture in pictures:
        sheet.paste(picture, (0, y))
        y += picture.height
    for strip in strips(sheet):
        across = width // 8
        header = bytes(
            (0x1D, 0x76, 0x30, 0, across & 255, across >> 8, strip.height & 255, strip.height >> 8)
        )
        yield header + strip.tobytes()

"""An open line to a printer: python-escpos opens it and knows its quirks; here it gets its time limits.

Every write ends within TIMEOUT_SECONDS, with an error if the printer takes nothing; every read within
the seconds it is told. The errors are each connection's own kinds.
"""

import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from ..ports import DeviceError

TIMEOUT_SECONDS = 10.0
USUAL_BAUD = 9600


class Connection(Protocol):
    def write(self, data: bytes) -> None:
        """All of it, or an error."""

    def read(self, seconds: float) -> bytes:
        """What it says, as soon as it says something; b"" if it doesn't."""

    def drain(self) -> None:
        """Wait until all that was written is on its way, or raise an error."""

    def close(self, *, broken: bool) -> None:
        """`broken`: what it hasn't taken yet is thrown away rather than waited for. Never raises."""


def find_baud(address: str) -> int | None:
    """How fast a serial address is, in bits a second; None where the line is no bottleneck. Raises DeviceError."""
    url = urlsplit(address)
    if url.scheme != "serial":
        return None
    try:
        rate = int(parse_qs(url.query).get("baud", [str(USUAL_BAUD)])[0])
    except ValueError as odd:
        raise DeviceError("device_misconfigured", address, permanent=True) from odd
    if rate <= 0:
        raise DeviceError("device_misconfigured", address, permanent=True)
    return rate


def open_connection(address: str) -> Connection:
    """Raises DeviceError (`printer_unreachable`, `device_misconfigured`)."""
    try:
        kind, device = _device(address)
        device.open()
    except DeviceError:
        raise
    except Exception as failure:  # each connection raises its own kinds
        raise DeviceError("printer_unreachable", str(failure)) from failure
    return kind(device)


@contextmanager
def open_conversation(address: str) -> Iterator[Connection]:
    """An open line. Whatever it raises is a DeviceError outside, and after one nothing more is waited for."""
    line = open_connection(address)
    try:
        yield line
    except DeviceError:
        line.close(broken=True)
        raise
    except Exception as failure:  # each connection raises its own kinds
        line.close(broken=True)
        raise DeviceError("printer_broke_off", str(failure)) from failure
    line.close(broken=False)


def mark_begun(failure: Exception) -> DeviceError:
    """The same as a DeviceError that says: a part may be on paper."""
    if isinstance(failure, DeviceError):
        return DeviceError(failure.code, failure.detail, begun=True)
    return DeviceError("printer_broke_off", str(failure), begun=True)


def _device(address: str) -> tuple[type["OpenConnection"], Any]:
    from escpos import printer

    url = urlsplit(address)
    match url.scheme:
        case "tcp":
            return Network, printer.Network(
                url.hostname or "", port=url.port or 9100, timeout=TIMEOUT_SECONDS
            )
        case "serial":
            return Serial, printer.Serial(devfile=url.path, baudrate=find_baud(address), timeout=1)
        case "usb":
            vendor, _, product = url.netloc.partition(":")
            return Usb, printer.Usb(int(vendor, 16), int(product, 16), timeout=int(TIMEOUT_SECONDS * 1000))
        case "file":
            return File, printer.File(devfile=url.path, auto_flush=False)
    raise DeviceError("device_misconfigured", address, permanent=True)


class OpenConnection:
    """What the connections have alike. `_device` is python-escpos', `_line` what lies beneath."""

    def __init__(self, device: Any) -> None:
        self._device, self._line = device, device.device

    def write(self, data: bytes) -> None:
        self._device._raw(data)  # noqa: SLF001  python-escpos' own way to send bytes

    def read(self, seconds: float) -> bytes:
        return b""

    def drain(self) -> None:
        """Nothing to wait for."""

    def close(self, *, broken: bool) -> None:
        try:
            if broken:
                self._discard()
            self._device.close()
        except Exception:  # noqa: BLE001, S110  the slip's own error counts, not that of hanging up
            pass

    def _discard(self) -> None:
        """Nothing waits on our side."""


class Network(OpenConnection):
    def read(self, seconds: float) -> bytes:
        """Raises ConnectionError when it has hung up."""
        self._line.settimeout(seconds)
        try:
            data: bytes = self._line.recv(64)
        except (TimeoutError, BlockingIOError):
            return b""
        finally:
            self._line.settimeout(TIMEOUT_SECONDS)
        if not data:
            raise ConnectionResetError("the printer has hung up")
        return data


class Serial(OpenConnection):
    """A line so slow that a write may rightly take long: as long as its bytes need, and the limit on top."""

    def write(self, data: bytes) -> None:
        self._line.write_timeout = TIMEOUT_SECONDS + len(data) * 10 / self._line.baudrate
        super().write(data)

    def read(self, seconds: float) -> bytes:
        self._line.timeout = seconds
        data: bytes = self._line.read(max(1, self._line.in_waiting))
        return data

    def drain(self) -> None:
        """Until the system's own buffer is empty: a question waits behind what lies there."""
        deadline = time.monotonic() + TIMEOUT_SECONDS + self._line.out_waiting * 10 / self._line.baudrate
        while self._line.out_waiting:
            if time.monotonic() > deadline:
                raise TimeoutError("the printer takes nothing")
            time.sleep(0.01)

    def _discard(self) -> None:
        """Else hanging up would wait for ever for a printer that takes nothing."""
        self._line.reset_output_buffer()


class Usb(OpenConnection):
    def read(self, seconds: float) -> bytes:
        """Many can't be read from at all, and say so by an error; a cable pulled is heard at the next write."""
        try:
            return bytes(self._line.read(self._device.in_ep, 64, max(1, int(seconds * 1000))))
        except Exception:  # noqa: BLE001  libusb's kinds differ by system
            return b""


class File(OpenConnection):
    """A device file can be written to, and says nothing. Unbuffered and non-blocking, or it could hang for ever."""

    def __init__(self, device: Any) -> None:
        super().__init__(device)
        os.set_blocking(self._line.fileno(), False)

    def write(self, data: bytes) -> None:
        while data:
            _, free, _ = select.select([], [self._line], [], TIMEOUT_SECONDS)
            if not free:
                raise TimeoutError("the printer takes nothing")
            data = data[os.write(self._line.fileno(), data) :]

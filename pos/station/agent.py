"""station/agent.py — the computer of a station apart: it drives the devices there, and calls the shop's computer.

The shop's computer is never called by others, so that nothing has to be opened on this one.
"""

import http.client
import logging
import queue
import ssl
import threading
import time
import uuid
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from hardware.ports import PrinterPort

from ..config import Station
from ..printing.queue import PrintOutcome
from ..printing.worker import LOOKED_AT_EVERY, PrinterStatus, check_printer, print_slip
from .choice import make_driver_or_fault
from .drivers import DeviceDrivers
from .hub import HEARD_FOR_SECONDS, DeviceHub
from .protocol import Answer, Ask, Ended, Job, Settings

log = logging.getLogger(__name__)
CALL_EVERY = 0.3  # seconds; a scan is told at once
TIMEOUT_SECONDS = 10
AGAIN_AFTER = 1.0
AGENTS_PAGE = "agent"
THIS_COMPUTER = {"127.0.0.1", "::1", "localhost"}


class TokenRefused(Exception):
    """The shop's computer doesn't know this token."""


class ServerUnreachable(Exception):
    """The shop's computer doesn't answer, or not as it should."""


class ServerConnection:
    """The connection to the shop's computer; it is opened anew after each failure."""

    def __init__(self, server: str, token: str, authority: Path | None) -> None:
        """Raises ValueError for an address that is none, OSError for a certificate that can't be read."""
        parts = urlsplit(server)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
            raise ValueError("no address")
        if parts.scheme == "http" and parts.hostname not in THIS_COMPUTER:
            raise ValueError("a token goes over https alone")
        self._parts, self._token = parts, token
        self._trust = ssl.create_default_context(cafile=authority) if parts.scheme == "https" else None
        self._open: http.client.HTTPConnection | None = None

    def call(self, path: str, message: msgspec.Struct | None = None) -> bytes:
        """Say something, or ask. Raises ServerUnreachable, TokenRefused."""
        try:
            return self._call(path, None if message is None else msgspec.json.encode(message))
        except (OSError, http.client.HTTPException) as failure:
            self.close()
            raise ServerUnreachable(str(failure)) from failure

    def _call(self, path: str, body: bytes | None) -> bytes:
        if self._open is None:
            self._open = self._connection()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        self._open.request("GET" if body is None else "POST", path, body, headers)
        answer = self._open.getresponse()
        content = answer.read()
        if answer.status == http.client.UNAUTHORIZED:
            raise TokenRefused
        if answer.status != http.client.OK:
            raise ServerUnreachable(f"{answer.status} {answer.reason}")
        return content

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._trust is None:
            return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=self._trust)

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


class PrinterFeeder:
    """One printer and the thread that feeds it, a slip at a time; what came of each is put into `ended`."""

    def __init__(self, printer: PrinterPort, ended: "queue.SimpleQueue[Ended]") -> None:
        self.printer, self.status, self._ended = printer, PrinterStatus(), ended
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._busy = False
        self._thread = threading.Thread(target=self._feed, name=f"printer {printer.name}", daemon=True)
        self._thread.start()

    @property
    def is_free(self) -> bool:
        return not self._busy

    def take(self, job: Job) -> None:
        self._busy = True
        self._jobs.put(job)

    def _feed(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=LOOKED_AT_EVERY)
            except queue.Empty:
                self.status = check_printer(self.printer)
                continue
            if job is None:
                return
            try:
                outcome = print_slip(self.printer, job.slip)
            except Exception:  # the thread must outlive a slip that no driver foresaw
                log.exception("printer %s", self.printer.name)
                outcome = PrintOutcome("printer_failed", begun=True)
            self.status = replace(self.status, error=outcome.error)
            self._ended.put(
                Ended(job.job, outcome)
            )  # told before it is free again: no slip overtakes another
            self._busy = False

    def stop(self) -> None:
        """After the slip that is on its way: two threads may not drive one printer."""
        self._jobs.put(None)
        self._thread.join()


class StationAgent:
    """Drives a station's devices until `stop()`, whatever becomes of the network."""

    def __init__(self, line: ServerConnection) -> None:
        self._line, self._stopping = line, threading.Event()
        self._run, self._n, self._seen = uuid.uuid4().hex, 0, 0
        self._ended: queue.SimpleQueue[Ended] = queue.SimpleQueue()
        self._unanswered: Ask | None = None
        self._asked_at = 0.0

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Until stopped. Raises TokenRefused when the token is not, or no longer, known."""
        while not self._stopping.is_set():
            try:
                settings = msgspec.json.decode(self._line.call("/station/settings"), type=Settings)
                self._drive(settings)
            except (ServerUnreachable, msgspec.MsgspecError) as failure:
                log.warning("the shop's computer is not reached: %s", failure)
                self._stopping.wait(AGAIN_AFTER)
        self._line.close()

    def _drive(self, settings: Settings) -> None:
        """With these devices, until the shop's computer wants them otherwise."""
        hub = DeviceHub()
        station = Station(name=settings.station, printer="", scanner=settings.scanner, scale=settings.scale,
                          display=settings.display)  # fmt: skip
        feeders = {
            printer.name: PrinterFeeder(make_driver_or_fault(printer), self._ended)
            for printer in settings.printers
        }
        drivers = DeviceDrivers([station], hub).start()
        self._seen = 0
        try:
            while not self._stopping.is_set():
                answer = self._talk(settings.station, hub, feeders)
                if answer is not None and answer.settings != settings.fingerprint():
                    return
        finally:
            hub.close()
            drivers.stop()
            for feeder in feeders.values():
                feeder.stop()

    def _talk(self, station: str, hub: DeviceHub, feeders: dict[str, PrinterFeeder]) -> Answer | None:
        """Ask once; what wasn't answered is asked again under its old number until it is. None: not answered."""
        heard = hub.take(station, AGENTS_PAGE, self._seen, wait=CALL_EVERY) or []
        if self._unanswered is None:
            self._n, self._asked_at = self._n + 1, time.monotonic()
            self._unanswered = self._ask(station, hub, feeders, tuple(scan.text for scan in heard))
            self._seen = heard[-1].n if heard else self._seen
        elif time.monotonic() - self._asked_at > HEARD_FOR_SECONDS:
            self._unanswered = msgspec.structs.replace(self._unanswered, scans=())  # that buyer has gone on
        try:
            answer = msgspec.json.decode(self._line.call("/station/exchange", self._unanswered), type=Answer)
        except (ServerUnreachable, msgspec.MsgspecError) as failure:  # a proxy's page is no answer either
            log.warning("the shop's computer is not reached: %s", failure)
            self._stopping.wait(AGAIN_AFTER / 2)
            return None
        self._unanswered = None
        for job in answer.jobs:
            feeders[job.printer].take(job)
        if answer.shown is not None:
            hub.show(station, *answer.shown)
        return answer

    def _ask(
        self, station: str, hub: DeviceHub, feeders: dict[str, PrinterFeeder], scans: tuple[str, ...]
    ) -> Ask:
        free = tuple(name for name, feeder in feeders.items() if feeder.is_free)
        ended = []
        while not self._ended.empty():
            ended.append(self._ended.get())
        return Ask(
            self._run, self._n, free=free, printers={name: feeder.status for name, feeder in feeders.items()},
            states=hub.states(station), weight=hub.weight(station), scans=scans, ended=tuple(ended),
        )  # fmt: skip

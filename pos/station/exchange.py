"""station/exchange.py — the shop's side of a station apart: slips go out, scans and states come in."""

import threading

from sqlalchemy.orm import Session

from ..config import Config
from ..kernel.clock import Clock
from ..kernel.database import open_reading, unit_of_work
from ..printing.models import PrintJob
from ..printing.queue import begin_job, find_next_job, finish_or_retry, hurry_jobs
from ..printing.worker import PrinterStatus
from ..web.terms import DEVICE_STATES
from .choice import apply_choice
from .hub import DeviceHub
from .protocol import Answer, Ask, Job, Settings, make_settings


class Exchange:
    """Answers each ask once: one whose answer was lost gets the same answer again, and its slips unmarked.

    A slip that was handed out and of which nothing more is heard (the station's computer died) is handed out
    again, marked as begun before (at least once, and never twice unmarked).
    """

    def __init__(self, config: Config, clock: Clock, hub: DeviceHub) -> None:
        self._config, self._clock, self._hub = config, clock, hub
        self._answered: dict[str, tuple[str, int, Answer]] = {}
        self._one_at_a_time = threading.Lock()

    def settings(self, station: str) -> Settings:
        with open_reading() as session:
            return self._settings(session, station)

    def _settings(self, session: Session, station: str) -> Settings:
        printers = (
            apply_choice(session, printer) for printer in self._config.printers if printer.at == station
        )
        return make_settings(self._config, station, tuple(printers))

    def answer(self, station: str, ask: Ask) -> Answer:
        with self._one_at_a_time:
            run, n, answer = self._answered.get(station, ("", 0, None))
            if answer is None or (run, n) != (ask.run, ask.n):
                answer = self._do(station, ask)
                self._answered[station] = (ask.run, ask.n, answer)
            self._hub.called(station)
            return answer

    def _do(self, station: str, ask: Ask) -> Answer:
        own = {printer.name for printer in self._config.printers if printer.at == station}
        free = [name for name in ask.free if name in own]
        with open_reading() as session:  # most asks change nothing: they take no writer's turn
            settings = self._settings(session, station)
            due = any(find_next_job(session, name, at=self._clock.now()) for name in free)
        jobs: tuple[Job, ...] = ()
        well = self._list_recovered(ask, own)
        if due or well or ask.ended:
            with unit_of_work() as session:
                for name in well:
                    hurry_jobs(session, name, at=self._clock.now())
                jobs = self._turn(session, ask, free, own)
        self._hear(
            station, ask, own
        )  # last: what failed before this is asked again, and no scan is heard twice
        return Answer(jobs, self._hub.shown(station), settings.fingerprint())

    def _list_recovered(self, ask: Ask, own: set[str]) -> list[str]:
        """Printers that had a fault when they were last heard of and have none now."""
        told = [name for name, status in ask.printers.items() if name in own and not status.error]
        return [name for name in told if self._hub.printers.get(name, PrinterStatus()).error]

    def _hear(self, station: str, ask: Ask, own: set[str]) -> None:
        for text in ask.scans:
            self._hub.add_scan(station, text)
        for device, code in ask.states.items():
            self._hub.set_device_state(
                station, device, code if code in DEVICE_STATES else f"{device}_unreachable"
            )
        if ask.weight is not None:
            self._hub.weighed(station, ask.weight)
        for name, says in ask.printers.items():
            if name in own:
                known = says.error in DEVICE_STATES and says.warning in DEVICE_STATES
                self._hub.printers[name] = says if known else PrinterStatus("printer_failed")

    def _turn(self, session: Session, ask: Ask, free: list[str], own: set[str]) -> tuple[Job, ...]:
        """Note what became of the slips that were out, then hand out the next ones."""
        at = self._clock.now()
        for each in ask.ended:
            job = session.get(PrintJob, each.job)
            if job is not None and job.printer in own:
                finish_or_retry(job, each.outcome, at=at)
        session.flush()
        waiting = (find_next_job(session, name, at=at) for name in free)
        return tuple(Job(job.id, job.printer, begin_job(job, at=at)) for job in waiting if job)

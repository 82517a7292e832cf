"""importing/jobs.py — long reading and writing of a workbook, in a thread of its own, with its progress."""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.database import open_reading
from ..kernel.errors import Refused, ShopError
from .apply import apply_in_parts
from .preview import ImportPreview, make_preview
from .workbook import open_workbook


@dataclass
class ImportJob:
    """One uploaded workbook on its way: read, looked at by a person, written."""

    path: Path
    name: str
    state: str = "reading"  # reading → ready → writing → written, or failed
    done: int = 0
    total: int = 0
    preview: ImportPreview | None = None
    error: ShopError | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    def tell(self, done: int, total: int) -> None:
        self.done, self.total = done, total


class ImportJobs:
    """The newest few jobs of this process; a restart forgets them: what was written by then stays, and the same workbook goes on."""

    KEPT = 8

    def __init__(self) -> None:
        self._jobs: dict[str, ImportJob] = {}

    def find(self, token: str) -> ImportJob | None:
        return self._jobs.get(token)

    def read(self, engine: Engine, path: Path, name: str, *, at: datetime) -> ImportJob:
        """Begin to read a workbook."""
        job = ImportJob(path, name)
        self._jobs[job.token] = job
        for old in list(self._jobs)[: -self.KEPT]:
            self._jobs.pop(old).path.unlink(missing_ok=True)
        threading.Thread(target=self._read, args=(engine, job, at), daemon=True).start()
        return job

    def read_again(self, engine: Engine, job: ImportJob, *, at: datetime) -> None:
        """Judge the workbook anew, with the manager's yes to moving the ends of papers."""
        job.state, job.done = "reading", 0
        threading.Thread(
            target=self._read, args=(engine, job, at), kwargs={"may_move_ends": True}, daemon=True
        ).start()

    def write(self, engine: Engine, job: ImportJob, *, by: Actor, at: datetime) -> None:
        """Begin to write what the preview said, without its refused rows."""
        job.state, job.done, job.total = "writing", 0, len(job.preview.plan) if job.preview else 0
        threading.Thread(target=self._write, args=(engine, job, by, at), daemon=True).start()

    @staticmethod
    def _read(engine: Engine, job: ImportJob, at: datetime, *, may_move_ends: bool = False) -> None:
        try:
            sheets = open_workbook(job.path)
            with open_reading(engine) as session:
                job.preview = make_preview(
                    session, sheets, business_day(at), job.tell, may_move_ends=may_move_ends
                )
            job.state = "ready"
        except ShopError as no:
            job.state, job.error = "failed", no
        except Exception:
            job.state, job.error = "failed", Refused.because("workbook_odd", why="?")
            raise

    @staticmethod
    def _write(engine: Engine, job: ImportJob, by: Actor, at: datetime) -> None:
        assert job.preview is not None  # noqa: S101  only a ready job is written
        try:
            _refuse_old(job.preview, at)
            apply_in_parts(engine, job.preview, by=by, at=at, source=job.name, tell=job.tell)
            job.state = "written"
        except ShopError as no:
            job.state, job.error = "failed", no
        except Exception:
            job.state, job.error = "failed", Refused.because("workbook_odd", why="?")
            raise
        finally:
            job.path.unlink(missing_ok=True)


def _refuse_old(preview: ImportPreview, at: datetime) -> None:
    """Prices may have gone on since: those of its day would stand behind them. Raises Refused (`preview_old`)."""
    if business_day(at) - preview.on > timedelta(days=1):
        raise Refused.because("preview_old")

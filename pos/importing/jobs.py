"""importing/jobs.py — long reading and writing of a workbook, beside everything else, with its progress."""

import secrets
import threading
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from werkzeug.datastructures import FileStorage

from ..files.check import CheckedFile
from ..journal.queries import find_newest_seq
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused, ShopError
from .answers import ImportAnswers
from .memory import recall_columns, remember_columns
from .own_process import judge_list, write_list
from .pictures import match_pictures, store_pictures
from .preview import ImportPreview
from .run_contents import note_part
from .sheets import Sheet
from .workbook import open_workbook


@dataclass
class ImportJob:
    """One uploaded workbook on its way: read, looked at by a person, written. `error` beside a ready one says why it wasn't written."""

    path: Path
    name: str
    state: str = "reading"  # reading → ready → writing → written, or failed
    done: int = 0
    total: int = 0
    preview: ImportPreview | None = None
    error: ShopError | None = None
    sheets: Sequence[Sheet] = ()
    answers: ImportAnswers = field(default_factory=ImportAnswers)
    pictures: dict[str, CheckedFile] = field(default_factory=dict)
    odd_pictures: list[str] = field(default_factory=list)
    run_id: int | None = None
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

    def read(
        self, engine: Engine, path: Path, name: str, *, at: datetime, pictures: Sequence[CheckedFile] = ()
    ) -> ImportJob:
        """Begin to read a workbook."""
        job = ImportJob(path, name, pictures={picture.name: picture for picture in pictures})
        self._jobs[job.token] = job
        for old in list(self._jobs)[: -self.KEPT]:
            discard_upload(self._jobs.pop(old).path)
        threading.Thread(target=self._read, args=(engine, job, at), daemon=True).start()
        return job

    def read_again(self, engine: Engine, job: ImportJob, *, at: datetime) -> None:
        """Judge the workbook anew, by what a person answered meanwhile."""
        job.state, job.done, job.error = "reading", 0, None
        threading.Thread(target=self._read, args=(engine, job, at), daemon=True).start()

    def write(
        self, engine: Engine, job: ImportJob, *, by: Actor, at: datetime, is_answered: bool = False
    ) -> None:
        """Begin to write what the preview said, without its refused rows.

        `is_answered`: answers came with the word to write. It is judged by them first, and where they open a question, or
        more rows would be left out than were agreed to, nothing is written.
        """
        job.state, job.done, job.total = "writing", 0, len(job.preview.plan) if job.preview else 0
        job.error = None
        threading.Thread(target=self._write, args=(engine, job, by, at, is_answered), daemon=True).start()

    @classmethod
    def _read(cls, engine: Engine, job: ImportJob, at: datetime, because: ShopError | None = None) -> None:
        """`because`: why it is read again. A page that asks meanwhile must never see the state before the reason: the state comes last."""
        try:
            if not job.sheets:
                job.sheets = open_workbook(job.path)
                with open_reading(engine) as session:
                    job.answers.columns = recall_columns(session, job.sheets) | job.answers.columns
            cls._judge(engine, job, at)
            job.error, job.state = because, "ready"
        except ShopError as no:
            job.error, job.state = no, "failed"
        except Exception:
            job.error, job.state = Refused.because("workbook_odd", why="?"), "failed"
            raise

    @staticmethod
    def _judge(engine: Engine, job: ImportJob, at: datetime) -> None:
        answers = deepcopy(job.answers)
        job.preview = judge_list(engine, job.sheets, business_day(at), job.tell, answers=answers)

    @classmethod
    def _write(cls, engine: Engine, job: ImportJob, by: Actor, at: datetime, is_answered: bool) -> None:
        assert job.preview is not None  # noqa: S101  only a ready job is written
        agreed = len(job.preview.refused)
        try:
            if is_answered:
                cls._judge(engine, job, at)
                job.tell(0, len(job.preview.plan))
                if job.preview.questions or len(job.preview.refused) > agreed or not job.preview.plan:
                    job.error, job.state = Refused.because("rows_changed"), "ready"
                    return
            _refuse_old(job.preview, at)
            with unit_of_work(engine) as session:
                remember_columns(session, job.sheets, job.answers.columns, at)
            job.run_id = write_list(engine, job.preview, job.tell, by=by, at=at, source=job.name)
            cls._store_pictures(engine, job, by, at)
            job.state, job.sheets = "written", ()
            discard_upload(job.path)
        except ShopError as no:
            cls._read(engine, job, at, because=no)  # the list and what was answered stay
        except Exception:
            job.error, job.state = Refused.because("workbook_odd", why="?"), "failed"
            raise

    @staticmethod
    def _store_pictures(engine: Engine, job: ImportJob, by: Actor, at: datetime) -> None:
        assert job.preview is not None  # noqa: S101  it was written
        matched, job.odd_pictures = match_pictures(job.preview.plan, job.pictures)
        folder = job.path.parents[2]
        for row, picture in matched:
            with unit_of_work(engine) as session:
                first = find_newest_seq(session) + 1
                store_pictures(session, folder, [(row, picture)], by=by, at=at)
                note_part(session, job.run_id, first)


def save_upload(data_folder: Path, workbook: FileStorage) -> Path:
    """An uploaded list in a folder of its own, within the data folder."""
    folder = data_folder / "uploads"
    folder.mkdir(exist_ok=True)
    stem = "".join(c for c in Path(workbook.filename or "").stem if c.isalnum() or c in " -_")[:40]
    path = folder / secrets.token_hex(8) / f"{stem or 'list'}"
    path.parent.mkdir()
    workbook.save(path)
    return path


def discard_upload(path: Path) -> None:
    """Remove an uploaded list with the folder of its own."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        path.parent.rmdir()


def _refuse_old(preview: ImportPreview, at: datetime) -> None:
    """Prices may have gone on since: those of its day would stand behind them. Raises Refused (`preview_old`)."""
    if business_day(at) - preview.on > timedelta(days=1):
        raise Refused.because("preview_old")

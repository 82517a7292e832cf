"""maintenance/heads.py — the journal's newest row, written down outside the database: what a cut or rewritten journal lacks.

The file lies in the data folder and is written after the commit, off the till's path: it may lag behind the
journal and is never ahead of it. Who can write the database can write the file, too: against that help only the
heads on paper (each closed shift shows one), in backups kept elsewhere, or a signature.
"""

import json
import logging
import re
import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ..closings.close import sum_grand_totals
from ..closings.models import PeriodClosing, ZReport
from ..counting.models import StockCount
from ..journal.models import JournalRow
from ..journal.queries import FEWEST_DIGITS, format_head
from ..journal.record import find_head, record
from ..kernel.actor import SYSTEM
from ..kernel.clock import Clock
from ..kernel.database import open_reading, unit_of_work
from ..kernel.private_file import write_private
from ..kernel.tables import Number, name_series, select_highest
from ..logbooks.models import Complaint
from ..payments.models import BankTransfer
from ..recalls.models import RecallDrill
from ..sales.models import Sale
from ..sales.money_models import Taking, TenderCorrection, TransferAllocation
from ..settlement.models import Dispute, ProducerEntry, Statement
from ..shifts.models import CashDocument, Shift
from ..stock.models import Hold
from ..storeroom.models import Receiving, WriteOff
from ..vouchers.models import Voucher

log = logging.getLogger(__name__)
HEAD_FILE = "journal-head.json"
FORMAT = 1
LOOK_EVERY_SECONDS = 1.0
SERIES: tuple[Number, ...] = (
    Sale.number, Shift.number, Receiving.number, WriteOff.number, Complaint.number, StockCount.number, RecallDrill.number,
    Hold.batch, ZReport.number, PeriodClosing.number, CashDocument.receipt_number, CashDocument.payment_number,
    CashDocument.transfer_number, CashDocument.opening_number,
    Voucher.number, Taking.number, TenderCorrection.number, BankTransfer.number, TransferAllocation.number, Statement.number, ProducerEntry.number, Dispute.number,
)  # fmt: skip
_ON_PAPER = re.compile(rf"^\s*(\d+)\s*[:·\- ]\s*([0-9a-f ]{{{FEWEST_DIGITS},}})\s*$")


class HeadUnreadable(Exception):
    """A head file or a head that was typed can't be read; the message says why."""


@dataclass(frozen=True, slots=True)
class JournalHead:
    """The journal's newest row at a moment, the highest number of each series, and the grand totals.

    The totals are None in a file of an earlier version.
    """

    seq: int
    hash: str
    at: str
    numbers: dict[str, int]
    sales_vnd: int | None = None
    refunds_vnd: int | None = None


def get_head(session: Session) -> JournalHead | None:
    """The newest row, the highest numbers and the grand totals; None for an empty journal."""
    row = find_head(session)
    if row is None:
        return None
    totals = sum_grand_totals(session)
    return JournalHead(
        row.seq,
        row.hash,
        row.at.isoformat(),
        find_highest_numbers(session),
        totals.sales_vnd,
        totals.refunds_vnd,
    )


def find_highest_numbers(session: Session) -> dict[str, int]:
    """Of each series the highest number given or left out so far."""
    return {
        name_series(number): max(highest or 0 for highest in session.execute(select_highest(number)).one())
        for number in SERIES
    }


def read_head(path: Path) -> JournalHead | None:
    """The head in a file; None where there is no file. Raises HeadUnreadable."""
    try:
        content = json.loads(path.read_text("utf-8"))
        return JournalHead(
            int(content["seq"]),
            str(content["hash"]),
            str(content["at"]),
            {str(k): int(v) for k, v in content["numbers"].items()},
            *(
                None if content.get(name) is None else int(content[name])
                for name in ("sales_vnd", "refunds_vnd")
            ),
        )
    except FileNotFoundError:
        return None
    except OSError as odd:
        raise HeadUnreadable(f"{path}: {odd.strerror}") from odd
    except (ValueError, KeyError, TypeError, AttributeError) as odd:
        raise HeadUnreadable(f"{path} is no journal head that can be read") from odd


def parse_head(typed: str) -> tuple[int, str]:
    """'1234:9f86d081884c7d65' as it stands on paper: a row's number and how its hash begins. Raises HeadUnreadable."""
    found = _ON_PAPER.match(typed.lower())
    digits = found.group(2).replace(" ", "") if found else ""
    if found is None or not FEWEST_DIGITS <= len(digits) <= 64:
        raise HeadUnreadable(
            f"{typed!r} is no head of a journal: it looks like 1234:9f86d081884c7d65, the row's number and at least"
            f" {FEWEST_DIGITS} digits of its hash"
        )
    return int(found.group(1)), digits


def is_in_chain(session: Session, seq: int, row_hash: str) -> bool:
    """Does the journal hold that row, with a hash that begins so?"""
    found = session.scalar(select(JournalRow.hash).where(JournalRow.seq == seq))
    return found is not None and found.startswith(row_hash)


def has_head_been_kept(session: Session) -> bool:
    """Has a head file ever been begun for this journal? Then it may not be missing."""
    return bool(session.scalar(select(func.count()).where(JournalRow.kind == "head_kept")))


def write_head(path: Path, head: JournalHead) -> None:
    """Whole or not at all, readable by its owner alone."""
    write_private(path, json.dumps({"format": FORMAT, **asdict(head)}, indent=1).encode())


def keep_head(engine: Engine, folder: Path, *, at: datetime) -> bool:
    """Write the newest head to the data folder; False where the file there must stay as evidence.

    A file that names a row which the journal doesn't hold, that can't be read, or that is missing though it was
    begun once, is not written over: `verify` tells of it until somebody has looked (renew_head).
    """
    path = folder / HEAD_FILE
    try:
        old = read_head(path)
    except HeadUnreadable:
        return False
    with open_reading(engine) as session:
        if get_head(session) is None:
            return True
        if old is not None and not is_in_chain(session, old.seq, old.hash):
            return False
        is_first = old is None and not has_head_been_kept(session)
        if old is None and not is_first:
            return False
    if is_first:
        with unit_of_work(engine) as session:
            record(session, "head_kept", by=SYSTEM, at=at)
    with open_reading(engine) as session:
        head = get_head(session)
    if head is not None and (old is None or old.seq < head.seq):
        write_head(path, head)
    return True


def renew_head(engine: Engine, folder: Path, *, at: datetime) -> JournalHead:
    """Begin the head file anew, after somebody has looked into what `verify` found; the journal notes the old one."""
    path = folder / HEAD_FILE
    try:
        old = read_head(path)
        old_head = format_head(old.seq, old.hash) if old else "missing"
    except HeadUnreadable as odd:
        old_head = str(odd)
    with unit_of_work(engine) as session:
        record(session, "head_kept", by=SYSTEM, at=at, instead_of=old_head)
    with open_reading(engine) as session:
        head = get_head(session)
    assert head is not None  # noqa: S101  a row was written just now
    write_head(path, head)
    return head


class HeadKeeper:
    """A thread that writes the head file soon after each act; many acts at once are one writing."""

    def __init__(self, engine: Engine, folder: Path, clock: Clock) -> None:
        self._engine, self._folder, self._clock = engine, folder, clock
        self._seen: Any = None
        self._is_told = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="journal head", daemon=True)

    def start(self) -> "HeadKeeper":
        self._thread.start()
        return self

    def stop(self) -> None:
        """The last acts are in the file when this returns."""
        self._stopping.set()
        self._thread.join(timeout=10)
        self.look()

    def _watch(self) -> None:
        self.look()
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            self.look()

    def look(self) -> None:
        """Write the file if the journal has gone on."""
        try:
            with open_reading(self._engine) as session:
                newest = find_head(session)
            if newest == self._seen and newest is not None:
                return
            is_kept = keep_head(self._engine, self._folder, at=self._clock.now())
        except Exception:  # a full disk or a stopped database: the file lags until it is mended
            log.exception("the journal's head could not be written")
            return
        self._seen = newest
        if not is_kept and not self._is_told:
            self._is_told = True
            log.error("%s does not fit the journal and stays as it is: run ocop-pos verify", HEAD_FILE)

"""maintenance/restore.py — a shop goes on from a backup: what tells a lawful restore from a forgery.

The journal notes where the backup ended. Numbers that were given between the backup and the loss stand on papers
that are about; they are left out, each series by its own gap, and `verify` accepts those gaps and no others.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select

from ..files.store import file_sha256
from ..identity.models import SignIn
from ..journal.queries import format_head
from ..journal.record import RESTORED, record
from ..kernel.actor import SYSTEM
from ..kernel.database import unit_of_work
from ..kernel.tables import Base, NumberGap, TotalsGap, name_series
from ..payments.accounts import list_accounts
from ..sales.models import Sale
from ..storeroom.kits import KIT_SERIES
from .backup import BOOKS, BackupBroken
from .check_payouts import list_unreadable_accounts
from .heads import HEAD_FILE, JournalHead, get_head, is_in_chain, write_head

UNPROVED = ".unproved"  # beside the name of books that don't add up
SKIPPED = 1000  # numbers of each series where nobody knows how many were given since the backup


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """Where the backup ended, and the numbers that are left out: (after, up to) by series. `without_tokens`: the bank accounts whose
    feeds' tokens must be pasted again, for no backup holds them; `without_account`: the producers whose payout account must be typed
    again, because its key is in no backup.
    """

    backup_head: str
    gaps: dict[str, tuple[int, int]]
    without_tokens: tuple[str, ...] = ()
    without_account: tuple[str, ...] = ()


def set_books_aside(engine: Engine, folder: Path) -> str:
    """Books that were restored and don't add up, so put away that no server starts over them; says where they are.

    They stay to be looked at: what is right in them may be all that is left of a shop.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql(f'ALTER TABLE alembic_version RENAME TO "alembic_version{UNPROVED}"')
        return f"a database whose table alembic_version is called alembic_version{UNPROVED} now"
    engine.dispose()  # the last connection writes the log into the file
    for rest in ("", "-wal", "-shm"):
        path = folder / f"{BOOKS}{rest}"
        if path.exists():
            path.rename(folder / f"{BOOKS}{UNPROVED}{rest}")
    return f"{folder / BOOKS}{UNPROVED} (who looked into it and goes on with it names it {BOOKS} again)"


def continue_books(
    engine: Engine,
    folder: Path,
    *,
    source: Path,
    at: datetime,
    lost: JournalHead | None = None,
    skip: int = SKIPPED,
) -> RestoreResult:
    """Note the restore in the journal, leave out the numbers that may have been given, end all sign-ins.

    `lost` is the head file of the books that were lost: it tells the numbers exactly, and the grand totals go on from its own. Without it `skip` numbers of
    each series are left out. Raises BackupBroken where `lost` is the head of another shop's books.
    """
    with unit_of_work(engine) as session:
        head = get_head(session)
        if head is None:
            raise BackupBroken(f"{source} holds no shop")
        if lost is not None and lost.seq <= head.seq and not is_in_chain(session, lost.seq, lost.hash):
            raise BackupBroken(f"the head given with --numbers-from is not of the books in {source}")
        gaps = _find_gaps(head, lost, skip)
        rows: list[Base] = [
            NumberGap(series=series, after=after, up_to=up_to, at=at)
            for series, (after, up_to) in gaps.items()
        ]
        totals_gap = _find_totals_gap(head, lost, at)
        rows += [totals_gap] if totals_gap is not None else []
        session.add_all(rows)
        ended = session.scalars(select(SignIn)).all()
        for sign_in in ended:
            session.delete(sign_in)
        session.flush()
        record(
            session, RESTORED, by=SYSTEM, at=at, seals=rows, removed=ended, backup=source.name,
            backup_sha256=file_sha256(source), backup_head=format_head(head.seq, head.hash),
            lost_head=format_head(lost.seq, lost.hash) if lost else None, gaps={k: list(v) for k, v in gaps.items()},
        )  # fmt: skip
        newest = get_head(session)
        without_tokens = tuple(account.number for account in list_accounts(session) if account.feed)
        without_account = tuple(list_unreadable_accounts(session, folder))
    if newest is not None:
        write_head(folder / HEAD_FILE, newest)
    return RestoreResult(format_head(head.seq, head.hash), gaps, without_tokens, without_account)


def _find_totals_gap(head: JournalHead, lost: JournalHead | None, at: datetime) -> TotalsGap | None:
    """What was sold and given back after the backup; None where nothing was, or nobody knows how much."""
    if lost is None or lost.sales_vnd is None or lost.refunds_vnd is None:
        return None
    number = name_series(Sale.number)
    if lost.numbers.get(number, 0) <= head.numbers[number]:
        return None
    sales_vnd, refunds_vnd = (
        lost.sales_vnd - (head.sales_vnd or 0),
        lost.refunds_vnd - (head.refunds_vnd or 0),
    )
    return TotalsGap(up_to_sale=lost.numbers[number], sales_vnd=sales_vnd, refunds_vnd=refunds_vnd, at=at)


def _find_gaps(head: JournalHead, lost: JournalHead | None, skip: int) -> dict[str, tuple[int, int]]:
    """By series, the numbers after the backup's highest that are left out."""
    if lost is None:
        gaps = {series: (highest, highest + skip) for series, highest in head.numbers.items() if skip}
        return gaps | ({KIT_SERIES: (0, skip)} if skip else {})
    gaps = {
        series: (highest, lost.numbers[series])
        for series, highest in head.numbers.items()
        if lost.numbers.get(series, 0) > highest
    }
    return gaps | ({KIT_SERIES: (0, SKIPPED)} if lost.seq > head.seq else {})

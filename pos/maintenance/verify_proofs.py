"""maintenance/verify_proofs.py — prove what proves the rest: the database file, the triggers, the head, secret rows, numbers."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ..closings.close import sum_grand_totals
from ..journal.queries import format_head
from ..journal.record import row_name, state_digest
from ..journal.sealed_states import has_sealed_states, list_sealed_models
from ..kernel.guard import REFUSE_CHANGE, trigger_texts
from ..kernel.tables import Number, NumberGap, ledger_tables, name_series
from .finding import BATCH, Finding
from .heads import (
    HEAD_FILE,
    SERIES,
    HeadUnreadable,
    find_highest_numbers,
    has_head_been_kept,
    is_in_chain,
    read_head,
)
from .payloads import list_payloads

LOOKED = "once you have looked into it: ocop-pos verify --renew-head"
_TRIGGERS_SQLITE = text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
_TRIGGERS_POSTGRESQL = text(
    "SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid, true), t.tgenabled, p.prosrc"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
)
_RULES_POSTGRESQL = text("SELECT tablename, rulename FROM pg_rules WHERE schemaname = current_schema()")


def check_database_file(session: Session) -> Iterator[Finding]:
    """SQLite's own check of every page and index, and of every reference between rows."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for message in session.scalars(text("PRAGMA integrity_check(20)")):
        if message != "ok":
            yield Finding("integrity", "shop.db", str(message))
    for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        yield Finding("integrity", f"{table}:{row}", f"it names a row of {parent} that is not there")


def check_triggers(session: Session) -> Iterator[Finding]:
    """Each ledger table has the triggers that keep it append-only, word for word, and no others act on it."""
    dialect = session.get_bind().dialect.name
    expected = {
        name: (table, statement)
        for table in ledger_tables()
        for name, statement in trigger_texts(table, dialect).items()
    }
    for name, table, fault in _list_triggers(session, expected):
        known = expected.pop(name, None)
        if known is None:
            yield Finding("trigger", table, f"trigger {name} is none of the shop's")
        elif fault:
            yield Finding("trigger", known[0], f"trigger {name} {fault}")
    for name, (table, _) in expected.items():
        yield Finding("trigger", table, f"trigger {name} is missing")
    if dialect == "postgresql":
        for table, rule in session.execute(_RULES_POSTGRESQL):
            yield Finding("trigger", table, f"rule {rule} is none of the shop's")


def _list_triggers(session: Session, expected: dict[str, tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Of each trigger: its name, its table, and what is wrong with its text ("": nothing)."""
    odd = "does something else than the shop's own"
    if session.get_bind().dialect.name == "sqlite":
        for name, table, statement in session.execute(_TRIGGERS_SQLITE):
            is_right = name in expected and _normalize_statement(statement) == _normalize_statement(
                expected[name][1]
            )
            yield name, table, "" if is_right else odd
        return
    for name, table, statement, enabled, source in session.execute(_TRIGGERS_POSTGRESQL):
        if enabled not in {"O", "A"}:
            yield name, table, "is switched off"
        elif _normalize_statement(source) != _normalize_statement(REFUSE_CHANGE):
            yield name, table, odd
        else:
            is_right = name in expected and _normalize_statement(statement) == _normalize_statement(
                expected[name][1]
            )
            yield name, table, "" if is_right else odd


def _normalize_statement(statement: str) -> str:
    """One text for one meaning: PostgreSQL writes its own spaces and quotes, and may name the schema."""
    words = statement.replace('"', "").replace("$$", "").split()
    return " ".join(words).replace(" ON public.", " ON ").rstrip(";")


def list_trigger_names(session: Session) -> set[str]:
    if session.get_bind().dialect.name == "sqlite":
        return {row.name for row in session.execute(_TRIGGERS_SQLITE)}
    return set(session.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")))


def check_sealed_states(session: Session) -> Iterator[Finding]:
    """PINs, sign-ins, stations' keys and complaints are as the newest act that wrote them left them.

    In a shop made by an earlier version they count from the act on that sealed what was there then.
    """
    newest: dict[str, str | None] = {}
    for payload in list_payloads(session):
        newest.update(payload.get("state_seals", {}))
    is_begun = has_sealed_states(session)
    for model in list_sealed_models():
        for row in session.scalars(select(model).execution_options(yield_per=BATCH)):
            name = row_name(row)
            seal = newest.pop(name, None)
            if seal is None and is_begun:
                yield Finding("state", name, "the journal knows nothing of it")
            elif seal is not None and seal != state_digest(row):
                yield Finding("state", name, "it was changed and no act says so")
        session.expunge_all()
    for name, seal in newest.items():
        if seal is not None:
            yield Finding("state", name, "it is not there any more and no act says so")


def check_head_file(session: Session, folder: Path) -> Iterator[Finding]:
    """The journal holds the row that was written down outside the database, and no series of numbers went back."""
    try:
        head = read_head(folder / HEAD_FILE)
    except HeadUnreadable as odd:
        yield Finding("head", HEAD_FILE, f"{odd}; {LOOKED}")
        return
    if head is None:
        if has_head_been_kept(session):
            yield Finding("head", HEAD_FILE, f"it is not there any more; {LOOKED}")
        return
    if not is_in_chain(session, head.seq, head.hash):
        yield Finding(
            "head",
            f"journal:{head.seq}",
            f"{HEAD_FILE} names row {format_head(head.seq, head.hash)}, which the journal doesn't hold:"
            f" its end was cut off, or it was written anew; {LOOKED}",
        )
    now = find_highest_numbers(session)
    for series, highest in head.numbers.items():
        if now.get(series, 0) < highest:
            yield Finding(
                "head", series, f"number {highest} was given once, now the highest is {now.get(series, 0)}"
            )
    totals = sum_grand_totals(session)
    if totals.sales_vnd < (head.sales_vnd or 0) or totals.refunds_vnd < (head.refunds_vnd or 0):
        yield Finding("head", "grand totals", f"less is sold or given back in all than {HEAD_FILE} says")


def check_paper_head(session: Session, seq: int, row_hash: str) -> Iterator[Finding]:
    """The journal holds the row that stands on a paper."""
    if not is_in_chain(session, seq, row_hash):
        yield Finding(
            "head", f"journal:{seq}", "the paper names a row that the journal doesn't hold: its end was cut off,"
            " it was written anew, or it was restored from a backup older than the paper",
        )  # fmt: skip


def check_numbers(session: Session) -> Iterator[Finding]:
    """Every series counts from 1 without gaps, but for those that a restore left out; nothing has such a number."""
    for number in SERIES:
        yield from _check_number_series(session, number)


def _check_number_series(session: Session, number: Number) -> Iterator[Finding]:
    name = name_series(number)
    count, highest = session.execute(select(func.count(number.distinct()), func.max(number))).one()
    gaps = session.scalars(select(NumberGap).where(NumberGap.series == name).order_by(NumberGap.id)).all()
    left_out = sum(gap.up_to - gap.after for gap in gaps if gap.after < (highest or 0))
    for gap in gaps:
        used = session.scalar(select(func.min(number)).where(number > gap.after, number <= gap.up_to))
        if used is not None:
            yield Finding("numbers", f"{name}:{used}", "this number was left out by a restore")
    if (highest or 0) != count + left_out:
        message = f"{count} rows and {left_out} numbers left out by restores, the highest number is {highest}"
        yield Finding("numbers", name, message)

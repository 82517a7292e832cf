"""Producers' statements: a long one with its paper, and a month of all producers beside a till that sells."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select

from pos.documents.long_list import LongList
from pos.documents.pdf import render_document
from pos.kernel.actor import SYSTEM
from pos.kernel.clock import Clock, business_day
from pos.kernel.database import db, open_reading, unit_of_work
from pos.producers.models import Producer
from pos.producers.terms import get_producer
from pos.settlement.export import export_statement_pdf
from pos.settlement.models import Statement
from pos.settlement.run_process import choose_step
from pos.settlement.runs import StatementRuns, approve_one, draft_one, list_drafts, mark_draft
from pos.settlement.statements import approve_statement, get_statement, prepare_statement

from .figures import Figure, p95
from .selling import Seller, Times
from .shop import Till, app_over

MOST_STATEMENT_S, MOST_RUN_S, MOST_BESIDE = 3.0, 60.0, 1.2
ROUNDS = 5
SALES_A_ROUND = 8
PACE_SECONDS = 0.2


def measure_long(folder: Path, lines: int) -> list[Figure]:
    """One producer's statement over so many lines: reckoned, written, as a paper."""
    app = app_over(folder)
    yesterday = business_day(datetime.now(UTC)) - timedelta(days=1)
    with app.test_request_context():
        with (
            open_reading() as session
        ):  # a server has made statements before: what is made ready once is ready
            prepare_statement(session, 1, yesterday, datetime.now(UTC))
            render_document("", "", [LongList(("",), [("",)], (1,), frozenset())], foot="")
        begun = time.perf_counter()
        with open_reading() as session:
            prepared = prepare_statement(session, 1, yesterday, datetime.now(UTC))
        read = time.perf_counter()
        with unit_of_work() as session:
            number = approve_statement(session, get_producer(session, 1), prepared, by=SYSTEM, at=datetime.now(UTC)).number  # fmt: skip
        written = time.perf_counter()
        with open_reading() as session:
            paper = export_statement_pdf(session, get_statement(session, number), "https://shop.example", str)
        ended = time.perf_counter()
        db.engine.dispose()
    if len(prepared.account.rows) < lines * 0.9 or not paper.startswith(b"%PDF"):
        raise RuntimeError(f"{len(prepared.account.rows)} rows")
    what = f"statement over {lines:,} lines"
    return [
        Figure(f"{what}: reckoned", read - begun, "s"),
        Figure(f"{what}: written", written - read, "s"),
        Figure(f"{what}: its pdf", ended - written, "s"),
        Figure(f"{what}: in all", ended - begun, "s", MOST_STATEMENT_S),
    ]


def measure_run(folder: Path, products: int) -> list[Figure]:
    """Drafts and approvals of all producers, in parts; between them the till sells alone, so that both see the same machine."""
    till = Till(folder)
    seller = Seller(till, products)
    seller.warm_up()
    yesterday = business_day(datetime.now(UTC)) - timedelta(days=1)
    alone, beside = Times(), Times()
    with till.app.app_context():
        engine = db.engine
        with open_reading() as session:
            ids = list(session.scalars(select(Producer.id).order_by(Producer.id)))
    took = 0.0
    for part in range(ROUNDS):
        _sell_alone(seller, alone)
        took += _run_beside(engine, ids[part::ROUNDS], yesterday, seller, beside)
    _sell_alone(seller, alone)
    with till.app.app_context(), open_reading() as session:
        written = session.scalar(select(func.count()).select_from(Statement))
    till.close()
    if written != len(ids):
        raise RuntimeError(f"{written} statements of {len(ids)}")
    return [
        Figure(f"statements of {len(ids)} producers beside a till", took, "s", MOST_RUN_S),
        Figure("scan meanwhile, p95", p95(beside.scans), "ms", MOST_BESIDE, p95(alone.scans)),
        Figure("pay meanwhile, p95", p95(beside.pays), "ms", MOST_BESIDE, p95(alone.pays)),
    ]


def _run_beside(engine: Engine, ids: Sequence[int], ends: date, seller: Seller, times: Times) -> float:
    """How long drafts and approvals of these took while the till sold."""
    runs, clock = StatementRuns(), Clock()
    begun = time.perf_counter()
    for is_approval in (False, True):
        if is_approval:
            with open_reading(engine) as session:
                shown = {id_: mark_draft(draft) for id_, draft in list_drafts(session).items()}
            step = choose_step(engine, ids, approve_one, shown, SYSTEM, clock)
        else:
            step = choose_step(engine, ids, draft_one, ends, SYSTEM, clock)
        runs.begin(ids, *step, is_approval=is_approval)
        while runs.last is not None and runs.last.is_running:
            _sell_paced(seller)
        if runs.last is None or runs.last.failed or runs.last.is_broken:
            raise RuntimeError("a statement failed")
    took = time.perf_counter() - begun
    _take_times(seller, times)
    return took


def _sell_alone(seller: Seller, times: Times) -> None:
    for _ in range(SALES_A_ROUND):
        _sell_paced(seller)
    _take_times(seller, times)


def _sell_paced(seller: Seller) -> None:
    seller.sell()
    time.sleep(PACE_SECONDS)


def _take_times(seller: Seller, times: Times) -> None:
    times.scans += seller.times.scans
    times.pays += seller.times.pays
    seller.times = Times()

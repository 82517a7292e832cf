"""What a list writes beside tills: made ready in readings or under the lock, in this process or another, it is the same."""

import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos.admission.models import Paper, PaperCover
from pos.catalog.models import Product
from pos.catalog.products import save_product
from pos.importing import apply, own_process
from pos.importing.answers import ImportAnswers
from pos.importing.apply import ROWS_AT_ONCE, apply_in_parts, apply_plan
from pos.importing.own_process import judge_list, write_list
from pos.importing.preview import ImportPreview, make_preview
from pos.importing.run_contents import get_run, read_contents
from pos.importing.sheets import Sheet
from pos.importing.workbook import open_workbook
from pos.journal.models import JournalRow
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.inserts import RowsForLater
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.stock.models import Lot, OnHand
from tests.builders import gtin13
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .test_apply import preview

GOODS = ROWS_AT_ONCE * 3 + 5
HEAD = ("Chủ thể", "Địa chỉ", "Tên hàng", "Quy cách", "Mã vạch", "Giá bán", "Sao", "Số QĐ", "Ngày QĐ", "Lô", "NSX", "HSD", "SL", "Kệ")  # fmt: skip


def a_long_list(goods: int = GOODS) -> list[tuple[Any, ...]]:
    """Goods of four producers in turn, with a decision for every 15 of them, codes, prices and lots."""
    issued, made, ends = (TODAY + timedelta(days=days) for days in (-100, -5, 200))
    return [
        (f"Hộ {n % 4}", f"thôn {n % 4}", f"Kẹo số {n}", "200 g", gtin13(n), 20_000 + n, 4, f"{n // 15}/QĐ", issued,
         f"L{n}", made, ends, n % 5 + 1, "Kệ OCOP")
        for n in range(goods)
    ]  # fmt: skip


def write_parts(found: ImportPreview) -> int | None:
    return apply_in_parts(db.engine, found, by=MANAGER, at=MORNING, source="b", tell=lambda *_: None)


def list_payloads(session: Session) -> list[tuple[str, str | None, str]]:
    """The journal, sorted, but for what is drawn by chance and the records of the import itself."""
    rows = session.scalars(select(JournalRow).where(JournalRow.kind != "imported"))
    return sorted((row.kind, row.subject, re.sub(r'"trace_code":"[^"]*"', "", row.payload)) for row in rows)


def test_in_parts_the_same_is_written_as_at_once(shop: Shop, tmp_path: Path) -> None:
    found = preview(tmp_path, HEAD, *a_long_list())
    assert found.counts == {"add": GOODS}
    with unit_of_work() as session:
        apply_plan(session, found, by=MANAGER, at=MORNING, source="b")
        at_once = list_payloads(session)
        session.rollback()
    write_parts(found)
    with open_reading() as session:
        in_parts = list_payloads(session)
        assert verify_books(session) == []
    # A decision whose goods lie in two parts is written with the first and changed with the second.
    whole, parts = (Counter((kind, subject) for kind, subject, _ in acts) for acts in (at_once, in_parts))
    assert set(parts - whole) <= {
        ("paper_changed", subject) for kind, subject in whole if kind == "paper_added"
    }
    assert not whole - parts
    papers = {"paper_added", "paper_changed"}
    assert [act for act in at_once if act[0] not in papers] == [
        act for act in in_parts if act[0] not in papers
    ]


def test_every_database_goes_on_where_the_parts_ended(any_shop: Shop, tmp_path: Path) -> None:
    run_id = write_parts(preview(tmp_path, HEAD, *a_long_list()))
    assert run_id is not None
    with open_reading() as session:
        counts = {
            table: session.scalar(select(func.count()).select_from(table))
            for table in (Producer, Product, Paper, PaperCover, Lot)
        }
        on_hand = session.scalar(select(func.sum(OnHand.quantity_milli)))
        contents = read_contents(session, get_run(session, run_id))
        assert verify_books(session) == []
    # Each of the four producers has a decision of its own of each number.
    papers = len({(n % 4, n // 15) for n in range(GOODS)})
    assert counts == {Producer: 4, Product: GOODS, Paper: papers, PaperCover: GOODS, Lot: GOODS}
    assert on_hand == ONE * sum(n % 5 + 1 for n in range(GOODS))
    assert {table: len(ids) for table, ids in contents.added.items()} == {
        "producer": 4, "product": GOODS, "paper": papers, "lot": GOODS
    }  # fmt: skip
    with unit_of_work() as session:
        maker = session.scalars(select(Producer)).first()
        assert maker is not None
        new = Product(
            producer_id=maker.id, name_vi="Kẹo mới", pack="", kind="packaged_food", group_code="food"
        )
        save_product(session, new, [], by=MANAGER, at=MORNING)
        assert new.id == GOODS + 1


def test_new_prices_of_many_goods_are_made_ready_too(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_parts(preview(tmp_path, HEAD, *a_long_list()))
    again = [(row[0], row[2], row[3], row[5] + 1_000) for row in a_long_list()]
    found = preview(tmp_path, ("Chủ thể", "Tên hàng", "Quy cách", "Giá bán"), *again)
    assert found.counts == {"change": GOODS}
    monkeypatch.setattr(apply._Work, "write_rows", None)  # nothing is written under the lock
    write_parts(found)
    with open_reading() as session:
        assert preview(tmp_path, ("Chủ thể", "Tên hàng", "Quy cách", "Giá bán"), *again).counts == {
            "same": GOODS
        }
        assert verify_books(session) == []


def test_what_changes_the_books_is_written_under_the_lock(shop: Shop, tmp_path: Path) -> None:
    write_parts(preview(tmp_path, HEAD, *a_long_list()))
    moved = [(*row[:1], f"{row[1]} mới", *row[2:]) for row in a_long_list()]
    write_parts(preview(tmp_path, HEAD, *moved))
    with open_reading() as session:
        assert set(session.scalars(select(Producer.address))) == {f"thôn {n} mới" for n in range(4)}
        assert verify_books(session) == []


def test_ids_that_others_took_meanwhile_are_given_anew(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a part's reading and its unit of work somebody adds a row by an act that changes no preview."""
    found = preview(tmp_path, HEAD, *a_long_list())
    insert = RowsForLater.insert_all
    taken: list[str] = []

    def come_late(later: RowsForLater, session: Session) -> bool:
        if len(taken) < 2:
            taken.append(f"Khác {len(taken)}")
            session.add(Producer(code=taken[-1], name=taken[-1], search_key=taken[-1]))
            session.flush()
        return insert(later, session)

    monkeypatch.setattr(RowsForLater, "insert_all", come_late)
    write_parts(found)
    with open_reading() as session:
        assert len(taken) == 2
        assert session.scalar(select(func.count()).select_from(Product)) == GOODS
        assert session.scalar(select(func.count()).select_from(Producer)) == 6


def read_sheets_of(folder: Path, rows: Sequence[tuple[Any, ...]]) -> list[Sheet]:
    preview(folder, HEAD, *rows)
    return open_workbook(folder / "b.xlsx")


@pytest.fixture
def everything_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_process, "MOST_ROWS_IN_A_THREAD", 0)


@pytest.mark.usefixtures("everything_apart")
def test_another_process_judges_and_writes_the_same(any_shop: Shop, tmp_path: Path) -> None:
    sheets = read_sheets_of(tmp_path, a_long_list())
    told: list[tuple[int, int]] = []
    found = judge_list(db.engine, sheets, TODAY, lambda *_: None, answers=ImportAnswers())
    with open_reading() as session:
        here = make_preview(session, sheets, TODAY, answers=ImportAnswers())
    assert (found.rows, found.seq, found.columns) == (here.rows, here.seq, here.columns)
    run_id = write_list(db.engine, found, lambda *n: told.append(n), by=MANAGER, at=MORNING, source="b")
    assert told[-1] == (GOODS, GOODS)
    with open_reading() as session:
        assert get_run(session, run_id or 0).written == GOODS
        assert verify_books(session) == []


@pytest.mark.usefixtures("everything_apart")
def test_a_refusal_comes_back_with_its_reasons(shop: Shop, tmp_path: Path) -> None:
    found = preview(tmp_path, HEAD, *a_long_list(3))
    write_parts(found)
    with pytest.raises(Refused) as no:
        write_list(db.engine, found, lambda *_: None, by=MANAGER, at=MORNING, source="b")
    assert [reason.code for reason in no.value.reasons] == ["preview_old"]


@pytest.mark.usefixtures("everything_apart")
def test_a_process_that_dies_is_told_and_what_is_written_stays(shop: Shop, tmp_path: Path) -> None:
    found = preview(tmp_path, HEAD, *a_long_list())

    def kill(done: int, total: int) -> None:
        ours = ["pgrep", "-P", str(os.getpid()), "-f", "own_process"]
        for pid in subprocess.run(ours, capture_output=True, text=True, check=True).stdout.split():
            os.kill(int(pid), signal.SIGKILL)

    with pytest.raises(Refused) as no:
        write_list(db.engine, found, kill, by=MANAGER, at=MORNING, source="b")
    assert [reason.code for reason in no.value.reasons] == ["import_process_ended"]
    with open_reading() as session:
        written = session.scalar(select(func.count()).select_from(Product)) or 0
        assert verify_books(session) == []
    assert 0 < written < GOODS
    again = preview(tmp_path, HEAD, *a_long_list())
    write_parts(again)
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(Product)) == GOODS
        assert verify_books(session) == []

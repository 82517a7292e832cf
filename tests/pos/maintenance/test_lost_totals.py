"""Grand totals never fall: after a restore of an older backup they go on from the head of the books that were lost."""

import json
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from pos.closings.close import close_with_z
from pos.closings.sections import list_sections
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.tables import TotalsGap
from pos.maintenance.heads import HEAD_FILE, get_head, read_head, write_head
from pos.maintenance.restore import continue_books
from pos.maintenance.verify import verify_books
from pos.shifts.drawer import open_shift
from tests.conftest import MANAGER, MORNING, Shop
from tests.pos.maintenance.test_backup import trade

A_SECOND = timedelta(seconds=1)


def test_grand_totals_go_on_from_the_lost_books_and_the_next_z_says_so(village: Shop) -> None:
    trade(1)
    with open_reading() as session:
        head = get_head(session)
        assert head is not None
        assert head.sales_vnd is not None
        assert head.refunds_vnd is not None
    number = "sale.number"
    lost = replace(
        head, seq=head.seq + 9, hash="f" * 64, numbers=head.numbers | {number: head.numbers[number] + 3},
        sales_vnd=head.sales_vnd + 90_000, refunds_vnd=head.refunds_vnd + 15_000,
    )  # fmt: skip
    write_head(village.folder / "lost.json", lost)
    lost, later = read_head(village.folder / "lost.json"), MORNING + A_SECOND
    continue_books(db.engine, village.folder, source=village.folder / "shop.db", at=later, lost=lost)
    with unit_of_work() as session:
        for at, told in (
            (MORNING + 2 * A_SECOND, {"sales_vnd": 90_000, "refunds_vnd": 15_000}),
            (MORNING + 3 * A_SECOND, None),
        ):
            shift = open_shift(session, f"Quầy {at.second}", 0, by=MANAGER, at=at)
            report = close_with_z(session, shift, 0, by=MANAGER, at=at, seal=None)
            assert (report.sales_vnd, report.refunds_vnd) == (
                head.sales_vnd + 90_000,
                head.refunds_vnd + 15_000,
            )
            assert report.up_to_sale == head.numbers[number] + 3
            figures = json.loads(report.figures)
            assert figures.get("totals_left_out") == told
            names = [row.name for part in list_sections(figures, {}, str) for row in part.rows]
            assert ("Sold before the restore, not in these books" in names) is (told is not None)
        assert verify_books(session, village.folder) == []
    with open_reading() as session:
        again = get_head(session)
        assert again is not None
        assert lost is not None
        assert (again.sales_vnd, again.refunds_vnd) == (lost.sales_vnd, lost.refunds_vnd)


def test_a_head_of_an_earlier_version_says_nothing_of_grand_totals(village: Shop) -> None:
    with open_reading() as session:
        head = get_head(session)
    assert head is not None
    old = {"seq": head.seq + 1, "hash": "f" * 64, "at": head.at, "numbers": {"sale.number": 999}}
    (village.folder / "lost.json").write_text(json.dumps(old))
    lost = read_head(village.folder / "lost.json")
    assert lost is not None
    assert lost.sales_vnd is None
    continue_books(db.engine, village.folder, source=village.folder / "shop.db", at=MORNING, lost=lost)
    with open_reading() as session:
        assert session.scalars(select(TotalsGap)).all() == []
        assert verify_books(session, village.folder) == []


def test_a_head_with_more_sold_than_the_books_hold_is_told(village: Shop) -> None:
    with open_reading() as session:
        head = get_head(session)
        assert head is not None
        write_head(village.folder / HEAD_FILE, replace(head, sales_vnd=(head.sales_vnd or 0) + 1))
        assert [finding.row for finding in verify_books(session, village.folder)] == ["grand totals"]

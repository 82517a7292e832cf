"""What somebody with the whole database can change, and what finds it: `verify`, the buyer's receipt, or the key.

| what was done | found by |
|---|---|
| a row edited | the journal's seal of the row |
| the last rows cut off, with their sales | the head file; the next Z's number; a receipt in a buyer's hand |
| the whole chain recomputed | the head under a signed closing; a receipt in a buyer's hand |
| closings signed anew with another key | the key on this computer; the public key on every Z on paper |
| yesterday's backup put back | the head file; a receipt in a buyer's hand |
| a Z removed | the numbers; the shift that has none |
| a PIN replaced | the sealed state of the person |
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.closings.export import CHECKER, write_journal
from pos.closings.keys import begin_sealing
from pos.closings.models import SealKey, ZReport
from pos.closings.seal import Seal, make_seal, text_to_sign
from pos.journal.models import JournalRow
from pos.journal.record import chained_hash, ledger_digest
from pos.kernel.database import db, open_reading, unit_of_work
from pos.maintenance.heads import HEAD_FILE, get_head, write_head
from pos.maintenance.verify import verify_books
from pos.maintenance.verify_closings import check_receipt, check_seal_key, list_seal_ranges
from pos.sales.models import Sale
from pos.sales.queries import find_sale_fingerprint
from pos.shifts.drawer import open_shift
from tests.builders import a_sale, a_stocked_shop, counted_statements
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

from .test_close import close, sell_a_day

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "seal"


@pytest.fixture
def closed(shop: Shop, keys: Path) -> dict[int, str]:
    """A day with a signed Z; the fingerprints that stand on its receipts."""
    with unit_of_work() as session:
        seal = begin_sealing(session, keys, by=MANAGER, at=MORNING)
    with unit_of_work() as session:
        sell_a_day(session)
        close(session, seal)
    with open_reading() as session:
        head = get_head(session)
        assert head is not None
        write_head(shop.folder / HEAD_FILE, head)
        assert findings(session, shop, keys) == set()
        return {
            number: find_sale_fingerprint(session, session.get_one(Sale, number)) for number in range(1, 6)
        }


def findings(session: Session, shop: Shop, keys: Path) -> set[str]:
    """The checks that found something."""
    found = [*verify_books(session, shop.folder), *check_seal_key(session, keys)]
    return {finding.check for finding in found}


def forge(*statements: str) -> None:
    """As somebody does who has the file: without the triggers, which are put back afterwards."""
    with db.engine.begin() as connection:
        triggers = connection.exec_driver_sql(TRIGGERS).all()
        for name, _sql in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.exec_driver_sql(statement)
        for _name, sql in triggers:
            connection.exec_driver_sql(sql)


def recompute_chain() -> None:
    """Every seal and hash anew, as our own code would: what no check of the journal alone can find."""
    with db.engine.begin() as connection:
        triggers = connection.exec_driver_sql(TRIGGERS).all()
        for name, _sql in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    with unit_of_work() as session:
        previous = "0" * 64
        for row in session.query(JournalRow).order_by(JournalRow.seq):
            payload = json.loads(row.payload)
            for name in list(payload.get("seals", {})):
                table, _, key = name.partition(":")
                model = {"sale": Sale, "z_report": ZReport, "seal_key": SealKey}.get(table)
                if model is not None:
                    forged = session.get(model, int(key))
                    payload["seals"].pop(name)
                    payload["seals"] |= {name: ledger_digest(forged.facts())} if forged is not None else {}
            row.payload = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            row.previous_hash = previous
            row.hash = chained_hash(
                previous, {c.name: getattr(row, c.name) for c in JournalRow.__table__.columns}
            )
            previous = row.hash
    with db.engine.begin() as connection:
        for _name, sql in triggers:
            connection.exec_driver_sql(sql)


def is_paper_right(fingerprints: dict[int, str], number: int) -> bool:
    with open_reading() as session:
        return not list(check_receipt(session, number, fingerprints[number]))


def test_a_row_that_was_edited(shop: Shop, keys: Path, closed: dict[int, str]) -> None:
    forge("UPDATE sale SET cashier_name = 'X' WHERE number = 2")
    with open_reading() as session:
        assert "seal" in findings(session, shop, keys)


def test_the_last_rows_cut_off_with_their_sales(shop: Shop, keys: Path, closed: dict[int, str]) -> None:
    forge(
        "DELETE FROM journal WHERE seq > (SELECT seq FROM journal WHERE subject = 'sale:2')", "DELETE FROM z_report",
        "DELETE FROM shift_close", "DELETE FROM tender WHERE sale_number > 2", "DELETE FROM sale_line WHERE sale_number > 2",
        "DELETE FROM sale WHERE number > 2",
    )  # fmt: skip
    with open_reading() as session:
        assert "head" in findings(session, shop, keys)
    assert not is_paper_right(closed, 5)
    assert is_paper_right(closed, 1)


def test_the_whole_chain_recomputed(shop: Shop, keys: Path, closed: dict[int, str]) -> None:
    """The forger has the head file, too; the signed closing and the papers are out of their reach."""
    forge("UPDATE sale SET cashier_name = 'X' WHERE number = 2")
    recompute_chain()
    with open_reading() as session:
        head = get_head(session)
        assert head is not None
        write_head(shop.folder / HEAD_FILE, head)
        assert findings(session, shop, keys) == {"closings"}
    assert not is_paper_right(closed, 2)
    assert not is_paper_right(closed, 5), "every receipt after it, too"


def test_the_closings_signed_anew_with_a_key_of_the_forgers(
    shop: Shop, keys: Path, closed: dict[int, str], tmp_path: Path
) -> None:
    own = make_seal(tmp_path / "forger")
    key = f"UPDATE seal_key SET public_key = '{own.public_key}'"  # noqa: S608  our own words
    forge("UPDATE sale SET cashier_name = 'X' WHERE number = 2", key)
    recompute_chain()
    sign_anew(own)
    recompute_chain()
    with open_reading() as session:
        head = get_head(session)
        assert head is not None
        write_head(shop.folder / HEAD_FILE, head)
        assert findings(session, shop, keys) == {"seal key"}, (
            "but for the key and the papers all of it adds up"
        )
    assert not is_paper_right(closed, 2)


def sign_anew(seal: Seal) -> None:
    with open_reading() as session:
        report = session.get_one(ZReport, 1)
        report.head_hash = session.get_one(JournalRow, report.head_seq).hash
        signature = seal.sign_text(text_to_sign(report))
        statement = f"UPDATE z_report SET head_hash = '{report.head_hash}', signature = '{signature}'"  # noqa: S608
    forge(statement)


def test_a_z_that_was_removed(shop: Shop, keys: Path, closed: dict[int, str]) -> None:
    with unit_of_work() as session:
        open_shift(session, STATION, 500_000, by=CASHIER, at=MORNING)
        close(session, None, 500_000)
    forge("DELETE FROM z_report WHERE number = 2")
    recompute_chain()
    with open_reading() as session:
        assert findings(session, shop, keys) >= {"closings"}


def test_a_changed_closing_and_the_ranges_of_keys(shop: Shop, keys: Path, closed: dict[int, str]) -> None:
    with unit_of_work() as session:
        open_shift(session, STATION, 500_000, by=CASHIER, at=MORNING)
        close(session, None, 500_000)
        ranges = list_seal_ranges(session)
    assert [(each.series, each.first, each.last, bool(each.public_key)) for each in ranges] == [
        ("Z", 1, 1, True),
        ("Z", 2, 2, False),
    ]
    forge("UPDATE z_report SET sales_vnd = sales_vnd + 1000 WHERE number = 1")
    with open_reading() as session:
        assert {"closings", "seal"} <= findings(session, shop, keys)


def test_a_pin_that_was_replaced(shop: Shop, keys: Path, closed: dict[int, str]) -> None:
    with unit_of_work() as session:
        from pos.identity.people import add_person
        from pos.kernel.actor import Role

        add_person(session, "Thu", Role.CASHIER, by=MANAGER, at=MORNING, login="thu", pin="135792")
    forge("UPDATE person SET pin_hash = 'x' WHERE login = 'thu'")
    with open_reading() as session:
        assert findings(session, shop, keys) != set()


def test_the_exported_journal_is_checked_by_a_file_of_its_own(any_shop: Shop, tmp_path: Path) -> None:
    with unit_of_work() as session:
        seal = begin_sealing(session, tmp_path / "seal", by=MANAGER, at=MORNING)
    assert seal is not None
    with unit_of_work() as session:
        sell_a_day(session)
        close(session, seal)
    target = tmp_path / "out" / "journal.jsonl"
    target.parent.mkdir()
    with open_reading() as session:
        acts = write_journal(session, target)

    def run(key: str = seal.public_key) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(target.with_name(CHECKER.name)), str(target), *key.split()]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run().stdout == f"It holds: {acts} acts, 1 signed closings.\n"
    grouped = " ".join(seal.public_key[n : n + 8] for n in range(0, 64, 8)).upper()
    assert run(grouped).returncode == 0
    assert "by the key that you gave" in run("0" * 64).stderr
    lines = target.read_text("utf-8").splitlines()
    changes: list[tuple[Any, str]] = [
        (lambda: [line.replace("Thu ngân", "Thu ngan") for line in lines], "its hash does not fit"),
        (lambda: [*lines[:5], *lines[6:]], "act 6 is missing"),
        (
            lambda: [line.replace('"sales_vnd":', '"sales_vnd":1') for line in lines],
            "its signature does not fit",
        ),
        (lambda: [*lines[:-1], lines[-1][:50]], "is cut, or no JSON"),
    ]
    for change, told in changes:
        target.write_text("\n".join(change()) + "\n", "utf-8")
        assert told in run().stderr, told


def test_a_receipts_fingerprint_is_read_as_people_type_it(
    shop: Shop, keys: Path, closed: dict[int, str]
) -> None:
    with open_reading() as session:
        typed = closed[1].lower().replace("-", " ")
        assert list(check_receipt(session, 1, typed)) == []
        assert [finding.check for finding in check_receipt(session, 99, typed)] == ["receipt"]
        assert session.execute(text("SELECT count(*) FROM sale")).scalar() == 5


def test_a_receipt_made_with_its_sale_bears_the_fingerprint_that_the_journal_gives_later(shop: Shop) -> None:
    with unit_of_work() as session:
        sale = a_sale(session, a_stocked_shop(session))
        with counted_statements() as sent:
            at_once = find_sale_fingerprint(session, sale)
        assert (sent, len(at_once)) == ([], 11)
        a_sale(session, session.get_one(Product, 1))
        assert find_sale_fingerprint(session, sale) == at_once
    with open_reading() as session:
        assert find_sale_fingerprint(session, session.get_one(Sale, 1)) == at_once

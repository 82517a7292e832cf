"""What somebody with the file and a tool could do unseen: each is found, and a lawful act is not."""

import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from pos.identity.people import add_person, get_person, reset_pin, set_active
from pos.identity.sign_in import end_sign_in, start_sign_in
from pos.journal.models import JournalRow
from pos.journal.queries import format_head
from pos.journal.record import GENESIS, chained_hash, record
from pos.journal.sealed_states import seal_states
from pos.kernel.actor import Role
from pos.kernel.database import db, open_reading, unit_of_work
from pos.logbooks.complaints import get_complaint, record_answer, write_complaint
from pos.maintenance.heads import (
    HEAD_FILE,
    SERIES,
    HeadKeeper,
    HeadUnreadable,
    get_head,
    keep_head,
    parse_head,
    read_head,
    renew_head,
)
from pos.maintenance.verify import verify_books
from pos.maintenance.verify_proofs import check_paper_head
from pos.shifts.cash_documents import SERIES_OF
from pos.station.key import create_key, end_keys
from tests.conftest import MANAGER, MORNING, STATION, Shop

ROOT = Path(__file__).parents[3]


def findings(shop: Shop) -> list[tuple[str, str]]:
    with open_reading() as session:
        return [(finding.check, finding.row) for finding in verify_books(session, shop.folder)]


def forge(*statements: str) -> None:
    """Triggers off, the statements in, triggers on again, as before."""
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        triggers = driver.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            driver.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            driver.execute(statement)
        for _, statement in triggers:
            driver.execute(statement)


def take_some(shop: Shop) -> int:
    with unit_of_work() as session:
        return write_complaint(session, "Mật ong", "Nắp bị hở", "0900 000 001", by=MANAGER, at=MORNING).number


def act(count: int, about: str = "thử") -> None:
    """So many acts that nothing but the journal's end shows."""
    for n in range(count):
        with unit_of_work() as session:
            record(session, "drawer_opened", by=MANAGER, at=MORNING, reason=f"{about} {n}")


def rewrite_chain() -> None:
    """Every hash anew, as a program of twenty lines does."""
    with open_reading() as session:
        rows = session.query(JournalRow).order_by(JournalRow.seq).all()
    previous, statements = GENESIS, []
    for row in rows:
        facts = {column.name: getattr(row, column.name) for column in JournalRow.__table__.columns}
        new = chained_hash(previous, facts)
        statements.append(
            f"UPDATE journal SET previous_hash = '{previous}', hash = '{new}' WHERE seq = {row.seq}"  # noqa: S608
        )
        previous = new
    forge(*statements)


def test_nothing_is_found_after_lawful_acts_of_every_kind(shop: Shop) -> None:
    number = take_some(shop)
    with unit_of_work() as session:
        record_answer(session, get_complaint(session, number), "Đổi hũ khác", by=MANAGER, at=MORNING)
        person, _ = add_person(session, "Thu ngân 7", Role.CASHIER, by=MANAGER, at=MORNING)
        first, second = (start_sign_in(session, person, STATION, at=MORNING) for _ in range(2))
        end_sign_in(session, first, at=MORNING)
        reset_pin(session, person, by=MANAGER, at=MORNING)
        start_sign_in(session, person, STATION, at=MORNING)
        set_active(session, person, False, by=MANAGER, at=MORNING)
        set_active(session, person, True, by=MANAGER, at=MORNING)
        start_sign_in(session, person, STATION, at=MORNING)
        create_key(session, STATION, by=MANAGER, at=MORNING)
        create_key(session, STATION, by=MANAGER, at=MORNING)
        end_keys(session, STATION, by=MANAGER, at=MORNING)
    assert second
    assert keep_head(db.engine, shop.folder, at=MORNING)
    assert findings(shop) == []


FORGED = {
    "a PIN replaced": ("UPDATE person SET pin_hash = '$argon2id$v=19$m=8,t=1,p=1$AAAA$BBBB' WHERE id = 1", "person:1"),
    "a PIN copied from another": ("UPDATE person SET pin_hash = (SELECT pin_hash FROM person WHERE id = 2) WHERE id = 1", "person:1"),
    "a complaint edited": ("UPDATE complaint SET said = 'Rất ngon' WHERE number = {n}", "complaint:{n}"),
    "a complaint's answer made up": ("UPDATE complaint SET answer = 'Đã đền', answered_by = 'x' WHERE number = {n}", "complaint:{n}"),
    "a complaint's contact changed": ("UPDATE complaint SET contact = '' WHERE number = {n}", "complaint:{n}"),
    "a complaint deleted": ("DELETE FROM complaint WHERE number = {n}", "complaint:{n}"),
    "a complaint made up": ("INSERT INTO complaint SELECT {n} * 10 + 1, at, taken_by, about, said, contact, answer, answered_at, answered_by, salt FROM complaint WHERE number = {n}", "complaint:2"),
    "a station's key inserted": ("INSERT INTO station_key (station, token_hash, at, by_name) VALUES ('Quầy 1', 'ab', '2026-11-24', 'x')", "station_key:2"),
    "a station's key brought back": ("UPDATE station_key SET ended_at = NULL WHERE id = 1", "station_key:1"),
    "a station's key put to another till": ("UPDATE station_key SET station = 'Quầy 2' WHERE id = 1", "station_key:1"),
    "a sign-in inserted": ("INSERT INTO sign_in VALUES ('ab', 1, 'Quầy 1', '2026-11-24 02:00:00', 0, NULL)", "sign_in:ab"),
    "a sign-in given to another": ("UPDATE sign_in SET person_id = 1", "sign_in:"),
    "a sign-in prolonged": ("UPDATE sign_in SET started_at = '2027-11-24 02:00:00.000000'", "sign_in:"),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED)
def test_a_row_that_the_journal_must_not_show_is_proved_all_the_same(village: Shop, case: str) -> None:
    n = take_some(village)
    with unit_of_work() as session:
        create_key(session, STATION, by=MANAGER, at=MORNING)
        end_keys(session, STATION, by=MANAGER, at=MORNING)
        start_sign_in(session, get_person(session, 2), STATION, at=MORNING)
    assert findings(village) == []
    statement, row = FORGED[case]
    forge(statement.format(n=n))
    found = findings(village)
    assert [check for check, where in found if where.startswith(row.format(n=n))] != [], found


def test_the_journal_shows_nothing_of_what_it_proves(shop: Shop) -> None:
    take_some(shop)
    with open_reading() as session:
        output = " ".join(session.scalars(text("SELECT payload FROM journal")))
    assert "0900" not in output
    assert "Nắp" not in output


NOOPS: dict[str, tuple[str, ...]] = {
    "does nothing": ("DROP TRIGGER sale_no_update", "CREATE TRIGGER sale_no_update BEFORE UPDATE ON sale BEGIN SELECT 1; END"),
    "never": ("DROP TRIGGER journal_no_delete",
              "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal WHEN 0 BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"),
    "another table's": ("DROP TRIGGER price_no_update",
                        "CREATE TRIGGER price_no_update BEFORE UPDATE ON basket BEGIN SELECT RAISE(ABORT, 'price is append-only'); END"),
    "one more": ("CREATE TRIGGER helpful AFTER INSERT ON sale BEGIN UPDATE basket SET version = 0; END",),
}  # fmt: skip


@pytest.mark.parametrize("case", NOOPS)
def test_a_trigger_of_the_same_name_that_does_something_else_is_found(shop: Shop, case: str) -> None:
    assert findings(shop) == []
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for statement in NOOPS[case]:
            driver.execute(statement)
    assert [check for check, _ in findings(shop)] == ["trigger"]


PG_NOOPS: dict[str, tuple[str, ...]] = {
    "the function does nothing": ("CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",),
    "another function": ("CREATE FUNCTION fine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
                         "DROP TRIGGER sale_no_update ON sale",
                         "CREATE TRIGGER sale_no_update BEFORE UPDATE ON sale FOR EACH ROW EXECUTE FUNCTION fine()"),
    "switched off": ("ALTER TABLE sale DISABLE TRIGGER sale_no_delete",),
    "never": ("DROP TRIGGER sale_no_update ON sale",
              "CREATE TRIGGER sale_no_update BEFORE UPDATE ON sale FOR EACH ROW WHEN (false) EXECUTE FUNCTION refuse_change()"),
    "a rule": ("CREATE RULE quiet AS ON INSERT TO price DO INSTEAD NOTHING",),
}  # fmt: skip


@pytest.mark.parametrize("any_shop", ["postgresql"], indirect=True)
@pytest.mark.parametrize("case", PG_NOOPS)
def test_on_postgresql_too(any_shop: Shop, case: str) -> None:
    assert findings(any_shop) == []
    with db.engine.begin() as connection:
        for statement in PG_NOOPS[case]:
            connection.exec_driver_sql(statement)
    found = findings(any_shop)
    assert found
    assert {check for check, _ in found} == {"trigger"}


@pytest.mark.parametrize("content", ["zeros", "noise", "another page's"])
def test_four_damaged_pages_are_found_and_end_no_check(village: Shop, content: str) -> None:
    """Wherever they are: the pages of a table that is read, of an index, or of one that nothing else looks at."""
    path, size = village.folder / "shop.db", 4096
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        roots = [
            root
            for (root,) in driver.execute(
                "SELECT rootpage FROM sqlite_master WHERE tbl_name IN ('tag', 'print_job', 'lot', 'basket_line')"
                " AND rootpage > 0 ORDER BY rootpage DESC LIMIT 4"
            )
        ]
    db.engine.dispose()
    assert len(roots) == 4
    whole = bytearray(path.read_bytes())
    pages = {"zeros": bytes(size), "noise": bytes(range(256)) * 16, "another page's": bytes(whole[:size])}
    for root in roots:
        whole[(root - 1) * size : root * size] = pages[content]
    path.write_bytes(bytes(whole))
    assert "integrity" in [check for check, _ in findings(village)]


def test_a_reference_to_a_row_that_is_not_there_is_found(village: Shop) -> None:
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF").fetchall()
        driver.execute(
            "UPDATE barcode SET product_id = 999999 WHERE rowid = (SELECT min(rowid) FROM barcode)"
        )
    assert ("integrity", "barcode:1") in findings(village)


@pytest.mark.parametrize("acts", [1, 5])
def test_the_days_last_acts_cut_off_with_their_journal_rows_are_found(village: Shop, acts: int) -> None:
    """Yesterday's file in today's place: all in it fits."""
    folder = village.folder
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert keep_head(db.engine, folder, at=MORNING)
    db.engine.dispose()
    shutil.copy(folder / "shop.db", folder.parent / "earlier.db")
    act(acts)
    assert keep_head(db.engine, folder, at=MORNING)
    assert findings(village) == []
    db.engine.dispose()
    for left in folder.glob("shop.db*"):
        left.unlink()
    shutil.copy(folder.parent / "earlier.db", folder / "shop.db")
    assert [check for check, _ in findings(village)] == ["head"]
    act(acts + 2, "sau đó")  # trade that goes on does not cover it up, nor does the next writing of the head
    assert not keep_head(db.engine, folder, at=MORNING)
    assert [check for check, _ in findings(village)] == ["head"]


def test_a_chain_that_was_recomputed_after_an_edit_is_found(village: Shop) -> None:
    assert keep_head(db.engine, village.folder, at=MORNING)
    with open_reading() as session:
        written = get_head(session)
        assert written is not None
        paper = parse_head(format_head(written.seq, written.hash))
    forge("UPDATE journal SET actor = 'Người khác' WHERE seq = 40")
    rewrite_chain()
    assert {check for check, _ in findings(village)} == {"closings", "head"}
    with open_reading() as session:
        assert [f.check for f in check_paper_head(session, *paper)] == ["head"]
    # With the head file written anew, too, the heads under the closings and the paper still know it: the docs say so.
    (village.folder / HEAD_FILE).unlink()
    with open_reading() as session:
        now = get_head(session)
    assert now is not None
    content = {"seq": now.seq, "hash": now.hash, "at": now.at, "numbers": now.numbers}
    (village.folder / HEAD_FILE).write_text(json.dumps(content))
    assert {check for check, _ in findings(village)} == {"closings"}
    with open_reading() as session:
        assert [f.check for f in check_paper_head(session, *paper)] == ["head"]


@pytest.mark.parametrize("how", ["gone", "empty", "no JSON", "half"])
def test_a_head_file_that_is_gone_or_spoilt_is_found_until_somebody_renews_it(shop: Shop, how: str) -> None:
    path = shop.folder / HEAD_FILE
    assert findings(shop) == []  # none was begun yet
    assert keep_head(db.engine, shop.folder, at=MORNING)
    assert path.stat().st_mode & 0o777 == 0o600
    content = path.read_text()
    path.unlink()
    if how != "gone":
        path.write_text({"empty": "", "no JSON": "x", "half": content[: len(content) // 2]}[how])
    assert not keep_head(db.engine, shop.folder, at=MORNING)
    assert findings(shop) == [("head", HEAD_FILE)]
    renew_head(db.engine, shop.folder, at=MORNING)
    assert keep_head(db.engine, shop.folder, at=MORNING)
    assert findings(shop) == []


def test_the_head_is_written_soon_after_each_act_and_never_ahead(shop: Shop) -> None:
    keeper = HeadKeeper(db.engine, shop.folder, shop.clock).start()
    try:
        for n in range(30):
            act(1)
            head = read_head(shop.folder / HEAD_FILE)
            with open_reading() as session:
                assert head is None or head.seq <= session.query(JournalRow).count(), n
    finally:
        keeper.stop()
    head = read_head(shop.folder / HEAD_FILE)
    with open_reading() as session:
        assert head == get_head(session)
    assert not list(shop.folder.glob(f".{HEAD_FILE}*"))


def test_a_head_from_paper(shop: Shop) -> None:
    act(3)
    with open_reading() as session:
        head = get_head(session)
        assert head is not None
        for typed in (f"{head.seq}:{head.hash[:16]}", f" {head.seq} {head.hash} ", f"{head.seq}:{head.hash[:8]} {head.hash[8:20]}".upper()):  # fmt: skip
            assert list(check_paper_head(session, *parse_head(typed))) == []
        for seq, row_hash in ((head.seq + 1, head.hash), (head.seq, "0" * 16), (1, head.hash)):
            assert len(list(check_paper_head(session, seq, row_hash))) == 1
    for odd in ("", "12", "12:abc", "x:0123456789abcdef", f"1:{'g' * 16}", f"1:{'a' * 65}"):
        with pytest.raises(HeadUnreadable):
            parse_head(odd)


def test_an_older_shop_is_sealed_once_and_proved_from_then_on(shop: Shop) -> None:
    """As one made by an earlier version: rows that no act sealed, and no act that says when sealing began."""
    with unit_of_work() as session:
        add_person(session, "Quản lý cũ", Role.MANAGER, by=MANAGER, at=MORNING)
    take_some(shop)
    forge("UPDATE journal SET payload = json_remove(payload, '$.states_sealed') WHERE kind = 'shop_opened'",
          "UPDATE journal SET payload = json_remove(payload, '$.state_seals')")  # fmt: skip
    rewrite_chain()
    assert findings(shop) == []
    with unit_of_work() as session:
        assert seal_states(session, at=MORNING)
    with unit_of_work() as session:
        assert not seal_states(session, at=MORNING)
    assert findings(shop) == []
    forge("UPDATE person SET pin_hash = 'x' WHERE id = 1")
    assert findings(shop) == [("state", "person:1")]


def test_every_series_of_numbers_is_watched() -> None:
    """Wherever a paper's number is taken from, the head knows the series."""
    used = {
        match
        for path in (ROOT / "pos").rglob("*.py")
        for match in re.findall(
            r"(?:next_number\(session, |select_highest\()([A-Z]\w+\.\w+)\)", path.read_text("utf-8")
        )
    }
    used |= {f"CashDocument.{number.key}" for number in SERIES_OF.values()}
    assert used == {f"{number.class_.__name__}.{number.key}" for number in SERIES}


def test_a_gap_that_no_restore_made_is_found_in_each_series(village: Shop) -> None:
    take_some(village)
    take_some(village)
    forge("DELETE FROM complaint WHERE number = 1")
    assert ("numbers", "complaint.number") in findings(village)


def test_a_broken_text_or_date_is_a_finding_not_a_failure(village: Shop) -> None:
    books = sqlite3.connect(village.folder / "shop.db")
    for name, _ in books.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall():
        books.execute(f"DROP TRIGGER {name}")
    books.execute("UPDATE sale SET at = 'gestern' WHERE number = 1")
    books.execute("UPDATE lot SET number = CAST(x'ff' AS TEXT) WHERE id = 1")
    books.commit()
    books.close()
    found = findings(village)
    assert "integrity" in [check for check, _ in found]
    assert "trigger" in [check for check, _ in found]


def test_each_closed_shift_shows_its_head_and_the_journal_holds_it(village: Shop) -> None:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "0"})
    page = client.post("/till/shift/close", data={"counted": "0"}).text
    found = re.search(r"<code>(\d+:[0-9a-f]{16})</code>", page)
    assert found, page
    with open_reading() as session:
        assert list(check_paper_head(session, *parse_head(found.group(1)))) == []
        newest = (
            session.query(JournalRow).filter_by(kind="shift_closed").order_by(JournalRow.seq.desc()).first()
        )
        assert newest is not None
        assert found.group(1) == format_head(newest.seq, newest.hash)

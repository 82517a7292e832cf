"""The commands that look after the books: verify, backup, restore, care, recovery-code."""

import json
import sys
from pathlib import Path

import click

from ..config import Config
from ..kernel.clock import Clock
from ..maintenance.faults import KNOWN, describe_fault
from ..maintenance.heads import JournalHead
from ..maintenance.restore import SKIPPED, RestoreResult
from .shared import FAILED, fail, make_app, open_books, shop_command, start_books


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@click.option(
    "--since", metavar="HEAD", help="A head from paper (1234:9f86d081884c7d65) that the journal must hold."
)
@click.option(
    "--receipt",
    nargs=2,
    type=(int, str),
    metavar="NUMBER FINGERPRINT",
    help="A receipt on paper and its ten characters: do the books still say the same?",
)
@click.option(
    "--renew-head",
    is_flag=True,
    help="After you looked into it: begin journal-head.json anew; the journal notes it.",
)
@shop_command
def verify(
    config: Config, as_json: bool, since: str | None, receipt: tuple[int, str] | None, renew_head: bool
) -> None:
    """Prove that the books add up: database file, triggers, journal, seals, stock, money, closings, scans, head.

    The journal's newest row is written down in journal-head.json beside the books; each closed shift shows its own.
    Who can write the whole data folder can rewrite the journal and that file: this is found only with a head from
    paper (--since), with a buyer's receipt (--receipt), by the key that signs closings, or from a backup that was kept
    elsewhere.

    Example: ocop-pos verify --data shop-data --since 1234:9f86d081884c7d65
    """
    from ..kernel.database import db, open_reading
    from ..maintenance import heads
    from ..maintenance.verify import list_notices
    from ..maintenance.verify import verify_books as prove
    from ..maintenance.verify_closings import check_receipt, check_seal_key, list_seal_ranges
    from ..maintenance.verify_proofs import check_paper_head

    folder, paper = Path(config.data.folder), heads.parse_head(since) if since else None
    with open_books(config):
        if renew_head:
            heads.renew_head(db.engine, folder, at=Clock().now())
        with open_reading() as session:
            findings = prove(session, folder)
            findings += check_paper_head(session, *paper) if paper else ()
            findings += check_receipt(session, *receipt) if receipt else ()
            findings += check_seal_key(session, config.seal_folder())
            ranges = list_seal_ranges(session)
        with open_reading() as session:
            notices = list_notices(session) if not findings else []
    if as_json:
        click.echo(
            json.dumps(
                [{"check": f.check, "row": f.row, "said": f.said} for f in findings], ensure_ascii=False
            )
        )
    else:
        for finding in findings[:50]:
            click.echo(f"✗ {finding.check}  {finding.row}: {finding.said}")
        for notice in notices[-20:]:
            click.echo(f"• approved by its own maker: journal {notice.seq}, {notice.said}")
        for each in ranges:
            key = f"signed by {each.public_key}" if each.public_key else "not signed"
            click.echo(f"• {each.series} {each.first} to {each.last}: {key}")
        click.echo("The books add up." if not findings else f"{len(findings)} findings.")
    sys.exit(FAILED if findings else 0)


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--encrypt", is_flag=True, help="Only the recovery code opens it (also: [care] encrypt).")
@shop_command
def backup(config: Config, target: Path, encrypt: bool) -> None:
    """Write one consistent, compressed file of everything, and prove it by restoring it.

    TARGET is a file, or a folder that gets one named by the time.

    Example: ocop-pos backup /media/usb --data shop-data
    """
    from ..kernel.database import db
    from ..maintenance.backup import make_backup
    from ..maintenance.care import backup_name
    from ..maintenance.encryption import find_public_key

    folder, at = Path(config.data.folder), Clock().now()
    key = find_public_key(folder) if encrypt or config.care.encrypt else None
    if key is None and (encrypt or config.care.encrypt):
        fail("this shop has no recovery code yet: ocop-pos recovery-code")
    if target.is_dir():
        target /= backup_name(at, encrypted=key is not None)
    with open_books(config):
        try:
            made = make_backup(db.engine, folder, target, at=at, key=key)
        except KNOWN as fault:
            fail(f"no backup was written: {describe_fault(fault, config, target.parent)}")
    outcome = f"NOT proved: {made.unproved}" if made.unproved else "restored and verified"
    click.echo(f"{made.path}  {made.path.stat().st_size // 1024} KB, {outcome}.")
    if made.doubt:
        click.echo(f"Look at the books (ocop-pos verify): {made.doubt}")


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--recovery-code", envvar="OCOP_POS_RECOVERY_CODE", help="Of an encrypted backup; asked for otherwise."
)
@click.option(
    "--numbers-from",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="journal-head.json of the books that were lost: numbers go on after its highest.",
)
@click.option(
    "--skip", type=click.IntRange(0, 10_000_000), default=SKIPPED, show_default=True,
    help="Without it: so many numbers of each series are left out, as papers since the backup may bear them.",
)  # fmt: skip
@shop_command
def restore(
    config: Config, source: Path, recovery_code: str | None, numbers_from: Path | None, skip: int
) -> None:
    """Restore a backup into a new, empty data folder, and go on from it.

    Receipts and other papers that were written after the backup have numbers: the next ones come after them. All
    people sign in anew. A PostgreSQL backup is loaded into the empty database that [database] url names; without
    one it is only unpacked as shop.sql.

    Example: ocop-pos restore /media/usb/ocop-20261124-021000.zip --data new-data --numbers-from journal-head.json
    """
    from ..maintenance.backup import BOOKS, DUMP, clear_folder, unpack_backup
    from ..maintenance.encryption import is_encrypted
    from ..maintenance.heads import read_head
    from ..maintenance.ownership import own_folder

    lost = read_head(numbers_from) if numbers_from else None
    if recovery_code is None and is_encrypted(source):
        recovery_code = click.prompt("Mã khôi phục / recovery code", hide_input=False)
    folder = Path(config.data.folder)
    folder.mkdir(parents=True, exist_ok=True)
    with own_folder(folder):
        parts = unpack_backup(source, folder, recovery_code or "")
        if BOOKS not in parts and DUMP not in parts:
            clear_folder(folder)
            fail(f"there are no books in {source}: it is no backup of a shop")
        if DUMP in parts and not config.database.url:
            click.echo(
                f"{len(parts)} parts unpacked into {folder}. The books are in {DUMP} and not proved: name an empty"
                " PostgreSQL database in [database] url and restore into another folder to load and prove them."
            )
            return
        try:
            restored = _load(config, source, DUMP in parts, lost, skip)
        except Exception:  # said in words by the caller: nothing half-restored is left to be run by mistake
            clear_folder(folder)
            raise
    click.echo(
        f"{len(parts)} parts restored into {folder}; the books add up. They end with row {restored.backup_head} of the"
        " journal."
    )
    for series, (after, up_to) in sorted(restored.gaps.items()):
        click.echo(f"  {series}: numbers {after + 1} to {up_to} are left out")
    for number in restored.without_tokens:
        click.echo(
            f"  bank account {number}: paste its tokens again (page Bank accounts); no backup holds them"
        )
    for producer in restored.without_account:
        click.echo(f"  {producer}: type the payout account again (page Settlement); no backup holds its key")


def _load(config: Config, source: Path, is_dump: bool, lost: JournalHead | None, skip: int) -> RestoreResult:
    """Bring the unpacked books into service and prove them. Ends the command where they do not add up."""
    from ..kernel.database import db, open_reading
    from ..maintenance.backup import DUMP, clear_folder
    from ..maintenance.postgresql import is_empty, load_dump
    from ..maintenance.restore import continue_books, set_books_aside
    from ..maintenance.verify import verify_books as prove

    folder = Path(config.data.folder)
    if config.database.url and not is_dump:
        clear_folder(folder)
        fail(f"{source} holds SQLite books, but [database] url names PostgreSQL: restore without it")
    app = make_app(config)
    with app.app_context():
        if is_dump:
            if not is_empty(db.engine):
                clear_folder(folder)
                fail("the database that [database] url names is not empty: name a new one")
            load_dump(db.engine.url, folder / DUMP)
            (folder / DUMP).unlink()
        start_books()
        with open_reading() as session:
            findings = prove(session, folder)
        restored = continue_books(db.engine, folder, source=source, at=Clock().now(), lost=lost, skip=skip)
        if findings:
            aside = set_books_aside(db.engine, folder)
            fail(
                f"restored, but the books do not add up: {findings[0].row}: {findings[0].said}."
                f" No command opens them as they are; they are kept as {aside}"
            )
        return restored


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@shop_command
def care(config: Config, as_json: bool) -> None:
    """Do tonight's care now: days that are over closed, a backup with its generations, the books proved. `run` does it by itself.

    Example: ocop-pos care --data shop-data
    """
    from ..closings.close import close_due_periods
    from ..closings.seal import find_seal
    from ..kernel.database import db, unit_of_work
    from ..maintenance.backup import BackupBroken
    from ..maintenance.care import back_up, prove_books, sum_past_day

    at = Clock().now()
    with open_books(config):
        with unit_of_work() as session:
            close_due_periods(session, at=at, seal=find_seal(config.seal_folder()))
        while sum_past_day(db.engine):
            pass
        try:
            made = back_up(db.engine, Path(config.data.folder), config.backup_folder(), config.care, at=at)
        except BackupBroken as broken:
            fail(f"the backup could not be made: {broken}")
        except KNOWN as fault:
            fail(f"the backup could not be made: {describe_fault(fault, config, config.backup_folder())}")
        faults = prove_books(db.engine, Path(config.data.folder), at=at)
    if as_json:
        summary = {"backup": str(made.path), "unproved": made.unproved, "doubt": made.doubt, "faults": faults}
        click.echo(json.dumps(summary, ensure_ascii=False))
    else:
        outcome = f"NOT proved: {made.unproved}" if made.unproved else "restored and verified"
        click.echo(f"{made.path}  {made.path.stat().st_size // 1024} KB, {outcome}.")
        if made.doubt:
            click.echo(f"No old backup was removed: {made.doubt}")
        click.echo("\n".join(f"✗ {fault}" for fault in faults[:50]) or "The books add up.")
    sys.exit(FAILED if faults or made.doubt else 0)


@click.command("recovery-code")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@shop_command
def recovery_code(config: Config, yes: bool) -> None:
    """Make a new recovery code for the backups and say it once. Older backups keep the code they were made with.

    Example: ocop-pos recovery-code --data shop-data
    """
    from ..journal.record import record
    from ..kernel.actor import SYSTEM
    from ..kernel.database import unit_of_work
    from ..maintenance.encryption import KEY_FILE, keep_public_key, make_code

    folder = Path(config.data.folder)
    with open_books(config):
        if not yes and (folder / KEY_FILE).exists():
            click.confirm("There is a code already. Make a new one for the backups to come?", abort=True)
        code, key = make_code()
        keep_public_key(folder, key)
        with unit_of_work() as session:
            record(session, "recovery_code_made", by=SYSTEM, at=Clock().now())
    click.echo(f"{code}   (shown this once: write it down and keep it away from this computer)")


@click.group("key")
def seal_key() -> None:
    """The key that signs closings: Z of shifts, days, months, years."""


@seal_key.command("new")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@shop_command
def make_new_key(config: Config, yes: bool) -> None:
    """Make a new key; what the old one signed stays proved. Stop the server first: it goes on with the old one.

    Example: ocop-pos key new --data shop-data
    """
    from ..closings.keys import list_keys, replace_key
    from ..closings.seal import format_public_key
    from ..kernel.actor import SYSTEM
    from ..kernel.database import unit_of_work

    with open_books(config):
        if not yes:
            click.confirm("Make a new key for the closings to come?", abort=True)
        with unit_of_work() as session:
            old = [key.public_key for key in list_keys(session)]
            key = replace_key(session, config.seal_folder(), by=SYSTEM, at=Clock().now())
    if old:
        click.echo(f"old  {format_public_key(old[-1])}")
    click.echo(f"new  {format_public_key(key.public_key)}")
    click.echo(f"It lies in {config.seal_folder()}: keep a copy of that folder away from this computer.")


@click.group("journal")
def journal_group() -> None:
    """The journal of all acts."""


@journal_group.command("export")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@shop_command
def export_journal(config: Config, target: Path) -> None:
    """Write every act and closing as JSON lines, and beside them a program that checks them with the public key alone.

    Example: ocop-pos journal export /media/usb/journal.jsonl --data shop-data
    """
    from ..closings.export import CHECKER, write_journal
    from ..kernel.database import open_reading

    with open_books(config), open_reading() as session:
        acts = write_journal(session, target)
    click.echo(
        f"{acts} acts in {target}. Check them anywhere: python3 {CHECKER.name} {target.name} PUBLIC_KEY"
    )


COMMANDS = (verify, backup, restore, care, recovery_code, seal_key, journal_group)

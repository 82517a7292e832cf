"""The commands that take data in and out: import, export, trace export."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import click
from rich.progress import Progress

from ..config import Config
from ..importing.mapping import Column
from ..importing.preview import ImportPreview
from ..kernel.clock import Clock, business_day
from .shared import (
    REFUSED_ROWS,
    console,
    open_books,
    shop_command,
)


@click.group()
def trace() -> None:
    """The buyers' pages."""


@trace.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@shop_command
def trace_export(config: Config, folder: Path) -> None:
    """Write the buyers' pages as a static site, for any web host.

    Example: ocop-pos trace export site --data shop-data
    """
    from ..trace.site import export_site

    with open_books(config) as app, Progress(console=console, transient=True) as progress:
        os.umask(0o022)  # a site is for everybody: the web host's user must be able to read it
        bar = progress.add_task(str(folder))
        pages = export_site(
            app, folder, lambda done, total: progress.update(bar, completed=done, total=total)
        )
    click.echo(f"{pages} pages in {folder}.")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what each row would do.")
@click.option("--without-refused", is_flag=True, help="Go on without the rows that are refused.")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="Judge as on this day; undated prices begin on it."
)
@click.option("--move-ends", is_flag=True, help="Ends of papers in the books may change: the papers say so.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADING=FIELD",
    help='What a column is, where that is asked: "Đơn giá=price", "Giá=price:1000" (thousands), "Xã=ignored". Repeatable.',
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="NAME=KIND",
    help='What kind of goods a name is that does not tell: "Đặc sản làng=craft". Repeatable.',
)
@click.option("--producer", default="", help="Whose the goods are of which the list names no producer.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@shop_command
def import_(
    config: Config,
    file: Path,
    *,
    dry_run: bool,
    without_refused: bool,
    move_ends: bool,
    today: datetime | None,
    columns: tuple[str, ...],
    kinds: tuple[str, ...],
    producer: str,
    as_json: bool,
) -> None:
    """Read producers, products, papers, prices and lots from a workbook: all of its plan, or nothing.

    Example: ocop-pos import so-hang.xlsx --dry-run --data shop-data
    """
    from ..importing.apply import apply_plan
    from ..importing.preview import make_preview
    from ..importing.spoken_answers import read_spoken_answers
    from ..importing.workbook import open_workbook
    from ..kernel.actor import SYSTEM
    from ..kernel.database import open_reading, unit_of_work

    on = today.date() if today else business_day(Clock().now())
    with open_books(config), Progress(console=console, transient=True) as progress:
        bar = progress.add_task(file.name)
        tell = lambda done, total: progress.update(bar, completed=done, total=total)  # noqa: E731
        sheets = open_workbook(file)
        with open_reading() as session:
            answers = read_spoken_answers(session, sheets, columns, kinds, producer)
            found = make_preview(session, sheets, on, tell, answers=answers, may_move_ends=move_ends)
        stopped = bool(found.questions) or (bool(found.refused) and not without_refused)
        if not dry_run and not stopped:
            with unit_of_work() as session:
                apply_plan(session, found, by=SYSTEM, at=Clock().now(), source=file.name, tell=tell)
    _report_import(found, file, is_written=not dry_run and not stopped, as_json=as_json)
    if stopped and not dry_run and not found.questions and not as_json:
        click.echo("Nothing was written: mend the rows above, or add --without-refused.")
    sys.exit(REFUSED_ROWS if stopped else 0)


def _report_import(found: ImportPreview, file: Path, *, is_written: bool, as_json: bool) -> None:
    """Say what each row did or would do."""
    if as_json:
        unread = [{"sheet": sheet, "heading": heading} for sheet, heading in found.unread]
        rows = [row.plain() for row in found.rows]
        whole = {
            "file": file.name,
            "written": is_written,
            "counts": found.counts,
            "unread": unread,
            "questions": [
                {
                    "sheet": each.sheet,
                    "column": each.letter,
                    "heading": each.heading,
                    "asks": each.question,
                    "options": each.options,
                }
                for each in found.questions
            ],
            "rows": rows,
        }
        click.echo(json.dumps(whole, ensure_ascii=False))
        return
    for column in found.questions:
        click.echo(
            f"column {column.letter} “{column.heading}”: {column.question}. "
            f'Say it by --column "{column.heading}={column.field or "ignored"}" ({_list_ways(column)}).'
        )
    if found.questions:
        click.echo("Nothing was written.")
        return
    for row in found.rows:
        if row.says not in {"add", "same"}:
            click.echo(f"{row.sheet} {row.cell or row.row}: {row.says} {row.text} {row.name}".rstrip())
    for sheet, heading in found.unread:
        click.echo(f"{sheet}: the column “{heading}” is not understood and was not read")
    click.echo(", ".join(f"{count} {code}" for code, count in sorted(found.counts.items())))


def _list_ways(column: Column) -> str:
    """The answers that there are to a column's question, as the option takes them."""
    if column.question == "two_columns":
        return f"and --column {column.heading!r}=ignored for the other"
    if column.question == "two_meanings":
        return ", ".join(column.options)
    hows = ("how many in one",) if column.options == ("pieces",) else column.options
    return ", ".join(f"{column.field}:{how}" for how in hows)


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@shop_command
def export_(config: Config, file: Path) -> None:
    """Write goods, papers, prices and lots to a workbook that reads back as the same.

    Example: ocop-pos export hang-hoa.xlsx --data shop-data
    """
    from ..importing.export import render_export
    from ..kernel.database import open_reading

    with open_books(config), open_reading() as session:
        file.write_bytes(render_export(session, business_day(Clock().now())))
    click.echo(str(file))


COMMANDS = (trace, import_, export_)

"""importing/workbook_worker.py — the child process that reads one workbook: its path comes in, its sheets go out as JSON.

With the word `tables` before the path, whole tables go out instead.

What breaks its limits ends it without an answer.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ..files.render_worker import limit_job, limit_process, lower_priority
from ..kernel.cell_table import CellTable
from ..kernel.errors import Refused
from .sheets import MonthShown, Sheet, read_sheets, read_tables

MOST_SECONDS = 45  # of the processor: 30,000 rows of 80 columns take a third of it
MOST_MEMORY = 700 * 1024 * 1024

_KINDS: dict[
    str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]
] = {  # exact type, to JSON, from JSON
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),
    "day": (date, date.isoformat, date.fromisoformat),
    "month": (MonthShown, MonthShown.isoformat, MonthShown.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "seconds": (timedelta, timedelta.total_seconds, lambda seconds: timedelta(seconds=seconds)),
}


def cell_to_json(value: Any) -> Any:
    """Text, numbers and yes or no as they are; dates and times with their kind; formulas as their text."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    for name, (kind, write, _read) in _KINDS.items():
        if type(value) is kind:
            return {name: write(value)}
    return str(getattr(value, "text", None) or value)


def cell_from_json(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((name, written),) = value.items()
    return _KINDS[name][2](written)


def sheet_to_json(sheet: Sheet) -> dict[str, Any]:
    rows = [(n, [cell_to_json(value) for value in cells]) for n, cells in sheet.rows]
    return asdict(sheet) | {"rows": rows}


def sheet_from_json(written: dict[str, Any]) -> Sheet:
    """The sheet as it was read."""
    rows = [(n, tuple(cell_from_json(value) for value in cells)) for n, cells in written["rows"]]
    texts = {"headings": tuple(written["headings"]), "above": tuple(written["above"])}
    return Sheet(**written | texts | {"rows": rows})


def table_to_json(table: CellTable) -> dict[str, Any]:
    return {"name": table.name, "rows": [[cell_to_json(cell) for cell in row] for row in table.rows]}


def table_from_json(written: dict[str, Any]) -> CellTable:
    """The table as it was read."""
    return CellTable(written["name"], tuple(tuple(map(cell_from_json, row)) for row in written["rows"]))


def _read_workbook(arguments: list[str]) -> dict[str, Any]:
    path = Path(arguments[-1])
    if arguments[0] == "tables":
        return {"tables": [table_to_json(table) for table in read_tables(path)]}
    return {"sheets": [sheet_to_json(sheet) for sheet in read_sheets(path)]}


def main() -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a library prints is no answer
    limit_process(MOST_MEMORY)
    limit_job(MOST_SECONDS)
    lower_priority()
    try:
        answer = _read_workbook(sys.argv[1:])
    except Refused as odd:
        answer = {"why": str(odd.reasons[0].facts["why"])}
    json.dump(answer, out)
    out.close()


if __name__ == "__main__":
    main()

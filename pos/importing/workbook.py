"""importing/workbook.py — a workbook opened by a child process with limits of time and memory, outside any transaction."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from ..kernel.cell_table import CellTable
from ..kernel.child_process import list_child_surroundings
from ..kernel.errors import Refused
from ..kernel.slow_work import refuse_inside_unit_of_work
from .sheets import Sheet
from .workbook_worker import sheet_from_json, table_from_json

MOST_SECONDS = 120.0  # by the wall; the child's own limit of the processor's time is shorter
_turn = threading.Lock()  # one at a time: a second one would take the tills' memory


def open_workbook(path: Path) -> list[Sheet]:
    """Every sheet that has a heading row. Raises Refused (`workbook_odd` with why, `workbook_heavy`)."""
    return [sheet_from_json(sheet) for sheet in _ask_child(str(path.resolve()))["sheets"]]


def open_tables(path: Path) -> list[CellTable]:
    """Every sheet with all of its rows, whatever they mean. Raises Refused as `open_workbook`."""
    return [table_from_json(table) for table in _ask_child("tables", str(path.resolve()))["tables"]]


def _ask_child(*arguments: str) -> dict[str, Any]:
    refuse_inside_unit_of_work("reading a workbook")
    command = [sys.executable, "-m", "pos.importing.workbook_worker", *arguments]
    try:
        with _turn:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=list_child_surroundings(),
                timeout=MOST_SECONDS, check=False,
            )  # fmt: skip
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as broken:
        raise Refused.because("workbook_heavy") from broken
    if "why" in answer:
        raise Refused.because("workbook_odd", why=answer["why"])
    return answer

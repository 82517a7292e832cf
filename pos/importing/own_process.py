"""importing/own_process.py — a long list judged and written by a process of its own: the tills' answers don't wait for it.

Python runs one thread of a process at a time. A process takes a second to start, so short lists stay in a thread.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, create_engine

from ..files.render_worker import lower_priority
from ..kernel.actor import Actor
from ..kernel.child_process import list_child_surroundings
from ..kernel.database import engine_options, open_reading
from ..kernel.errors import Refused
from .answers import ImportAnswers
from .apply import apply_in_parts
from .preview import ImportPreview, make_preview
from .sheets import Sheet

MOST_ROWS_IN_A_THREAD = 300

Tell = Callable[[int, int], None]


def judge_list(
    engine: Engine, sheets: Sequence[Sheet], today: date, tell: Tell, *, answers: ImportAnswers
) -> ImportPreview:
    """As `make_preview`. Raises as it does, and Refused (`import_process_ended`)."""
    rows = sum(len(sheet.rows) for sheet in sheets)
    return _run(_judge, rows, engine, tell, sheets, today, answers)  # type: ignore[no-any-return]


def write_list(
    engine: Engine, found: ImportPreview, tell: Tell, *, by: Actor, at: datetime, source: str
) -> int | None:
    """As `apply_in_parts`. Raises as it does, and Refused (`import_process_ended`)."""
    return _run(_write, len(found.plan), engine, tell, found, by, at, source)  # type: ignore[no-any-return]


def _judge(
    engine: Engine, tell: Tell, sheets: Sequence[Sheet], today: date, answers: ImportAnswers
) -> ImportPreview:
    with open_reading(engine) as session:
        return make_preview(session, sheets, today, tell, answers=answers)


def _write(
    engine: Engine, tell: Tell, found: ImportPreview, by: Actor, at: datetime, source: str
) -> int | None:
    return apply_in_parts(engine, found, by=by, at=at, source=source, tell=tell)


def _run(task: Callable[..., Any], rows: int, engine: Engine, tell: Tell, *arguments: Any) -> Any:
    if rows <= MOST_ROWS_IN_A_THREAD:
        return task(engine, tell, *arguments)
    asked = pickle.dumps((task, engine.url.render_as_string(hide_password=False), arguments))
    child = subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=list_child_surroundings(),
    )  # fmt: skip
    with child:
        assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018  both are pipes
        try:
            child.stdin.write(asked)
            child.stdin.close()
            while (answer := pickle.load(child.stdout))[0] == "told":  # noqa: S301  our own child wrote it
                tell(*answer[1])
        except (EOFError, OSError, pickle.UnpicklingError) as ended:
            raise Refused.because("import_process_ended") from ended
    if answer[0] == "raised":
        raise answer[1]
    return answer[1]


def main() -> None:
    """The child: one task, its progress and what came of it."""
    from .. import models  # noqa: F401  every table, for the mapper

    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    lower_priority()

    def answer(what: str, value: Any) -> None:
        out.write(pickle.dumps((what, value)))
        out.flush()

    task, url, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301  the server that started this process wrote it
    engine = create_engine(url, **engine_options(url))
    try:
        answer("done", task(engine, lambda *progress: answer("told", progress), *arguments))
    except Exception as no:  # noqa: BLE001  whatever it is, it is raised where the task was asked for
        answer("raised", no)
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()

"""settlement/run_process.py — a run over many producers goes on in a process of its own: the tills' answers don't wait for it.

Python runs one thread of a process at a time. A process takes a second to start, so a short run stays in its thread.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from sqlalchemy import Engine, create_engine

from ..files.render_worker import lower_priority
from ..kernel.child_process import list_child_surroundings
from ..kernel.database import engine_options
from ..kernel.errors import Refused
from ..kernel.garbage import collect_seldom

MOST_IN_A_THREAD = 20  # producers
Step = Callable[..., None]  # of an engine, a producer's id, and the rest


class RunProcess:
    """Does a step for one producer after the other in a child, which is started by the first and ended by `close`."""

    def __init__(self, engine: Engine, step: Step, *arguments: Any) -> None:
        self._url = engine.url.render_as_string(hide_password=False)
        self._step, self._arguments = step, arguments
        self._child: subprocess.Popen[bytes] | None = None

    def do_step(self, producer_id: int) -> None:
        """Raises what the step raised, and Refused (`run_process_ended`)."""
        child = self._child or self._start()
        assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018  both are pipes
        try:
            pickle.dump(producer_id, child.stdin)
            child.stdin.flush()
            raised = pickle.load(child.stdout)  # noqa: S301  our own child wrote it
        except (EOFError, OSError, pickle.UnpicklingError) as ended:
            self.close()
            raise Refused.because("run_process_ended") from ended
        if raised is not None:
            raise raised

    def _start(self) -> subprocess.Popen[bytes]:
        self._child = child = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=list_child_surroundings(),
        )
        assert child.stdin is not None  # noqa: S101  a pipe
        child.stdin.write(pickle.dumps((self._url, self._step, self._arguments)))
        return child

    def close(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            with (
                suppress(BrokenPipeError),
                child,
            ):  # closes the pipes and waits: the child ends when its input does
                pass


def choose_step(
    engine: Engine, producer_ids: Sequence[int], step: Step, *arguments: Any
) -> tuple[Callable[[int], None], Callable[[], None]]:
    """How a run does its step for a producer, and what is done in the end: in this process, or for many producers in a child."""
    if len(producer_ids) <= MOST_IN_A_THREAD:
        return lambda producer_id: step(engine, producer_id, *arguments), lambda: None
    process = RunProcess(engine, step, *arguments)
    return process.do_step, process.close


def main() -> None:
    """The child: a producer's id in, what was raised out, until nothing comes any more."""
    import_module(
        "pos.models"
    )  # every table, for the mapper: of rooms above, too, so that no line of this room imports it
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    lower_priority()
    url, step, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301  the server that started this process wrote it
    engine = create_engine(url, **engine_options(url))
    try:
        with collect_seldom():
            while True:
                try:
                    producer_id = pickle.load(sys.stdin.buffer)  # noqa: S301  as above
                except EOFError:
                    break
                pickle.dump(_try_step(step, engine, producer_id, arguments), out)
                out.flush()
    finally:
        engine.dispose()


def _try_step(step: Step, engine: Engine, producer_id: int, arguments: Sequence[Any]) -> Exception | None:
    try:
        step(engine, producer_id, *arguments)
    except Exception as no:  # noqa: BLE001  whatever it is, it is raised where the step was asked for
        return no
    return None


if __name__ == "__main__":
    main()

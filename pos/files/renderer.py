"""files/renderer.py — the server's side of the child process that opens uploads: one job at a time, with a time limit.

PDFium is not safe among threads, and a hostile file may crash, hang or fill any decoder: all of it happens in
`render_worker.py`. What breaks the child raises RenderBroken here; the next job gets a new child.
"""

import atexit
import contextlib
import json
import logging
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from ..kernel.errors import Refused
from ..kernel.slow_work import refuse_inside_unit_of_work

log = logging.getLogger(__name__)
WORKER = Path(__file__).with_name("render_worker.py")
MOST_SECONDS = 20.0  # by the wall; the child's own limit of the processor's time is shorter
MOST_PATIENCE = 10.0
MOST_JOBS = 400  # a child is replaced after so many: whatever a library leaks ends with it


class RenderBroken(Exception):
    """The child crashed on this file, or ran out of time."""


class RendererBusy(Exception):
    """So many jobs wait already that another would take threads from the tills."""


class Renderer:
    """One child process; whoever asks waits for those before."""

    def __init__(self, *, most_waiting: int = 6, seconds: float = MOST_SECONDS) -> None:
        self._seconds = seconds
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(most_waiting)
        self._child: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._jobs = 0

    def run(
        self, do: str, source: Path, target: Path | None = None, *, patient: bool = False, **facts: Any
    ) -> dict[str, Any]:
        """The child's answer. `patient`: waits for a place among those that wait. Raises Refused (what it found of the file), RenderBroken, RendererBusy."""
        refuse_inside_unit_of_work("opening an upload")
        job = {"do": do, "source": str(source), "target": str(target or ""), **facts}
        if not self._places.acquire(timeout=MOST_PATIENCE if patient else 0):
            raise RendererBusy
        try:
            with self._turn:
                answer = self._ask(json.dumps(job))
        finally:
            self._places.release()
        if "refused" in answer:
            raise Refused.because(answer["refused"])
        return answer

    def _ask(self, line: str) -> dict[str, Any]:
        child = self._running()
        try:
            assert child.stdin is not None  # noqa: S101  it was opened with a pipe
            child.stdin.write(line + "\n")
            child.stdin.flush()
            answer: dict[str, Any] = json.loads(self._answers.get(timeout=self._seconds))
        except (OSError, ValueError, queue.Empty) as broken:
            code = child.poll()
            self._end()
            log.warning("the renderer broke (%s, %s) on %s", type(broken).__name__, code, line)
            raise RenderBroken(type(broken).__name__) from broken
        return answer

    def _running(self) -> subprocess.Popen[str]:
        self._jobs += 1
        if self._child is not None and (self._child.poll() is not None or self._jobs > MOST_JOBS):
            self._end()
        if self._child is None:
            self._jobs = 0
            self._answers = queue.SimpleQueue()
            self._child = subprocess.Popen(
                [sys.executable, "-P", str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
            )  # fmt: skip
            threading.Thread(target=_listen, args=(self._child, self._answers), daemon=True).start()
        return self._child

    def close(self) -> None:
        """End the child. The next job would start another."""
        with self._turn:
            self._end()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        if child.stdin is not None:
            with contextlib.suppress(OSError):  # what was not yet written has no reader any more
                child.stdin.close()


def _listen(child: subprocess.Popen[str], answers: queue.SimpleQueue[str]) -> None:
    """Hand on each line; an empty one says that the child is gone."""
    assert child.stdout is not None  # noqa: S101  it was opened with a pipe
    with child.stdout:
        for line in child.stdout:
            answers.put(line)
    answers.put("")


renderer = Renderer()
"""The process's own: its children are one a server, however many applications stand in it."""
atexit.register(renderer.close)

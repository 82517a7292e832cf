"""The server from outside: made ready, opened, killed."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from .server import Settings


class ServerProcess:
    """One life of the server. As a context it is killed at the end, whatever happened."""

    def __init__(self, settings: Settings, says: Path, environment: Mapping[str, str] | None = None) -> None:
        self._says = says
        with says.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.server", settings.as_json()],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                env={**os.environ, **(environment or {})},
            )  # fmt: skip

    def open(self) -> str:
        """Let it open the database; returns its address when it answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("open\n")
        self._process.stdin.flush()
        port = self._process.stdout.readline().strip()
        if not port:
            raise RuntimeError(f"the server did not start:\n{self._says.read_text(errors='replace')[-3000:]}")
        return f"http://127.0.0.1:{port}"

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, closed or told."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self.kill()

"""The far end of a serial line, on a real pty under a name of its own: it can be pulled out and plugged in again."""

import os
import select
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

POLL_SECONDS = 0.05
LOST_AFTER_SECONDS = 1  # what nobody takes for so long is lost, as on a real line


class Plug:
    """`path` is a link to the pty, as udev makes one for a real device; without a plug it leads nowhere.

    All that arrives stands in `heard` and goes to `hears`, in a thread of its own.
    """

    def __init__(self, path: Path, hears: Callable[[bytes], None] = lambda _: None) -> None:
        self.path = path
        self.heard = bytearray()
        self._hears = hears
        self._pulled = threading.Event()
        self._pulled.set()
        self._speaking = threading.Lock()

    def plug(self) -> None:
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)  # or it would hear itself until someone listens
        os.set_blocking(self._ours, False)
        self._pulled.clear()
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._theirs))
        self._thread = threading.Thread(target=self._listen, daemon=True, name=f"plug {self.path.name}")
        self._thread.start()

    def pull(self) -> None:
        """Out with it: who was writing gets an error, who opens it finds nothing. Nothing where it is out already."""
        if self._pulled.is_set():
            return
        self.path.unlink(missing_ok=True)
        self._pulled.set()
        self._thread.join()
        with self._speaking:
            os.close(self._ours)
            os.close(self._theirs)

    def send(self, data: bytes) -> None:
        """Down the line with it; what doesn't fit because nobody listens is lost, and so is all while it is out."""
        until = time.monotonic() + LOST_AFTER_SECONDS
        with self._speaking:
            while data and not self._pulled.is_set() and time.monotonic() < until:
                _, writable, _ = select.select([], [self._ours], [], POLL_SECONDS)
                if writable:
                    data = data[os.write(self._ours, data) :]

    def _listen(self) -> None:
        while not self._pulled.is_set():
            readable, _, _ = select.select([self._ours], [], [], POLL_SECONDS)
            if readable:
                data = os.read(self._ours, 4096)
                self.heard += data
                self._hears(data)

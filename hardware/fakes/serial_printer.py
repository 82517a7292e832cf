"""A printer on a real pty, under a name of its own: it can be pulled out and plugged in again."""

import os
import select
import threading
from dataclasses import dataclass
from pathlib import Path

from .interpreter import Interpreter
from .tray import Tray


@dataclass
class SerialPrinter(Tray):
    """`path` is a link to the pty, as udev makes one for a real printer; without a plug it leads nowhere."""

    path: Path

    def plug(self) -> "SerialPrinter":
        self._ours, theirs = os.openpty()
        self._theirs, self._pulled = theirs, threading.Event()
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(theirs))
        self._thread = threading.Thread(target=self._listen, args=(self._ours, self._pulled), daemon=True)
        self._thread.start()
        return self

    def pull(self) -> None:
        """Out with the plug: who was writing gets an error, who opens it finds nothing."""
        self.path.unlink(missing_ok=True)
        self._pulled.set()
        self._thread.join()
        os.close(self._ours)
        os.close(self._theirs)

    @property
    def address(self) -> str:
        return f"serial://{self.path}?baud=115200"

    def _listen(self, ours: int, pulled: threading.Event) -> None:
        reader = Interpreter()
        while not pulled.is_set():
            readable, _, _ = select.select([ours], [], [], 0.05)
            if not readable:
                continue
            reader.feed(os.read(ours, 4096))
            self._keep(reader)

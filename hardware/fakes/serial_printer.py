"""A printer on a real pty, under a name of its own: it can be pulled out and plugged in again."""

import os
import termios
import threading
from dataclasses import dataclass
from pathlib import Path

from .tray import Session, Tray


@dataclass
class SerialPrinter(Tray):
    """`path` is a link to the pty, as udev makes one for a real printer; without a plug it leads nowhere.

    A pty is as fast as memory; `paced`, it takes bytes as slowly as a line of `baud` brings them.
    """

    path: Path
    baud: int = 115_200
    paced: bool = False

    def plug(self) -> "SerialPrinter":
        self._ours, self._theirs = os.openpty()
        self._pulled = threading.Event()
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._theirs))
        session = Session(
            self, self._ours, self._pulled, bytes_a_second=self.baud / 10 if self.paced else None
        )
        self._thread = threading.Thread(target=session.run, daemon=True)
        self._thread.start()
        return self

    def pull(self) -> None:
        """Out with the plug: who was writing gets an error, who opens it finds nothing."""
        self.path.unlink(missing_ok=True)
        self._pulled.set()
        self._thread.join()
        os.close(self._ours)
        os.close(self._theirs)

    def forget(self) -> None:
        """What came while it stalled is lost."""
        termios.tcflush(self._ours, termios.TCIFLUSH)

    @property
    def address(self) -> str:
        return f"serial://{self.path}?baud={self.baud}"

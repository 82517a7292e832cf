"""A printer on a real TCP socket: parses what it is sent, keeps its paper as pictures, fails on demand."""

import socket
import threading
from dataclasses import dataclass

from .tray import Faults, Session, Tray

__all__ = ["FakePrinter", "Faults"]


@dataclass
class FakePrinter(Tray):
    """Listens on 127.0.0.1 from `start()` to `stop()`; `address` is what a configuration would say."""

    port: int = 0

    def start(self) -> "FakePrinter":
        self._server = socket.create_server(("127.0.0.1", self.port))
        self.port = self._server.getsockname()[1]
        self._stopping = threading.Event()
        threading.Thread(target=self._serve, daemon=True, name="fake-printer").start()
        return self

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._stopping.set()
        self._server.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                session = Session(self, connection.fileno(), self._stopping)
                session.run()
                if session.cut_off:  # a reset, not a goodbye
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

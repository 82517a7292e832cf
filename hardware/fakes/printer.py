"""A printer on a real TCP socket: parses what it is sent, keeps its paper as pictures, fails on demand."""

import socket
import threading
from dataclasses import dataclass, field

from PIL import Image

from .interpreter import Interpreter
from .tray import Tray

READY = 0x12  # an answer to DLE EOT with its fixed bits alone
COMPLAINTS = {  # what is wrong: to which question it answers with which bits
    "paper_out": (4, 0x60), "paper_low": (4, 0x0C), "cover_open": (2, 0x04), "cutter_jammed": (3, 0x08), "failed": (3, 0x20),
}  # fmt: skip


@dataclass
class Faults:
    """What is wrong with it just now."""

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    cutter_jammed: bool = False
    failed: bool = False
    silent: bool = False
    garbled: bool = False  # it answers, but noise
    cut_off_after: int | None = None  # bytes after which the connection drops, once


@dataclass
class FakePrinter(Tray):
    """Listens on 127.0.0.1 from `start()` to `stop()`; `address` is what a configuration would say."""

    port: int = 0
    faults: Faults = field(default_factory=Faults)
    received: bytearray = field(default_factory=bytearray)
    halves: list[Image.Image] = field(default_factory=list)

    def start(self) -> "FakePrinter":
        self._server = socket.create_server(("127.0.0.1", self.port))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True, name="fake-printer").start()
        return self

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        reader, taken = Interpreter(), 0
        limit, self.faults.cut_off_after = self.faults.cut_off_after, None
        while True:
            try:
                data = connection.recv(4096)
            except OSError:
                break
            if not data:
                break
            data = data if limit is None else data[: max(0, limit - taken)]
            taken += len(data)
            self.received += data
            for question in reader.feed(data):
                self._reply(connection, question)
            self._keep(reader)
            if limit is not None and taken >= limit:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                break
        if (half := reader.unfinished()) is not None:
            self.halves.append(half)

    def _reply(self, connection: socket.socket, question: int) -> None:
        if self.faults.silent:
            return
        answer = READY
        for name, (about, bits) in COMPLAINTS.items():
            if about == question and getattr(self.faults, name):
                answer |= bits
        if self.faults.garbled:
            answer = 0xFF
        connection.sendall(bytes((answer,)))

"""messages/timed_smtp.py — SMTP with an end: a step of the talk has a time limit as a whole, and an answer a length.

The time limit of a socket counts for each read: a server that drips bytes keeps within it for ever.
"""

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

WHOLE_TIMES = 4  # a step (the greeting and the sign-in; a letter; the goodbye) takes at most so often the time of one answer
LONGEST_ANSWER = 65_536  # bytes


class TimeLimit:
    """Cuts a connection when a step takes too long. Whoever reads or writes on it is then awakened by an error."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long one answer is waited for."""
        self._seconds = seconds * WHOLE_TIMES
        self._connection: socket.socket | None = None
        self._is_over = False

    def follow_connection(self, connection: socket.socket) -> None:
        """Cut that connection: by a descriptor of its own, which stays the same when the connection becomes a safe one."""
        self._connection = connection.dup()
        if self._is_over:  # it was connecting all the while
            self._cut()

    @contextmanager
    def watch(self) -> Iterator[None]:
        """One step."""
        watchdog = threading.Timer(self._seconds, self._cut)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()

    def _cut(self) -> None:
        self._is_over = True
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


class _AnswerFile:
    """What the server sends, as far as an answer may be long."""

    def __init__(self, file: Any) -> None:
        self._file, self.left = file, LONGEST_ANSWER

    def readline(self, most: int) -> bytes:
        line: bytes = self._file.readline(most)
        self.left -= len(line)
        if self.left < 0:
            raise OSError("the answer has no end")
        return line

    def close(self) -> None:
        self._file.close()


class TimedSMTP(smtplib.SMTP):
    """A connection that `limit` can cut."""

    def __init__(self, limit: TimeLimit, *where: Any, **more: Any) -> None:
        self.limit = limit
        super().__init__(*where, **more)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in the stubs
        self.limit.follow_connection(connection)
        return connection

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _AnswerFile(self.sock.makefile("rb"))
        elif self.file is not None:
            self.file.left = LONGEST_ANSWER
        return super().getreply()

    def close(self) -> None:
        super().close()
        self.limit.close()


class TimedSMTPS(smtplib.SMTP_SSL, TimedSMTP):
    """The same, encrypted from its first byte; the handshake counts as well."""

    def __init__(self, limit: TimeLimit, *where: Any, **more: Any) -> None:
        self.limit = limit
        smtplib.SMTP_SSL.__init__(self, *where, **more)

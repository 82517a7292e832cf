"""lan/http_server.py — waitress with limits: so many connections, each step within its time, bodies by their sender.

waitress reads a request whole before a thread sees it, and keeps an answer until its reader has it: whoever is
slow holds a connection, never a thread. What it lacks is added here: TLS, a limit in total and per address,
deadlines, and bodies that are refused before they are stored.
"""

import contextlib
import errno
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from ..web.body_limits import LARGEST_BODY, NOT_STORED, STRANGERS_BODY, TOO_LARGE, TOO_MANY

RECORD = (
    64 * 1024
)  # more than a TLS record holds: nothing stays behind within OpenSSL where poll can't see it
SWALLOWED = (
    64 * 1024 * 1024
)  # so much of a refused body is read and dropped, for browsers read no answer before
ACCEPTED_AT_ONCE = 64
FEWEST_DESCRIPTORS_LEFT = 8


def _accept_all(_cookies: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """What one door bears. Three doors at their limit stay below 1,024 open files, beyond which select() fails."""

    connections: int = 256
    per_address: int = 32
    handshake_seconds: float = 10
    header_seconds: float = 15
    body_seconds: float = 30  # with nothing to show for it; after that it has to keep the rate
    body_bytes_per_second: int = 16 * 1024
    idle_seconds: float = 75
    sending_seconds: float = 120
    large_bodies: int = 12  # at a time, of more than a stranger may send
    proxy: str = ""
    is_signed_in: Callable[[str], bool] = _accept_all


class _Dropped:
    """Takes a body's bytes and keeps none; its length is what came."""

    def __init__(self, count: int = 0) -> None:
        self._count = count

    def append(self, data: bytes) -> None:
        self._count += len(data)

    def __len__(self) -> int:
        return self._count

    def getfile(self) -> BytesIO:
        return BytesIO()

    def close(self) -> None:
        pass


class BoundedRequest(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """A request whose body is stored only if its sender may send that much."""

    body_rcv: Any
    expect_continue: bool
    content_length: int

    def __init__(self, channel: "BoundedChannel") -> None:
        super().__init__(channel.adj)
        self._channel = channel
        self.began = time.monotonic()
        self.body_began = 0.0
        self.is_signed_in = False
        self.is_refused = False

    @property
    def is_large(self) -> bool:
        """Is it stored, and more than a stranger may send?"""
        return not self.is_refused and max(self.content_length, self.body_bytes_received) > STRANGERS_BODY

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is None:
            return
        self.body_began = time.monotonic()
        limits = self._channel.server.limits
        self.is_signed_in = limits.is_signed_in(self.headers.get("COOKIE", ""))
        if self.content_length > self._most_bytes():
            self._refuse(TOO_LARGE)
        elif self.is_large and self._channel.server.count_large_bodies() >= limits.large_bodies:
            self._refuse(TOO_MANY)

    def received(self, data: bytes) -> int:
        """The bytes that were taken. A chunked body tells its length only by coming."""
        taken: int = super().received(data)
        if self.chunked and not self.is_refused and self.body_bytes_received > self._most_bytes():
            self._refuse(TOO_LARGE)
        return taken

    def _most_bytes(self) -> int:
        return LARGEST_BODY if self.is_signed_in else STRANGERS_BODY

    def _refuse(self, why: str) -> None:
        """Store none of the body. The application answers, and by `NOT_STORED` knows why there is none."""
        self.is_refused = True
        self.headers[NOT_STORED] = why
        self.headers["CONNECTION"] = "close"
        if self.expect_continue or self.content_length > SWALLOWED:
            self.expect_continue = False
            self.content_length, self.body_rcv = 0, None
            return
        self.body_rcv.buf.close()
        self.body_rcv.buf = _Dropped(self.body_bytes_received)


class BoundedChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection, and since when its client owes the next step."""

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: A002  waitress's word
        self.since = time.monotonic()
        self.has_been_answered = False
        self.sending_since, self.left_before = 0.0, 0
        super().__init__(server, sock, addr, adj, map=map)

    def parser_class(self, _adj: Any) -> BoundedRequest:
        return BoundedRequest(self)

    def write_soon(self, data: Any) -> int:
        """A thread of the pool answers: from here on the client has its time anew."""
        self.since, self.has_been_answered = time.monotonic(), True
        return int(super().write_soon(data))

    def is_overdue(self, now: float) -> bool:
        """Has the client taken longer than it may? Asked once a second."""
        limits: DoorLimits = self.server.limits
        if self.total_outbufs_len:
            return self._is_read_too_slowly(now)
        self.sending_since, self.left_before = 0.0, 0
        if self.requests:
            return False
        if self.request is None:
            idle = limits.idle_seconds if self.has_been_answered else self.first_seconds()
            return bool(now - self.since > idle)
        if not self.request.headers_finished:
            return bool(now - self.request.began > limits.header_seconds)
        late = now - self.request.body_began - limits.body_seconds
        return bool(late > 0 and self.request.body_bytes_received < late * limits.body_bytes_per_second)

    def _is_read_too_slowly(self, now: float) -> bool:
        """A large file for a slow phone has all the time it needs, as long as bytes leave at the rate."""
        limits: DoorLimits = self.server.limits
        if not self.sending_since:
            self.sending_since, self.left_before = now, self.total_outbufs_len
        if now - self.sending_since < limits.sending_seconds:
            return False
        least = int(limits.sending_seconds * limits.body_bytes_per_second)
        is_slow = self.left_before - self.total_outbufs_len < least
        self.sending_since, self.left_before = now, self.total_outbufs_len
        return bool(is_slow)

    def first_seconds(self) -> float:
        """How long a new connection may stay silent."""
        return float(self.server.limits.header_seconds)

    def dispensable(self) -> tuple[int, float]:
        """Which goes first when there is no room: strangers who were never answered, then who has been idle longest."""
        is_known = self.request is not None and self.request.is_signed_in
        return (2 if is_known else 1 if self.has_been_answered else 0), self.since

    def handle_close(self) -> None:
        if self.request is not None:
            self.request.close()  # a body that came in half: its temporary file goes now
        super().handle_close()


class TlsChannel(BoundedChannel):
    """The same over TLS: handshakes side by side, within the server's one loop."""

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: A002  waitress's word
        self._is_shaken = False
        self._turn = (
            threading.RLock()
        )  # a thread that answers may write while the loop reads: OpenSSL bears one at a time
        sock.setblocking(False)
        secret = server.tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        super().__init__(server, secret, addr, adj, map=map)

    def first_seconds(self) -> float:
        limits: DoorLimits = self.server.limits
        return limits.header_seconds if self._is_shaken else limits.handshake_seconds

    def handle_read(self) -> None:
        try:
            with self._turn:
                if not self._is_shaken:
                    self.socket.do_handshake()
                    self._is_shaken, self.since = True, time.monotonic()
                data = self.socket.recv(RECORD)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError:  # no TLS, another's version, or gone
            self.handle_close()
            return
        if data:
            self.received(data)
        else:
            self.handle_close()

    def send(self, data: bytes, do_close: bool = True) -> int:
        try:
            with self._turn:
                return int(self.socket.send(data))
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return 0
        except OSError:
            if do_close:
                self.handle_close()
            else:
                self.will_close = True
            return 0

    def close(self) -> None:
        with self._turn:
            if self._is_shaken and self.socket is not None:
                with contextlib.suppress(OSError, ValueError):
                    self.socket.unwrap()  # says goodbye, and waits for no answer
            super().close()


class BoundedServer(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """A server over a socket that is listening, within limits."""

    def __init__(
        self, app: Any, sock: socket.socket, limits: DoorLimits, dispatcher: ThreadedTaskDispatcher,
        tls: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self.limits, self.tls = limits, tls
        self.channel_class = TlsChannel if tls else BoundedChannel
        trusted: dict[str, Any] = {}
        if limits.proxy:
            trusted = {
                "trusted_proxy": limits.proxy, "trusted_proxy_count": 1,
                "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
            }  # fmt: skip
        adjustments = Adjustments(
            sockets=[sock], ident=None, url_scheme="https" if tls else "http", asyncore_use_poll=True,
            cleanup_interval=1, connection_limit=1_000_000, max_request_header_size=RECORD, recv_bytes=RECORD,
            max_request_body_size=SWALLOWED, log_socket_errors=False, **trusted,
        )  # fmt: skip
        where = (sock.family, sock.type, sock.proto, sock.getsockname())
        super().__init__(app, {}, True, sock, dispatcher, adjustments, where, bind_socket=False)

    def count_large_bodies(self) -> int:
        """Bodies that are stored just now, of requests under way and of those being answered."""
        channels = list(self.active_channels.values())
        return sum(
            request.is_large for each in channels for request in (*each.requests, each.request) if request
        )

    def maintenance(self, _now: float) -> None:
        """Once a second: close whoever is late."""
        now = time.monotonic()
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(now):
                channel.will_close = True

    def handle_accept(self) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                accepted = self.accept()
            except OSError as failure:
                if failure.errno in {
                    errno.EMFILE,
                    errno.ENFILE,
                }:  # no descriptor left: the longest idle give theirs
                    for _each in range(FEWEST_DESCRIPTORS_LEFT):
                        self._drop_one(list(self.active_channels.values()))
                return
            if accepted is None:
                return
            self._admit(*accepted)

    def _admit(self, sock: socket.socket, address: Any) -> None:
        """Make it a channel, at the cost of a dispensable one where there is no room; without any it is closed."""
        channels = list(self.active_channels.values())
        host = address[0]
        theirs = [] if self._is_exempt(host) else [each for each in channels if each.addr[0] == host]
        if (len(theirs) >= self.limits.per_address and not self._drop_one(theirs)) or (
            len(channels) >= self.limits.connections and not self._drop_one(channels)
        ):
            sock.close()
            return
        try:
            self.set_socket_options(sock)
            self.channel_class(self, sock, address, self.adj, map=self._map)
        except OSError:  # it has gone in the meantime
            sock.close()

    def _is_exempt(self, host: str) -> bool:
        """Connections of this computer and of the named proxy stand for many people."""
        return host == self.limits.proxy or ipaddress.ip_address(host.partition("%")[0]).is_loopback

    @staticmethod
    def _drop_one(channels: list[BoundedChannel]) -> bool:
        idle = [
            each for each in channels if not each.requests and not each.total_outbufs_len and each.connected
        ]
        if not idle:
            return False
        min(idle, key=BoundedChannel.dispensable).handle_close()
        return True

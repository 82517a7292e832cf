"""lan/door.py — the doors by which browsers come in: the till's own, the shop's network over https, the public one.

Each door is a server of its own over the one application (`http_server.py`), on a thread of its own. Whatever
ends that thread's loop, the door is opened again over the same listening socket and says so.
"""

import contextlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from .http_server import BoundedServer, DoorLimits

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
Ended = Callable[[str, str], None]  # the door's name, why it ended
DOOR = "ocop.door"
PUBLIC_DOOR = "public"
DOOR_RESTARTED = "door_restarted"  # the kind of its rows in the journal
BACKLOG = 1024
PAUSE_SECONDS = 0.2  # between two lives of a door: one that ends at once doesn't take the processor
log = logging.getLogger(__name__)


def mark_requests(app: Wsgi, door: str) -> Wsgi:
    """The application as seen through a door: each request says by which one it came."""

    def through(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ[DOOR] = door
        return app(environ, start)

    return through


class PlainDoor:
    """An http server on its own thread. `port` is the one it got."""

    def __init__(
        self, app: Wsgi, host: str, port: int, *, threads: int, limits: DoorLimits | None = None,
        name: str = "till", on_ended: Ended | None = None, tls: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self._app, self._limits, self._tls = app, limits or DoorLimits(), tls
        self._name, self._on_ended, self._closing = name, on_ended, threading.Event()
        self._listening = _open_listening_socket(host, port)
        self.port = int(self._listening.getsockname()[1])
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(threads)
        self._server = self._new_server()
        self._thread = threading.Thread(target=self._keep_serving, name=f"door {name}", daemon=True)

    def open(self) -> "PlainDoor":
        self._thread.start()
        return self

    def close(self) -> None:
        """End the server in its own thread: closing its sockets from outside would race with its loop."""
        self._closing.set()
        while self._thread.is_alive():
            server = self._server
            with contextlib.suppress(OSError):
                server.trigger.pull_trigger(lambda closed=server: wasyncore.close_all(closed._map))  # noqa: SLF001  an empty map ends the loop
            self._thread.join(timeout=1)
        wasyncore.close_all(self._server._map, ignore_all=True)  # noqa: SLF001  of a door that was never opened
        self._listening.close()
        self._dispatcher.shutdown(timeout=10)

    def _new_server(self) -> BoundedServer:
        return BoundedServer(self._app, self._listening.dup(), self._limits, self._dispatcher, self._tls)

    def _keep_serving(self) -> None:
        """The thread: serve; open again whatever ended it, until somebody closes the door."""
        while not self._closing.is_set():
            why = "its loop had nothing left to do"
            try:
                self._server.run()
            except Exception as failure:
                why = f"{type(failure).__name__}: {failure}"
                log.exception("the door %r ended", self._name)
            if self._closing.is_set():
                return
            log.error("the door %r ended (%s) and is opened again", self._name, why)
            time.sleep(PAUSE_SECONDS)
            self._open_again()
            if self._on_ended:
                threading.Thread(target=self._on_ended, args=(self._name, why), daemon=True).start()

    def _open_again(self) -> None:
        """A new server over the same listening socket; connections of the old one are closed, their browsers come back."""
        with contextlib.suppress(Exception):
            wasyncore.close_all(self._server._map, ignore_all=True)  # noqa: SLF001  all it holds
        while not self._closing.is_set():
            try:
                self._server = self._new_server()
            except OSError:  # no descriptor left just now
                log.exception("the door %r can't be opened yet", self._name)
                time.sleep(1)
            else:
                return


class TlsDoor(PlainDoor):
    """An https server on a thread of its own."""

    def __init__(
        self, app: Wsgi, host: str, port: int, chain: Path, key: Path, *, threads: int,
        limits: DoorLimits | None = None, name: str = "lan", on_ended: Ended | None = None,
    ) -> None:  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(chain, key)
        super().__init__(
            app, host, port, threads=threads, limits=limits, name=name, on_ended=on_ended, tls=context
        )

    def open(self) -> "TlsDoor":
        super().open()
        return self


def _open_listening_socket(host: str, port: int) -> socket.socket:
    """A socket bound there. It outlives the servers that accept from it."""
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setblocking(False)
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock

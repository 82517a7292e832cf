"""lan/door.py — the doors by which browsers come in: the till's own, the shop's network over https, the public one.

Each door is a waitress server of its own over the one application. waitress speaks no TLS, so a door with
https has an asyncio front that decrypts and passes the bytes on through a socket file: handshakes run side
by side there, and a phone that never finishes one keeps nobody waiting.
"""

import asyncio
import contextlib
import ssl
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar

from waitress import wasyncore
from waitress.server import create_server

Result = TypeVar("Result")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
DOOR = "ocop.door"
PUBLIC_DOOR = "public"
HANDSHAKE_SECONDS = 10
CHUNK = 64 * 1024


def marked(app: Wsgi, door: str) -> Wsgi:
    """The application as seen through a door: each request says by which one it came."""

    def through(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ[DOOR] = door
        return app(environ, start)

    return through


class PlainDoor:
    """An http server on its own thread. `port` is the one it got."""

    def __init__(self, app: Wsgi, host: str, port: int, *, threads: int) -> None:
        self._server = create_server(app, host=host, port=port, threads=threads, ident=None)
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def open(self) -> "PlainDoor":
        self._thread.start()
        return self

    def close(self) -> None:
        _stop(self._server, self._thread)


class TlsDoor:
    """An https server on threads of its own."""

    def __init__(self, app: Wsgi, host: str, port: int, chain: Path, key: Path, *, threads: int) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.load_cert_chain(chain, key)
        self._scratch = tempfile.TemporaryDirectory(prefix="ocop-pos-")
        self._behind = str(Path(self._scratch.name) / "http")
        self._server = create_server(
            app,
            unix_socket=self._behind,
            unix_socket_perms="600",
            url_scheme="https",
            threads=threads,
            ident=None,
        )
        self._http = threading.Thread(target=self._server.run, daemon=True)
        self._loop = asyncio.new_event_loop()
        self._tls = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tls.start()
        self._front = self._in_loop(
            asyncio.start_server(
                self._pass_on, host, port, ssl=self._context, ssl_handshake_timeout=HANDSHAKE_SECONDS
            )
        )
        self.port = int(self._front.sockets[0].getsockname()[1])

    def _in_loop(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    def open(self) -> "TlsDoor":
        self._http.start()
        return self

    def close(self) -> None:
        self._in_loop(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._tls.join(timeout=10)
        self._loop.close()
        _stop(self._server, self._http)
        self._scratch.cleanup()

    async def _leave(self) -> None:
        self._front.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back, forth = await asyncio.open_unix_connection(self._behind)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, forth), _copy(back, writer))


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Bytes as they come, until one side has said all."""
    with contextlib.suppress(OSError, ssl.SSLError):  # a phone that left is no fault
        while chunk := await source.read(CHUNK):
            target.write(chunk)
            await target.drain()
    with contextlib.suppress(OSError, RuntimeError, ssl.SSLError):
        target.close()


def _stop(server: Any, thread: threading.Thread) -> None:
    """End a server in its own thread: closing its sockets from outside would race with its loop."""
    if thread.is_alive():
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))  # noqa: SLF001  an empty map ends the loop
        thread.join(timeout=10)
    else:
        server.close()
    server.task_dispatcher.shutdown(timeout=10)

"""The doors under attack, on real sockets: idle and slow connections, large bodies, a loop that ends, a proxy."""

import http.client
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pos.app import has_signed_cookie
from pos.config import ConfigError, read_config
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading
from pos.lan.certificate import prepare_certificate
from pos.lan.door import PlainDoor, TlsDoor
from pos.lan.http_server import DoorLimits
from pos.serve import record_door_restart
from tests.conftest import Shop

MB = 1024 * 1024


def echo(environ: dict[str, Any], start: Any) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['REMOTE_ADDR']} {environ['wsgi.url_scheme']}".encode()]


def ask(port: int, context: ssl.SSLContext | None = None, **headers: str) -> str:
    connection: http.client.HTTPConnection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    if context:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
    with closing(connection):
        connection.request(
            "GET", "/", headers={name.replace("_", "-"): text for name, text in headers.items()}
        )
        return connection.getresponse().read().decode()


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[TlsDoor, ssl.SSLContext]]:
    chain, key = prepare_certificate(tmp_path, ["127.0.0.1"], at=datetime.now(UTC))
    door = TlsDoor(echo, "127.0.0.1", 0, chain, key, threads=4).open()
    yield door, ssl.create_default_context(cafile=str(tmp_path / "shop-authority.pem"))
    door.close()


def test_idle_tls_connections_close_neither_their_door_nor_the_tills(
    tls: tuple[TlsDoor, ssl.SSLContext],
) -> None:
    door, context = tls
    till = PlainDoor(echo, "127.0.0.1", 0, threads=4).open()
    held = []
    try:
        for n in range(700):
            sock = socket.create_connection(("127.0.0.1", door.port), timeout=5)
            held.append(context.wrap_socket(sock, server_hostname="127.0.0.1") if n % 2 else sock)
        assert ask(door.port, context) == "127.0.0.1 https"
        assert ask(till.port) == "127.0.0.1 http"
    finally:
        for sock in held:
            sock.close()
        till.close()


def test_idle_and_slow_plain_connections_leave_the_door_open() -> None:
    door = PlainDoor(echo, "127.0.0.1", 0, threads=4).open()
    held = [socket.create_connection(("127.0.0.1", door.port), timeout=5) for _ in range(900)]
    for sock in held[-100:]:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
    try:
        assert ask(door.port) == "127.0.0.1 http"
    finally:
        for sock in held:
            sock.close()
        door.close()


@pytest.mark.parametrize("start", [
    b"", b"G", b"GET / HTTP/1.1\r\nX: ", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nab",
], ids=["silent", "a letter", "half headers", "half a body"])  # fmt: skip
def test_whoever_does_not_go_on_is_closed(start: bytes) -> None:
    limits = DoorLimits(header_seconds=1, body_seconds=1)
    door = PlainDoor(echo, "127.0.0.1", 0, threads=4, limits=limits).open()
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as sock:
        for byte in start:
            sock.sendall(bytes([byte]))
        assert sock.recv(100) == b""
    assert 0.9 < time.monotonic() - began < 5
    door.close()


def test_a_door_whose_loop_ends_is_opened_again_and_the_manager_reads_it(village: Shop) -> None:
    class Broken:
        accepting = False

        def readable(self) -> bool:
            raise ValueError("filedescriptor out of range in select()")

        def close(self) -> None:
            pass

    door = PlainDoor(
        echo, "127.0.0.1", 0, threads=4, on_ended=partial(record_door_restart, village.app)
    ).open()
    assert (
        "opened again" not in village.client("manager").get("/today", headers={"Accept-Language": "en"}).text
    )
    door._server._map[-1] = Broken()
    until = time.monotonic() + 10
    rows: list[JournalRow] = []
    while not rows and time.monotonic() < until:
        time.sleep(0.1)
        with open_reading() as session:
            rows = session.query(JournalRow).filter_by(kind="door_restarted").all()
    assert len(rows) == 1
    assert ask(door.port) == "127.0.0.1 http"
    door.close()
    assert "door_restarted" in village.client("manager").get("/today").text


def test_only_the_named_proxy_is_believed() -> None:
    forwarded = {"X_Forwarded_For": "203.0.113.7", "X_Forwarded_Proto": "https"}
    for proxy, answer in (
        ("127.0.0.1", "203.0.113.7 https"),
        ("10.0.0.2", "127.0.0.1 http"),
        ("", "127.0.0.1 http"),
    ):
        door = PlainDoor(echo, "127.0.0.1", 0, threads=4, limits=DoorLimits(proxy=proxy)).open()
        assert ask(door.port, **forwarded) == answer
        door.close()


def posted(port: int, size: int, cookie: str, *, chunked: bool = False) -> tuple[int, str]:
    def pieces() -> Iterator[bytes]:
        for _ in range(size // 65536):
            yield b"x" * 65536

    headers = {"Cookie": cookie, "Content-Type": "application/octet-stream"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        if not chunked:
            headers["Content-Length"] = str(size)
        connection.request("POST", "/sign-out", body=pieces(), headers=headers, encode_chunked=chunked)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.parametrize("chunked", [False, True], ids=["told length", "chunked"])
def test_bodies_are_stored_only_as_far_as_their_sender_may_send(
    village: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    written: list[object] = []
    real: Callable[..., Any] = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda *a, **k: written.append(a) or real(*a, **k))
    limits = DoorLimits(is_signed_in=partial(has_signed_cookie, village.app))
    door = PlainDoor(village.app, "127.0.0.1", 0, threads=4, limits=limits).open()
    client = village.client("manager")
    signed = client.get_cookie("ocop")
    assert signed is not None
    mine = f"ocop={signed.value}"
    try:
        status, page = posted(door.port, 2 * MB, "ocop=made.up.cookie", chunked=chunked)
        assert (status, "<html" in page) == (413, True)
        assert chunked or written == []
        assert posted(door.port, 23 * MB, mine, chunked=chunked)[0] == 413
        assert chunked or written == []
        assert posted(door.port, 22 * MB, mine, chunked=chunked)[0] == 302
    finally:
        door.close()


def test_cookies_behind_the_named_proxy_are_for_https_only(village: Shop) -> None:
    for proxy, is_secure in (("127.0.0.1", True), ("", False)):
        door = PlainDoor(village.app, "127.0.0.1", 0, threads=4, limits=DoorLimits(proxy=proxy)).open()
        with closing(http.client.HTTPConnection("127.0.0.1", door.port, timeout=10)) as connection:
            connection.request(
                "POST",
                "/language/en",
                headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"},
            )
            cookie = connection.getresponse().headers["Set-Cookie"]
        door.close()
        assert ("; Secure" in cookie) is is_secure


@pytest.mark.parametrize("proxy", ["*", "proxy.example.com", "10.0.0.2/24"])
def test_a_proxy_is_one_address(proxy: str) -> None:
    assert read_config(None, {"OCOP_POS_SERVER__PROXY": "10.0.0.2"}).server.proxy == "10.0.0.2"
    with pytest.raises(ConfigError, match=r"server\.proxy"):
        read_config(None, {"OCOP_POS_SERVER__PROXY": proxy})


def test_no_address_takes_all_connections() -> None:
    door = PlainDoor(echo, "127.0.0.1", 0, threads=4)
    server, pairs = door._server, [socket.socketpair() for _ in range(40)]
    for _ours, theirs in pairs:
        server.set_socket_options = lambda _sock: None
        server._admit(theirs, ("192.0.2.9", 1))
    assert len(server.active_channels) == DoorLimits().per_address
    ours, theirs = socket.socketpair()
    server._admit(theirs, ("192.0.2.10", 1))
    assert {each.addr[0] for each in server.active_channels.values()} == {"192.0.2.9", "192.0.2.10"}
    for sock in (ours, *(ours for ours, _theirs in pairs)):
        sock.close()
    door.close()

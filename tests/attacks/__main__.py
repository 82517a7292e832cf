"""Attack a real server on loopback while a till sells: `sh tests/run attacks`. Prints a table; exit 1 where something fell.

An attack is held when the server lives, nothing answered 500, every sale that the till was told is in the books, the
processes together stay under `MOST_MB`, and the till's p95 is at most three times its quiet one (or `LEAST_MS`).
"""

import json
import logging
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from pos.demo.build import TOLD_PINS
from pos.kernel.database import db, open_reading
from pos.sales.models import Sale
from tests.faults.shop import STATIONS, Template, app_over_template, build_template
from tests.faults.till import Till, Trouble

from . import hostile_files as hostile

QUIET_SECONDS, LEAST_SECONDS = 12.0, 4.0
MOST_RATIO, LEAST_MS, MOST_MB = 3.0, 60.0, 1500
MOST_TEMPORARY_MB = 60
MB = 1024 * 1024


class TimedTill(Till):
    """A till that keeps how long each answer took, in milliseconds."""

    def __init__(self, base: str, station: str) -> None:
        super().__init__(base, station)
        self.took: list[float] = []

    def _ask(self, path: str, **fields: object) -> str:
        began = time.perf_counter()
        answer = super()._ask(path, **fields)
        self.took.append((time.perf_counter() - began) * 1000)
        return answer


@dataclass
class Selling:
    """A till that sells on until it is stopped, in a thread of its own."""

    till: TimedTill
    codes: tuple[str, ...]
    slips: list[int] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        n = 0
        while not self.stopping.is_set():
            try:
                payment = self.till.fill_basket(self.codes[(n + k) % len(self.codes)] for k in range(3))
                self.slips.append(self.till.pay(payment).slip)
            except (Trouble, OSError) as odd:
                self.trouble.append(str(odd)[:200])
                self.stopping.wait(0.2)
            n += 1

    def p95(self, since: int) -> float:
        took = sorted(self.till.took[since:])
        return took[int(0.95 * (len(took) - 1))] if took else float("inf")


class Browser:
    """Somebody who signs in and posts forms and files; keeps each answer's status."""

    def __init__(self, base: str, role: str | None = None, login: str = "") -> None:
        self.base, self.statuses = base, list[int]()
        self._open = build_opener(HTTPCookieProcessor())
        if role:
            self.post("/sign-in", login=login, pin=TOLD_PINS[role], station=STATIONS[1])

    def post(self, path: str, files: dict[str, tuple[str, bytes]] | None = None, **fields: str) -> int:
        if files is None:
            return self._send(Request(self.base + path, urlencode(fields).encode()))
        parts = MultiDict(
            {
                **fields,
                **{name: FileStorage(BytesIO(content), file) for name, (file, content) in files.items()},
            }
        )
        boundary, body = encode_multipart(parts)
        return self._send(
            Request(self.base + path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
        )

    def is_in(self) -> bool:
        """Does this browser see the manager's first page, and not the sign-in?"""
        with self._open.open(self.base + "/today", timeout=60) as answer:
            return bool(answer.url.endswith("/today"))

    def get(self, path: str) -> int:
        return self._send(Request(self.base + path))

    def _send(self, request: Request) -> int:
        try:
            with self._open.open(request, timeout=60) as answer:
                answer.read()
                status = answer.status
        except HTTPError as no:
            status = no.code
        except (OSError, HTTPException):
            status = 0  # the door closed the connection, as it may with a body that is too large
        self.statuses.append(status)
        return status


@dataclass
class Ground:
    """The server under attack, and who may sign in there."""

    process: subprocess.Popen[str]
    ports: dict[str, int]
    folder: Path
    template: Template
    statuses: list[int] = field(default_factory=list)
    known: Browser | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.ports['plain']}"

    def browser(self, role: str | None = None, login: str = "") -> Browser:
        browser = Browser(self.base, role, login)
        browser.statuses = self.statuses
        return browser

    def boss(self) -> Browser:
        """The manager's own browser, which has signed in before: the shop knows it."""
        if self.known is None:
            self.known = self.browser("manager", "quan-ly-mau")
        if not self.known.is_in():
            raise OSError("the manager is not signed in")
        return self.known

    def memory_mb(self) -> int:
        """The server's and its children's memory, by the kernel's own account."""
        mine = [self.process.pid, *(int(pid) for pid in _children(self.process.pid))]
        return sum(_rss_kb(pid) for pid in mine) // 1024


def _children(pid: int) -> list[str]:
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [child for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _rss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


# ── the attacks: each takes the ground, does its worst for some seconds, and says what it sent


def idle_tls(ground: Ground) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with held(700, lambda n: _tls_socket(ground, context if n % 2 else None)) as sockets:
        time.sleep(LEAST_SECONDS)
        return f"{len(sockets)} idle TLS connections, half without a handshake"


def _tls_socket(ground: Ground, context: ssl.SSLContext | None) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", ground.ports["tls"]), timeout=5)
    return context.wrap_socket(sock, server_hostname="127.0.0.1") if context else sock


def idle_plain(ground: Ground) -> str:
    with held(900, lambda _n: _plain_socket(ground, b"")) as sockets:
        time.sleep(LEAST_SECONDS)
        return f"{len(sockets)} idle plain connections"


def slow_headers(ground: Ground) -> str:
    return _a_letter_a_second(ground, b"GET / HTTP/1.1\r\nHost: a\r\nX: ", "headers")


def slow_bodies(ground: Ground) -> str:
    start = b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\nlogin="
    return _a_letter_a_second(ground, start, "bodies")


def _a_letter_a_second(ground: Ground, start: bytes, what: str) -> str:
    with held(100, lambda _n: _plain_socket(ground, start)) as sockets:
        for _ in range(int(LEAST_SECONDS)):
            _one_byte_each(sockets)
            time.sleep(1)
        return f"{len(sockets)} {what}, a letter a second"


def _plain_socket(ground: Ground, start: bytes) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", ground.ports["plain"]), timeout=5)
    sock.sendall(start)
    return sock


def _one_byte_each(sockets: list[socket.socket]) -> None:
    for sock in sockets:
        try:
            sock.sendall(b"a")
        except OSError:
            continue  # closed already, as it should be


@contextmanager
def held(many: int, connect: Callable[[int], socket.socket]) -> Iterator[list[socket.socket]]:
    """So many connections; those that the door refuses are left out."""
    with ExitStack() as stack:
        sockets = []
        for n in range(many):
            try:
                sockets.append(stack.enter_context(closing(connect(n))))
            except OSError:
                continue
        yield sockets


def large_bodies_of_strangers(ground: Ground) -> str:
    return _large_bodies(ground, ground.browser(), 2 * MB, 50)


def large_bodies_signed_in(ground: Ground) -> str:
    return _large_bodies(ground, ground.boss(), 23 * MB, 6)


def _large_bodies(ground: Ground, browser: Browser, size: int, many: int) -> str:
    before = _temporary_mb()
    statuses = [browser.post("/sign-in", {"login": ("a", b"x" * size)}) for _ in range(many)]
    grown = _temporary_mb() - before
    if not set(statuses) <= {0, 413, 503} or grown > MOST_TEMPORARY_MB:
        ground.statuses.append(599)
    return f"{many} bodies of {size // MB} MB: {sorted(set(statuses))}, {grown} MB more of temporary files"


def _temporary_mb() -> int:
    return (
        sum(path.stat().st_size for path in Path(tempfile.gettempdir()).glob("tmp*") if path.is_file()) // MB
    )


def wrong_pins(ground: Ground) -> str:
    stranger = ground.browser()
    for n in range(200):
        stranger.post("/sign-in", login=ground.template.login if n % 2 else f"ai-do-{n}", pin=f"{n:06}")
    boss = ground.boss()
    boss.post("/sign-out")
    boss.post("/sign-in", login="quan-ly-mau", pin=TOLD_PINS["manager"], station=STATIONS[1])
    if not boss.is_in():
        ground.statuses.append(599)
    return "200 wrong PINs of known and unknown names; then the manager signs in, at the browser of before"


@cache
def made_files() -> dict[str, bytes]:
    """The hostile files, made before anything is measured: making them takes this process's time, in which the till asks."""
    papers = {f"{name}.pdf": make() for name, (make, _code) in hostile.REFUSED_AT_THE_FIELD.items()}
    makers = (hostile.workbook_bomb, hostile.many_small_parts, hostile.workbook_of_one_endless_row)
    heavy = {f"heavy {name}": make() for name, make in hostile.HEAVY_PDFS.items()}
    return papers | {f"{make.__name__}.xlsx": make() for make in makers} | heavy


def hostile_uploads(ground: Ground) -> str:
    boss, sent = ground.boss(), 0
    for name, content in made_files().items():
        if name.endswith(".xlsx"):
            boss.post("/workbooks", {"workbook": (name, content)})
        elif not name.startswith("heavy"):
            form = {"kind": "test_report", "number": f"x-{sent}", "issued": "01/11/2026"}
            boss.post("/papers/new", {"file": (name, content)}, **form)
        sent += 1
    return f"{sent - len(hostile.HEAVY_PDFS)} hostile pictures, PDFs and workbooks, one after the other"


def heavy_pdfs(ground: Ground) -> str:
    boss = ground.boss()
    heavy = [content for name, content in made_files().items() if name.startswith("heavy")]
    for n, content in enumerate(heavy):
        form = {"kind": "test_report", "number": f"h-{n}", "issued": "01/11/2026"}
        boss.post("/papers/new", {"file": ("a.pdf", content)}, **form)
    return f"{len(heavy)} PDFs that never end"


def eight_pictures_at_once(ground: Ground) -> str:
    content = hostile.png(10_000, 6_000)
    people = [ground.boss()] * 8

    def upload(n: int) -> int:
        form = {"kind": "test_report", "number": f"p-{n}", "issued": "01/11/2026"}
        return people[n].post("/papers/new", {"file": ("a.png", content)}, **form)

    with ThreadPoolExecutor(8) as pool:
        statuses = [*pool.map(upload, range(8)), *pool.map(upload, range(8))]
    return f"twice eight uploads of {len(content) // 1024} KB that are 60 megapixels: {sorted(set(statuses))}"


def twelve_pages_by_six(ground: Ground) -> str:
    boss = ground.boss()
    form = {"kind": "test_report", "number": "12-trang", "issued": "01/11/2026"}
    boss.post("/papers/new", {"file": ("a.pdf", hostile.scanned_pdf(12))}, **form)
    file_id = _newest_file(ground)
    people = [ground.boss()] * 6
    with ThreadPoolExecutor(6) as pool:
        statuses = set(
            pool.map(lambda n: people[n % 6].get(f"/files/{file_id}/page/{n // 2 + 1}"), range(24))
        )
    return f"24 page pictures of one PDF by six browsers: {sorted(statuses)}"


def _newest_file(ground: Ground) -> int:
    import sqlite3

    with closing(sqlite3.connect(f"file:{ground.folder / 'shop.db'}?mode=ro", uri=True)) as books:
        newest = books.execute("SELECT max(id) FROM stored_file").fetchone()[0]
    if newest is None:
        raise OSError("the paper's scan was not taken")
    return int(newest)


def endless_texts(ground: Ground) -> str:
    boss, texts = ground.boss(), ("1" + " " * 50_000, "1." * 25_000, "a" * 50_000, "à" * 20_000)
    for text in texts:
        boss.post("/till/cash", amount=text, reason=text, way="in")
        boss.post("/till/scan", code=text)
        for path in ("/find?q=", "/handbook?q=", "/till/search?q=", "/trace?q="):
            boss.get(path + urlencode({"": text})[1:])
    return f"{len(texts)} texts of 20,000 to 50,000 signs in six places"


def held_requests(ground: Ground) -> str:
    """Thirty pages that wait for scans, as tills with scanners of their own do."""
    people = [ground.boss()] * 10
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda browser: browser.get("/till/scans?page=x&claim=1"), people))
    return "10 long polls of 15 s"


ATTACKS = (
    idle_tls, idle_plain, slow_headers, slow_bodies, large_bodies_of_strangers, large_bodies_signed_in, held_requests,
    endless_texts, twelve_pages_by_six, eight_pictures_at_once, hostile_uploads, heavy_pdfs,
    wrong_pins,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    attack: str
    sent: str
    quiet_ms: float
    under_ms: float
    memory_mb: int
    faults: tuple[str, ...]

    def text(self) -> str:
        verdict = "held" if not self.faults else "FELL: " + "; ".join(self.faults)
        ratio = self.under_ms / self.quiet_ms
        return f"{self.attack:26} {self.quiet_ms:6.1f} {self.under_ms:7.1f} {ratio:5.1f}x {self.memory_mb:5} MB  {verdict}\n    {self.sent}"


def attack(ground: Ground, selling: Selling, item: Callable[[Ground], str], quiet_ms: float) -> Row:
    since, troubles, answers = len(selling.till.took), len(selling.trouble), len(ground.statuses)
    most, watching = [0], threading.Event()
    watcher = threading.Thread(target=partial(_watch_memory, ground, most, watching), daemon=True)
    watcher.start()
    try:
        sent = item(ground)
    except (OSError, HTTPException) as odd:
        sent = f"the attack itself broke off: {type(odd).__name__}: {odd}"
    time.sleep(max(0.0, LEAST_SECONDS - 3))
    watching.set()
    watcher.join()
    under = selling.p95(since)
    broken = [status for status in ground.statuses[answers:] if status >= 500 and status != 503]
    faults = [
        *(["the server is gone"] if ground.process.poll() is not None else []),
        *([f"answered {sorted(set(broken))}"] if broken else []),
        *([f"the till: {selling.trouble[-1]}"] if len(selling.trouble) > troubles else []),
        *([f"the till waits {under:.0f} ms"] if under > max(MOST_RATIO * quiet_ms, LEAST_MS) else []),
        *([f"{most[0]} MB of memory"] if most[0] > MOST_MB else []),
    ]
    return Row(item.__name__.replace("_", " "), sent, quiet_ms, under, most[0], tuple(faults))


def _watch_memory(ground: Ground, most: list[int], until: threading.Event) -> None:
    while not until.wait(0.1):
        most[0] = max(most[0], ground.memory_mb())


@contextmanager
def attacked_server(folder: Path) -> Iterator[Ground]:
    template = build_template(folder / "template")
    shutil.copytree(template.folder, folder / "shop")
    with (folder / "errors.txt").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.attacks.server", str(folder / "shop")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError((folder / "errors.txt").read_text(errors="replace")[-3000:])
    try:
        yield Ground(process, json.loads(line), folder / "shop", template)
    finally:
        process.kill()
        process.wait()


def sold(folder: Path) -> set[int]:
    """The numbers of all sales in the books."""
    from sqlalchemy import select

    app = app_over_template(folder)
    with app.app_context(), open_reading() as session:
        numbers = set(session.scalars(select(Sale.number)))
        db.engine.dispose()
    return numbers


def main() -> None:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    began = time.monotonic()
    asked = sys.argv[1:]
    made_files()
    with (
        tempfile.TemporaryDirectory(prefix="ocop-attacks-") as scratch,
        attacked_server(Path(scratch)) as ground,
    ):
        till = TimedTill(ground.base, STATIONS[0])
        till.begin(ground.template.login, ground.template.pin)
        selling = Selling(till, ground.template.codes)
        seller = threading.Thread(target=selling.run, daemon=True)
        seller.start()
        time.sleep(3)
        since = len(till.took)
        time.sleep(QUIET_SECONDS)
        quiet = selling.p95(since)
        print(
            f"quiet: p95 {quiet:.1f} ms, median {statistics.median(till.took[since:]):.1f} ms of {len(till.took) - since} answers\n"
        )
        print(f"{'attack':26} {'quiet':>6} {'under':>7} {'ratio':>6} {'memory':>8}  verdict")
        rows = []
        for item in ATTACKS:
            if not asked or item.__name__ in asked:
                rows.append(attack(ground, selling, item, quiet))
                print(rows[-1].text(), flush=True)
        selling.stopping.set()
        seller.join(timeout=60)
        lost = set(selling.slips) - sold(ground.folder)
        fell = sum(bool(row.faults) for row in rows) + bool(lost)
        print(
            f"\n{len(selling.slips)} sales told to the till, {len(lost)} not in the books; {time.monotonic() - began:.0f} s"
        )
        print(f"{len(rows) - fell} held, {fell} fell")
    sys.exit(1 if fell else 0)


if __name__ == "__main__":
    main()

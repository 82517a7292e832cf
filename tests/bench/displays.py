"""Buyers' screens: what a till's scan takes beside thirty of them, by asking every second and by server-sent events."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pos.kernel.actor import SYSTEM
from pos.kernel.database import db, unit_of_work
from pos.station.customer_display import make_display_key

from .catalogue import code_of
from .display_parts import STATIONS
from .figures import Figure, p50, p95, timed
from .server import Browser, resident_mb
from .shop import STATION, app_over, copied
from .sizes import LINES_A_SALE, Sizes

MOST_BESIDE = 1.10
ROUNDS = 8
PAUSE_S = 0.05  # between two scans: a cashier who is very quick
THREADS = 16  # of the till's door, as config.toml has it by default
SCREENS = 30
STREAMS_END_S = 3  # until the server has found out that the browsers have gone


def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    """Thirty screens at as many tills; then all at the till that scans. Streams need a thread each besides."""
    keys = _make_keys(folder)
    own, others = keys[STATION], [key for station, key in keys.items() if station != STATION]
    return [
        *_measure_way(folder, THREADS, "poll", [own, *others][:SCREENS], sizes, "30 displays, asking", is_goal=True),
        *_measure_way(folder, THREADS, "poll", [own] * SCREENS, sizes, "30 displays of that till, asking", is_goal=False),
        *_measure_way(folder, THREADS + SCREENS, "stream", [own, *others][:SCREENS], sizes, "30 displays, streams", is_goal=False),
    ]  # fmt: skip


def _make_keys(folder: Path) -> dict[str, str]:
    app, at = app_over(folder), datetime.now(UTC)
    with app.app_context():
        with unit_of_work() as session:
            names = dict.fromkeys([STATION, *STATIONS])
            keys = {name: make_display_key(session, name, by=SYSTEM, at=at).key for name in names}
        db.engine.dispose()
    return keys


def _measure_way(
    folder: Path, threads: int, way: str, keys: list[str], sizes: Sizes, words: str, *, is_goal: bool
) -> list[Figure]:
    """The same scans alone and beside the screens, in pairs by turns."""
    shop = copied(folder, folder.with_name(f"{folder.name}-{way}-{len(set(keys))}"))
    alone, beside = Scans(), Scans()
    with _process("serve", str(shop), str(threads)) as (server, address):
        till = ScanningTill(address)
        till.scan_some(sizes)
        for n in range(ROUNDS * 2):
            if n % 4 in {0, 3}:
                alone.add_round(server.pid, till, sizes)
                continue
            with _process("look", address, way, *keys):
                time.sleep(1)
                beside.add_round(server.pid, till, sizes)
            time.sleep(STREAMS_END_S if way == "stream" else 0)
        memory = resident_mb(server.pid)
    return [
        Figure(f"scan beside {words}, p50", p50(beside.times), "ms", None, p50(alone.times)),
        Figure(f"scan beside {words}, p95", p95(beside.times), "ms", MOST_BESIDE if is_goal else None, p95(alone.times)),
        Figure(f"server's processor beside {words}, a second", beside.load, "ms", None, alone.load),
        Figure(f"server's memory beside {words}", memory, "MB"),
    ]  # fmt: skip


@dataclass
class Scans:
    """What scans took, and how much of the processor the server had for them."""

    times: list[float] = field(default_factory=list)
    processor_ms: float = 0
    seconds: float = 0

    def add_round(self, server_pid: int, till: "ScanningTill", sizes: Sizes) -> None:
        begun, had = time.monotonic(), _read_processor_ms(server_pid)
        self.times += till.scan_some(sizes)
        self.processor_ms += _read_processor_ms(server_pid) - had
        self.seconds += time.monotonic() - begun

    @property
    def load(self) -> float:
        """Milliseconds of the processor a second."""
        return self.processor_ms / self.seconds


def _read_processor_ms(pid: int) -> float:
    """What a process has had of the processor, as the kernel counts it."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def _process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """One of `display_parts`, from the line by which it says that it is ready."""
    command = [sys.executable, "-m", "tests.bench.display_parts", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None or not (line := process.stdout.readline().strip()):
            raise RuntimeError(f"{arguments[0]} ended before it was ready")
        yield process, line
    finally:
        process.kill()
        process.wait()


class ScanningTill:
    """A cashier's browser that scans and sells, and tells how long each scan took."""

    def __init__(self, address: str) -> None:
        self._browser, self._count = Browser(address), 0
        self._browser.sign_in()

    def scan_some(self, sizes: Sizes) -> list[float]:
        return [taken for _sale in range(sizes.views // LINES_A_SALE) for taken in self._sell()]

    def _sell(self) -> list[float]:
        taken, page = [], ""
        for n in range(LINES_A_SALE):
            self._count += 1
            key = f"displays-{self._count}-{time.monotonic_ns()}"
            milli, page = timed(lambda n=n, key=key: self._browser.scan(code_of(n + 1), key))  # type: ignore[misc]
            taken.append(milli)
            time.sleep(PAUSE_S)
        self._browser.pay(page)
        return taken

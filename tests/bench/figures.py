"""What a measurement comes to, and how it is told."""

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from pos.kernel.database import sqlite_module

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; with a goal it is met when not above it. `base` is what a ratio was taken of."""

    what: str
    measured: float
    unit: str
    goal: float | None = None
    base: float | None = None

    @property
    def ratio(self) -> float | None:
        """The measured value as a part of its base, or of its goal where there is no base."""
        if self.base is not None:
            return self.measured / self.base
        return self.measured / self.goal if self.goal else None

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        reached = self.measured if self.base is None else self.measured / self.base
        return "met" if reached <= self.goal else "missed"

    @property
    def goal_told(self) -> str:
        if self.goal is None:
            return "–"
        return f"≤ {self.goal:g} ×" if self.base is not None else f"≤ {self.goal:g} {self.unit}"


def timed(act: Callable[[], Result]) -> tuple[float, Result]:
    """How many milliseconds by the clock on the wall, for waiting on the disk is part of it; and what came of it."""
    begun = time.perf_counter()
    result = act()
    return (time.perf_counter() - begun) * 1000, result


def milliseconds(act: Callable[[], object]) -> float:
    return timed(act)[0]


def percentile(values: Sequence[float], part: float) -> float:
    """The value that `part` of all values don't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def p50(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def p95(values: Sequence[float]) -> float:
    return percentile(values, 0.95)


def tell(figures: Sequence[Figure]) -> None:
    """The table on the terminal."""
    table = Table("what", title="ocop-pos bench")
    for heading in ("measured", "goal", "ratio", "verdict"):
        table.add_column(heading, justify="right", no_wrap=True)
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        colour = {"met": "green", "missed": "red"}.get(figure.verdict, "")
        verdict = f"[{colour}]{figure.verdict}[/]" if colour else ""
        table.add_row(figure.what, f"{figure.measured:,.2f} {figure.unit}", figure.goal_told, ratio, verdict)
    Console().print(table)


def write(figures: Sequence[Figure], path: Path, *, quick: bool, seconds: float) -> None:
    """The same as JSON, with the machine it was measured on."""
    told = {
        "quick": quick,
        "seconds": round(seconds, 1),
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "sqlite": sqlite_module().sqlite_version,
        },
        "figures": [asdict(f) | {"ratio": f.ratio, "verdict": f.verdict} for f in figures],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")

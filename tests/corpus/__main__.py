"""The table: read, false, milliseconds a picture, by folder and decoder; and the read rate against each trouble."""

import argparse
import json
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
from rich.console import Console
from rich.table import Table

from .decoders import DECODERS
from .pictures import STEPS, TROUBLES, Sample, made, photographed
from .plot import curves

ALONE = ("pyzbar", "zxing-cpp", "OpenCV")
console = Console(highlight=False, width=170)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one decoder made of one picture."""

    decoder: str
    folder: str
    name: str
    is_read: bool
    misread: int
    ms: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument(
        "--pictures", type=Path, help="another folder of folders with pictures and their texts"
    )
    parser.add_argument("--plot", type=Path, help="write the curves as SVG")
    parser.add_argument("--json", type=Path, default=Path(".artifacts/corpus.json"))
    asked = parser.parse_args()
    cv2.setNumThreads(1)  # one core: what a till's computer can spare
    real = measure_all(photographed(asked.pictures) if asked.pictures else photographed())
    show("Photographed", real)
    worse = measure_all(made())
    show(f"Made: {STEPS} steps of each trouble, four symbologies", worse)
    asked.json.parent.mkdir(exist_ok=True)
    asked.json.write_text(json.dumps([asdict(item) for item in (*real, *worse)]), "utf-8")
    if asked.plot:
        asked.plot.write_text(curves(rates(worse)), "utf-8")


def measure_all(samples: Iterable[Sample]) -> list[Outcome]:
    """Every decoder on every picture, one after the other in one run."""
    return [measure_one(decoder, sample) for sample in samples for decoder in DECODERS]


def measure_one(decoder: str, sample: Sample) -> Outcome:
    began = time.perf_counter()
    texts = DECODERS[decoder](sample.picture)
    ms = (time.perf_counter() - began) * 1000
    return Outcome(
        decoder, sample.folder, sample.name, sample.is_read_by(texts), len(sample.misread(texts)), ms
    )


def show(title: str, outcomes: Sequence[Outcome]) -> None:
    table = Table(title=title)
    table.add_column("folder")
    table.add_column("pictures", justify="right")
    for decoder in DECODERS:
        table.add_column(decoder, justify="right")
    table.add_column("union alone", justify="right")
    for folder in dict.fromkeys(item.folder for item in outcomes):
        mine = [item for item in outcomes if item.folder == folder]
        table.add_row(folder, str(len({item.name for item in mine})), *cells(mine))
    table.add_section()
    table.add_row("all", str(len({(item.folder, item.name) for item in outcomes})), *cells(outcomes))
    console.print(table)
    console.print("read (false) median ms / 95th percentile")


def cells(outcomes: Sequence[Outcome]) -> list[str]:
    found = []
    for decoder in DECODERS:
        mine = [item for item in outcomes if item.decoder == decoder]
        times = sorted(item.ms for item in mine)
        read, false = sum(item.is_read for item in mine), sum(item.misread for item in mine)
        found.append(f"{read} ({false}) {statistics.median(times):.0f}/{times[int(len(times) * 0.95)]:.0f}")
    alone = {(item.folder, item.name) for item in outcomes if item.decoder in ALONE and item.is_read}
    return [*found, str(len(alone))]


def rates(outcomes: Sequence[Outcome]) -> dict[str, dict[str, list[float]]]:
    """By trouble and decoder: the share read at each step."""
    return {
        trouble: {
            decoder: [_rate([o for o in outcomes if (o.folder, o.decoder) == (trouble, decoder)], step) for step in range(1, STEPS + 1)]
            for decoder in ("pipeline", "pyzbar", "zxing-cpp")
        }
        for trouble in TROUBLES
    }  # fmt: skip


def _rate(outcomes: Sequence[Outcome], step: int) -> float:
    mine = [item.is_read for item in outcomes if item.name.endswith(f"-{step:02}")]
    return sum(mine) / len(mine)


if __name__ == "__main__":
    main()

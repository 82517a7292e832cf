"""`python -m tests.faults [--cuts 500] [--kills 100] [--only power|kill] [--json FILE] [--seed N]`

Ends with 1 when the product lost, halved or doubled a sale, or when the test could not have seen a loss.
"""

import argparse
import json
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from . import kill, power
from .shop import Template, build_template, scratch


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    wanted = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or a stopped run would leave its folder behind
    began, against, report = time.monotonic(), [], {"seed": wanted.seed}
    with scratch() as folder:
        say("Building the shop …")
        template = build_template(folder / "template")
        if wanted.only != "kill":
            against += cut_power(template, folder, wanted, report)
        if wanted.only != "power":
            against += kill_server(template, folder, wanted, report)
    report |= {"against": against, "seconds": round(time.monotonic() - began, 1)}
    if wanted.json:
        wanted.json.write_text(json.dumps(report, ensure_ascii=False, indent=2), "utf-8")
    say("\n".join(f"WRONG: {line}" for line in against) or "All is well.")
    say(f"{report['seconds']:.0f} s in all.")
    return 1 if against else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--cuts", type=int, default=500, help="power cuts of the product's own setting")
    parser.add_argument("--kills", type=int, default=100, help="kill -9 under load")
    parser.add_argument("--only", choices=("power", "kill"))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the cuts; the moments of kills are never the same"
    )
    return parser.parse_args()


def cut_power(
    template: Template, folder: Path, wanted: argparse.Namespace, report: dict[str, Any]
) -> list[str]:
    say("Power cuts: recording the real server, then cutting.")
    rows = power.prove(template, folder, wanted.cuts, Random(wanted.seed), say)
    report["power"] = [asdict(row) for row in rows]
    say("\nacknowledged, found: sales, mean of all cuts; lost … verify: cuts after which it was so; "
        "most: sales lost in the worst")  # fmt: skip
    say(power.table(rows) + "\n")
    for doubt in power.doubts(rows):
        say(f"NOTE: {doubt}")
    return power.verdict(rows)


def kill_server(
    template: Template, folder: Path, wanted: argparse.Namespace, report: dict[str, Any]
) -> list[str]:
    say("kill -9 under load of four tills.")
    tally = kill.prove(template, folder, wanted.kills, Random(wanted.seed), say)
    report["kill"] = tally.as_plain()
    say(f"\n{tally.kills} kills in {tally.seconds:.0f} s; {tally.in_flight} payments were in flight; {tally.retried} "
        f"paid again, of which {tally.retried_committed} had been committed before the kill")  # fmt: skip
    say(f"acknowledged {tally.acknowledged}, found {tally.found}, lost {tally.lost}, half {tally.half}, "
        f"doubled {tally.doubled}, corrupt {tally.corrupt}, verify {tally.verify}\n")  # fmt: skip
    return [] if tally.clean else [f"kill -9: {output}" for output in tally.examples or ["see the figures"]]


if __name__ == "__main__":
    sys.exit(main())

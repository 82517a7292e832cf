"""The modules whose every branch must have been taken by the tests: gate, ledger, money (`pyproject.toml` names them).

`python -m tests.whole_branches coverage.xml` names each line or branch that was not, and fails.
"""

import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

WHOLE: list[str] = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["tool"]["coverage"]["run"][
    "include"
]


def missing(report: Path) -> list[str]:
    """Lines never run and branches never taken, of the modules above."""
    found, noticed = [], set()
    for module in ET.parse(report).iter("class"):  # noqa: S314  our own report
        name = next((whole for whole in WHOLE if whole.endswith(module.get("filename", "?"))), None)
        if name is None or not Path(name).is_file():
            continue
        noticed.add(name)
        for line in module.iter("line"):
            if line.get("hits") == "0":
                found.append(f"{name}:{line.get('number')} never run")
            elif line.get("missing-branches"):
                found.append(f"{name}:{line.get('number')} never went to {line.get('missing-branches')}")
    return found + [f"{name} is not in the report" for name in WHOLE if name not in noticed]


if __name__ == "__main__":
    lacking = missing(Path(sys.argv[1]))
    print("\n".join(lacking) or "every branch of gate, ledger and money was taken")
    sys.exit(1 if lacking else 0)

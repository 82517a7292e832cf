"""kernel/child_process.py — the surroundings of a process that the server starts to work beside it."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def list_child_surroundings() -> dict[str, str]:
    """The environment of a child process: it finds the same program, and takes one core."""
    return os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}

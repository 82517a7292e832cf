"""What a process did to its files: the recorder compiled, its log read back."""

import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

_HEAD = struct.Struct("=cqqq")
_KINDS = {b"w": "write", b"t": "truncate", b"s": "sync", b"u": "unlink"}


@dataclass(frozen=True, slots=True)
class Op:
    """One change of a file. `ends` is the size of the log when it had been noted."""

    kind: str
    file: str
    offset: int
    data: bytes
    ends: int


def compile_recorder(folder: Path) -> Path:
    """The recorder as a library to be loaded before libc."""
    library = folder / "recorder.so"
    source = Path(__file__).with_name("recorder.c")
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O2", "-Wall", "-o", str(library), str(source), "-ldl", "-lpthread"],
        check=True,
    )
    return library


def environment_for(library: Path, log: Path, watched: str) -> dict[str, str]:
    """What makes a process record itself."""
    return {"LD_PRELOAD": str(library), "FAULTS_LOG": str(log), "FAULTS_WATCHED": watched}


def read_log(log: Path) -> list[Op]:
    """Everything that was noted, in order."""
    raw, at, ops = log.read_bytes(), 0, []
    while at < len(raw):
        kind, offset, size, length = _HEAD.unpack_from(raw, at)
        name_at = at + _HEAD.size
        data_at = name_at + length
        at = data_at + size
        ops.append(Op(_KINDS[kind], raw[name_at:data_at].decode(), offset, raw[data_at:at], at))
    return ops

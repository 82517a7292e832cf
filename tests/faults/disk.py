"""A disk whose power goes: what was synced stays; of what was not, chance decides, by the model's rules.

Each file is on its own: nothing is promised about the order between files that were not synced.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from random import Random

from .recording import Op

SECTOR = 512
TORN_SHARE = 0.5  # of the writes that land, in the torn model
Model = Callable[[bytearray, list[Op], Random], None]


class Disk:
    """Files by name: what has been synced of them, and what is still on its way."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._synced = {name: bytearray(content) for name, content in files.items()}
        self._waiting: dict[str, list[Op]] = defaultdict(list)

    def take(self, op: Op) -> None:
        """The next thing that the process did."""
        if op.kind == "sync":
            for done in self._waiting.pop(op.file, []):
                lay(self._synced.setdefault(op.file, bytearray()), done)
        elif op.kind == "unlink":  # believed at once: SQLite unlinks only what it needs no more
            self._synced.pop(op.file, None)
            self._waiting.pop(op.file, None)
        else:
            self._waiting[op.file].append(op)

    def after_cut(self, model: Model, dice: Random) -> dict[str, bytes]:
        """What is found when the power is back. The disk itself stays as it was: it can be cut again."""
        files = {name: bytearray(content) for name, content in self._synced.items()}
        for name, ops in self._waiting.items():
            model(files.setdefault(name, bytearray()), ops, dice)
        return {name: bytes(content) for name, content in files.items()}


def lay(image: bytearray, op: Op) -> None:
    """The whole of one change."""
    if op.kind == "truncate":
        del image[op.offset :]
        image.extend(bytes(op.offset - len(image)))
    else:
        _put(image, op.offset, op.data)


def _put(image: bytearray, offset: int, data: bytes) -> None:
    image.extend(bytes(max(0, offset - len(image))))
    image[offset : offset + len(data)] = data


def everything(image: bytearray, ops: list[Op], dice: Random) -> None:
    """No cut at all: what the files hold while the computer runs."""
    for op in ops:
        lay(image, op)


def prefix(image: bytearray, ops: list[Op], dice: Random) -> None:
    """In order, up to some moment."""
    for op in ops[: dice.randint(0, len(ops))]:
        lay(image, op)


def subset(image: bytearray, ops: list[Op], dice: Random) -> None:
    """Any of them: the drive had put them into an order of its own."""
    share = dice.random()
    for op in ops:
        if dice.random() < share:
            lay(image, op)


def torn(image: bytearray, ops: list[Op], dice: Random) -> None:
    """Any of them, and some only in part: each sector lands or not."""
    share = dice.random()
    for op in ops:
        if dice.random() >= share:
            continue
        if op.kind == "write" and dice.random() < TORN_SHARE:
            for offset, piece in _sectors(op):
                if dice.random() < share:
                    _put(image, offset, piece)
        else:
            lay(image, op)


def zap(image: bytearray, ops: list[Op], dice: Random) -> None:
    """Any of them; one that was under way ruins all that lay in the sectors it touched."""
    share = dice.random()
    for op in ops:
        if dice.random() < share:
            lay(image, op)
        elif op.kind == "write":
            _ruin(image, op, dice)


def _sectors(op: Op) -> Iterator[tuple[int, bytes]]:
    """The write cut at the disk's own borders, which a frame of the WAL does not keep to."""
    at = op.offset
    end = op.offset + len(op.data)
    while at < end:
        border = min(end, (at // SECTOR + 1) * SECTOR)
        yield at, op.data[at - op.offset : border - op.offset]
        at = border


def _ruin(image: bytearray, op: Op, dice: Random) -> None:
    first = op.offset // SECTOR * SECTOR
    last = min(-(-(op.offset + len(op.data)) // SECTOR) * SECTOR, len(image))
    if last > first:
        image[first:last] = dice.randbytes(last - first)

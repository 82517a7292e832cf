"""The power goes under the real server: its writes are recorded once an arm, then cut at random moments."""

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .books import Reckoning, reckon, sales_in
from .disk import Disk, Model, everything, prefix, subset, torn, zap
from .process import ServerProcess
from .recording import Op, compile_recorder, environment_for, read_log
from .server import Settings
from .shop import STATIONS, Template, copy_of, findings, seconds_to_morning
from .till import Till, Told

SALES = 60
AUTOCHECKPOINT = 200  # pages: some sales lie between two checkpoints, and a recording holds a dozen
SOON = 30  # ops: about what the next transaction writes
CONTROL_SHARE = 0.3  # of the cuts that the product's own setting gets
LASTING = ("shop.db", "shop.db-wal", "shop.db-journal")  # the -shm file is made anew after a power cut
Say = Callable[[str], None]


@dataclass(frozen=True)
class Arm:
    """A way to run SQLite, and what it is cut with."""

    synchronous: str
    psow: int
    models: tuple[Model, ...]
    share: float = CONTROL_SHARE

    @property
    def name(self) -> str:
        return f"{self.synchronous} psow={self.psow}"


PRODUCT = Arm("FULL", 0, (prefix, subset, torn, zap), share=1.0)
# Were NORMAL to lose nothing, the test could not have seen a loss at all.
MUST_LOSE = Arm("NORMAL", 0, (subset,))
# Zapped without psow=0, the last sale is lost with what is written after it: the reason for psow=0.
POWERSAFE = Arm("FULL", 1, (prefix, subset, torn, zap))
ARMS = (PRODUCT, POWERSAFE, MUST_LOSE, Arm("OFF", 0, (subset,)))


@dataclass(frozen=True)
class Recording:
    """What the server did to its files, and after how many of those ops each sale had been told."""

    before: dict[str, bytes]
    ops: list[Op]
    start: int
    told: list[tuple[int, Told]]
    first_free: int


@dataclass
class Row:
    """One line of the table: so many cuts of one model, and what was found after them."""

    arm: str
    model: str
    cuts: int = 0
    acknowledged: int = 0
    found: int = 0
    lost: int = 0
    most_lost: int = 0
    half: int = 0
    doubled: int = 0
    corrupt: int = 0
    unproved: int = 0
    example: str = ""

    def count(self, told: int, result: Reckoning, unproved: str) -> None:
        self.cuts += 1
        self.acknowledged += told
        self.found += result.found
        self.lost += bool(result.lost)
        self.most_lost = max(self.most_lost, len(result.lost))
        self.half += bool(result.half)
        self.doubled += bool(result.doubled)
        self.corrupt += bool(result.corrupt)
        self.unproved += bool(unproved)
        wrong = (*sorted(result.half), *sorted(result.doubled), result.corrupt, unproved)
        self.example = self.example or next(filter(None, wrong), "")

    def as_text(self) -> str:
        told, found = f"{self.acknowledged / self.cuts:.1f}", f"{self.found / self.cuts:.1f}"
        return FORM.format(
            self.arm, self.model, self.cuts, told, found, self.lost, self.most_lost, self.half, self.doubled,
            self.corrupt, self.unproved,
        )  # fmt: skip

    @property
    def clean(self) -> bool:
        return not (self.lost or self.half or self.doubled or self.corrupt or self.unproved)


def prove(template: Template, scratch: Path, cuts: int, dice: Random, say: Say) -> list[Row]:
    """Record and cut each arm."""
    library = compile_recorder(scratch)
    rows = []
    for arm in ARMS:
        began = time.monotonic()
        recording = record(template, scratch / arm.name.replace(" ", "-"), library, arm, dice)
        syncs = sum(op.kind == "sync" for op in recording.ops[recording.start :])
        ops = len(recording.ops) - recording.start
        say(f"  {arm.name}: {SALES} sales recorded, {ops} ops, {syncs} syncs")
        for model, share in shared(arm, cuts):
            rows.append(cut_often(recording, arm, model, share, scratch / "image", dice))
            say(f"    {model.__name__}: {rows[-1].cuts} cuts, {time.monotonic() - began:.0f} s")
    return rows


def shared(arm: Arm, cuts: int) -> list[tuple[Model, int]]:
    """The arm's cuts spread over its models; each gets at least one."""
    each = max(1, round(cuts * arm.share / len(arm.models)))
    return [(model, each) for model in arm.models]


def record(template: Template, folder: Path, library: Path, arm: Arm, dice: Random) -> Recording:
    """Sell through the real server and keep what it did to its files."""
    shop = copy_of(template, folder / "shop")
    log = folder / "log"
    log.touch()
    before = lasting_files(shop)
    first_free = sales_in(shop / "shop.db")
    # The printers' thread would write right after each sale, before its answer arrives; a sale that is not the
    # newest thing on the disk is shielded by what is, and the zap model would see nothing.
    settings = Settings(
        str(shop), seconds_to_morning(), arm.synchronous, arm.psow, AUTOCHECKPOINT, printing=False
    )
    # every file of the database has this in its path, and nothing else has
    environment = environment_for(library, log, str(shop / "shop.db"))
    with ServerProcess(settings, folder / "says", environment) as server:
        till = Till(server.open(), STATIONS[0])
        till.begin(template.login, template.pin)
        start, told = log.stat().st_size, []
        for _ in range(SALES):
            sale = till.pay(till.fill_basket(dice.sample(template.codes, dice.randint(1, 3))))
            told.append((log.stat().st_size, sale))
    ops = read_log(log)
    require_whole(before, ops, shop)
    ends = [op.ends for op in ops]
    noticed = [(bisect_right(ends, size), sale) for size, sale in told]
    return Recording(before, ops, bisect_right(ends, start), noticed, first_free)


def lasting_files(shop: Path) -> dict[str, bytes]:
    return {name: (shop / name).read_bytes() for name in LASTING if (shop / name).exists()}


def require_whole(before: dict[str, bytes], ops: list[Op], shop: Path) -> None:
    """Replayed without a cut, the log must make the very files that lie there: then it missed nothing."""
    disk = Disk(before)
    for op in ops:
        disk.take(op)
    made = disk.after_cut(everything, Random(0))
    there = lasting_files(shop)
    if {name: content for name, content in made.items() if name in there} != there:
        raise RuntimeError("the recorder missed something: its log does not make the files that are there")


def cut_often(recording: Recording, arm: Arm, model: Model, cuts: int, image: Path, dice: Random) -> Row:
    """Cut, in the order of time, so that the disk is filled once."""
    row = Row(arm.name, model.__name__)
    disk, at = Disk(recording.before), 0
    for moment in sorted(any_moment(recording, dice) for _ in range(cuts)):
        for op in recording.ops[at:moment]:
            disk.take(op)
        at = moment
        told = [sale for seen_at, sale in recording.told if seen_at <= moment]
        write_image(image, disk.after_cut(model, dice))
        result = reckon(image / "shop.db", told, recording.first_free, whole_file=True)
        row.count(len(told), result, "" if result.corrupt else what_verify_says(image))
    return row


def any_moment(recording: Recording, dice: Random) -> int:
    """Half of the cuts fall anywhere, half soon after an answer, where a sale that is not safe is lost."""
    if dice.random() < 0.5:
        return dice.randint(recording.start, len(recording.ops))
    seen_at, _sale = dice.choice(recording.told)
    return min(seen_at + dice.randint(0, SOON), len(recording.ops))


def write_image(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name in LASTING:
        if name in files:
            (folder / name).write_bytes(files[name])


def what_verify_says(folder: Path) -> str:
    """The first thing that the house's own proof of its books finds; empty when they add up."""
    found = findings(folder)
    return f"verify: {found[0].row}: {found[0].said}" if found else ""


HEADS = ("arm", "model", "cuts", "acknowledged", "found", "lost", "most", "half", "doubled", "corrupt", "verify")  # fmt: skip
FORM = "{:14} {:7} {:>5} {:>13} {:>7} {:>5} {:>5} {:>5} {:>8} {:>8} {:>7}"


def table(rows: list[Row]) -> str:
    """Cuts after which something was wrong, by arm and model."""
    return "\n".join([FORM.format(*HEADS), *(row.as_text() for row in rows)])


def verdict(rows: list[Row]) -> list[str]:
    """What speaks against the product, or against the test itself. Empty: all is well."""
    against = [
        f"{row.arm} {row.model}: not clean. {row.example}"
        for row in rows
        if row.arm == PRODUCT.name and not row.clean
    ]
    if not lost_by(rows, MUST_LOSE):
        against.append(f"{MUST_LOSE.name} lost nothing: this test could not have seen a loss")
    return against


def doubts(rows: list[Row]) -> list[str]:
    """What makes the proof weaker, though not wrong."""
    if lost_by(rows, POWERSAFE, zap):
        return []
    return [f"{POWERSAFE.name} zap lost nothing, so zap showed nothing about psow=0: more cuts may"]


def lost_by(rows: list[Row], arm: Arm, model: Model | None = None) -> bool:
    return any(
        row.lost for row in rows if row.arm == arm.name and (model is None or row.model == model.__name__)
    )

"""demo/till.py — the village's till: where it sells, who sells, how busy it is."""

import random
from dataclasses import dataclass

from ..closings.seal import Seal
from ..kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Pace:
    """How busy the village is. `is_whole`: with goods back, drawers that differ and evenings of writing off."""

    sales: tuple[int, int]
    at_weekends: int
    at_festivals: int
    is_whole: bool


FLOAT_VND = 500_000
QUIET = Pace((6, 11), 6, 0, is_whole=False)
BUSY = Pace((24, 34), 8, 6, is_whole=True)


@dataclass(frozen=True, slots=True)
class Till:
    """Where the village sells, who sells, and who manages; the dice decide the rest."""

    station: str
    cashier: Actor
    manager: Actor
    dice: random.Random
    pace: Pace
    seal: Seal | None = None

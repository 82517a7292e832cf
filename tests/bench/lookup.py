"""Finding goods by name while typing."""

import random
from functools import partial
from pathlib import Path

from pos.catalog.products import search_products
from pos.kernel.database import db, open_reading
from pos.kernel.text import remove_accents

from .catalogue import name_of
from .figures import Figure, milliseconds, p95
from .shop import app_over
from .sizes import Sizes

MOST_MS = 50
SHOWN = 12  # as many as the till's list shows


def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    """Names cut off at every length, as typing makes them; with the right accents, then with none."""
    dice = random.Random(2)
    typed = [_begin(name_of(dice.randint(1, sizes.products)), dice) for _ in range(sizes.searches)]
    with app_over(folder).app_context():
        accented = [milliseconds(partial(_find, text)) for text in typed]
        plain = [milliseconds(partial(_find, text)) for text in map(remove_accents, typed)]
        db.engine.dispose()
    among = f"among {sizes.products:,} products, p95"
    return [
        Figure(f"name with accents found {among}", p95(accented), "ms", MOST_MS),
        Figure(f"name without accents found {among}", p95(plain), "ms", MOST_MS),
    ]


def _begin(name: str, dice: random.Random) -> str:
    return name[: dice.randint(2, len(name))]


def _find(words: str) -> None:
    with open_reading() as session:
        search_products(session, words, limit=SHOWN)

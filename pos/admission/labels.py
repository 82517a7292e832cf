"""admission/labels.py — what a label must say, by kind of goods (decree 37/2026, after 43/2017 and 111/2021)."""

from ..catalog.models import GoodsKind

NAME, RESPONSIBLE, ORIGIN, QUANTITY = "name", "responsible", "origin", "quantity"
MADE_ON, ENDS_ON, INGREDIENTS, USE, WARNINGS = "made_on", "ends_on", "ingredients", "use", "warnings"

ENTRIES = (NAME, RESPONSIBLE, ORIGIN, QUANTITY, MADE_ON, ENDS_ON, INGREDIENTS, USE, WARNINGS)
_ALWAYS = (NAME, RESPONSIBLE, ORIGIN)
_FOOD = (*_ALWAYS, QUANTITY, MADE_ON, ENDS_ON, INGREDIENTS, USE)

REQUIRED: dict[GoodsKind, tuple[str, ...]] = {
    GoodsKind.PACKAGED_FOOD: _FOOD,
    GoodsKind.FUNCTIONAL_FOOD: (*_FOOD, WARNINGS),
    GoodsKind.COSMETIC: (*_FOOD, WARNINGS),
    GoodsKind.ALCOHOL: (*_ALWAYS, QUANTITY, WARNINGS),
    GoodsKind.CRAFT: _ALWAYS,
    GoodsKind.FRESH_FOOD: (),  # fresh unpacked food is exempt
    GoodsKind.LIVE_ANIMAL: (),
    GoodsKind.SERVICE: (),
    GoodsKind.KIT: (),  # each component has its own label
}


def list_missing_entries(kind: GoodsKind, present: str) -> tuple[str, ...]:
    """The mandatory entries that were not found on the label, of those `present` (words parted by spaces)."""
    found_entries = set(present.split())
    return tuple(entry for entry in REQUIRED[kind] if entry not in found_entries)

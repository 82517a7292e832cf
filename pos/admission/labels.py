"""admission/labels.py — what a label must say, by kind of goods (decree 37/2026, after 43/2017 and 111/2021)."""

from ..catalog.models import Kind

NAME, RESPONSIBLE, ORIGIN, QUANTITY = "name", "responsible", "origin", "quantity"
MADE_ON, ENDS_ON, INGREDIENTS, USE, WARNINGS = "made_on", "ends_on", "ingredients", "use", "warnings"

ENTRIES = (NAME, RESPONSIBLE, ORIGIN, QUANTITY, MADE_ON, ENDS_ON, INGREDIENTS, USE, WARNINGS)
_ALWAYS = (NAME, RESPONSIBLE, ORIGIN)
_FOOD = (*_ALWAYS, QUANTITY, MADE_ON, ENDS_ON, INGREDIENTS, USE)

REQUIRED: dict[Kind, tuple[str, ...]] = {
    Kind.PACKAGED_FOOD: _FOOD,
    Kind.FUNCTIONAL_FOOD: (*_FOOD, WARNINGS),
    Kind.COSMETIC: (*_FOOD, WARNINGS),
    Kind.ALCOHOL: (*_ALWAYS, QUANTITY, WARNINGS),
    Kind.CRAFT: _ALWAYS,
    Kind.FRESH_FOOD: (),  # fresh unpacked food is exempt
    Kind.LIVE_ANIMAL: (),
    Kind.SERVICE: (),
    Kind.KIT: (),  # each component has its own label
}


def missing_entries(kind: Kind, present: str) -> tuple[str, ...]:
    """The mandatory entries that were not found on the label, of those `present` (words parted by spaces)."""
    seen = set(present.split())
    return tuple(entry for entry in REQUIRED[kind] if entry not in seen)

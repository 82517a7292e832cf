"""Money is a whole number of đồng. There is no fraction of a đồng, so there is no float."""

from collections.abc import Sequence

DONG_PER_THOUSANDTH = 1000


def amount_vnd(price_vnd: int, quantity_milli: int) -> int:
    """Price × quantity, rounded half up to the đồng, once, on the line.

    `quantity_milli` is in thousandths of the product's unit. Both are zero or more.
    """
    if price_vnd < 0 or quantity_milli < 0:
        raise ValueError("an amount is made of a price and a quantity that are not negative")
    return (price_vnd * quantity_milli + DONG_PER_THOUSANDTH // 2) // DONG_PER_THOUSANDTH


def round_down(due_vnd: int, step_vnd: int) -> int:
    """The cash due, rounded down in the buyer's favour to a multiple of `step_vnd` (0: not at all)."""
    return due_vnd - due_vnd % step_vnd if step_vnd else due_vnd


def apportion(total_vnd: int, weights: Sequence[int]) -> list[int]:
    """Split `total_vnd` in proportion to `weights` so that the parts add up to it exactly.

    Largest-remainder method; of equal remainders the earlier part gets the đồng.
    A total with no weight to carry it raises ValueError.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("nothing to share the amount over")
    parts = [total_vnd * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total_vnd * weights[i] % whole), i))
    for i in by_remainder[: total_vnd - sum(parts)]:
        parts[i] += 1
    return parts


def share_of_line(paid_vnd: int, before_milli: int, part_milli: int, whole_milli: int) -> int:
    """What one part of a paid line is worth, when `before_milli` of it were given back earlier.

    Each refund is the difference of two roundings of the running total, so that all parts of a
    line add up to what was paid for it, in whatever steps it comes back.
    """
    if not 0 <= before_milli <= before_milli + part_milli <= whole_milli:
        raise ValueError("a part lies within its whole")
    upto = (before_milli + part_milli) * paid_vnd // whole_milli
    return upto - before_milli * paid_vnd // whole_milli


NOTES_VND = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)


def suggest_amounts(due_vnd: int, most: int = 2) -> list[int]:
    """The round hand-overs a buyer is likely to make for this sum, nearest first, above the sum."""
    least = 20_000 if due_vnd > 100_000 else 10_000
    steps = [note for note in NOTES_VND if note >= least]
    above = {-(-due_vnd // step) * step for step in steps} - {due_vnd}
    return sorted(above)[:most] if due_vnd > 0 else []


def looks_mistyped(tender_vnd: int, due_vnd: int) -> bool:
    """True for the classic slips: 200 typed for 200,000, or a nought too many."""
    return tender_vnd < due_vnd or tender_vnd > 10 * max(due_vnd, 50_000)

"""sales/match_lots.py — which lots a cashier is asked to match with the pack in hand, and when nobody can be asked."""

from collections.abc import Sequence
from typing import Any

from ..admission.gate import Verdict
from ..catalog.models import GoodsKind, Product
from ..kernel.quantity import Unit
from ..stock.lots import is_own_number
from .questions import OfferedLot


def is_leftover_only(product: Product, judged_rows: Sequence[tuple[Any, Verdict]]) -> bool:
    """Is all that may not be sold an expired rest of loose goods, without a lot printed on them, that is still on the books?

    Nobody can match a loose cucumber with a lot: it is of a delivery that isn't over, and the rest is for the list of what
    to write off. A lot that anything else stops, a recall first of all, is always asked about.
    """
    is_loose = (
        product.unit == Unit.KG and product.kind == GoodsKind.FRESH_FOOD
    )  # a weighed pack of sweets has its lot printed
    return all(
        verdict.admitted
        or (
            all(reason.code == "expired" for reason in verdict.refusals)
            and (is_loose or is_own_number(row.number))
        )
        for row, verdict in judged_rows
    )


def offer_lots(judged_rows: Sequence[tuple[Any, Verdict]]) -> list[OfferedLot]:
    """Each lot once, wherever it is, those that may be sold first."""
    offered: dict[int, OfferedLot] = {}
    for row, verdict in sorted(judged_rows, key=lambda judged: not judged[1].admitted):
        offered.setdefault(row.id, OfferedLot(row.id, row.number, row.expires_on, verdict))
    return list(offered.values())

"""importing/deals.py — the producers of a workbook with whom no deal is in the books: what is to be asked of each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..kernel.text import fold_text
from ..producers.models import Deal, Producer
from .answers import AgreedDeal, ImportAnswers
from .read_rows import RowPreview


@dataclass(frozen=True, slots=True)
class ProducerDeal:
    """A producer without terms: how many of the rows are theirs, and the deal that was answered or that the list tells.

    None where neither says one.
    """

    name: str
    rows: int
    agreed: AgreedDeal | None = None
    is_from_list: bool = False

    @property
    def name_key(self) -> str:
        return fold_text(self.name)


def list_open_deals(
    rows: Sequence[RowPreview],
    producers: Mapping[str, Producer],
    agreed_producers: Collection[int],
    answers: ImportAnswers,
) -> tuple[ProducerDeal, ...]:
    """Every producer of goods of the workbook whose deal is not in the books, by name."""
    names: dict[str, str] = {}
    theirs: dict[str, list[RowPreview]] = {}
    for row in rows:
        name = row.values.get("producer_name")
        is_kept = row.state in {"new", "changed", "asked"} or row.says == "same"
        if not name or not row.is_product or not is_kept:
            continue
        known = producers.get(fold_text(name))
        if known is None or known.id not in agreed_producers:
            names.setdefault(fold_text(name), known.name if known else name)
            theirs.setdefault(fold_text(name), []).append(row)
    return tuple(_make_deal(names[key], theirs[key], answers.deals.get(key)) for key in sorted(names))


def _make_deal(name: str, rows: Sequence[RowPreview], answer: AgreedDeal | None) -> ProducerDeal:
    if answer is not None:
        return ProducerDeal(name, len(rows), answer)
    commissions = {row.values["commission"] for row in rows if row.values.get("commission") is not None}
    if len(commissions) == 1:
        return ProducerDeal(
            name, len(rows), AgreedDeal(Deal.CONSIGNMENT, commissions.pop()), is_from_list=True
        )
    if not commissions and rows and all(row.values.get("cost") for row in rows):
        return ProducerDeal(name, len(rows), AgreedDeal(Deal.FIRM), is_from_list=True)
    return ProducerDeal(name, len(rows))

"""importing/read_rows.py — a sheet's row read: each cell as what its column means, or the code of what is wrong and where."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..admission.models import PaperKind
from ..catalog.packs import is_pack_word, read_pack
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Reason
from ..kernel.text import fold_text, normalize_text
from ..pricing.prices import HIGHEST_VND
from .cells import CellError, read_cell
from .columns import UNCLEAR_END
from .known_rows import FloorChange
from .mapping import MappedSheet

ADMITTING = {"add", "add_but_inadmissible", "change", "same"}
PASSED_OVER = {
    "duplicate_row",
    "ignored_total",
    "not_goods",
    "not_sold",
    "other_unit",
    "replaced_by_row",
    "model_row",
}
QUESTIONS = {
    "kind_missing",
    "place_unknown",
    "name_alike",
    "differs_from_row",
    "producer_missing",
}  # rows that a person's answer lets in
_TOTALS = {"cong", "tong", "tong so", "tong cong", "cong tong", "total", "sum"}
_SINGLE = {"cai", "chiec"}  # of words for a unit, those that name no pack
_NO_GOODS = {"dich vu", "combo", "combo dong goi", "nguyen vat lieu"}


@dataclass(slots=True)
class RowPreview:
    """One row: what would happen (`says`), at which cell it hurts, and what it was read as.

    `is_product`: it names goods, so that adding it adds them. `key` names the row in a person's answers. `before`: what the
    books say where it says something else. `waits`: its stock has no lot yet, and becomes a delivery to complete.
    """

    sheet: str
    row: int
    says: str
    cell: str = ""
    text: str = ""
    name: str = ""
    reasons: tuple[Reason, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    floor_change: FloorChange | None = None
    is_product: bool = False
    key: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    waits: bool = False
    is_kind_guessed: bool = False

    @property
    def state(self) -> str:
        """What a person sorts rows by: new, changed, asked, refused, or nothing to do."""
        if self.says in {"add", "add_but_inadmissible"}:
            return "new"
        if self.says in QUESTIONS:
            return "asked"
        return "changed" if self.says == "change" else "refused" if self.refused else "nothing"

    @property
    def needs_kind(self) -> bool:
        """Are they new goods of which nobody said yet what they are, and whose name doesn't tell?"""
        is_new = self.is_product and self.state in {"new", "asked"} and self.says != "producer_missing"
        return is_new and not self.values.get("kind")

    @property
    def refused(self) -> bool:
        return self.says not in ADMITTING | PASSED_OVER

    def plain(self) -> dict[str, Any]:
        """For JSON: without what is empty."""
        whole = {
            "sheet": self.sheet, "row": self.row, "says": self.says, "cell": self.cell, "text": self.text,
            "name": self.name, "reasons": [reason.plain() for reason in self.reasons], "changes": self.changes,
        }  # fmt: skip
        return {key: value for key, value in whole.items() if value or key in {"row", "says"}}


def read_row(sheet: MappedSheet, n: int, number: int, cells: dict[str, Any], today: date) -> RowPreview:
    """Row `number` of the `n`-th sheet, as far as it can be read."""
    row = RowPreview(
        sheet.name,
        number,
        "add",
        name=str(cells.get("name_vi" if "name_vi" in sheet.fields else "producer_name") or "").strip(),
        key=f"{n}.{number}",
    )
    if cells.get("variant_name"):
        cells = cells | {"name_vi": cells["variant_name"]}
        row.name = str(cells["name_vi"]).strip()
    if cells.get("variant_words") and not cells.get("pack"):
        cells = cells | {"pack": _read_variant(str(cells["variant_words"]))}
    if any(isinstance(cell, str) and fold_text(cell) in _TOTALS for cell in cells.values()):
        row.says = "ignored_total"
        return row
    for name, value in cells.items():
        try:
            row.values[name] = read_cell(name, value, today, sheet.hows.get(name, ""))
        except CellError as odd:
            if name == "group_code" or (name == "barcode" and sheet.program is not None):
                row.values["group_words" if name == "group_code" else "barcode_left"] = str(value)
                row.notes += (f"{name}_left",)
                continue
            row.says, row.cell, row.text = str(odd), f"{sheet.letters[name]}{number}", str(value)
            return row
    if (passed := _find_no_goods(row.values)) is not None:
        row.says = passed
        return row
    _settle_quantity(row, sheet, cells.get("quantity"))
    for problem, name in _missing(row, sheet):
        row.says, row.cell = problem, f"{sheet.letters[name]}{number}"
        return row
    _settle(row, cells)
    return row


def _missing(row: RowPreview, sheet: MappedSheet) -> Iterator[tuple[str, str]]:
    values = row.values
    about_papers = "paper_kind" in sheet.fields
    if "name_vi" in sheet.fields and not values.get("name_vi") and not values.get("sku") and not about_papers:
        yield "name_missing", "name_vi"
    if "price" in sheet.fields and values.get("price") is None:
        yield "price_missing", "price"
    if (values.get("price") or 0) > HIGHEST_VND:
        yield "price_too_high", "price"
    if (
        "producer_name" in sheet.fields
        and not values.get("producer_name")
        and not about_papers
        and not values.get("sku")
    ):
        yield "producer_missing", "producer_name"
    if "lot_number" in sheet.fields and "name_vi" not in sheet.fields and not values.get("lot_number"):
        yield "no_lot", "lot_number"
    if about_papers and not values.get("paper_number"):
        yield "number_missing", "paper_number"
    if values.get(UNCLEAR_END):
        yield UNCLEAR_END, UNCLEAR_END
    yield from _dates_crossed(values, sheet)
    if (
        values.get("unit") == Unit.PIECE
        and (values.get("quantity") or 0) % ONE
        and "quantity" in sheet.fields
    ):
        yield "quantity_odd", "quantity"


def _dates_crossed(values: dict[str, Any], sheet: MappedSheet) -> Iterator[tuple[str, str]]:
    made, ends = values.get("made_on"), values.get("expires_on")
    if made and ends and ends < made:
        yield "made_after_end", "expires_on"
    starts, until = values.get("paper_starts") or values.get("paper_issued"), values.get("paper_ends")
    if starts and until and until < starts:
        yield "ends_before_start", "paper_ends"
    is_recognition = values.get("paper_kind") in {None, PaperKind.RECOGNITION.value}
    if values.get("paper_number") and is_recognition and not values.get("paper_issued"):
        yield "issued_missing", "paper_issued" if "paper_issued" in sheet.fields else "paper_number"


def _settle(row: RowPreview, cells: dict[str, Any]) -> None:
    """What follows from a cell: the unit and the net content from the pack, or the pack from the word for the unit.

    They are guesses, for new goods alone: what the books know stays as it is.
    """
    values = row.values
    word = normalize_text(str(cells.get("unit") or ""))
    if values.get("unit") == Unit.PIECE and is_pack_word(word) and fold_text(word) not in _SINGLE:
        values["pack_by_unit"] = word
    if values.get("pack"):
        pack, unit, net_milli, net_unit = read_pack(values["pack"])
        if "unit" not in values:  # a list with a unit column means its pack to the letter
            values["pack"], values["unit_by_pack"] = pack, unit
        values["net_content_by_pack"] = (net_milli, net_unit)


def _read_variant(text: str) -> str:
    """'Dung tích:500ml|Vị:gừng' → '500ml, gừng': what tells an article from others of its name."""
    return ", ".join(part.rpartition(":")[2].strip() for part in text.split("|") if part.strip())


def _find_no_goods(values: dict[str, Any]) -> str | None:
    """Rows of other programs' lists that are no goods, not sold any more, or another unit of a row's goods."""
    if fold_text(str(values.get("goods_type") or "")) in _NO_GOODS:
        return "not_goods"
    if values.get("is_sold") is False:
        return "not_sold"
    if values.get("is_model"):
        return "model_row"
    return "other_unit" if values.get("other_unit_of") else None


def _settle_quantity(row: RowPreview, sheet: MappedSheet, cell: Any) -> None:
    """Goods of which kilograms are told are sold by weight where nothing says otherwise; stock without a lot waits."""
    values = row.values
    is_by_weight = sheet.hows.get("quantity") in {"kg", "g"} or (
        isinstance(cell, str) and cell.strip().lower().endswith("kg")
    )
    if is_by_weight and values.get("quantity") and "unit" not in values:
        values["unit"] = Unit.KG.value
    row.waits = bool(values.get("quantity")) and not values.get("lot_number") and "name_vi" in sheet.fields

"""importing/preview.py — what each row of a workbook would do, and why not. Reads; writes nothing.

A sheet's columns say what its rows are about: a producer, a product, its papers, its price, an opening
lot, or several of them in one row, as people's own lists have them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ..admission.gate import Act, Goods, PaperFacts, judge
from ..admission.models import NAMES_PRODUCTS, PaperKind
from ..admission.policy import make_policy
from ..catalog.models import GoodsClass, GoodsKind
from ..catalog.packs import read_pack
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Reason
from ..kernel.text import fold_text
from ..law.paper_terms import is_undated, latest_end
from ..pricing.prices import HIGHEST_VND
from ..shop.models import get_shop
from .cells import CellError, read_cell
from .columns import UNCLEAR_END
from .known_rows import FloorChange, KnownRows
from .sheets import Sheet

ADMITTING = {"add", "add_but_inadmissible", "change", "same"}
PASSED_OVER = {"duplicate_row", "ignored_total"}
_ABOUT_PAPER = {
    "no_certificate", "too_few_stars", "certificate_ended", "certificate_not_yet", "certificate_revoked",
    "certificate_other_product", "class_not_admitted",
}  # fmt: skip
_TOTALS = {"cong", "tong", "tong so", "tong cong", "cong tong", "total", "sum"}
_ALCOHOL = ("ruou",)
_CRAFTS = ("khan", "may tre", "gom", "tranh", "non la", "do go", "det")


@dataclass(slots=True)
class RowPreview:
    """One row: what would happen (`says`), at which cell it hurts, and what it was read as.

    `is_product`: it names goods, so that adding it adds them.
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


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """`on`: the day that it was judged for; `seq`: the newest change of the books then. `unread`: (sheet, heading) of each column that nobody here understands."""

    rows: list[RowPreview]
    on: date
    seq: int
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.says for row in self.rows)

    @property
    def refused(self) -> list[RowPreview]:
        return [row for row in self.rows if row.refused]

    @property
    def plan(self) -> list[RowPreview]:
        """The rows that would write something."""
        return [row for row in self.rows if row.says in {"add", "add_but_inadmissible", "change"}]


def make_preview(
    session: Session,
    sheets: Sequence[Sheet],
    today: date,
    tell: Callable[[int, int], None] | None = None,
    *,
    may_move_ends: bool = False,
) -> ImportPreview:
    """Judge every row against the books as they are now. `tell(done, all)` is called with the progress.

    `may_move_ends`: a person was asked whether the ends of papers in the books may be changed by this workbook, and
    said yes; without, such a row is refused (`end_would_move`).
    """
    known = KnownRows.load(session, today)
    policy = make_policy(get_shop(session))
    previews: list[RowPreview] = []
    namesakes: dict[Any, RowPreview] = {}
    total = sum(len(sheet.rows) for sheet in sheets)
    for sheet in sheets:
        known_contents: dict[tuple[Any, ...], int] = {}
        for number, cells in sheet.rows:
            row = _read(sheet, number, cells, today)
            row.is_product = _is_product(row, sheet)
            _judge_row(row, sheet, known_contents, namesakes, known, may_move_ends=may_move_ends)
            if row.says in {"add", "change"} and row.is_product and "stars" in sheet.fields:
                row.reasons = _as_far_as_told(row, policy, today)
                if row.reasons and row.says == "add":
                    row.says = "add_but_inadmissible"
            previews.append(row)
            if tell and len(previews) % 200 == 0:
                tell(len(previews), total)
    return ImportPreview(
        previews,
        today,
        known.seq,
        tuple((sheet.name, heading) for sheet in sheets for heading in sheet.unread),
    )


def _judge_row(
    row: RowPreview,
    sheet: Sheet,
    known_contents: dict[tuple[Any, ...], int],
    namesakes: dict[Any, RowPreview],
    known: KnownRows,
    *,
    may_move_ends: bool,
) -> None:
    """Set what the row would do: against the rows before it, the books, and the law."""
    if row.says == "add":
        _against_others(row, known_contents, known)
    if row.says == "add" and row.is_product:
        _against_namesakes(row, namesakes, known)
    if row.says == "add":
        _against_books(row, known, sheet)
    if row.says in {"add", "change"}:
        _against_law(row, known, sheet)
    # a row that adds a product may change a paper that is in the books all the same
    if row.says in {"add", "change"}:
        row.floor_change = known.find_floor_change(row.values, row.changes)
        if row.floor_change is not None:
            row.says, row.text = "needs_second_person", row.floor_change.name
    if row.says in {"add", "change"} and "paper_ends" in row.changes and not may_move_ends:
        row.says, row.text = "end_would_move", f"{row.values['paper_ends']:%d/%m/%Y}"
    if row.says == "add" and row.values.get("sku"):
        known.planned.add(row.values["sku"])
        known.skus_by_capitals.setdefault(row.values["sku"].upper(), row.values["sku"])


def _read(sheet: Sheet, number: int, cells: dict[str, Any], today: date) -> RowPreview:
    row = RowPreview(
        sheet.name, number, "add", name=str(cells.get("name_vi") or cells.get("producer_name") or "").strip()
    )
    if any(isinstance(cell, str) and fold_text(cell) in _TOTALS for cell in cells.values()):
        row.says = "ignored_total"
        return row
    for name, value in cells.items():
        try:
            row.values[name] = read_cell(name, value, today)
        except CellError as odd:
            row.says, row.cell, row.text = str(odd), f"{sheet.letters[name]}{number}", str(value)
            return row
    for problem, name in _missing(row, sheet):
        row.says, row.cell = problem, f"{sheet.letters[name]}{number}"
        return row
    _settle(row)
    return row


def _missing(row: RowPreview, sheet: Sheet) -> Iterator[tuple[str, str]]:
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
    if "lot_number" in sheet.fields and not values.get("lot_number"):
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


def _dates_crossed(values: dict[str, Any], sheet: Sheet) -> Iterator[tuple[str, str]]:
    made, ends = values.get("made_on"), values.get("expires_on")
    if made and ends and ends < made:
        yield "made_after_end", "expires_on"
    starts, until = values.get("paper_starts") or values.get("paper_issued"), values.get("paper_ends")
    if starts and until and until < starts:
        yield "ends_before_start", "paper_ends"
    is_recognition = values.get("paper_kind") in {None, PaperKind.RECOGNITION.value}
    if values.get("paper_number") and is_recognition and not values.get("paper_issued"):
        yield "issued_missing", "paper_issued" if "paper_issued" in sheet.fields else "paper_number"


def _settle(row: RowPreview) -> None:
    """What follows from a cell: the unit from the pack, the kind from the name where no column says it."""
    values = row.values
    if values.get("pack"):
        pack, unit, net_milli, net_unit = read_pack(values["pack"])
        if "unit" not in values:  # a list with a unit column means its pack to the letter
            values["pack"] = pack
        values["net_content_by_pack"] = (net_milli, net_unit)
        values.setdefault("unit", unit)
    if "kind" not in values and values.get("name_vi"):
        name = fold_text(values["name_vi"])
        if name.startswith(_ALCOHOL):
            values |= {"kind": GoodsKind.ALCOHOL.value, "group_code": values.get("group_code") or "drinks"}
        elif name.startswith(_CRAFTS):
            values |= {"kind": GoodsKind.CRAFT.value, "group_code": values.get("group_code") or "crafts"}


def _against_others(row: RowPreview, known_contents: dict[tuple[Any, ...], int], known: KnownRows) -> None:
    """The same row again, or a code that an earlier row or product carries."""
    content = tuple(
        sorted(
            (name, value.lower() if isinstance(value, str) else str(value))
            for name, value in row.values.items()
        )
    )
    if content in known_contents:
        row.says = "duplicate_row"
        row.text = str(known_contents[content])
        return
    known_contents[content] = row.row
    for gtin, _pack in row.values.get("barcode") or ():
        owner = known.owner_of(gtin)
        if owner is not None and owner != known.identity(row.values):
            row.says, row.text = "gtin_taken", gtin
            return
    for gtin, _pack in row.values.get("barcode") or ():
        known.gtins.setdefault(gtin, known.identity(row.values))


_ONE_ANSWER = ("price", "goods_class", "kind", "unit")  # of one product, two rows can't both be right


def _against_namesakes(row: RowPreview, namesakes: dict[Any, RowPreview], known: KnownRows) -> None:
    """An earlier row of the same product that says something else: nobody here can tell which is right."""
    earlier = namesakes.setdefault(known.identity(row.values), row)
    if earlier is row:
        return
    for name in _ONE_ANSWER:
        value, before = row.values.get(name), earlier.values.get(name)
        if value is not None and before is not None and value != before:
            row.says, row.text = "differs_from_row", str(earlier.row)
            return


def _against_books(row: RowPreview, known: KnownRows, sheet: Sheet) -> None:
    if (
        (
            "lot_number" in sheet.fields
            or "price_starts" in sheet.fields
            or (row.values.get("sku") and not row.name)
        )
        and known.product(row.values) is None
        and not row.values.get("name_vi")
        and row.values.get("sku") not in known.planned
    ):
        row.says, row.text = "product_unknown", str(row.values.get("sku") or "")
        return
    if row.is_product and (fault := known.find_sku_fault(row.values)):
        row.says, row.text, row.cell = fault, row.values["sku"], f"{sheet.letters['sku']}{row.row}"
        return
    if row.is_product and known.product(row.values) is None and not row.values.get("producer_name"):
        row.says = "producer_missing"
        return
    if row.values.get("place") and fold_text(row.values["place"]) not in known.places:
        row.says, row.text = "place_unknown", row.values["place"]
        row.cell = f"{sheet.letters['place']}{row.row}"
        return
    product = known.product(row.values)
    if product is not None and product.unit == Unit.PIECE and (row.values.get("quantity") or 0) % ONE:
        row.says, row.cell = "quantity_odd", f"{sheet.letters['quantity']}{row.row}"
        return
    if "lot_number" in sheet.fields and (similar := known.similar_lot(row.values)):
        row.says, row.text, row.cell = "lot_alike", similar, f"{sheet.letters['lot_number']}{row.row}"
        return
    row.changes = known.changes(row.values)
    if known.has(row.values):
        row.says = "change" if row.changes else "same"


def _against_law(row: RowPreview, known: KnownRows, sheet: Sheet) -> None:
    """A paper has a day to count its term from, holds no longer than its kind may, and one of a product kind needs its product."""
    values = row.values
    if not values.get("paper_number"):
        return
    kind = PaperKind(values.get("paper_kind") or PaperKind.RECOGNITION)
    issued, starts, ends = (values.get(f"paper_{name}") for name in ("issued", "starts", "ends"))
    latest = latest_end(kind.value, issued, starts, known.on)
    if "paper_number" in row.changes and is_undated(kind.value, issued, starts, ends):
        row.says, row.cell = "issued_missing", f"{sheet.letters['paper_number']}{row.row}"
    elif ends is not None and latest is not None and ends > latest:
        row.says, row.text = "ends_beyond_term", f"{latest:%d/%m/%Y}"
        row.cell = f"{sheet.letters['paper_ends']}{row.row}"
    elif kind in NAMES_PRODUCTS and not _names_a_product(values, known):
        row.says, row.text = "products_missing", str(values.get("sku") or "")


def _names_a_product(values: dict[str, Any], known: KnownRows) -> bool:
    """One of the books, of this row, or of a row before it."""
    is_new = bool(values.get("name_vi")) or values.get("sku") in known.planned
    return is_new or known.product(values) is not None


def _is_product(row: RowPreview, sheet: Sheet) -> bool:
    return "name_vi" in sheet.fields and "paper_kind" not in sheet.fields and bool(row.values.get("name_vi"))


def _as_far_as_told(row: RowPreview, policy: Any, today: date) -> tuple[Reason, ...]:
    """The gate's word on the class and its certificate: the sheet tells nothing of the other papers."""
    values = row.values
    papers: tuple[PaperFacts, ...] = ()
    if values.get("paper_number"):
        issued = values.get("paper_issued")
        ends = values.get("paper_ends") or latest_end(PaperKind.RECOGNITION, issued, None, today)
        papers = (PaperFacts(PaperKind.RECOGNITION, values["paper_number"], values.get("paper_starts") or issued, ends,
                             stars=values.get("stars")),)  # fmt: skip
    goods = Goods(
        name=row.name, goods_class=GoodsClass(values.get("goods_class") or "ocop"),
        kind=GoodsKind(values.get("kind") or GoodsKind.PACKAGED_FOOD), producer_id=0, papers=papers, lot=None,
        price_vnd=values.get("price"),
    )  # fmt: skip
    verdict = judge(goods, Act.SHELVE, policy, today)
    return tuple(reason for reason in verdict.refusals if reason.code in _ABOUT_PAPER)

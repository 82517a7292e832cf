"""importing/preview.py — what each row of a workbook would do, and why not. Reads; writes nothing.

A sheet's columns say what its rows are about: a producer, a product, its papers, its price, an opening
lot, or several of them in one row, as people's own lists have them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ..admission.gate import Act, Goods, PaperFacts, judge
from ..admission.models import NAMES_PRODUCTS, PaperKind
from ..admission.policy import make_policy
from ..catalog.models import GoodsClass, GoodsKind
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Reason
from ..kernel.text import fold_text
from ..law.paper_terms import is_undated, latest_end
from ..shop.models import get_shop
from .answers import EARLIER_ROW, NEW, NO_PLACE, THIS_ROW, ImportAnswers, read_place_answer
from .deals import ProducerDeal, list_open_deals
from .kinds import GROUP_OF_KIND, guess_kind
from .known_rows import KnownRows
from .mapping import Column, MappedSheet, list_questions, map_sheets
from .read_rows import RowPreview, read_row
from .sheets import Sheet

_ABOUT_PAPER = {
    "no_certificate", "too_few_stars", "certificate_ended", "certificate_not_yet", "certificate_revoked",
    "certificate_other_product", "class_not_admitted",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """`on`: the day that it was judged for; `seq`: the newest change of the books then. `unread`: (sheet, heading) of each column that nobody here understands.

    `columns` and `questions`: how each column is read, and those that are asked about first. `new_places`: names of
    places that the rows need and a person said to make, with their zones.
    """

    rows: list[RowPreview]
    on: date
    seq: int
    unread: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, tuple[Column, ...]], ...] = ()
    questions: tuple[Column, ...] = ()
    deals: tuple[ProducerDeal, ...] = ()
    new_places: dict[str, str] = field(default_factory=dict)
    programs: tuple[str, ...] = ()

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.says for row in self.rows)

    @property
    def states(self) -> Counter[str]:
        return Counter(row.state for row in self.rows)

    @property
    def refused(self) -> list[RowPreview]:
        return [row for row in self.rows if row.refused]

    @property
    def plan(self) -> list[RowPreview]:
        """The rows that would write something; none while a column is asked about."""
        if self.questions:
            return []
        return [row for row in self.rows if row.says in {"add", "add_but_inadmissible", "change"}]


@dataclass(slots=True)
class _Judge:
    """What the rows of one workbook are judged by."""

    known: KnownRows
    answers: ImportAnswers
    policy: Any
    today: date
    may_move_ends: bool
    namesakes: dict[Any, RowPreview] = field(default_factory=dict)
    kinds: dict[Any, str] = field(default_factory=dict)


def make_preview(
    session: Session,
    sheets: Sequence[Sheet],
    today: date,
    tell: Callable[[int, int], None] | None = None,
    *,
    answers: ImportAnswers | None = None,
    may_move_ends: bool = False,
) -> ImportPreview:
    """Judge every row against the books as they are now. `tell(done, all)` is called with the progress.

    `answers`: what a person said about columns and rows. `may_move_ends`: they were asked whether the ends of papers in
    the books may be changed by this workbook, and said yes; without, such a row is refused (`end_would_move`).
    """
    answers = answers or ImportAnswers()
    mapped = map_sheets(sheets, answers.columns)
    rules = _Judge(
        KnownRows.load(session, today), answers, make_policy(get_shop(session)), today, may_move_ends or answers.may_move_ends
    )  # fmt: skip
    previews: list[RowPreview] = []
    total = sum(len(sheet.rows) for sheet in mapped)
    for n, sheet in enumerate(mapped):
        known_contents: dict[tuple[Any, ...], int] = {}
        for number, cells in sheet.rows:
            row = read_row(sheet, n, number, cells, today)
            row.is_product = _is_product(row, sheet)
            _judge_row(row, sheet, known_contents, rules)
            previews.append(row)
            if tell and len(previews) % 200 == 0:
                tell(len(previews), total)
    return ImportPreview(
        previews, today, rules.known.seq,
        tuple((sheet.name, heading) for sheet in mapped for heading in sheet.unread),
        tuple((sheet.name, sheet.columns) for sheet in mapped), tuple(list_questions(mapped)),
        list_open_deals(previews, rules.known.producers, rules.known.agreed_producers, answers),
        _find_new_places(previews, rules.known, answers),
        tuple(sorted({sheet.program.name for sheet in mapped if sheet.program})),
    )  # fmt: skip


def _find_new_places(rows: Sequence[RowPreview], known: KnownRows, answers: ImportAnswers) -> dict[str, str]:
    wanted = {row.values["place"] for row in rows if row.values.get("place") and not row.refused}
    found = {}
    for text in sorted(wanted):
        what, zone = read_place_answer(answers.places.get(fold_text(text), ""))
        if fold_text(text) not in known.places and what == NEW:
            found[text] = zone
    return found


def _judge_row(
    row: RowPreview, sheet: MappedSheet, known_contents: dict[tuple[Any, ...], int], rules: _Judge
) -> None:
    """Set what the row would do: against the rows before it, the books, the law, and what a person answered."""
    known = rules.known
    _settle_producer(row, rules.answers)
    if row.says == "add" and (retired := known.find_retired(row.values)):
        row.says, row.text = "sold_no_more", retired
    if row.says == "add" and row.is_product:
        known.settle_pack(row.values)
    if row.says == "add":
        _against_others(row, known_contents, known)
    if row.says == "add" and row.is_product:
        _settle_likeness(row, rules)
        _settle_unit(row, rules)
        _settle_kind(row, rules)
        _against_namesakes(row, rules)
    if row.says == "add":
        _against_books(row, known, sheet, rules.answers)
    if row.says in {"add", "change"}:
        _against_law(row, known, sheet)
    if row.says in {"add", "change"}:
        _against_floor(row, rules)
    if (
        row.says == "add"
        and row.is_product
        and not row.values.get("kind")
        and known.product(row.values) is None
    ):
        row.says = "kind_missing"
    _plan_row(row, sheet, rules)


def _against_floor(row: RowPreview, rules: _Judge) -> None:
    """What needs a second person, or a word on moved ends: a row that adds a product may change a paper that is in the books."""
    row.floor_change = rules.known.find_floor_change(row.values, row.changes)
    if row.floor_change is not None:
        row.says, row.text = "needs_second_person", row.floor_change.name
    elif "paper_ends" in row.changes and not rules.may_move_ends:
        row.says, row.text = "end_would_move", f"{row.values['paper_ends']:%d/%m/%Y}"


def _plan_row(row: RowPreview, sheet: MappedSheet, rules: _Judge) -> None:
    """Let the rows after it know of it, and say what the gate would say of its goods."""
    known, sku = rules.known, row.values.get("sku")
    if row.says == "add" and sku:
        known.planned.add(sku)
        known.skus_by_capitals.setdefault(sku.upper(), sku)
    if row.says not in {"add", "change"} or not row.is_product:
        return
    known.plan_name(row.values)
    if "stars" in sheet.fields:
        row.reasons = _as_far_as_told(row, rules.policy, rules.today)
        if row.reasons and row.says == "add":
            row.says = "add_but_inadmissible"


def _settle_producer(row: RowPreview, answers: ImportAnswers) -> None:
    """Goods that a list names no producer of are of the one that a person named for them."""
    if not answers.producer_of_rest or not row.is_product or row.values.get("producer_name"):
        return
    if row.says in {"add", "producer_missing"}:
        row.values["producer_name"], row.says, row.cell = answers.producer_of_rest, "add", ""


def _settle_likeness(row: RowPreview, rules: _Judge) -> None:
    """Goods whose name is like others' of their producer: the same or another, a person says."""
    values = row.values
    if values.get("sku") or values.get("barcode") or rules.known.product(values) is not None:
        return
    like = rules.known.find_alike(values)
    if like is None:
        return
    answer = rules.answers.same_as.get(row.key)
    if answer is None:
        row.says, row.text = "name_alike", " ".join(like).strip()
    elif answer != NEW:
        values["name_vi"], values["pack"] = like
    elif not values.get("pack"):
        values["pack"] = values.get("pack_by_unit")


def _settle_unit(row: RowPreview, rules: _Judge) -> None:
    """New goods whose row says not how they are sold: as an earlier row of theirs says, else as the words of their pack tell."""
    values, known = row.values, rules.known
    if values.get("unit") or known.product(values) is not None:
        return
    earlier = rules.namesakes.get(known.identity(values))
    earlier_unit = earlier.values.get("unit") if earlier is not None else None
    if unit := earlier_unit or values.get("unit_by_pack"):
        values["unit"] = unit


def _settle_kind(row: RowPreview, rules: _Judge) -> None:
    """What new goods are: as their row says, as a person answered, or as their name tells. Never anything by default."""
    values = row.values
    if row.says != "add" or rules.known.product(values) is not None:
        return
    identity = rules.known.identity(values)
    if not values.get("kind"):
        answer = rules.answers.kinds.get(row.key) or rules.kinds.get(identity, "")
        values["kind"] = answer or guess_kind(row.name, values.get("group_words") or "") or None
        row.is_kind_guessed = bool(values["kind"]) and not answer
    if values.get("kind"):
        rules.kinds.setdefault(identity, values["kind"])
        if not values.get("group_code"):
            values["group_code"] = GROUP_OF_KIND.get(values["kind"])


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


def _against_namesakes(row: RowPreview, rules: _Judge) -> None:
    """An earlier row of the same product that says something else: which is right, a person says."""
    identity = rules.known.identity(row.values)
    earlier = rules.namesakes.setdefault(identity, row)
    if earlier is row:
        return
    for name in _ONE_ANSWER:
        value, before = row.values.get(name), earlier.values.get(name)
        if value is not None and before is not None and value != before:
            answer = rules.answers.same_as.get(row.key)
            if answer == THIS_ROW:
                earlier.says, earlier.text, rules.namesakes[identity] = "replaced_by_row", str(row.row), row
            else:
                row.says = "replaced_by_row" if answer == EARLIER_ROW else "differs_from_row"
                row.text = str(earlier.row)
            return


def _against_books(row: RowPreview, known: KnownRows, sheet: MappedSheet, answers: ImportAnswers) -> None:
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
    if not _settle_place(row, known, answers):
        row.says, row.text = "place_unknown", row.values["place"]
        row.cell = f"{sheet.letters['place']}{row.row}"
        return
    if known.is_unit_fixed(row.values):
        row.says, row.text = "unit_fixed", row.name or str(row.values.get("sku") or "")
        return
    product = known.product(row.values)
    unit = product.unit if product is not None else row.values.get("unit") or Unit.PIECE
    if unit == Unit.PIECE and (row.values.get("quantity") or 0) % ONE and (product or row.is_product):
        row.says, row.cell = "quantity_odd", f"{sheet.letters['quantity']}{row.row}"
        return
    if "lot_number" in sheet.fields and (similar := known.similar_lot(row.values)):
        row.says, row.text, row.cell = "lot_alike", similar, f"{sheet.letters['lot_number']}{row.row}"
        return
    row.waits = row.waits and not known.has_stock(product)
    row.changes = known.changes(row.values) + ["quantity"] * row.waits
    row.before = known.find_before(row.values, row.changes)
    if known.is_new_lot(row.values) and not row.values.get("made_on"):
        row.notes += ("made_on_missing",)
    if known.has(row.values):
        row.says = "change" if row.changes else "same"


def _settle_place(row: RowPreview, known: KnownRows, answers: ImportAnswers) -> bool:
    """False where the row's place is in no book and nobody said what to do about it."""
    text = row.values.get("place")
    if not text or fold_text(text) in known.places:
        return True
    what, of_what = read_place_answer(answers.places.get(fold_text(text), ""))
    if what == NO_PLACE:
        row.values["place"] = None
    elif what == "is":
        row.values["place"] = known.place_codes.get(int(of_what), text)
        return int(of_what) in known.place_codes
    return bool(what)


def _against_law(row: RowPreview, known: KnownRows, sheet: MappedSheet) -> None:
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


def _is_product(row: RowPreview, sheet: MappedSheet) -> bool:
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

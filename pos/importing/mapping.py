"""importing/mapping.py — what each column of a workbook becomes, by its heading and cells, and what has to be asked first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from ..catalog.packs import is_pack_word
from ..kernel.text import fold_text
from . import units
from .columns import FIELDS, NOT_READ, OF_LOT, OF_PAPER, TWO_MEANINGS, UNCLEAR_END, find_field, is_end_of_what
from .programs import Program, find_program
from .sheets import MonthShown, Sheet, name_column

SAMPLES = 3
DAYS = frozenset({
    "paper_issued", "paper_starts", "paper_ends", "price_starts", "made_on", "expires_on", "revoked_on", "suspended_on", UNCLEAR_END,
})  # fmt: skip
SUMS = frozenset({"price", "cost"})


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A person's word on a column: what it becomes, and how its cells are meant ("" where that is plain)."""

    field: str
    how: str = ""


Choices = Mapping[tuple[int, int], ColumnChoice]  # by sheet and column, each counted from 0


@dataclass(slots=True)
class Column:
    """A column as it will be read. `question`: what is asked about it first, with `options` to choose from; "" when it is sure."""

    sheet: int
    position: int
    heading: str
    samples: tuple[str, ...] = ()
    field: str = ""  # "" for a heading that nobody here understands
    how: str = ""
    question: str = ""
    options: tuple[str, ...] = ()
    note: str = ""

    @property
    def letter(self) -> str:
        return name_column(self.position)

    @property
    def is_read(self) -> bool:
        return self.field not in {"", NOT_READ}


@dataclass(frozen=True, slots=True)
class MappedSheet:
    """A sheet's rows by field: each as (number in Excel, values)."""

    name: str
    columns: tuple[Column, ...]
    rows: list[tuple[int, dict[str, Any]]]
    program: Program | None = None
    fields: frozenset[str] = field(default=frozenset())
    letters: dict[str, str] = field(default_factory=dict)
    hows: dict[str, str] = field(default_factory=dict)

    @property
    def unread(self) -> tuple[str, ...]:
        """Headings that mean nothing here: people must be told, or they think they were read."""
        return tuple(column.heading for column in self.columns if not column.field and column.heading)


def map_sheets(sheets: Sequence[Sheet], choices: Choices | None = None) -> list[MappedSheet]:
    """Every sheet with its columns settled as far as headings, cells and a person's choices settle them."""
    chosen = choices or {}
    found = [_map_columns(n, sheet, chosen) for n, sheet in enumerate(sheets)]
    _ask_for_day_order(found, sheets)
    return [_make_mapped(sheet, columns) for sheet, columns in zip(sheets, found, strict=True)]


def list_questions(sheets: Sequence[MappedSheet]) -> list[Column]:
    """The columns that are asked about before anything is written."""
    return [column for sheet in sheets for column in sheet.columns if column.question]


def _map_columns(n: int, sheet: Sheet, choices: Choices) -> list[Column]:
    program = find_program(sheet.headings)
    columns = []
    for position, heading in enumerate(sheet.headings):
        cells = [row[position] for _number, row in sheet.rows if row[position] not in (None, "")]
        column = Column(n, position, heading, _list_samples(cells))
        choice = choices.get((n, position))
        if choice is not None and choice.field in {*FIELDS, NOT_READ}:
            column.field, column.how = choice.field, choice.how
        elif heading:
            column.field = program.find_field(heading) if program else find_field(heading) or ""
            if program is None:
                _settle_by_cells(column, cells)
        columns.append(column)
    _settle_ends(columns, choices)
    _ask_about_twins(columns, choices)
    for column in columns:
        if not column.question:
            _ask_about_unit(
                column, [row[column.position] for _number, row in sheet.rows], sheet.above, columns
            )
    return columns


def _list_samples(cells: Sequence[Any]) -> tuple[str, ...]:
    texts = (
        f"{cell:%m/%Y}"
        if isinstance(cell, MonthShown)
        else f"{cell:%d/%m/%Y}"
        if isinstance(cell, date)
        else str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
        for cell in cells[:50]
    )
    return tuple(dict.fromkeys(text.strip()[:60] for text in texts))[:SAMPLES]


def _settle_by_cells(column: Column, cells: Sequence[Any]) -> None:
    """Words with two meanings, by what stands under them."""
    key = fold_text(column.heading)
    if key in TWO_MEANINGS and cells:
        units_among = sum(isinstance(cell, str) and is_pack_word(cell) for cell in cells)
        if units_among * 5 >= len(cells) * 4:
            column.field = "unit"
        elif units_among:
            column.question, column.options = "two_meanings", (*TWO_MEANINGS[key], NOT_READ)
        else:
            column.field = "producer_name"
    if column.field == "goods_class" and cells and all(units.is_goods_type(cell) for cell in cells):
        column.field = "goods_type"
    if column.field == "picture" and cells and all("://" in str(cell) for cell in cells):
        column.field = "picture_address"


def _settle_ends(columns: list[Column], choices: Choices) -> None:
    """What a heading like "Ngày hết hạn" is the end of, by the columns that it has beside it."""
    others = {column.field for column in columns}
    for column in columns:
        if (
            column.field != "paper_ends"
            or (column.sheet, column.position) in choices
            or not is_end_of_what(column.heading)
        ):
            continue
        has_lot, has_paper = bool(others & OF_LOT), bool(others & OF_PAPER)
        if "expires_on" in others or (has_paper and not has_lot):
            continue
        if has_lot and not has_paper:
            column.field = "expires_on"
            continue
        column.field, column.question = UNCLEAR_END, "two_meanings"
        column.options = ("expires_on", "paper_ends", NOT_READ)


def _ask_about_twins(columns: list[Column], choices: Choices) -> None:
    """Two columns that would become the same: one that a person chose goes before one that was only guessed."""
    counts = Counter(column.field for column in columns if column.is_read and not column.question)
    for name in [name for name, count in counts.items() if count > 1]:
        twins = [column for column in columns if column.field == name and not column.question]
        chosen = [column for column in twins if (column.sheet, column.position) in choices]
        if len(chosen) == 1:
            for column in twins:
                column.field = column.field if column is chosen[0] else NOT_READ
            continue
        for column in twins:
            column.question, column.options = "two_columns", tuple(str(each.position) for each in twins)


def _ask_about_unit(
    column: Column, cells: Sequence[Any], above: Sequence[str], columns: Sequence[Column]
) -> None:
    """A unit in a heading, in a line above it or in the size of its numbers; and days of which only the month shows."""
    heading = column.heading
    if column.field in SUMS:
        scale = units.find_scale(heading) or max(map(units.find_scale_above, above), default=0)
        numbers = [abs(cell) for cell in cells if isinstance(cell, int | float) and cell]
        is_small = len(numbers) >= units.FEWEST_SMALL and median(numbers) < units.SMALL_SUM
        if (scale or is_small) and not column.how:
            column.question, column.options = "price_unit", ("1000", "1", *(("1000000",) * (scale == 10**6)))
    elif column.field == "quantity" and not column.how:
        has_unit = any(each.field == "unit" for each in columns)
        column.options = units.find_quantity_options(heading, has_unit=has_unit)
        column.question = "quantity_unit" if column.options else ""
    elif column.field == "net_content" and not column.how:
        column.how = units.find_weight_unit(heading)
        if not column.how and any(isinstance(cell, int | float) for cell in cells):
            column.question, column.options = "weight_unit", ("g", "kg", "ml", "l")
    elif column.field in DAYS and any(isinstance(cell, MonthShown) for cell in cells):
        column.note = "month_first" if column.field in {"made_on", "paper_issued"} else "month_last"


def _ask_for_day_order(found: list[list[Column]], sheets: Sequence[Sheet]) -> None:
    """Days written as text: 05/03 is March to one reader, May to another, unless a day above 12 tells.

    A day above 12 in one column tells for those that tell nothing; a column with such days in both places is asked about.
    """
    unsure: list[Column] = []
    is_day_first = False
    for columns, sheet in zip(found, sheets, strict=True):
        for column in columns:
            if column.field not in DAYS or column.how or column.question:
                continue
            cells = [row[column.position] for _number, row in sheet.rows]
            pairs = units.list_day_pairs(cells)
            day_first, month_first = any(n > 12 for n, _month in pairs), any(n > 12 for _day, n in pairs)
            is_day_first |= day_first and not month_first
            if units.may_be_swapped(cells, pairs):
                column.question, column.options = "days_swapped", ("swap", "dm")
            elif day_first and month_first:
                column.question, column.options = "day_order", ("dm", "md")
            elif month_first:
                column.how = "md"
            elif not day_first and units.are_unsure(pairs):
                unsure.append(column)
    for column in () if is_day_first else unsure:
        column.question, column.options = "day_order", ("dm", "md")


def _make_mapped(sheet: Sheet, columns: list[Column]) -> MappedSheet:
    program = find_program(sheet.headings)
    wanted = {}
    for column in columns:
        if column.is_read and column.field not in wanted:
            wanted[column.field] = column
    rows = []
    carried: dict[str, Any] = {}
    for number, row in sheet.rows:
        values = {name: row[column.position] for name, column in wanted.items()}
        if not any(values.values()):
            continue
        for name in program.carried if program else ():
            if name in values:
                values[name] = carried[name] = values[name] or carried.get(name)
        rows.append((number, values))
    return MappedSheet(
        sheet.name, tuple(columns), rows, program, frozenset(wanted), {name: column.letter for name, column in wanted.items()},
        {name: column.how for name, column in wanted.items() if column.how},
    )  # fmt: skip

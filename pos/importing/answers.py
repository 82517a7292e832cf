"""importing/answers.py — what a person said about a workbook before it is written: kept while it is looked at."""

from dataclasses import dataclass, field

from ..catalog.models import GoodsKind
from ..kernel.parsers import read_thousandths
from ..kernel.text import fold_text, normalize_text
from ..producers.models import Deal
from ..stock.models import Zone
from .columns import FIELDS, NOT_READ
from .mapping import ColumnChoice

LATER = "later"  # a deal that is agreed another day
NEW = "new"  # another product, for all that its name is like
THIS_ROW, EARLIER_ROW = "this", "earlier"  # which of two rows of one product is right
NO_PLACE = "none"
HOWS = {"kg", "g", "ml", "l", "dm", "md", "swap"}  # beside how many đồng, or pieces, are in one
LONGEST = 200


@dataclass(frozen=True, slots=True)
class AgreedDeal:
    """A producer's deal as it was answered: None for one that is agreed later."""

    deal: Deal | None
    commission_bp: int = 0


@dataclass
class ImportAnswers:
    """`columns` by sheet and column; `kinds` and `same_as` by row ('0.5': row 5 of the first sheet); `places` and `deals` by folded name."""

    columns: dict[tuple[int, int], ColumnChoice] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    same_as: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    producer_of_rest: str = ""
    deals: dict[str, AgreedDeal] = field(default_factory=dict)
    may_move_ends: bool = False
    odd: dict[str, str] = field(
        default_factory=dict
    )  # what can't be read, by the name of its box: it is shown again


def take_answers(answers: ImportAnswers, fields: dict[str, str]) -> None:
    """Add what a form says to the answers; what can't be read stays with them as it was typed (`odd`).

    Names are made of what they answer: `field.0.3`, `how.0.3`, `pick.0.price`, `kind.0.5`, `same.0.5`, `place.ke moi`,
    `deal.ho mau a` with `commission.ho mau a`.
    """
    for name, text in fields.items():
        what, _, about = name.partition(".")
        value = normalize_text(text)[:LONGEST]
        if what == "kind" and value in list(GoodsKind):
            answers.kinds[about] = value
        elif what == "same" and value:
            answers.same_as[about] = value
        elif what == "place" and value:
            answers.places[fold_text(about)] = value
        elif name == "producer_of_rest" and value:
            answers.producer_of_rest = value
    _take_columns(answers, fields)
    _take_deals(answers, fields)


def _take_columns(answers: ImportAnswers, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        what, _, about = name.partition(".")
        sheet, _, position = about.partition(".")
        if what == "field" and _is_number(sheet) and _is_number(position) and value in {*FIELDS, NOT_READ}:
            how = fields.get(f"how.{about}", "").strip()
            how = how if how in HOWS or (_is_number(how) and int(how) > 0) else ""
            answers.columns[int(sheet), int(position)] = ColumnChoice(value, how)
    for name, value in fields.items():  # of columns of one meaning the picked one is read
        what, _, about = name.partition(".")
        sheet, _, wanted = about.partition(".")
        if what != "pick" or not _is_number(sheet) or not _is_number(value):
            continue
        for key, choice in list(answers.columns.items()):
            if key[0] == int(sheet) and choice.field == wanted and key[1] != int(value):
                answers.columns[key] = ColumnChoice(NOT_READ)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _take_deals(answers: ImportAnswers, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        what, _, about = name.partition(".")
        if what != "deal" or not value:
            continue
        answers.odd.pop(f"commission.{about}", None)
        if value == LATER:
            answers.deals[fold_text(about)] = AgreedDeal(None)
        elif value in {Deal.FIRM, Deal.FIXED_PRICE}:
            answers.deals[fold_text(about)] = AgreedDeal(Deal(value))
        elif value == Deal.CONSIGNMENT:
            milli = read_thousandths(fields.get(f"commission.{about}", "").rstrip("% "))
            if milli is None or milli > 100_000:
                answers.odd[f"commission.{about}"] = fields.get(f"commission.{about}", "")[:LONGEST]
                answers.deals.pop(fold_text(about), None)
            else:
                answers.deals[fold_text(about)] = AgreedDeal(Deal.CONSIGNMENT, milli // 10)


def read_place_answer(answer: str) -> tuple[str, str]:
    """'new:ocop' → ('new', 'ocop'); '7' → ('is', '7'); 'none' → ('none', ''); ('', '') for what is no answer."""
    what, _, zone = answer.partition(":")
    if what == NEW and zone in list(Zone):
        return NEW, zone
    if answer == NO_PLACE:
        return NO_PLACE, ""
    return ("is", answer) if _is_number(answer) else ("", "")

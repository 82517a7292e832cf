"""web/act_texts.py — the words that the sentence of a journal's row is made of: names with their links, money, quantities, days."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from ..kernel.actor import SYSTEM
from ..kernel.formats import format_vnd_on_screen
from ..kernel.quantity import ONE
from ..kernel.text import fold_text
from .context import format_cash_difference, format_with_unit
from .fact_texts import NAMES_OF, FactTexts
from .row_names import NamedRow, RowNames, name_in_sentence

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
FEW = 3
NOTHING: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Sentence:
    """How acts of a kind are told. Of `heads` the first counts whose words are all known; then each of `clauses` whose words are.

    A word is a name in `FINDERS`, a detail of the act, a fact of its subject, or `unsigned_` before a sum's name.
    """

    heads: tuple[Any, ...]
    clauses: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """An act as the journal keeps it: `subject` is a row's name ("product:12"), "" for none; `details` its payload."""

    kind: str
    actor_id: int | None
    actor: str
    subject: str
    details: dict[str, Any]


class ActTexts:
    """The words of one act; `told` collects the details that its sentence has said."""

    def __init__(self, act: Act, texts: FactTexts, names: RowNames) -> None:
        self.act, self.details, self.told = act, act.details, set[str]()
        self._texts, self._names = texts, names
        facts = act.details.get("facts")
        kept = facts.get(act.subject) if isinstance(facts, dict) else None
        self._facts: dict[str, Any] = kept if isinstance(kept, dict) else {}

    def fill(self, template: Any) -> Markup | None:
        """The clause with its words put in; None where one of them is missing."""
        before, parts = set(self.told), PLACEHOLDER.split(str(template))
        parts[1::2] = words = [self.find_word(name) for name in parts[1::2]]
        if not all(words):
            self.told = before
            return None
        return Markup("").join(parts)

    def find_word(self, name: str) -> str:
        """The text for a name in a sentence; "" where the act doesn't say it."""
        if name in FINDERS:
            return FINDERS[name](self)
        if name.startswith("unsigned_"):
            amount = self.take_int(name.removeprefix("unsigned_"))
            return "" if amount is None else format_vnd_on_screen(abs(amount))
        value = self.take(name)
        if value in NOTHING:
            return ""
        if name in NAMES_OF and isinstance(value, int):
            return self.link_row(f"{NAMES_OF[name]}:{value}")
        if name.endswith("_milli") and isinstance(value, int):
            return self.format_quantity(value)
        return self._texts.format_fact(name, value)

    def take(self, name: str) -> Any:
        """A detail of the act, which counts as told from now on; else what its subject says of itself."""
        value = self.details.get(name)
        if value not in NOTHING:
            self.told.add(name)
            return value
        return self._facts.get(name) or getattr(self.find_subject_row(), name, None)

    def take_int(self, name: str) -> int | None:
        value = self.take(name)
        return value if isinstance(value, int) else None

    def find_subject_row(self) -> Any:
        return self._names.find_row(*self.act.subject.partition(":")[::2])

    def find_product_id(self) -> int | None:
        """The product that the act is about: named by itself, by its subject, or by its subject's lot."""
        subject, named = self.act.subject, self.details.get("product")
        if named not in NOTHING:
            return named if isinstance(named, int) else None
        if subject.startswith("product:"):
            return int(subject.removeprefix("product:")) if self.find_subject_row() is not None else None
        row = self.find_subject_row()
        lot = self._names.find_row("lot", str(getattr(row, "lot_id", None) or ""))
        found = (
            self._facts.get("product_id")
            or getattr(row, "product_id", None)
            or getattr(lot, "product_id", None)
        )
        return found if isinstance(found, int) else None

    def format_quantity(self, milli: int) -> str:
        """With the product's unit, where one is named."""
        product = self._names.find_row("product", str(self.find_product_id() or ""))
        unit = product.unit if product is not None else None
        return format_with_unit(milli, unit) if unit else self._texts.format_fact("quantity_milli", milli)

    def link_row(self, name: str) -> str:
        """A row's name, as a link where it has a page; "" for one that nobody knows."""
        found = self._names.find(name)
        return "" if found.text == name else link_text(found, name_in_sentence(name, found.text))

    def link_subject(self) -> str:
        """The act's subject; one that was deleted since is named by what the act kept of it."""
        subject = self.act.subject
        kept = next((self._facts[key] for key in ("name", "name_vi", "number") if self._facts.get(key)), "")
        return self.link_row(subject) or str(kept)


def link_text(row: NamedRow, text: str) -> str:
    return Markup('<a href="%s">%s</a>') % (row.address, text) if row.address else text


def find_who(act: ActTexts) -> str:
    """Who did it; the program by a word of its own."""
    is_program = act.act.actor_id is None and act.act.actor == SYSTEM.name
    return str(_("The program")) if is_program else act.act.actor


def find_recorded_name(asked: str) -> str:
    """A person's name, or a part of it, as the journal keeps it: the program's where its word was typed."""
    return SYSTEM.name if asked and fold_text(asked) == fold_text(str(_("The program"))) else asked


def _find_subject_number(act: ActTexts) -> str:
    number = act.act.subject.partition(":")[2]
    return number if number.isascii() and number.isdigit() else ""


def _find_product(act: ActTexts) -> str:
    named = act.details.get("product")
    if named not in NOTHING:
        act.told.add("product")
    product_id = act.find_product_id()
    if product_id is not None:
        return act.link_row(f"product:{product_id}")
    return named if isinstance(named, str) else ""


def _find_lot(act: ActTexts) -> str:
    """The lot that the act or its subject names."""
    lot = act.details.get("lot") or getattr(act.find_subject_row(), "lot_id", None)
    if lot in (None, "–"):
        return ""
    if act.details.get("lot"):
        act.told.add("lot")
    return act.link_row(f"lot:{lot}") if isinstance(lot, int) else str(_("lot %(number)s", number=str(lot)))


def _find_stopped_goods(act: ActTexts) -> str:
    """The product and, where only one is stopped, its lot."""
    lot, product = _find_lot(act), _find_product(act)
    return Markup(", ").join(each for each in (product, lot) if each)


def _find_line_price(act: ActTexts) -> str:
    """'45.000 ₫', or '3 cái × 45.000 ₫' for more than one."""
    price, milli = act.find_word("price_vnd"), act.take_int("quantity_milli")
    return price if not price or milli in (None, ONE) else f"{act.format_quantity(milli or 0)} × {price}"


def _find_emptied(act: ActTexts) -> str:
    if act.details.get("emptied") is not True:
        return ""
    act.told.add("emptied")
    return str(_("the basket is empty with it"))


def _find_cash_difference(act: ActTexts) -> str:
    counted, expected = act.take_int("counted_vnd"), act.take_int("expected_vnd")
    return "" if counted is None or expected is None else format_cash_difference(counted - expected)


def _find_stock_difference(act: ActTexts) -> str:
    milli = act.take_int("difference_milli")
    if milli is None:
        return ""
    amount = act.format_quantity(abs(milli))
    if not milli:
        return str(_("as in the books"))
    less, more = (
        _("%(amount)s less than in the books", amount=amount),
        _("%(amount)s more than in the books", amount=amount),
    )
    return str(less if milli < 0 else more)


def _find_tag_count(act: ActTexts) -> str:
    tags = act.details.get("tags")
    return str(len(tags)) if isinstance(tags, list) else ""


def _find_shelf_price_count(act: ActTexts) -> str:
    """How many prices there are; "" for a few, which are told one by one."""
    prices = act.details.get("prices_vnd")
    return str(len(prices)) if isinstance(prices, dict) and len(prices) > FEW else ""


def _find_changed_row(act: ActTexts) -> str:
    """What a change of facts is about: the row itself, which the change names."""
    name = act.take("subject")
    return (act.link_row(str(name)) if name else "") or act.link_subject()


def _find_signature(act: ActTexts) -> str:
    signed = act.details.get("signed")
    if not isinstance(signed, bool):
        return ""
    act.told.add("signed")
    return str(_("signed") if signed else _("not signed"))


FINDERS: dict[str, Callable[[ActTexts], str]] = {  # a word that is no fact's name
    "who": find_who,
    "subject": ActTexts.link_subject,
    "subject_number": _find_subject_number,
    "product": _find_product,
    "lot": _find_lot,
    "stopped_goods": _find_stopped_goods,
    "line_price": _find_line_price,
    "emptied": _find_emptied,
    "cash_difference": _find_cash_difference,
    "stock_difference": _find_stock_difference,
    "tag_count": _find_tag_count,
    "shelf_price_count": _find_shelf_price_count,
    "changed_row": _find_changed_row,
    "signature": _find_signature,
}

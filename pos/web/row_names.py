"""web/row_names.py — the rows that the books name by table and key, as people call them, and the page where one is shown.

By the tables' names alone: the journal imports none of the rooms that write into it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..kernel.own_codes import format_tag_code
from ..kernel.tables import Base, is_row_id
from .cash_terms import name_cash_document

Naming = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class NamedRow:
    """`text`: what it is called; `address`: its page for a manager, "" where there is none."""

    text: str
    address: str = ""


PAGES = {  # table: the endpoint of its row's page, and that page's argument
    "product": ("admission.show_product", "product_id"),
    "producer": ("producers.edit", "producer_id"),
    "paper": ("admission.edit_paper", "paper_id"),
    "lot": ("stock.show_lot", "lot_id"),
    "hold": ("recall.show", "hold_id"),
    "receiving": ("storeroom.show", "number"),
    "shift": ("shifts.show_shift", "number"),
    "stock_count": ("counting.show", "number"),
    "recall_drill": ("recall.show_drill", "number"),
    "tag_batch": ("tags.show_batch", "batch_id"),
    "z_report": ("closings.show_z", "number"),
    "period_closing": ("closings.show_period", "number"),
    "cash_document": ("cashbook.show_document", "document_id"),
    "statement": ("settlement.show_statement", "number"),
    "bulk_format": ("settlement.edit_format", "format_id"),
    "sale": ("journal.list_rows", "receipt"),  # all that was done about it
}
NAMED: dict[str, Naming] = {  # table: how a row with this name is called
    "product": lambda name: name,
    "producer": lambda name: name,
    "person": lambda name: name,
    "shop": lambda name: name,
    "place": lambda name: name,
    "extra": lambda name: name,
    "cooler": lambda name: name,
    "quality_check": lambda name: name,
    "fact_change": lambda name: name,
    "lot": lambda name: _("Lot %(number)s", number=name),
    "paper": lambda name: _("Paper %(number)s", number=name),
    "proposed_paper": lambda name: _("Paper %(number)s", number=name),
    "announced_delivery": lambda name: _("Announced delivery %(number)s", number=name),
    "stored_file": lambda name: _("File %(name)s", name=name),
    "buyer": lambda name: _("Buyer %(name)s", name=name),
    "bulk_format": lambda name: name,
    "bank_account": lambda number: _("Account %(number)s", number=number),
}
NUMBERED: dict[str, Naming] = {  # table: how a row with this number is called
    "sale": lambda number: _("Receipt %(number)s", number=f"{int(number):06}"),
    "shift": lambda number: _("Shift no. %(number)s", number=number),
    "receiving": lambda number: _("Receiving no. %(number)s", number=number),
    "stock_count": lambda number: _("Count no. %(number)s", number=number),
    "recall_drill": lambda number: _("Recall drill no. %(number)s", number=number),
    "z_report": lambda number: _("Z no. %(number)s", number=number),
    "period_closing": lambda number: _("Closing no. %(number)s", number=number),
    "seal_key": lambda number: _("Key no. %(number)s", number=number),
    "complaint": lambda number: _("Complaint no. %(number)s", number=number),
    "write_off": lambda number: _("Write-off no. %(number)s", number=number),
    "hold": lambda number: _("Stop no. %(number)s", number=number),
    "basket": lambda number: _("Basket no. %(number)s", number=number),
    "price_change": lambda number: _("Price change no. %(number)s", number=number),
    "voucher": lambda number: _("Voucher no. %(number)s", number=number),
    "bank_transfer": lambda number: _("Bank transfer no. %(number)s", number=number),
    "taking": lambda number: _("Money received no. %(number)s", number=number),
    "statement": lambda number: _("Statement no. %(number)s", number=number),
    "producer_entry": lambda number: _("Entry no. %(number)s", number=number),
    "dispute": lambda number: _("Dispute no. %(number)s", number=number),
    "tag": lambda number: format_tag_code(int(number)),
    "tag_batch": lambda number: _("Printed tags no. %(number)s", number=number),
}
CALLED_BY_WORDS = {*NUMBERED} - {"tag"} | {
    "lot",
    "paper",
    "proposed_paper",
    "announced_delivery",
    "stored_file",
    "buyer",
    "cash_document",
}


def name_in_sentence(name: str, text: str) -> str:
    """How a row is called within a sentence: 'lô M12', not 'Lô M12'; a name of its own keeps its letters."""
    is_word = name.partition(":")[0] in CALLED_BY_WORDS
    return text[:1].lower() + text[1:] if is_word else text


class RowNames:
    """Names of rows, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
        self._known: dict[str, NamedRow] = {}

    def find(self, name: str | None) -> NamedRow:
        """The row of this name in the books ("lot:12"); the name itself where nothing better is known."""
        if not name:
            return NamedRow("")
        if name not in self._known:
            self._known[name] = self._read(*name.partition(":")[::2]) or NamedRow(name)
        return self._known[name]

    def _read(self, table: str, key: str) -> NamedRow | None:
        if table in DOCUMENTS:
            return DOCUMENTS[table](self, key)
        address = _find_address(table, key)
        if table in NUMBERED and is_row_id(key):
            return NamedRow(NUMBERED[table](key), address)
        row = self.find_row(table, key) if table in NAMED else None
        if row is None:
            return None
        called = (
            getattr(row, attribute, "") for attribute in ("name", "number", "name_vi", "delivery_note", "id")
        )
        return NamedRow(NAMED[table](str(next(filter(None, called)))), address)

    def find_group(self, code: str) -> NamedRow | None:
        row = self._session.get(self._tables["product_group"], code)
        return NamedRow(row.name_en if get_locale().language == "en" else row.name_vi) if row else None

    def find_row(self, table: str, key: str) -> Any:
        """The row; None where there is none, or the table is none."""
        return (
            self._session.get(self._tables[table], int(key))
            if table in self._tables and is_row_id(key)
            else None
        )


def _find_address(table: str, key: str) -> str:
    if table not in PAGES or not is_row_id(key):
        return ""
    endpoint, argument = PAGES[table]
    values: dict[str, Any] = {argument: int(key)}
    return url_for(endpoint, **values)


def _find_sale_line(names: RowNames, key: str) -> NamedRow | None:
    number, _dot, n = key.partition(".")
    if not is_row_id(number):
        return None
    return NamedRow(_("%(receipt)s, line %(n)s", receipt=names.find(f"sale:{number}").text, n=n))


def _find_receiving_line(names: RowNames, key: str) -> NamedRow | None:
    line = names.find_row("receiving_line", key)
    return names.find(f"receiving:{line.receiving_number}") if line is not None else None


def _find_kit(names: RowNames, key: str) -> NamedRow:
    return names.find(f"lot:{key}")


def _find_cash_document(names: RowNames, key: str) -> NamedRow | None:
    document = names.find_row("cash_document", key)
    if document is None:
        return None
    return NamedRow(name_cash_document(document), _find_address("cash_document", key))


DOCUMENTS: dict[str, Callable[[RowNames, str], NamedRow | None]] = {  # rows that are named by what they hold
    "cash_document": _find_cash_document,
    "sale_line": _find_sale_line,
    "receiving_line": _find_receiving_line,
    "kit": _find_kit,
    "product_group": lambda names, code: names.find_group(code) or NamedRow(code),
    "move": lambda _names, _key: NamedRow(_("moved within the shop")),
    "count": lambda _names, _key: NamedRow(_("a count of this lot")),
    "opening": lambda _names, _key: NamedRow(_("in the shop when the books began")),
}


def name_documents(session: Session, documents: Iterable[str]) -> dict[str, NamedRow]:
    """What stock moves name as their cause, as people call it."""
    names = RowNames(session)
    return {document: names.find(document) for document in documents}

"""web/fact_texts.py — the details and facts of the journal's rows as people read them: names, money, quantities, days."""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..kernel.formats import format_day, format_degrees, format_moment, format_percent, format_vnd_on_screen
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Fact, Reason
from .bank_terms import TRANSFER_SOURCES, TRANSFER_USES, TRANSFER_WAITS_SHORT
from .cash_terms import CASH_CATEGORIES
from .context import format_cash_difference, format_readers_quantity
from .journal_terms import FACTS
from .reasons import load_reasons, render_reason
from .row_names import NAMED, NUMBERED, RowNames
from .settlement_terms import ROW_KINDS
from .terms import (
    CLASSES,
    DEALS,
    DISCOUNTS,
    GOODS_KINDS,
    LABEL_ENTRIES,
    MOVES,
    PAPERS,
    PRINT_MODES,
    TAG_DESIGNS,
    TAX_STATUSES,
    TENDERS,
    UNITS,
    VAT,
    ZONES,
)

DOORS = {
    "strangers": _l("a browser that nobody knows"),
    "colleague": _l("a colleague's browser"),
    "device": _l("their own browser"),
}
HIDDEN = {"facts", "seals", "state_seals", "approver_id", "witness_id", "search_key", "salt", "pin_hash"}
NAMES_OF = {  # a detail that is the key of such a row
    "product": "product", "producer": "producer", "producer_id": "producer", "lot": "lot", "place": "place",
    "from_place": "place", "to_place": "place", "shelf_place_id": "place", "sale": "sale", "refunds": "sale",
    "product_id": "product", "approver_id": "person", "person_id": "person", "tags": "tag", "voucher": "voucher",
    "cash_document": "cash_document", "transfer": "bank_transfer",
}  # fmt: skip
KEYED_BY = {"prices_vnd": "product"}  # a detail with a value for each of several such rows
WORDS_OF: dict[str, dict[str, Any]] = {
    "deal": DEALS, "goods_class": CLASSES, "zone": ZONES, "kind": PAPERS | GOODS_KINDS | MOVES, "what": MOVES, "door": DOORS,
    "unit": UNITS, "net_content_unit": UNITS, "vat_category": VAT, "design": TAG_DESIGNS, "status": TAX_STATUSES,
    "mode": PRINT_MODES, "tender": TENDERS, "discount": DISCOUNTS, "category": CASH_CATEGORIES, "entry_kind": ROW_KINDS,
    "use": TRANSFER_USES, "waits": TRANSFER_WAITS_SHORT, "source": TRANSFER_SOURCES,
}  # fmt: skip
LISTS_OF: dict[str, dict[str, Any]] = {"classes": CLASSES, "label_entries": LABEL_ENTRIES}
FILES = {"picture_id", "logo_id", "file_id"}  # a detail that is the key of a stored file
ROLES = {"cashier", "manager", "producer", "viewer"}
REASON_LISTS = {"reasons", "codes"}  # a detail that is a list of reasons, each told as a sentence
LONGEST = 2_000  # letters of one fact
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ROW_NAME = re.compile(r"\b[a-z_]+:[0-9.]*[0-9]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")


class FactTexts:
    """Writes facts for people; names of rows are read once."""

    def __init__(self, session: Session, names: RowNames) -> None:
        self._session, self._names = session, names

    def list_texts(
        self, facts: dict[str, Any], *, told: Collection[str] = frozenset()
    ) -> list[tuple[str, str]]:
        """Each fact's name and value; those that mean nothing to people are left out, and those that are `told` already.

        Whoever agreed mostly signed the act's own reason: that is told once.
        """
        told_twice = {"why"} if facts.get("why") == facts.get("reason") else set()
        return [
            (find_fact_name(key), text)
            for key, value in facts.items()
            if key not in HIDDEN | told_twice and key not in told and (text := self.format_fact(key, value))
        ]

    def format_fact(self, key: str, value: Any) -> str:
        """One fact's value; as it stands, where it is not what facts of this name are: somebody wrote it by hand."""
        try:
            return self._format_fact(key, value)[:LONGEST]
        except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError):
            return str(value)[:LONGEST]

    def _format_fact(self, key: str, value: Any) -> str:
        if value is None or value in ("", []):
            return ""
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(value, list):
            return (" " if key in REASON_LISTS else "; ").join(self._format_items(key, value))
        if isinstance(value, dict) and key == "gaps":
            return "; ".join(format_gap(series, *ends) for series, ends in value.items())
        if isinstance(value, dict) and key in KEYED_BY:
            return "; ".join(
                f"{self._names.find(f'{KEYED_BY[key]}:{id_}').text}: {self.format_fact(key, each)}"
                for id_, each in value.items()
            )
        if isinstance(value, dict):
            return "; ".join(f"{name}: {text}" for name, text in self.list_texts(value))
        if isinstance(value, int):
            return self._format_number(key, value)
        return self._format_text(key, str(value))

    def _format_number(self, key: str, value: int) -> str:
        if key in FILES:
            return str(_("file no. %(number)s", number=value))
        if key in NAMES_OF:
            return self._names.find(f"{NAMES_OF[key]}:{value}").text
        if key == "difference_vnd":
            return format_cash_difference(value)
        if key.endswith("_vnd"):
            return format_vnd_on_screen(value)
        if key.endswith("_bp"):
            return f"{format_percent(value)} %"
        if key.endswith("_milli"):
            return format_milli(value)
        if key.endswith("tenths"):
            return format_degrees(value)
        return str(value)

    def _format_text(self, key: str, value: str) -> str:
        if _DAY.fullmatch(value):
            return format_day(date.fromisoformat(value))
        if _MOMENT.match(value):
            return format_moment(datetime.fromisoformat(value))
        if key == "role" and value in ROLES:
            return find_role_name(value)
        if key == "subject":
            return self._names.find(value).text
        if key == "group_code":
            return self._names.find(f"product_group:{value}").text
        if key == "about":
            return self._format_about(value)
        if key in LISTS_OF:
            return ", ".join(str(LISTS_OF[key].get(word, word)) for word in value.split())
        return str(WORDS_OF.get(key, {}).get(value, value))

    def _format_about(self, value: str) -> str:
        """What tags were printed for."""
        kind, _colon, which = value.partition(":")
        words = {"changed": _("all that changed"), "codes": _("what was scanned")}
        if value in words:
            return str(words[value])
        if kind == "zone":
            return str(ZONES.get(which, which))
        tables = {"delivery": "receiving", "change": "price_change"}
        found = self._names.find(f"{tables.get(kind, kind)}:{which}").text if which else value
        return value if found.startswith(f"{kind}:") else found

    def _format_items(self, key: str, items: Iterable[Any]) -> Iterable[str]:
        for item in items:
            if key == "covers":
                product_id, stars, written = item
                parts = (
                    self._names.find(f"product:{product_id}").text,
                    f"{stars} ★" if stars else "",
                    written,
                )
                yield ", ".join(filter(None, parts))
            elif key == "barcodes":
                yield f"{item[0]} × {format_milli(item[1])}"
            elif key == "recipe":
                yield f"{self._names.find(f'product:{item[0]}').text} × {format_milli(item[1])}"
            elif key == "lines":
                yield f"{self._names.find(f'product:{item[1]}').text}, {item[2]}, {format_milli(item[3])}"
            elif key in REASON_LISTS:
                yield self._format_reason(item)
            elif key == "first":
                yield self._name_faulty_row(str(item))
            else:
                yield self.format_fact(key, item)

    def _name_faulty_row(self, finding: str) -> str:
        """The row that a check of the books found at fault, as people call it; `verify` itself says more."""
        found = _ROW_NAME.search(finding)
        text = self._names.find(found[0]).text if found else ""
        return str(_("a row of the books")) if not found or text == found[0] else text

    def _format_reason(self, item: Any) -> str:
        facts: dict[str, Fact] = dict(item) if isinstance(item, dict) else {"code": item}
        return format_refusal(Reason.from_plain(facts))


def format_refusal(reason: Reason) -> str:
    """Why something was refused; before it the goods, where the sentence doesn't name them: product and lot, or the code."""
    if reason.code not in load_reasons():
        return str(_("A reason of another version of the program."))
    sentence = render_reason(reason).sentence
    product, lot, scanned = (str(reason.facts.get(name) or "") for name in ("product", "lot", "scanned"))
    named = [(product or scanned, product or scanned)]
    if lot != "–":
        named.append((lot, _("lot %(number)s", number=lot)))
    missing = [words for name, words in named if name and name not in sentence]
    return f"{', '.join(missing)}: {sentence}" if missing else sentence


def format_gap(series: str, after: int, up_to: int) -> str:
    """The numbers that a restore left out, of a series ("sale.number"): the first and the last."""
    table = series.partition(".")[0]
    naming = NUMBERED.get(table) or NAMED[table]
    return f"{naming(str(after + 1))} – {naming(str(up_to))}"


def format_milli(milli: int) -> str:
    """Whole numbers as pieces, others as kilograms: the fact alone doesn't say its unit."""
    return format_readers_quantity(milli, Unit.PIECE if milli % ONE == 0 else Unit.KG)


def find_fact_name(key: str) -> str:
    return str(FACTS.get(key, key))


def find_role_name(role: str) -> str:
    names = {
        "cashier": _("cashier"),
        "manager": _("manager"),
        "producer": _("producer"),
        "viewer": _("viewer"),
    }
    return str(names[role])

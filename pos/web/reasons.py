"""web/reasons.py — a reason as people read it: what is wrong, what to do, which rule says so."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..kernel.formats import format_day, format_percent, format_vnd_on_screen
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Reason
from .context import current_day, format_readers_quantity
from .terms import CLASSES, LABEL_ENTRIES, ORIGIN_PARTS, PAPERS, ZONES

REASONS = {
    "manager_needed": (
        _l("A manager must approve this."),
        _l("Let a manager choose their name and type their PIN."),
        "",
    ),
    "form_sent_already": (
        _l("This page was sent already, and what was typed then is in the books."),
        _l("Nothing was written twice. Look at it there; for more, open the page anew."),
        "",
    ),
    "request_reused": (
        _l("This basket has been paid already (receipt %(number)s)."),
        _l("Look at that receipt; for more goods start a new basket."),
        "",
    ),
    "too_fast": (_l("Too many tries."), _l("Wait a minute."), ""),
    "books_busy": (
        _l("Somebody else is writing into the books just now."),
        _l("Wait a moment and do it again: nothing was lost."),
        "",
    ),
    "bodies_too_many": (
        _l("Many large files are on their way just now."),
        _l("Send it again in half a minute."),
        "",
    ),
    "body_too_large": (
        _l("This is more than can be sent at once: 22 MB, or 1 MB before signing in."),
        _l("Sign in, or send smaller files, one by one."),
        "",
    ),
    "csrf": (_l("This page is too old."), _l("Load it again and repeat."), ""),
    "not_your_page": (_l("This page is not for your role."), _l("Ask the manager."), ""),
    "page_not_found": (_l("There is no such page."), "", ""),
    "text_too_long": (_l("This text is too long: %(most)s letters at the most."), _l("Shorten it."), ""),
}


@dataclass(frozen=True, slots=True)
class ReasonText:
    """A reason in the reader's language."""

    code: str
    sentence: str
    remedy: str
    clause: str


# code: (what is wrong, what to do, which rule)


@cache
def load_reasons() -> dict[str, tuple[Any, str, str]]:
    """Every reason's sentence, remedy and rule by its code. Each room keeps its own in its `reasons.py`."""
    found: dict[str, tuple[Any, str, str]] = {}
    for module in _load_modules():
        found |= module.REASONS
    return found


@cache
def _load_variants() -> dict[str, tuple[Any, Any, Any]]:
    """Other words for the same code, by what its facts are: when they are meant, sentence, remedy."""
    return {
        code: variant
        for module in _load_modules()
        for code, variant in getattr(module, "VARIANTS", {}).items()
    }


@cache
def load_gate_codes() -> frozenset[str]:
    """The codes of the gate, whose refusals are journaled and shown by themselves."""
    return frozenset(code for module in _load_modules() for code in getattr(module, "GATE", ()))


def _load_modules() -> list[Any]:
    package = __name__.split(".", maxsplit=1)[0]
    folders = Path(__file__).parents[1].iterdir()
    rooms = sorted(folder.name for folder in folders if (folder / "reasons.py").is_file())
    return [import_module(f"{package}.{room}.reasons") for room in rooms]


def render_reason(reason: Reason) -> ReasonText:
    """The reason in the language of this request. Where it belongs to a line, the product stands before it."""
    sentence, remedy, clause = load_reasons()[reason.code]
    if (variant := _load_variants().get(reason.code)) and variant[0](reason.facts, current_day()):
        _is_meant, sentence, remedy = variant
    facts = {name: _format_fact(name, value) for name, value in reason.facts.items()}
    facts |= {
        f"{name}_vnd": format_vnd_on_screen(value)
        for name, value in reason.facts.items()
        if isinstance(value, int)
    }
    facts |= {
        name: format_vnd_on_screen(value)
        for name, value in reason.facts.items()
        if name.endswith("_vnd") and isinstance(value, int)
    }
    text = str(sentence) % _FactsWithDashes(facts)
    if "line" in reason.facts:
        text = (
            _("Line %(n)s, %(product)s:", n=reason.facts["line"], product=reason.facts.get("product", ""))
            + " "
            + text
        )
    if "part" in reason.facts:
        text = _("In the set, %(part)s:", part=reason.facts["part"]) + " " + text
    return ReasonText(
        reason.code,
        text,
        str(remedy),
        str(clause) % _FactsWithDashes(facts) if "%(" in str(clause) else str(clause),
    )


class _FactsWithDashes(dict[str, str]):
    """Facts of a reason; one that an older journal row didn't keep yet is a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


QUANTITIES = {"on_hand", "asked", "left", "free", "held"}  # facts in thousandths


def _format_fact(name: str, value: str | int | date | None) -> str:
    if isinstance(value, date):
        return format_day(value)
    if name == "lot" and value == "–":
        return str(_("(no number)"))
    if value is None:
        return "–"
    names = {"goods_class": CLASSES, "paper": PAPERS, "zone": ZONES}.get(name)
    if names is not None:
        return str(names.get(str(value), value))
    if name.endswith("_bp") and isinstance(value, int):
        return f"{format_percent(value)} %"
    if name in QUANTITIES and isinstance(value, int):
        return format_readers_quantity(value, Unit.PIECE if value % ONE == 0 else Unit.KG)
    if name == "lacks":
        return ", ".join(str(ORIGIN_PARTS.get(part, part)) for part in str(value).split())
    if name == "missing":
        return ", ".join(str(LABEL_ENTRIES.get(entry, entry)) for entry in str(value).split())
    return str(value)

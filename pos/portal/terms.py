"""portal/terms.py — what producers read: how a paper is renewed, a summary as an e-mail and as a short text for Zalo or SMS."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..kernel.formats import format_day, format_vnd
from ..messages.terms import Letter, render_footer, shorten_text
from ..web.context import format_with_unit
from ..web.terms import PAPERS

if TYPE_CHECKING:
    from .digest import Digest

_AS_BEFORE = _l("Ask the office that issued it for a new one, then send it in here.")
_RENEWALS = {
    "recognition": _l("Ask your commune for a new assessment of the product: it takes months. Send the new decision in here."),
    "food_safety": _l("Apply for the new certificate six months before this one ends (law on food safety, art. 37). Send it in here."),
    "test_report": _l("Have a new sample tested by a recognised laboratory. Send the report in here."),
    "alcohol_licence": _l("Apply for a new licence before this one ends: without it alcohol may not be sold. Send it in here."),
    "cosmetic_notice": _l("Notify the product again before the number ends. Send the new notice in here."),
}  # fmt: skip

REDUCTIONS = {
    "markdown": _l("lot marked down"),
    "line": _l("discount on these goods"),
    "staff": _l("staff's discount"),
    "basket": _l("discount on the whole receipt"),
    "voucher": _l("voucher that the shop gave"),
    "rounded": _l("no small change, rounded"),
    "of_set": _l("part of the set's discounts"),
}  # why a buyer paid less than the price


def find_renewal(kind: str) -> str:
    """What a producer does for a new paper of a kind."""
    return str(_RENEWALS.get(kind, _AS_BEFORE))


def name_days(digest: "Digest") -> str:
    """'24/11/2026', or '17/11/2026 – 23/11/2026'."""
    first, last = format_day(digest.first), format_day(digest.last)
    return last if first == last else f"{first} – {last}"


def render_digest_letter(
    digest: "Digest", language: str, producer: str, shop_name: str, address: str
) -> Letter:
    """The summary as an e-mail in this language. Needs the application's context."""
    with force_locale(language):
        subject = _("Sold at %(shop)s: %(days)s", shop=shop_name, days=name_days(digest))
        lines = [producer, *_list_lines(digest)]
        return Letter(subject, "\n".join([*lines, "", render_footer(shop_name, address)]))


def render_digest_short(digest: "Digest", shop_name: str, address: str) -> str:
    """The summary in the reader's language, as short as a text message."""
    sold = "; ".join(
        f"{goods.name} {format_with_unit(goods.quantity_milli, goods.unit)}" for goods in digest.sold
    )
    head = _("Sold %(days)s: %(amount)s.", days=name_days(digest), amount=format_vnd(digest.paid_vnd))
    out = ", ".join(name for name, _unit, _milli in digest.running_out)
    tail = _(" Runs out: %(names)s.", names=out) if out else ""
    return shorten_text(f"{head}{tail} {sold}".strip(), shop_name, address)


def _list_lines(digest: "Digest") -> Iterator[str]:
    yield ""
    yield _("Sold %(days)s: %(amount)s.", days=name_days(digest), amount=format_vnd(digest.paid_vnd))
    for goods in digest.sold:
        yield f"- {goods.name}: {format_with_unit(goods.quantity_milli, goods.unit)}, {format_vnd(goods.paid_vnd)}"
    if digest.running_out:
        yield ""
        yield _("Runs out within a week:")
        yield from (f"- {name}: {format_with_unit(milli, unit)}" for name, unit, milli in digest.running_out)
    if digest.ending_lots:
        yield ""
        yield _("Ends within two weeks:")
        for name, lot in digest.ending_lots:
            yield "- " + _(
                "%(name)s, lot %(lot)s: %(day)s", name=name, lot=lot.number, day=format_day(lot.expires_on)
            )
    if digest.ending_papers:
        yield ""
        yield _("Papers that end within a month:")
        for paper in digest.ending_papers:
            yield f"- {PAPERS[paper.kind]} {paper.number}: {format_day(paper.ends)}"
    if digest.unread:
        yield ""
        yield ngettext(
            "%(num)s message of the shop is not read yet.", "%(num)s messages of the shop are not read yet.", digest.unread
        )  # fmt: skip

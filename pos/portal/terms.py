"""portal/terms.py — a producer's summary in words: as an e-mail, and as a short text for Zalo or SMS."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from ..kernel.formats import format_day, format_vnd
from ..messages.terms import Letter, render_footer, shorten_text
from ..web.context import format_with_unit
from ..web.terms import PAPERS

if TYPE_CHECKING:
    from .digest import Digest


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

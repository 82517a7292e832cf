"""closings/pdf.py — a closing as an A4 document."""

import json
from collections.abc import Mapping
from datetime import date

from ..documents.pdf import make_heading, make_paragraph, make_table, render_document
from ..kernel.formats import Translate, format_day, format_moment, format_vnd
from ..kernel.own_codes import format_document_number
from ..shop.models import Shop
from .models import PeriodClosing, PeriodKind, ZReport
from .seal import format_public_key
from .sections import list_sections


def name_period_in_words(closing: PeriodClosing, translate: Translate) -> str:
    """'24/11/2026', 'tháng 11/2026', 'năm 2026'."""
    _ = translate
    first = date.fromisoformat(json.loads(closing.figures)["first_day"])
    if closing.kind == PeriodKind.DAY:
        return format_day(first)
    if closing.kind == PeriodKind.MONTH:
        return _("month %(month)s") % {"month": f"{first:%m/%Y}"}
    return _("year %(year)s") % {"year": first.year}


def name_closing(closing: ZReport | PeriodClosing, shop_code: str | None, translate: Translate) -> str:
    """'Z no. MP-12', 'Closing of month 11/2026 (no. MP-3)'."""
    _ = translate
    number = format_document_number(closing.number, shop_code)
    if isinstance(closing, ZReport):
        return _("Z no. %(number)s") % {"number": number}
    return _("Closing of %(period)s (no. %(number)s)") % {
        "period": name_period_in_words(closing, _),
        "number": number,
    }


def render_closing(
    shop: Shop,
    closing: ZReport | PeriodClosing,
    public_key: str,
    groups: Mapping[str, str],
    translate: Translate,
) -> bytes:
    """All its sections, the grand totals, and the seal with what it covers."""
    _ = translate
    story = []
    for section in list_sections(json.loads(closing.figures), groups, _):
        rows = [[row.name, row.text] for row in section.rows]
        story += [*make_heading(section.title), make_table(["", "đ"], rows, (3, 1))]
    totals = [[_("Sales"), format_vnd(closing.sales_vnd)], [_("Refunds"), format_vnd(-closing.refunds_vnd)]]
    story += [*make_heading(_("Since the shop began")), make_table(["", "đ"], totals, (3, 1))]
    story += make_heading(_("Seal"))
    signed = [
        _("Journal: %(head)s") % {"head": f"{closing.head_seq}:{closing.head_hash}"},
        _("Signature: %(text)s") % {"text": closing.signature} if closing.signature else _("Not signed."),
        _("Public key: %(key)s") % {"key": format_public_key(public_key)} if public_key else "",
    ]
    story += [make_paragraph(text, size=8) for text in signed if text]
    title = name_closing(closing, shop.code, _)
    return render_document(
        title, f"{shop.name} · {format_moment(closing.at)} · {closing.by_name}", story, foot=shop.name
    )

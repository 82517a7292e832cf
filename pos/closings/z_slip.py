"""closings/z_slip.py — the Z on the receipt printer's paper, and an X, which freezes nothing."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from hardware.slips.slip import Cut, Pair, Row, Rule, Slip, Text

from ..kernel.formats import Translate, format_moment, format_vnd
from ..kernel.own_codes import format_document_number
from ..shop.models import Shop
from .figures import Figures
from .models import ZReport
from .seal import format_public_key
from .sections import list_sections


def make_z_slip(
    shop: Shop, report: ZReport, public_key: str, groups: Mapping[str, str], translate: Translate
) -> Slip:
    """The Z as it was frozen, with the grand totals, the journal's head and the seal; `public_key`: "" for an unsigned one."""
    _ = translate
    figures: Figures = json.loads(report.figures)
    number = format_document_number(report.number, shop.code)
    rows: list[Row] = [
        Text(shop.name, size="large", bold=True, align="center"),
        Text(_("Z no. %(number)s") % {"number": number}, bold=True, align="center"),
        Pair(_("Shift %(number)s") % {"number": report.shift_number}, format_moment(report.at), size="small"),
        Text(f"{figures['station']} · {report.by_name}", size="small"),
        Text(describe_opening(figures, _), size="small"),
        *_section_rows(figures, groups, _),
        Rule(),
        Text(_("Since the shop began"), bold=True),
        Pair(_("Sales"), format_vnd(report.sales_vnd)),
        Pair(_("Refunds"), format_vnd(-report.refunds_vnd)),
        Rule(),
        *_seal_rows(report, public_key, _),
        Cut(),
    ]
    return Slip(tuple(rows))


def describe_opening(figures: Figures, translate: Translate) -> str:
    """When the shift was opened, and by whom."""
    _ = translate
    moment = format_moment(datetime.fromisoformat(figures["opened_at"]))
    return _("Opened %(moment)s, %(name)s") % {"moment": moment, "name": figures["opened_by"]}


def _section_rows(figures: Figures, groups: Mapping[str, str], _: Translate) -> Iterator[Row]:
    for section in list_sections(figures, groups, _):
        yield Rule()
        yield Text(section.title, bold=True)
        for row in section.rows:
            yield Pair(row.name, row.text, bold=row.is_strong)


def _seal_rows(report: ZReport, public_key: str, _: Translate) -> Iterator[Row]:
    yield Text(_("Journal: %(head)s") % {"head": f"{report.head_seq}:{report.head_hash[:16]}"}, size="small")
    if report.signature is None:
        yield Text(
            _("This Z is not signed: the shop's key is not here. The manager reads why under Closings."), size="small"
        )  # fmt: skip
        return
    yield Text(_("Signature: %(text)s") % {"text": report.signature[:32]}, size="small")
    yield Text(_("Public key: %(key)s") % {"key": format_public_key(public_key)}, size="small")

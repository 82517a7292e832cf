"""shifts/cash_slip.py — a document of the cash book on the receipt printer's paper, to be signed."""

from hardware.slips.slip import Cut, Kick, Pair, Row, Rule, Slip, Text

from ..kernel.formats import Translate, format_moment, format_vnd
from ..kernel.own_codes import format_document_number
from ..shop.models import Shop
from ..web.cash_terms import CASH_CATEGORIES, CASH_KINDS, name_cash_place
from .models import CashDocument

SIGNED = "...................."


def make_cash_slip(shop: Shop, document: CashDocument, translate: Translate, *, kicks: bool = False) -> Slip:
    """`kicks`: the drawer opens with it. Who was paid is written by hand: a print job is kept, their name needn't be."""
    _ = translate
    number = format_document_number(document.number, shop.code)
    title = _("%(kind)s no. %(number)s") % {"kind": CASH_KINDS[document.kind], "number": number}
    rows: list[Row] = [
        *([Kick()] if kicks else []),
        Text(shop.name, bold=True, align="center"),
        Text(title, size="large", bold=True, align="center"),
        Text(format_moment(document.at), align="center"),
        Rule(),
        Pair(_("Amount"), format_vnd(document.amount_vnd), bold=True),
        Pair(_("For"), str(CASH_CATEGORIES[document.category])),
        Pair(_("From"), name_cash_place(document.from_place)),
        Pair(_("To"), name_cash_place(document.to_place)),
    ]
    if document.reason:
        rows.append(Text(_("Reason: %(reason)s") % {"reason": document.reason}))
    rows += [
        Pair(_("Written by"), document.by_name),
        *([Pair(_("Agreed by"), document.approved_by)] if document.approved_by else []),
        Rule(),
        Pair(_("Paid or received by"), SIGNED),
        Pair(_("Cashier"), SIGNED),
        Cut(),
    ]
    return Slip(tuple(rows))

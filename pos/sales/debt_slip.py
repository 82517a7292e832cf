"""sales/debt_slip.py — what a buyer paid on a debt, on the receipt printer's paper."""

from hardware.slips.slip import Cut, Kick, Pair, Row, Rule, Slip, Text

from ..kernel.formats import Translate, format_moment, format_vnd
from ..kernel.own_codes import format_document_number, format_receipt_number
from ..shop.models import Shop
from .debts import Debt
from .models import TenderKind
from .money_models import Taking


def make_debt_slip(shop: Shop, debt: Debt, taking: Taking, translate: Translate) -> Slip:
    """Who paid how much for which receipt, and what is still owed for it. The drawer opens for cash."""
    _ = translate
    number = format_document_number(taking.number, shop.code)
    way = _("Card") if taking.kind == TenderKind.CARD else _("Cash")
    rows: list[Row] = [
        Text(shop.name, size="large", bold=True, align="center"),
        Text(_("A debt is paid"), bold=True, align="center"),
        Pair(_("No. %(number)s") % {"number": number}, format_moment(taking.at), size="small"),
        Text(_("Buyer: %(name)s") % {"name": debt.buyer.name}),
        Text(
            _("For receipt no. %(number)s") % {"number": format_receipt_number(debt.sale.number, shop.code)}
        ),
        Rule(),
        Pair(way, format_vnd(taking.amount_vnd), size="large", bold=True),
        Pair(_("Still owed"), format_vnd(debt.open_vnd)),
        Text(taking.by_name, size="small"),
        Cut(),
    ]
    return Slip((*rows, Kick()) if taking.kind == TenderKind.CASH else tuple(rows))

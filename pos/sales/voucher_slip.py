"""sales/voucher_slip.py — a gift voucher on the receipt printer's paper: its value, its last day, its code."""

from hardware.slips.slip import Cut, Feed, Pair, Qr, Row, Rule, Slip, Text

from ..kernel.formats import Translate, format_day, format_vnd
from ..kernel.own_codes import format_document_number, format_voucher_code
from ..shop.models import Shop
from ..vouchers.models import Voucher


def make_voucher_slip(shop: Shop, voucher: Voucher, letters: str, translate: Translate) -> Slip:
    """`letters`: of its code, which nobody can print again."""
    _ = translate
    code = format_voucher_code(letters)
    rows: list[Row] = [
        Text(shop.name, size="large", bold=True, align="center"),
        Text(_("Gift voucher"), bold=True, align="center"),
        Pair(_("No. %(number)s") % {"number": format_document_number(voucher.number, shop.code)}, format_day(voucher.business_day), size="small"),
        Rule(),
        Pair(_("Worth"), format_vnd(voucher.value_vnd), size="large", bold=True),
    ]  # fmt: skip
    if voucher.expires_on is not None:
        rows.append(Pair(_("Good until"), format_day(voucher.expires_on)))
    rows += [
        Feed(8),
        Qr(code.replace("-", ""), ""),
        Text(code, bold=True, align="center"),
        Text(_("Whoever has this code can pay with it. It can't be printed again."), size="small", align="center"),
        Text(_("It can be used in parts. It is no invoice; tax and invoice follow when it is used."), size="small", align="center"),
        Cut(),
    ]  # fmt: skip
    return Slip(tuple(rows))

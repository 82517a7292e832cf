"""sales/transfer_slip.py — a payment code on the receipt printer's paper: for a buyer who can't see the screen."""

from hardware.slips.slip import Cut, Pair, Qr, Rule, Slip, Text

from ..kernel.formats import Translate, format_moment, format_vnd
from ..payments.codes import make_code_text
from ..payments.models import BankAccount, PaymentCode
from ..shop.models import Shop


def make_transfer_slip(
    shop: Shop, account: BankAccount, bank_name: str, code: PaymentCode, translate: Translate
) -> Slip:
    """The code with all that it says, so that it can be typed too. It is no receipt."""
    _ = translate
    return Slip((
        Text(shop.name, size="large", bold=True, align="center"),
        Text(_("Pay by bank transfer"), bold=True, align="center"),
        Text(format_moment(code.shown_at), size="small", align="center"),
        Qr(make_code_text(account, code), code.purpose),
        Pair(_("Amount"), format_vnd(code.amount_vnd), size="large", bold=True),
        Rule(),
        Pair(_("Bank"), bank_name),
        Pair(_("Account"), account.number),
        Text(account.holder),
        Pair(_("Text"), code.purpose, bold=True),
        Rule(),
        Text(_("This is no receipt. It follows when the money has come."), size="small", align="center"),
        Cut(),
    ))  # fmt: skip

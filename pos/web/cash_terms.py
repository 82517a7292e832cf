"""web/cash_terms.py — what the kinds, categories and places of the cash book are called by people."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

CASH_CATEGORIES = {
    "opening": _l("opening balance"),
    "other_income": _l("other income"),
    "owner_in": _l("owner's money put in"),
    "supplies": _l("supplies, ice, bags"),
    "transport": _l("transport"),
    "wages": _l("wages"),
    "rent": _l("rent, electricity, water"),
    "producer": _l("paid to a producer"),
    "owner_out": _l("owner's money taken out"),
    "other_cost": _l("other cost"),
    "card_fee": _l("fee for card payments"),
    "bank_fee": _l("bank fee"),
    "difference_over": _l("counted over"),
    "difference_short": _l("counted short"),
    "float_over": _l("over at the shift's opening"),
    "float_short": _l("short at the shift's opening"),
    "float": _l("change from the safe"),
    "to_safe": _l("to the safe"),
    "to_bank": _l("paid into the bank"),
    "from_bank": _l("drawn from the bank"),
    "card_credit": _l("card takings credited by the bank"),
    "other_move": _l("moved"),
    "takings": _l("cash taken at the till: sales, vouchers, debts"),
    "card_takings": _l("cards taken at the till: sales, vouchers, debts"),
    "transfers": _l("bank transfers: sales, debts, what is to give back"),
}
CASH_KINDS = {
    "receipt": _l("Receipt voucher"),
    "payment": _l("Payment voucher"),
    "move": _l("Transfer voucher"),
    "opening": _l("Opening balance"),
}
PLACES = {"safe": _l("safe"), "bank": _l("bank account"), "card": _l("card takings under way")}


def name_cash_category(code: str) -> str:
    return str(CASH_CATEGORIES.get(code, code))


def name_cash_document(document: Any) -> str:
    """'Payment voucher no. 12'."""
    kind = CASH_KINDS.get(document.kind, document.kind)
    return str(_("%(kind)s no. %(number)s", kind=kind, number=document.number))


def name_cash_place(place: str | None) -> str:
    """'safe', 'drawer of Quầy 1'; outside the shop for none."""
    if place is None:
        return str(_("outside the shop"))
    kind, _colon, station = place.partition(":")
    return str(_("drawer of %(station)s", station=station) if station else PLACES.get(kind, kind))

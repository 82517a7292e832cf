"""onboarding/forms.py — what a new shop is asked."""

from flask_babel import lazy_gettext as _l

from ..law.taxpayers import TaxStatus
from ..web.forms import ChoiceField, DayField, Form, LineField, VndField, chosen, needed
from ..web.terms import TAX_STATUSES


class ShopForm(Form):
    """Who the shop is, what it is before the tax office, and what it has taken this year."""

    name = LineField(_l("Name of the shop"), [needed])
    address = LineField(_l("Address"), [needed])
    hotline = LineField(_l("Hotline"))
    returns_rule = LineField(_l("Returns rule on the receipt"))
    code = LineField(
        _l("Short code"),
        description=_l(
            "2 to 6 letters before the numbers of receipts, like MP. Fixed once a receipt bears it."
        ),
    )
    status = ChoiceField(
        _l("What the shop is"),
        [chosen],
        choices=[("", ""), *((status.value, TAX_STATUSES[status]) for status in TaxStatus)],
        description=_l("It decides about VAT on each sale. In doubt ask the tax office."),
    )
    starts = DayField(_l("It is that since"), [needed], near="nearest")
    turnover_vnd = VndField(
        _l("Turnover of this year before these books"),
        description=_l("What the shop took since 1 January and that is not in this computer; 0 if nothing."),
    )
    transfer_limit_vnd = VndField(
        _l("A cashier alone says that a bank transfer has come, up to"),
        description=_l("0: only the account's feed, a statement, or a manager who looked. A screenshot proves nothing."),
    )  # fmt: skip


class CashierForm(Form):
    name = LineField(_l("Name of a cashier"), [needed])

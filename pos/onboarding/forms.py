"""onboarding/forms.py — what a new shop is asked."""

from flask_babel import lazy_gettext as _l

from ..web.forms import Form, LineField, needed


class ShopForm(Form):
    name = LineField(_l("Name of the shop"), [needed])
    address = LineField(_l("Address"), [needed])
    hotline = LineField(_l("Hotline"))
    returns_rule = LineField(_l("Returns rule on the receipt"))


class CashierForm(Form):
    name = LineField(_l("Name of a cashier"), [needed])

"""setup/forms.py — what a new shop is asked."""

from flask_babel import lazy_gettext as _l

from ..web.forms import Form, Line, needed


class ShopForm(Form):
    name = Line(_l("Name of the shop"), [needed])
    address = Line(_l("Address"), [needed])
    hotline = Line(_l("Hotline"))
    returns_rule = Line(_l("Returns rule on the slip"))


class CashierForm(Form):
    name = Line(_l("Name of a cashier"), [needed])

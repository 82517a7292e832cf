"""accounts/forms.py — a buyer on account, a voucher that is given away."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from ..web.forms import DayField, Form, LineField, VndField, chosen, needed


class BuyerForm(Form):
    name = LineField(_l("Name"), [needed])
    limit_vnd = VndField(_l("May owe up to, in all"), [chosen])
    phone = LineField(_l("Phone"))
    address = LineField(_l("Address"))
    tax_code = LineField(_l("Tax code"))
    archived = BooleanField(_l("Buys no more on account"))


class GivenVoucherForm(Form):
    value_vnd = VndField(_l("Worth"), [chosen])
    expires_on = DayField(_l("Good until (empty: for ever)"), near="nearest")
    reason = LineField(_l("Why it is given away"), [needed])

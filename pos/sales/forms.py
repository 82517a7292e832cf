"""sales/forms.py — what is sold and is no goods."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from ..law.rates import vat_categories
from ..web.forms import ChoiceField, Form, LineField, VndField, chosen, needed
from ..web.terms import VAT


class ExtraForm(Form):
    name_vi = LineField(_l("Name"), [needed])
    name_en = LineField(_l("Name in English"))
    price_vnd = VndField(_l("Price"), description=_l("Empty: the till asks each time."))
    vat_category = ChoiceField(_l("VAT"), [chosen], choices=[(c, VAT[c]) for c in vat_categories()])
    archived = BooleanField(_l("Sold no more"))

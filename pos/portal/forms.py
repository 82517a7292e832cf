"""portal/forms.py — what a producer will bring, and a paper of their own."""

import secrets

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField
from wtforms import Form as PlainForm

from ..storeroom.forms import MOST_LINES, LinedForm
from ..web.forms import DayField, IdChoice, Line, QuantityField, chosen, needed


class BringLineForm(PlainForm):
    """One line. A line without product is left out."""

    product_id = IdChoice(_l("Product"))
    lot_number = Line(_l("Lot"))
    made_on = DayField(_l("Made on"))
    expires_on = DayField(_l("Best before"), month_ok=True)
    quantity_milli = QuantityField(_l("Quantity"))


class BringForm(LinedForm):
    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    delivery_note = Line(_l("Delivery note no."), [needed])
    comes_on = DayField(_l("Comes on"), [chosen])
    lines = FieldList(FormField(BringLineForm), min_entries=1, max_entries=MOST_LINES)

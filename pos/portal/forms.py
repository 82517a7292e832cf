"""portal/forms.py — what a producer will bring, a paper of their own, a disputed line, a proposed price."""

import secrets

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Form as PlainForm
from wtforms import FormField, HiddenField, TextAreaField
from wtforms.validators import Length

from ..settlement.disputes import LONGEST
from ..storeroom.forms import MOST_LINES, LinesForm
from ..web.forms import (
    ChoiceField,
    DayField,
    Form,
    IdChoiceField,
    LineField,
    QuantityField,
    RowsField,
    VndField,
    chosen,
    needed,
)
from ..web.terms import PAPERS


class BringLineForm(PlainForm):
    """One line. A line without product is left out."""

    product_id = IdChoiceField(_l("Product"))
    lot_number = LineField(_l("Lot"))
    made_on = DayField(_l("Made on"), near="past")
    expires_on = DayField(_l("Best before"), month_ok=True, near="nearest")
    quantity_milli = QuantityField(_l("Quantity"))


class BringForm(LinesForm):
    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    delivery_note = LineField(
        _l("Delivery note no."), description=_l("Empty where you write none: the program gives it a number.")
    )
    comes_on = DayField(_l("Comes on"), [chosen], near="nearest")
    lines = RowsField(FormField(BringLineForm), min_entries=1, max_entries=MOST_LINES)


class OwnPaperForm(Form):
    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    kind = ChoiceField(
        _l("Kind of paper"),
        [chosen],
        choices=[(k, v) for k, v in PAPERS.items() if not k.startswith("shop_")],
    )
    number = LineField(_l("Number"), [needed])
    issuer = LineField(_l("Issued by"))
    issued = DayField(_l("Day of issue"), near="past")
    ends = DayField(_l("Good until"))
    file = FileField(_l("Photo or scan"), render_kw={"accept": "application/pdf,image/*"})
    note = LineField(_l("Remark"), description=_l("Which products it is for."))


class DisputeForm(Form):
    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    text = TextAreaField(_l("What is wrong with it?"), [needed, Length(max=LONGEST)])


class ProposePriceForm(Form):
    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    sure_vnd = HiddenField()  # the price that was asked again, and sent once more
    product_id = IdChoiceField(_l("Product"), [chosen])
    price_vnd = VndField(_l("New price"), [needed], render_kw={"inputmode": "numeric"})
    starts = DayField(_l("From this day on"), [chosen], near="nearest")
    reason = LineField(_l("Why?"), [needed], description=_l("For example: sugar and jars became dearer."))

"""logbooks/forms.py — a cooler, a reading, a complaint."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from ..web.forms import MOST, Form, IdChoiceField, LineField, TenthsField, chosen, needed


class CoolerForm(Form):
    name = LineField(_l("Name"), [needed])
    least_tenths = TenthsField(_l("Not colder than"), [chosen])
    most_tenths = TenthsField(_l("Not warmer than"), [chosen])


class ReadingForm(Form):
    cooler_id = IdChoiceField(_l("Cooler"), [chosen])
    tenths = TenthsField(_l("Degrees °C"), [chosen])
    done = LineField(_l("If out of its limits: what was done"))


class ComplaintForm(Form):
    about = LineField(_l("About"), description=_l("Product, lot or receipt number."))
    said = TextAreaField(_l("What the buyer says"), [needed, MOST])
    contact = LineField(
        _l("How to reach the buyer"), description=_l("Only with their consent; may stay empty.")
    )


class AnswerForm(Form):
    answer = TextAreaField(_l("Answer"), [needed, MOST])

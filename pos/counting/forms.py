"""counting/forms.py — a count begun, and its posting."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from ..identity.forms import WitnessedForm
from ..web.forms import Form, IdChoiceField, LineField, needed


class BeginForm(Form):
    place_id = IdChoiceField(_l("Where"))


class PostForm(WitnessedForm):
    is_missing_gone = BooleanField(_l("What nobody found is not there: take it out of the books"))
    reason = LineField(_l("Reason"), [needed])


class DropForm(Form):
    reason = LineField(_l("Why is it dropped?"), [needed])

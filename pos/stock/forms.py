"""stock/forms.py — a place, a lot completed, a stop."""

from flask_babel import lazy_gettext as _l

from ..identity.forms import SecondPersonForm, WitnessedForm
from ..web.forms import ChoiceField, DayField, Form, IdChoiceField, LineField, chosen, needed
from ..web.terms import ZONES


class PlaceForm(Form):
    code = LineField(_l("Short name"), [needed])
    name = LineField(_l("Name"), [needed])
    zone = ChoiceField(_l("Zone"), [chosen], choices=list(ZONES.items()))


class LotForm(SecondPersonForm):
    producer_id = IdChoiceField(_l("Producer"))
    origin_place = LineField(_l("Place of origin"))
    made_on = DayField(_l("Made on"), near="past")
    expires_on = DayField(_l("Best before"), month_ok=True, near="nearest")
    delivery_note = LineField(_l("Delivery note no."))


class HoldForm(Form):
    reason = LineField(_l("Why is it stopped?"), [needed])


class ReleaseForm(WitnessedForm):
    reason = LineField(_l("Why may it be sold again?"), [needed])

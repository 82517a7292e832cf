"""stock/forms.py — a place, a lot completed, a stop."""

from flask_babel import lazy_gettext as _l

from ..identity.forms import SecondPersonForm, WitnessedForm
from ..web.forms import Choice, DayField, Form, IdChoice, Line, chosen, needed
from ..web.reasons import ZONES


class PlaceForm(Form):
    code = Line(_l("Short name"), [needed])
    name = Line(_l("Name"), [needed])
    zone = Choice(_l("Zone"), [chosen], choices=list(ZONES.items()))


class LotForm(SecondPersonForm):
    producer_id = IdChoice(_l("Producer"))
    origin_place = Line(_l("Place of origin"))
    made_on = DayField(_l("Made on"))
    expires_on = DayField(_l("Best before"), month_ok=True)
    delivery_note = Line(_l("Delivery note no."))


class StopForm(Form):
    reason = Line(_l("Why is it stopped?"), [needed])


class ReleaseForm(WitnessedForm):
    reason = Line(_l("Why may it be sold again?"), [needed])

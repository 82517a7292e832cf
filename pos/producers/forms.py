"""producers/forms.py — a producer, and their terms."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField

from ..web.forms import MOST, ChoiceField, DayField, Form, LineField, PercentField, chosen, needed
from .models import Bearer, Deal

_BEARERS = [(Bearer.PRODUCER.value, _l("the producer")), (Bearer.SHOP.value, _l("the shop"))]


class ProducerForm(Form):
    name = LineField(_l("Name"), [needed])
    address = LineField(_l("Address"), description=_l("Village, commune: it becomes the origin of the lots."))
    phone = LineField(_l("Phone"))
    story_vi = TextAreaField(_l("Story in Vietnamese"), [MOST])
    story_en = TextAreaField(_l("Story in English"), [MOST])
    suspended_on = DayField(
        _l("Suspended since"),
        description=_l(
            "Nothing of theirs is sold from then on. It is ended in their dossier, by two people."
        ),
    )
    suspended_why = LineField(_l("Why suspended"))
    archived = BooleanField(_l("Works with the shop no more"))


class TermsForm(Form):
    starts = DayField(_l("From"), [needed])
    deal = ChoiceField(
        _l("Deal"),
        [chosen],
        choices=[(Deal.CONSIGNMENT.value, _l("consignment")), (Deal.FIRM.value, _l("firm purchase"))],
    )
    commission_bp = PercentField(_l("Commission"), [chosen], description=_l("In per cent, like 15 or 12,5."))
    spoilage_borne_by = ChoiceField(_l("Spoilage is borne by"), [chosen], choices=_BEARERS)
    markdown_borne_by = ChoiceField(_l("Markdowns are borne by"), [chosen], choices=_BEARERS)

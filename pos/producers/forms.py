"""producers/forms.py — a producer, and their terms."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField, ValidationError

from ..web.forms import (
    MOST,
    ChoiceField,
    DayField,
    Form,
    LineField,
    ManyChoices,
    PercentField,
    chosen,
    needed,
)
from ..web.terms import DEALS
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


DEAL_CHOICES = [(deal.value, DEALS[deal]) for deal in Deal]


class DealForm(Form):
    """What the shop and a producer agree to. A commission is asked of a consignment alone."""

    deal = ChoiceField(_l("Deal"), [chosen], choices=DEAL_CHOICES)
    commission_bp = PercentField(
        _l("Commission"), description=_l("What the shop keeps of each sale, in per cent, like 15 or 12,5.")
    )
    spoilage_borne_by = ChoiceField(_l("Spoilage is borne by"), [chosen], choices=_BEARERS)
    markdown_borne_by = ChoiceField(_l("Markdowns are borne by"), [chosen], choices=_BEARERS)

    def validate_commission_bp(self, field: PercentField) -> None:
        if self.deal.data == Deal.CONSIGNMENT and field.data is None:
            raise ValidationError(_("How much of each sale does the shop keep? Type a percentage like 15."))


class TermsForm(DealForm):
    starts = DayField(_l("From"), [needed], near="nearest")


class DealsForm(TermsForm):
    """One deal for several producers."""

    producer_ids = ManyChoices(_l("Agreed with"), coerce=int)

"""settlement/terms_forms.py — the terms of a lot put right, and what the bank takes of a tender."""

from flask_babel import lazy_gettext as _l

from ..identity.forms import WitnessedForm
from ..web.forms import (
    NOT_LONG,
    ChoiceField,
    DayField,
    Form,
    IdChoiceField,
    LineField,
    PercentField,
    chosen,
    needed,
)
from ..web.terms import TENDERS
from .fees import FEE_KINDS


class LotTermsForm(WitnessedForm):
    terms_id = IdChoiceField(_l("The right terms"), [needed])
    reason = LineField(_l("Why are these the right ones?"), [needed, NOT_LONG])


class TenderFeeForm(Form):
    tender = ChoiceField(
        _l("Way of paying"), [chosen], choices=[(kind.value, TENDERS[kind.value]) for kind in FEE_KINDS]
    )
    rate_bp = PercentField(
        _l("The bank takes"), [chosen], description=_l("In per cent of each payment, like 0,5. Nothing is 0.")
    )
    starts = DayField(_l("From"), [needed], near="nearest")

"""settlement/terms_forms.py — the terms of a lot put right, and what the bank takes of a tender."""

from flask_babel import lazy_gettext as _l

from ..identity.forms import PersonField, SecondPersonForm, WitnessedForm
from ..producers.forms import TermsForm
from ..web.forms import (
    NOT_LONG,
    ChoiceField,
    DayField,
    IdChoiceField,
    LineField,
    PercentField,
    chosen,
    needed,
)
from ..web.terms import TENDERS
from .fees import FEE_KINDS


class DatedTermsForm(TermsForm, SecondPersonForm):
    """New terms; signed by a second person where they settle services that were sold without any."""

    login = PersonField(_l("Second person's name"))


class LotTermsForm(WitnessedForm):
    terms_id = IdChoiceField(_l("The right terms"), [needed])
    same_reason = ChoiceField(
        _l("Why was the disputed line put right?"),
        choices=[("", "–"), ("same", _l("for the same reason: that is taken back with this")), ("other", _l("for another reason: that stays"))],
        description=_l("Where only some were for the same reason: take those back in the account first."),
    )  # fmt: skip
    reason = LineField(_l("Why are these the right ones?"), [needed, NOT_LONG])


class TenderFeeForm(SecondPersonForm):
    tender = ChoiceField(
        _l("Way of paying"), [chosen], choices=[(kind.value, TENDERS[kind.value]) for kind in FEE_KINDS]
    )
    rate_bp = PercentField(
        _l("The bank takes"), [chosen], description=_l("In per cent of each payment, like 0,5. Nothing is 0.")
    )
    starts = DayField(_l("From"), [needed], near="nearest")
    login = PersonField(
        _l("Second person's name"), description=_l("Needed only where it begins before today.")
    )

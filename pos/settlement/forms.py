"""settlement/forms.py — drafts, entries, payouts, payout accounts, answers to disputes."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField, ValidationError
from wtforms.validators import Length

from ..identity.forms import PersonField, SecondPersonForm, WitnessedForm
from ..kernel.errors import Refused
from ..payments.banks import list_banks
from ..web.forms import NOT_LONG, ChoiceField, DayField, Form, LineField, VndField, chosen, needed
from ..web.settlement_terms import ROW_KINDS
from .deductions import DEDUCTIONS
from .disputes import LONGEST

_SIGNS = [("more", _l("the shop owes more")), ("less", _l("the shop owes less"))]
_NUMERIC = {"inputmode": "numeric"}


class DraftsForm(Form):
    ends = DayField(
        _l("Up to and including"),
        [needed],
        near="latest",
        description=_l("A day that is over: the end of last month, mostly."),
    )


class OverBalanceForm(SecondPersonForm):
    """A second person is asked for more than is owed alone."""

    login = PersonField(
        _l("Second person's name"), description=_l("Needed only where it is more than is owed.")
    )


class DeductionForm(OverBalanceForm):
    kind = ChoiceField(
        _l("For"), [chosen], choices=[(kind.value, ROW_KINDS[kind.value]) for kind in DEDUCTIONS]
    )
    amount = VndField(_l("Amount"), [needed], render_kw=_NUMERIC)
    reason = LineField(_l("Reason"), [needed, NOT_LONG])


class CorrectionForm(WitnessedForm):
    kind = ChoiceField(
        _l("What is it?"),
        [chosen],
        choices=[("correction", ROW_KINDS["correction"]), ("opening", ROW_KINDS["opening"])],
    )
    sign = ChoiceField(_l("It makes"), [chosen], choices=_SIGNS)
    amount = VndField(_l("Amount"), [needed], render_kw=_NUMERIC)
    reason = LineField(_l("Reason"), [needed, NOT_LONG])

    @property
    def signed_vnd(self) -> int:
        amount_vnd = int(self.amount.data or 0)
        return amount_vnd if self.sign.data == "more" else -amount_vnd


class ReverseForm(WitnessedForm):
    reason = LineField(_l("Reason"), [needed, NOT_LONG])


class PayoutAccountForm(WitnessedForm):
    """Who changes where money goes is never alone."""

    bank_bin = ChoiceField(_l("Bank"), [chosen])
    number = LineField(_l("Account number"), [needed], render_kw={**_NUMERIC, "autocomplete": "off"})
    holder = LineField(_l("Account holder"), [needed, NOT_LONG], render_kw={"autocomplete": "off"})
    reason = LineField(
        _l("How was it told?"),
        [needed],
        description=_l("For example: by the producer in person, with identity card."),
    )

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.bank_bin.choices = [("", "–"), *((bank.bin, bank.name) for bank in list_banks())]


class PayForm(OverBalanceForm):
    """Pay a producer."""

    way = ChoiceField(_l("How"), [chosen])
    amount = VndField(_l("Amount"), [needed], render_kw=_NUMERIC)
    is_advance = BooleanField(_l("It is an advance"))
    reason = LineField(_l("For"), [NOT_LONG], description=_l("Empty: the producer's name."))


class ResumeForm(WitnessedForm):
    reason = LineField(
        _l("What was looked through?"),
        [needed],
        description=_l("For example: slips and the bank's statement since the backup."),
    )


class AnswerForm(SecondPersonForm):
    text = TextAreaField(_l("Answer"), [needed, Length(max=LONGEST)])
    sign = ChoiceField(
        _l("Put it right"), choices=[("", _l("no correction")), *_SIGNS],
        description=_l("The statement stays as it is; the correction stands on the next one. A second person agrees."),
    )  # fmt: skip
    amount = VndField(_l("By so much"), render_kw=_NUMERIC)
    is_end = BooleanField(_l("This ends the dispute"))
    login = PersonField(_l("Second person's name"), description=_l("Needed for a correction alone."))

    @property
    def correction_vnd(self) -> int:
        """Signed; 0 for none."""
        return {"more": 1, "less": -1}.get(self.sign.data or "", 0) * int(self.amount.data or 0)

    def require_agreed(self) -> None:
        """Whatever else is wrong with the form, a correction says at once who else has to agree. Raises Refused, NotAllowed."""
        if (self.sign.data or self.amount.data) and self.second_person() is None:
            raise Refused.because("second_person_needed")

    def validate_amount(self, field: VndField) -> None:
        if self.sign.data and not field.data:
            raise ValidationError(_("Type by how much."))
        if field.data and not self.sign.data:
            raise ValidationError(_("Choose whether the shop owes more or less."))

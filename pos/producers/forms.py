"""producers/forms.py — a producer, and their terms."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, TextAreaField, ValidationError
from wtforms import Form as PlainForm

from ..web.deal_terms import BEARERS, PERIODS
from ..web.forms import (
    MOST,
    ChoiceField,
    DayField,
    Form,
    LineField,
    ManyChoices,
    PercentField,
    RowsField,
    TypedField,
    VndField,
    chosen,
    needed,
)
from ..web.terms import DEALS
from .models import Bearer, Cost, Deal, Period, ProducerTerms, TermsBand
from .terms import (
    HIGHEST_BAND_VND,
    MOST_BANDS,
    MOST_DAYS,
    OTHER_COSTS,
    PLAIN_PAYMENT,
    WHOLE_BP,
    Agreement,
    PaymentTerms,
)

_BEARERS = [(Bearer.PRODUCER.value, BEARERS["producer"]), (Bearer.SHOP.value, BEARERS["shop"])]
_SHOP_FIRST = _BEARERS[::-1]


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
    markdown_borne_by = ChoiceField(_l("Markdowns of a lot are borne by"), [chosen], choices=_BEARERS)

    def validate_commission_bp(self, field: PercentField) -> None:
        if self.deal.data == Deal.CONSIGNMENT and field.data is None and not field.process_errors:
            raise ValidationError(_("How much of each sale does the shop keep? Type a percentage like 15."))


AT_TERMS = {
    "commission_out_of_range": "commission_bp", "bands_odd": "bands", "least_payout_odd": "least_payout_vnd", "days_to_pay_odd": "days_to_pay",
}  # fmt: skip


class DaysField(TypedField):
    """A number of days, up to the most that terms may give to pay."""

    def read(self, typed: str) -> int:
        if not typed.isascii() or not typed.isdigit() or int(typed[:6]) > MOST_DAYS:
            raise ValueError(_("Type a number of days from 0 to %(most)s.", most=MOST_DAYS))
        return int(typed)


class BandForm(PlainForm):
    """Above so much of a month's sales the shop keeps another part. A row without anything is left out."""

    from_vnd = VndField(_l("Above, in đồng a month"))
    commission_bp = PercentField(_l("Commission there"))

    def validate_from_vnd(self, field: VndField) -> None:
        if field.process_errors:
            return
        if field.data is None and self.commission_bp.data is not None:
            raise ValidationError(_("From which sum on? Type it, or empty the percentage."))
        if field.data is not None and not 0 < field.data <= HIGHEST_BAND_VND:
            raise ValidationError(_("Type a sum above 0."))

    def validate_commission_bp(self, field: PercentField) -> None:
        if field.process_errors:
            return
        if field.data is None and self.from_vnd.data is not None:
            raise ValidationError(
                _("How much of it does the shop keep? Type a percentage, or empty the sum.")
            )
        if field.data is not None and not 0 <= field.data <= WHOLE_BP:
            raise ValidationError(_("A commission is from 0 to 100 %%."))


class FullDealForm(DealForm):
    """All that terms can say. What nobody chose is borne by the shop."""

    bands = RowsField(FormField(BandForm), min_entries=MOST_BANDS, max_entries=MOST_BANDS)
    discount_borne_by = ChoiceField(_l("Other discounts are borne by"), choices=_SHOP_FIRST)
    promotion_borne_by = ChoiceField(_l("Vouchers that the shop gives are borne by"), choices=_SHOP_FIRST)
    count_borne_by = ChoiceField(_l("What a count misses is borne by"), choices=_SHOP_FIRST)
    sample_borne_by = ChoiceField(_l("Tastings are borne by"), choices=_SHOP_FIRST)
    fee_borne_by = ChoiceField(_l("Bank's fees for card and transfer are borne by"), choices=_SHOP_FIRST)
    period = ChoiceField(
        _l("A statement"), choices=[(p.value, PERIODS[p]) for p in Period], default=PLAIN_PAYMENT.period.value
    )
    least_payout_vnd = VndField(
        _l("Paid out from, in đồng"), default=PLAIN_PAYMENT.least_vnd,
        description=_l("What is less waits for the next statement."),
    )  # fmt: skip
    days_to_pay = DaysField(
        _l("Days to pay"), default=PLAIN_PAYMENT.days, description=_l("After the statement is approved. Empty: 7.")
    )  # fmt: skip

    def validate_bands(self, bands: RowsField) -> None:
        """Each step begins above the one before: what doesn't is said at its own box."""
        last_vnd = 0
        for row in bands:
            from_vnd = row.form.from_vnd
            if from_vnd.data is None:
                continue
            if not from_vnd.errors and from_vnd.data <= last_vnd:
                from_vnd.errors = [_("Each step begins at a higher sum than the one before.")]
                raise ValidationError("")  # said at the row
            last_vnd = from_vnd.data

    def list_bands(self) -> list[tuple[int, int]]:
        """The rows that say something."""
        typed = [(row.form.from_vnd.data, row.form.commission_bp.data) for row in self.bands]
        return [(from_vnd, bp) for from_vnd, bp in typed if from_vnd is not None and bp is not None]

    def read_payment(self) -> PaymentTerms:
        period = Period(self.period.data) if self.period.data else PLAIN_PAYMENT.period
        days = PLAIN_PAYMENT.days if self.days_to_pay.data is None else self.days_to_pay.data
        return PaymentTerms(period, self.least_payout_vnd.data or 0, days)


class TermsForm(FullDealForm):
    starts = DayField(_l("From"), [needed], near="nearest")


class DealsForm(TermsForm):
    """One deal for several producers."""

    producer_ids = ManyChoices(_l("Agreed with"), coerce=int)


def read_agreement(form: Any, starts: date) -> Agreement:
    """What a form of a deal, short or full, says as terms from a day on."""
    agreed = Agreement(
        starts=starts, deal=Deal(form.deal.data), commission_bp=form.commission_bp.data or 0,
        spoilage_borne_by=Bearer(form.spoilage_borne_by.data), markdown_borne_by=Bearer(form.markdown_borne_by.data),
    )  # fmt: skip
    if isinstance(form, FullDealForm):
        bearers = {cost: form[f"{cost.value}_borne_by"].data for cost in OTHER_COSTS}
        agreed["other_costs"] = {cost: Bearer(bearer) for cost, bearer in bearers.items() if bearer}
        agreed["bands"], agreed["payment"] = form.list_bands(), form.read_payment()
    return agreed


def list_typed_terms(terms: ProducerTerms, bands: Sequence[TermsBand]) -> dict[str, Any]:
    """Terms as the boxes of a form for new ones, which mostly differ in little."""
    rows = [{"from_vnd": band.from_vnd, "commission_bp": band.commission_bp} for band in bands]
    bearers = {f"{cost.value}_borne_by": terms.find_bearer(cost).value for cost in Cost}
    is_consignment = terms.deal == Deal.CONSIGNMENT
    return {
        "deal": terms.deal, "commission_bp": terms.commission_bp if is_consignment else None, "bands": rows + [{}] * (MOST_BANDS - len(rows)),
        "period": terms.period or PLAIN_PAYMENT.period.value, "least_payout_vnd": terms.least_payout_vnd or 0,
        "days_to_pay": PLAIN_PAYMENT.days if terms.days_to_pay is None else terms.days_to_pay, **bearers,
    }  # fmt: skip

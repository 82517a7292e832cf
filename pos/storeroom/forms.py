"""storeroom/forms.py — a delivery, a move, a count of one lot."""

import re
import secrets
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Form as PlainForm
from wtforms import FormField, HiddenField, IntegerField, PasswordField
from wtforms.validators import NumberRange

from ..identity.forms import WitnessedForm
from ..stock.models import MoveKind
from ..web.forms import (
    ChoiceField,
    DayField,
    Form,
    IdChoiceField,
    LineField,
    QuantityField,
    RowsField,
    TenthsField,
    VndField,
    chosen,
    file_needed,
    needed,
)

MOST_LINES = 60


class LinesForm(Form):
    """A form with `lines`. More of them than it holds is said, never left out in silence."""

    lines: RowsField

    def one_more(self) -> None:
        if len(self.lines) < MOST_LINES:
            self.lines.append_entry()
        else:
            self.form_errors.append(_too_many())

    def validate(self, extra_validators: Any = None) -> bool:
        is_sound = bool(super().validate(extra_validators))
        numbers = {found.group(1) for name in request.form if (found := re.match(r"lines-(\d+)-", name))}
        if len(numbers) > MOST_LINES:
            self.form_errors.append(_too_many())
            return False
        return is_sound


def _too_many() -> str:
    return str(_("At most %(num)s lines at once: receive the rest as another delivery.", num=MOST_LINES))


class ArrivalForm(PlainForm):
    """One line of a delivery. A line without product is left out."""

    product_id = IdChoiceField(_l("Product"))
    lot_number = LineField(_l("Lot"))
    made_on = DayField(_l("Made on"), near="past")
    expires_on = DayField(_l("Best before"), month_ok=True, near="nearest")
    quantity_milli = QuantityField(_l("Quantity"))
    unit_cost_vnd = VndField(_l("Unit cost"))
    place_id = IdChoiceField(_l("To"))
    noted_milli = QuantityField(_l("On the note, if it is another"))
    sent_back = LineField(_l("Goes back because"))


class ApprovedForm(Form):
    """A form that a cashier may send too, with a manager's name and PIN. `once`: a double click is one act."""

    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    login = LineField(_l("Manager's name"), render_kw={"autocomplete": "off"})
    pin = PasswordField(_l("PIN"), render_kw={"inputmode": "numeric", "autocomplete": "off"})

    def without_approval(self) -> None:
        """A manager needs nobody's word."""
        del self.login
        del self.pin


class OriginForm(Form):
    """Where a producer's goods are made."""

    address = LineField(
        _l("Where are the goods made?"),
        [needed],
        description=_l("Village, commune: it becomes the origin of the lots, and the producer's address."),
    )


class ReceiveForm(ApprovedForm, LinesForm):
    delivery_note = LineField(_l("Delivery note no."), [needed])
    note_date = DayField(_l("Date of the note"), [needed], near="past")
    scan = FileField(
        _l("Photo or scan of the note"),
        render_kw={"accept": "application/pdf,image/*", "capture": "environment"},
    )
    lines = RowsField(FormField(ArrivalForm), min_entries=1, max_entries=MOST_LINES)
    second_login = LineField(
        _l("Second person's name"),
        description=_l("Alcohol is received by two."),
        render_kw={"autocomplete": "off"},
    )
    second_pin = PasswordField(_l("Their PIN"), render_kw={"inputmode": "numeric", "autocomplete": "off"})


class CheckForm(Form):
    name = LineField(_l("What is looked at"), [needed])
    group_code = ChoiceField(_l("For goods of"))
    least_tenths = TenthsField(_l("Not colder than"), description=_l("Only for a temperature."))
    most_tenths = TenthsField(_l("Not warmer than"))


class LabelsForm(Form):
    copies = IntegerField(_l("Labels a lot"), [NumberRange(1, 50)], default=1)


class ReverseForm(Form):
    why = LineField(_l("Why is it taken back?"), [needed])


class ScanForm(Form):
    scan = FileField(
        _l("Photo or scan of the note"),
        [file_needed],
        render_kw={"accept": "application/pdf,image/*", "capture": "environment"},
    )


class MoveForm(ApprovedForm):
    place_id = IdChoiceField(_l("From"), [chosen])
    to_id = IdChoiceField(_l("To"), [chosen])
    quantity_milli = QuantityField(_l("Quantity"), [chosen])


LEAVES_AS = (
    (MoveKind.WRITTEN_OFF.value, _l("spoiled or ended: written off")),
    (MoveKind.DESTROYED.value, _l("destroyed (recall, authority)")),
    (MoveKind.TO_PRODUCER.value, _l("given back to the producer")),
    (MoveKind.TASTED.value, _l("tasted, a sample")),
)


class WriteOffForm(WitnessedForm):
    place_id = IdChoiceField(_l("Place"), [chosen])
    kind = ChoiceField(_l("What happens to it"), [chosen], choices=LEAVES_AS)
    quantity_milli = QuantityField(_l("Quantity"), [chosen])
    reason = LineField(_l("Reason"), [needed])
    photo = FileField(_l("Photo"), render_kw={"accept": "image/*", "capture": "environment"})


class ExpiredForm(WitnessedForm):
    """What is written off in one go; which rows and how much of each are the page's own boxes."""

    kind = ChoiceField(_l("What happens to it"), [chosen], choices=LEAVES_AS)
    reason = LineField(_l("Reason"), [needed], default=lambda: _("past its date"))


class CountForm(WitnessedForm):
    place_id = IdChoiceField(_l("Place"), [chosen])
    counted_milli = QuantityField(_l("Counted"), [chosen])
    reason = LineField(_l("Reason"), [needed])


class SetsForm(Form):
    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    sets = IntegerField(_l("How many sets"), [NumberRange(1, 1000)])
    to_id = IdChoiceField(_l("To"), [chosen])


class TakeApartForm(Form):
    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    sets = IntegerField(_l("How many sets"), [NumberRange(1, 1000)])
    place_id = IdChoiceField(_l("From"), [chosen])
    to_id = IdChoiceField(_l("Components to"), [chosen])

"""cashbook/forms.py — what a manager types into the cash book."""

import secrets
from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField

from ..web.forms import NOT_LONG, ChoiceField, Form, LineField, VndField, chosen, needed

PHOTO = {"accept": "image/*,application/pdf"}


ORDER = ("from_place", "place", "to_place", "amount", "fee", "category", "reason", "person", "photo")


class DocumentForm(Form):
    """What each document has. `once`: a double click is one document."""

    def __iter__(self) -> Iterator[Any]:
        """From where to where first, then how much and for what."""
        fields = {field.name: field for field in super().__iter__()}
        ordered = [fields[name] for name in ORDER if name in fields]
        return iter([*ordered, *(field for field in fields.values() if field not in ordered)])

    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    amount = VndField(_l("Amount"), [needed], render_kw={"inputmode": "numeric"})


class NotedForm(DocumentForm):
    reason = LineField(_l("Reason"), [NOT_LONG])
    person = LineField(
        _l("Who paid or was paid"), [NOT_LONG], description=_l("Can be erased later; the journal never has it."),
        render_kw={"list": "persons", "autocomplete": "off"},
    )  # fmt: skip
    photo = FileField(_l("Photo of the paper"), render_kw=PHOTO)


class ReceiptForm(NotedForm):
    place = ChoiceField(_l("Comes into"), [chosen])
    category = ChoiceField(_l("For"), [chosen])


class PaymentForm(NotedForm):
    place = ChoiceField(_l("Goes out of"), [chosen])
    category = ChoiceField(_l("For"), [chosen])


class MoveForm(NotedForm):
    from_place = ChoiceField(_l("From"), [chosen])
    to_place = ChoiceField(_l("To"), [chosen])


class OpeningForm(DocumentForm):
    amount = VndField(
        _l("In it today"), [chosen], description=_l("Count the safe; of the account, what the bank shows now."),
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip
    place = ChoiceField(_l("Held in"), [chosen])


class CardForm(NotedForm):
    amount = VndField(
        _l("Came into the account (after the fee)"), [needed], render_kw={"inputmode": "numeric"}
    )
    fee = VndField(
        _l("Fee kept by the bank"), description=_l("Empty: none."), render_kw={"inputmode": "numeric"}
    )


class NoteForm(Form):
    person = LineField(
        _l("Who paid or was paid"), [NOT_LONG], render_kw={"list": "persons", "autocomplete": "off"}
    )
    photo = FileField(_l("Photo of the paper"), render_kw=PHOTO)

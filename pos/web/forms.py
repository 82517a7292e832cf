"""web/forms.py — fields that read what people type: đồng, quantities, days. Errors stand at the field."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from ..kernel.errors import ShopError
from ..kernel.formats import format_day, format_percent, format_thousandths, format_vnd
from ..kernel.parsers import (
    can_be_two_quantities,
    is_no_such_day,
    read_day,
    read_latest_day,
    read_nearest_day,
    read_percent_bp,
    read_quantity,
    read_tenths,
    read_vnd,
)
from ..kernel.text import normalize_text
from .context import current_day
from .kept_uploads import FileNeeded, keep_uploads
from .numbers import parse_row_id
from .reasons import render_reason


class Needed(DataRequired):
    """Something must stand in the box. What stands there and can't be read is said to be that, not to be missing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.process_errors:
            raise StopValidation
        super().__call__(form, field)


class Chosen(InputRequired):
    """As `Needed`, for boxes in which 0 is something. Spaces are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.process_errors:
            raise StopValidation
        super().__call__(form, field)
        if field.data is None:
            raise StopValidation(str(self.message))


needed = Needed(_l("This is needed."))
chosen = Chosen(_l("This is needed."))
file_needed = FileNeeded(_l("This is needed."))
MOST = Length(max=20_000, message=_l("This is too long."))


class Form(FlaskForm):
    """A form of the shop: keeps what was typed, and can carry a refusal of the use case to its field.

    `sections`: of a long form, each title with its fields' names; a page shows the first one open.
    """

    sections: tuple[tuple[Any, tuple[str, ...]], ...] = ()

    def has_errors(self, names: Iterable[str]) -> bool:
        """Is anything wrong in one of these fields? Their section is open then."""
        return any(self._fields[name].errors for name in names)

    def refuse(self, error: ShopError, places: Mapping[str, str] | None = None) -> None:
        """Show the reasons: at the field that `places` names for a code, else above the form."""
        for reason in error.reasons:
            words = render_reason(reason)
            text = f"{words.sentence} {words.remedy}".strip()
            field = self._fields.get((places or {}).get(reason.code, ""))
            if field is None:
                self.form_errors.append(text)
            else:
                field.errors = [*field.errors, text]


NOT_LONG = Length(max=200, message=_l("This is too long."))  # a line of a paper: a reason, a name


class LineField(StringField):
    """One line of text, tidied."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = normalize_text(valuelist[0]) if valuelist else ""


class TypedField(Field):
    """A field whose text is parsed; what can't be parsed stays as it was typed, with what to do."""

    widget = TextInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._typed: str | None = None

    def _value(self) -> str:
        if self._typed is not None:
            return self._typed
        return "" if self.data is None else self.shown(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self._typed = normalize_text(valuelist[0]) if valuelist else ""
        self.data = None
        if self._typed:
            self.data = self.read(self._typed)

    def shown(self, value: Any) -> str:
        return str(value)

    def read(self, typed: str) -> Any:
        raise NotImplementedError


class VndField(TypedField):
    """Đồng as people write them: 45000, 45.000, 45 000 đ."""

    def shown(self, value: int) -> str:
        return format_vnd(value, sign=False)

    def read(self, typed: str) -> int:
        value = read_vnd(typed)
        if value is None:
            raise ValueError(_("Type a whole number of đồng, like 45.000."))
        return value


class QuantityField(TypedField):
    """Pieces or kilograms, as thousandths: 3, 0,45, 1,250."""

    def shown(self, value: int) -> str:
        return format_thousandths(value)

    def read(self, typed: str) -> int:
        if can_be_two_quantities(typed):
            raise ValueError(_("“%(typed)s” can be one thousand or one. Type 1000, or 1.", typed=typed))
        value = read_quantity(typed)
        if value is None:
            raise ValueError(_("Type a number like 3 or 0,450."))
        return value


class TenthsField(TypedField):
    """Degrees Celsius as people write them: 4, -18, 3,5; kept as tenths."""

    def shown(self, value: int) -> str:
        whole, rest = divmod(abs(value), 10)
        return f"{'-' if value < 0 else ''}{whole}" + (f",{rest}" if rest else "")

    def read(self, typed: str) -> int:
        value = read_tenths(typed)
        if value is None:
            raise ValueError(_("Type degrees like 4 or -18,5."))
        return value


def explain_odd_day(typed: str) -> str:
    """What is wrong with a day that can't be read: no calendar has it, or it is written otherwise."""
    if is_no_such_day(typed):
        return str(_("There is no day %(typed)s.", typed=typed))
    return str(_("Type a day like 24/11/2026."))


class DayField(TypedField):
    """A day as dd/mm/yyyy; `mm/yyyy` is the last day of that month where `month_ok` says so.

    `near`: what a day without a year means, the latest ("past") or the nearest ("nearest"); "" where it needs its year.
    The page writes out what is meant as soon as the box is left (`static/days.js`).
    """

    def __init__(self, *args: Any, month_ok: bool = False, near: str = "", **kwargs: Any) -> None:
        kwargs["render_kw"] = {"data-day": near, "data-month": "1" if month_ok else ""} | kwargs.get("render_kw", {})  # fmt: skip
        super().__init__(*args, **kwargs)
        self.month_ok, self.near = month_ok, near

    def _value(self) -> str:
        """Written out wherever it could be read, so that whoever typed 20/11 sees which year is meant."""
        return super()._value() if self.data is None else self.shown(self.data)

    def shown(self, value: date) -> str:
        return format_day(value)

    def read(self, typed: str) -> date:
        value = read_typed_day(typed, near=self.near, month_ok=self.month_ok)
        if value is None:
            raise ValueError(explain_odd_day(typed))
        return value


def read_typed_day(typed: str, *, near: str, month_ok: bool) -> date | None:
    """The day that a box of this kind means; None for what is no day."""
    if near == "past":
        return read_latest_day(typed, current_day())
    if near == "nearest":
        return read_nearest_day(typed, current_day(), month_ok=month_ok)
    return read_day(typed, month_ok=month_ok)


class PercentField(TypedField):
    """A percentage as basis points: 12,5 is 1250."""

    def shown(self, value: int) -> str:
        return format_percent(value)

    def read(self, typed: str) -> int:
        value = read_percent_bp(typed)
        if value is None:
            raise ValueError(_("Type a percentage like 15 or 12,5."))
        return value


class ChoiceField(SelectField):
    """One of a few; the empty choice is None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist and valuelist[0] else None

    def pre_validate(self, form: Any) -> None:
        if self.data is None:
            return
        if str(self.data) not in {str(value) for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Choose one of these."))


class RowsField(FieldList):
    """Rows of the same fields, numbered in the names of their fields ("lines-2-quantity"); odd numbers are no rows of it."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterable[int]:
        for name in formdata:
            number = name.removeprefix(f"{prefix}-").partition("-")[0]
            if name.startswith(f"{prefix}-") and re.fullmatch("[0-9]{1,4}", number):
                yield int(number)


class ManyChoices(SelectMultipleField):
    """Boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def read_id(value: Any) -> int | None:
    """None for nothing chosen. Raises ValueError for what no row's key can be."""
    if value is None or str(value).strip() in {"", "None"}:
        return None
    try:
        return parse_row_id(str(value))
    except ValueError:
        raise ValueError(_("Choose one of these.")) from None


class IdChoiceField(ChoiceField):
    """One row of a table, by its id; the empty choice is None. What was chosen stays chosen when a form comes back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, coerce=read_id, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any = read_id(valuelist[0]) if valuelist else None


def choose_from(field: Any, choices: list[tuple[str, str]]) -> None:
    """Offer these in a field that was made before they were known."""
    field.choices = choices


def keep_files(form: Any) -> None:
    """Keep the form's files for its next try; what is wrong with one is said at its box."""
    for box, fault in keep_uploads().items():
        if box in form and not form[box].errors:
            form[box].errors = [fault]


def answer_form(
    form: Any,
    save: Callable[[], ResponseReturnValue],
    places: Mapping[str, str],
    check: Callable[[], object] | None = None,
) -> ResponseReturnValue | None:
    """The answer to a form that was sent and saved; None where its page is to be shown: not sent, mistyped or refused.

    `save` writes in one unit of work and answers, mostly by a message and another page. What it refuses is said at its
    field: `places` names the field of a reason's code. `check` raises all else that is wrong with a form of which a box
    can't be read, so that it is said at once.
    """
    if not form.is_submitted():
        return None
    try:
        if form.validate():
            return save()
        if check is not None:
            check()
    except ShopError as no:
        form.refuse(no, places)
    keep_files(form)
    return None

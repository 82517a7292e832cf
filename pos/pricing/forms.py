"""pricing/forms.py — many prices in one go."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from ..web.forms import (
    MOST,
    ChoiceField,
    DayField,
    Form,
    IdChoiceField,
    LineField,
    PercentField,
    chosen,
    needed,
)


class BulkForm(Form):
    direction = ChoiceField(_l("Prices"), choices=[("up", _l("rise by")), ("down", _l("fall by"))])
    percent_bp = PercentField(_l("Per cent"))
    step_vnd = ChoiceField(
        _l("Rounded to"), choices=[("500", "500 ₫"), ("1000", "1.000 ₫"), ("5000", "5.000 ₫")]
    )
    group_code = ChoiceField(_l("Group"))
    producer_id = IdChoiceField(_l("Producer"))
    typed = TextAreaField(
        _l("Or a list"), [MOST], description=_l("One a line: the product's number or barcode, then the price. Pasted from a sheet."),
        render_kw={"rows": 4},
    )  # fmt: skip
    starts = DayField(_l("From"), [needed], near="nearest")
    note = LineField(_l("Why"), description=_l("Stays with the change."))


class MarkdownForm(Form):
    rate_bp = PercentField(_l("Less by, per cent (0 ends it)"), [chosen])
    reason = LineField(_l("Why it is cheaper"))

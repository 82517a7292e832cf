"""house/forms.py — a cooler, a reading, a complaint."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from ..web.forms import MOST, Form, IdChoice, Line, TypedField, chosen, needed


class TenthsField(TypedField):
    """Degrees Celsius as people write them: 4, -18, 3,5; kept as tenths."""

    def shown(self, value: int) -> str:
        whole, rest = divmod(abs(value), 10)
        return f"{'-' if value < 0 else ''}{whole}" + (f",{rest}" if rest else "")

    def read(self, typed: str) -> int:
        sign = -1 if typed.startswith(("-", "−")) else 1
        whole, _comma, rest = typed.lstrip("-−").replace(".", ",").removesuffix("°C").strip().partition(",")
        if not whole.isdigit() or (rest and not (rest.isdigit() and len(rest) == 1)) or len(whole) > 3:
            raise ValueError(_("Type degrees like 4 or -18,5."))
        return sign * (int(whole) * 10 + int(rest or 0))


class CoolerForm(Form):
    name = Line(_l("Name"), [needed])
    least_tenths = TenthsField(_l("Not colder than"), [chosen])
    most_tenths = TenthsField(_l("Not warmer than"), [chosen])


class ReadingForm(Form):
    cooler_id = IdChoice(_l("Cooler"), [chosen])
    tenths = TenthsField(_l("Degrees °C"), [chosen])
    done = Line(_l("If out of its limits: what was done"))


class ComplaintForm(Form):
    about = Line(_l("About"), description=_l("Product, lot or slip number."))
    said = TextAreaField(_l("What the buyer says"), [needed, MOST])
    contact = Line(_l("How to reach the buyer"), description=_l("Only with their consent; may stay empty."))


class AnswerForm(Form):
    answer = TextAreaField(_l("Answer"), [needed, MOST])

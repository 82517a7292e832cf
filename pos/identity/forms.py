"""identity/forms.py — signing in, and people."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField
from wtforms.validators import EqualTo

from ..kernel.actor import Role
from ..web.forms import Choice, Form, IdChoice, Line, chosen, needed


class SignInForm(Form):
    login = Line(_l("Name"), [needed], render_kw={"autocomplete": "username"})
    pin = PasswordField(
        _l("PIN"), [needed], render_kw={"inputmode": "numeric", "autocomplete": "current-password"}
    )
    station = Choice(_l("Till"))
    next = HiddenField()


class PersonForm(Form):
    name = Line(_l("Name"), [needed])
    login = Line(_l("Name to sign in"), description=_l("Empty: made from the name."))
    role = Choice(
        _l("Role"),
        [chosen],
        choices=[
            (Role.CASHIER.value, _l("cashier")),
            (Role.MANAGER.value, _l("manager")),
            (Role.PRODUCER.value, _l("producer")),
            (Role.VIEWER.value, _l("viewer")),
        ],
    )
    producer_id = IdChoice(_l("Producer"), description=_l("Only for a producer's people."))


class OwnPinForm(Form):
    old = PasswordField(
        _l("PIN so far"), [needed], render_kw={"inputmode": "numeric", "autocomplete": "current-password"}
    )
    new = PasswordField(
        _l("New PIN"), [needed], description=_l("6 to 12 figures, not counted up and not one repeated."),
        render_kw={"inputmode": "numeric", "autocomplete": "new-password"},
    )  # fmt: skip
    again = PasswordField(
        _l("New PIN once more"), [needed, EqualTo("new", _l("The two are not the same."))],
        render_kw={"inputmode": "numeric", "autocomplete": "new-password"},
    )  # fmt: skip

"""identity/forms.py — signing in, people, and what a second person signs."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from flask import flash
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import HiddenField, PasswordField
from wtforms.validators import EqualTo, Length
from wtforms.widgets import html_params

from ..kernel.actor import Approval, Role
from ..kernel.database import open_reading
from ..kernel.formats import format_day
from ..web.context import current_time
from ..web.forms import ChoiceField, Form, IdChoiceField, LineField, chosen, needed
from ..web.notices import warn
from ..web.rights import current_actor
from .approvals import verify_approval
from .attempt_origin import find_attempt_origin
from .people import list_active_persons
from .second_person import WITNESSES


class SignInForm(Form):
    login = LineField(_l("Name"), [needed], render_kw={"autocomplete": "username"})
    pin = PasswordField(
        _l("PIN"), [needed], render_kw={"inputmode": "numeric", "autocomplete": "current-password"}
    )
    station = ChoiceField(_l("Till"))
    next = HiddenField()


class PersonForm(Form):
    name = LineField(_l("Name"), [needed])
    login = LineField(_l("Name to sign in"), description=_l("Empty: made from the name."))
    role = ChoiceField(
        _l("Role"),
        [chosen],
        choices=[
            (Role.CASHIER.value, _l("cashier")),
            (Role.MANAGER.value, _l("manager")),
            (Role.PRODUCER.value, _l("producer")),
            (Role.VIEWER.value, _l("viewer")),
        ],
    )
    producer_id = IdChoiceField(_l("Producer"), description=_l("Only for a producer's people."))


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


class InvitationForm(Form):
    told = PasswordField(
        _l("PIN that the shop told you"), [needed], render_kw={"inputmode": "numeric", "autocomplete": "one-time-code"}
    )  # fmt: skip
    name = LineField(_l("Your name"), [needed, Length(max=80)], render_kw={"autocomplete": "name"})
    new = PasswordField(
        _l("A PIN of your own"), [needed], description=_l("6 to 12 figures, not counted up and not one repeated."),
        render_kw={"inputmode": "numeric", "autocomplete": "new-password"},
    )  # fmt: skip
    again = PasswordField(
        _l("The same PIN once more"), [needed, EqualTo("new", _l("The two are not the same."))],
        render_kw={"inputmode": "numeric", "autocomplete": "new-password"},
    )  # fmt: skip


AT_PIN = {"pin_wrong": "pin", "pin_shut": "pin", "not_a_manager": "login"}
AT_SECOND_PERSON = {"second_person_needed": "login", "second_person_new": "login", **AT_PIN}


def pending_change_message(due_on: date) -> str:
    """What somebody reads who changed such facts alone."""
    text = _(
        "Nobody else could agree today: the change waits until %(day)s and is on the first page until then.",
        day=format_day(due_on),
    )
    return str(text)


def tell_saved(waits_until: date | None) -> None:
    """Say that it is saved; or, as a warning, until when the change waits."""
    if waits_until is not None:
        warn(pending_change_message(waits_until))
    else:
        flash(_("Saved."))


def verify_form_approval(login: str, pin: str, reason: str, roles: frozenset[Role] = WITNESSES) -> Approval:
    """The word of somebody of these roles by name and PIN. Raises NotAllowed (`pin_wrong`)."""
    return verify_approval(
        roles,
        login,
        pin,
        reason,
        asker=find_attempt_origin(),
        station=current_actor().station,
        at=current_time(),
    )


class PersonChoice:
    """A `PersonField` as a list to choose from."""

    OPTION, CHOSEN = (
        Markup('<option value="{}">{}</option>'),
        Markup('<option value="{}" selected>{}</option>'),
    )

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        options = Markup("").join(
            (self.CHOSEN if is_chosen else self.OPTION).format(login, name)
            for login, name, is_chosen in field.list_signers()
        )
        named = html_params(name=field.name, id=attributes.pop("id", field.id), **attributes)
        return Markup("<select {}>{}</select>").format(Markup(named), options)  # noqa: S704  html_params escapes


class PersonField(LineField):
    """The name of whoever signs by PIN, chosen among those who may; a name that is none of theirs stays as it was sent."""

    widget = PersonChoice()

    def list_signers(self) -> list[tuple[str, str, bool]]:
        """The login and name of each who may be chosen, and whether they are."""
        with open_reading() as session:
            people = list_active_persons(session, WITNESSES)
        others = [person for person in people if person.id != current_actor().person_id]
        names = {person.login: person.name for person in others or people}  # whoever is alone signs alone
        wanted = self.data or (next(iter(names)) if len(names) == 1 and self.flags.required else "")
        names = {"": "–", **names} | ({} if wanted in names else {wanted: wanted or "–"})
        return [(login, name, login == wanted) for login, name in names.items()]


def _put_signature_last(fields: Iterable[Any]) -> Iterator[Any]:
    """The name, then the PIN, also where a form has a name of its own."""
    return iter(sorted(fields, key=lambda field: {"login": 1, "pin": 2}.get(field.name, 0)))


class SecondPersonForm(Form):
    """A form that a second person signs where what it changes was on the floor already."""

    login = PersonField(
        _l("Second person's name"),
        description=_l(
            "Needed where the goods were on a shelf or sold. Their account and PIN must be older than a week."
        ),
    )
    pin = PasswordField(_l("Their PIN"), render_kw={"inputmode": "numeric", "autocomplete": "off"})

    def __iter__(self) -> Iterator[Any]:
        """What is changed first, who agrees last."""
        return _put_signature_last(super().__iter__())

    def second_person(self) -> Approval | None:
        """Whoever else agreed; None where nobody signed. Raises NotAllowed (`pin_wrong`)."""
        if not self.login.data:
            return None
        return verify_form_approval(str(self.login.data), str(self.pin.data), "")


class ClockForm(SecondPersonForm):
    """That the computer's date is right: signed by a second person where there is one."""


class WitnessedForm(Form):
    """A form that a second person signs, too. `once`: a double click is one act."""

    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    login = PersonField(_l("Second person's name"), [needed])
    pin = PasswordField(_l("Their PIN"), [needed], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    reason: LineField

    def __iter__(self) -> Iterator[Any]:
        """What happened first, who saw it last."""
        return _put_signature_last(super().__iter__())

    def second_person(self) -> Approval:
        """Whoever else saw it: a cashier may witness where there is one manager. Raises NotAllowed (`pin_wrong`)."""
        return verify_form_approval(str(self.login.data), str(self.pin.data), str(self.reason.data))

"""identity/views.py — sign in and out, lock, switch the language, people."""

import logging
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError

from ..journal.record import find_time_ahead
from ..kernel.actor import Actor, Role
from ..kernel.database import db, open_reading, unit_of_work
from ..kernel.errors import NotAllowed
from ..producers.names import list_producer_choices
from ..shop.models import get_shop
from ..web.context import current_config, current_time
from ..web.forms import answer_form
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.pages import LANGUAGES, wants_fragment
from ..web.reasons import render_reason
from ..web.refused_forms import returns_to
from ..web.rights import current_actor, open_to_strangers, requires_role
from . import sign_in as signing
from .attempt_origin import IN_SHOP, PinAttemptOrigin, current_guesses, find_attempt_origin, remember_device
from .forms import OwnPinForm, PersonForm, SignInForm
from .idle import BACKGROUND, BACKGROUND_FRAGMENTS, ActivityTimes
from .models import SignIn
from .new_pins import acknowledge_new_pin, get_new_pin, keep_new_pin, list_new_pins, move_new_pins
from .people import (
    add_inspector,
    add_person,
    change_own_pin,
    get_person,
    list_active_persons,
    list_persons,
    reset_pin,
    set_active,
)
from .second_person import WITNESSES
from .sign_in import COOKIE_KEY

blueprint = Blueprint("identity", __name__)
CUSTOMER_DISPLAY = "customer_display"  # the buyer's screen, in a second window of a till that may be locked
log = logging.getLogger(__name__)
_LANDING = {
    Role.CASHIER: "till.page",
    Role.MANAGER: "reports.home",
    Role.PRODUCER: "portal.home",
    Role.VIEWER: "inspection.show",
}


def landing(role: Role) -> str:
    """The endpoint where a person of this role begins."""
    return _LANDING[role]


def load_actor() -> None:
    """Before each request: who is it? Sets `g.actor` (None: a stranger) and `g.locked`."""
    g.actor, g.locked, g.cashiers_receive = None, False, _is_never
    g.default_language = current_config().till.language
    token = session.get(COOKIE_KEY)
    if not token or request.endpoint == "static":
        return
    with open_reading() as books:
        found = signing.find_sign_in(books, token, at=current_time())
    if not found:
        return
    person, sign_in = found
    g.actor, g.locked, g.sign_in = person.actor(sign_in.station), sign_in.locked, sign_in.token_hash
    if g.actor.role is Role.CASHIER:
        # Asked by few pages, and then once: a sale doesn't wait for it.
        g.cashiers_receive = cache(_is_allowed_by_policy)
    if not g.locked and g.actor.role in IN_SHOP:
        _lock_if_idle(token, sign_in)


def _lock_if_idle(token: str, sign_in: SignIn) -> None:
    """A till or desk that was left alone shows nothing more, whatever its page does by itself."""
    if _last_seen().is_idle(sign_in, timedelta(minutes=current_config().till.lock_after_minutes)):
        with unit_of_work() as books:
            signing.lock_sign_in(books, token, at=current_time())
        _last_seen().forget(sign_in.token_hash)
        g.locked = True
    elif not _is_background():
        _last_seen().note(sign_in.token_hash)
        g.seen = sign_in.token_hash


def _is_background() -> bool:
    endpoint = str(request.endpoint)
    return endpoint in BACKGROUND or (endpoint in BACKGROUND_FRAGMENTS and wants_fragment())


def _last_seen() -> ActivityTimes:
    found: ActivityTimes = current_app.extensions["ocop_last_seen"]
    return found


def keep_presence(response: Response) -> Response:
    """After each request: once a minute, and only when the answer is out, the sign-in's row says that it is in use."""
    if presence := g.get("seen"):
        keeper, engine, at = _last_seen(), db.engine, current_time()

        def write() -> None:
            try:
                keeper.write(engine, presence, at)
            except SQLAlchemyError:  # the next act tries again; nobody waits for this
                log.exception("when a sign-in was used last could not be written")

        response.call_on_close(write)
    return response


def _is_never() -> bool:
    return False


def _is_allowed_by_policy() -> bool:
    with open_reading() as books:
        return get_shop(books).cashiers_receive


def hold_locked() -> ResponseReturnValue | None:
    """Before each request: a locked screen shows nothing but the PIN."""
    open_to_all = request.endpoint in {
        "identity.sign_in",
        "identity.sign_out",
        "identity.set_language",
        "static",
    }
    if not g.locked or open_to_all or request.blueprint == CUSTOMER_DISPLAY:
        return None
    address = url_for("identity.sign_in", next=url_for("till.page"))
    if request.headers.get("HX-Request"):
        return Response(status=200, headers={"HX-Redirect": address})
    return redirect(address)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@open_to_strangers
def sign_in() -> ResponseReturnValue:
    form: Any = SignInForm()
    form.station.choices = [(station.name, station.name) for station in current_config().stations]
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        form.station.data = session.get("station") or current_config().stations[0].name
    status = 200
    if form.validate_on_submit():
        station = form.station.data or current_config().stations[0].name
        only = Role.PRODUCER if g.get("public_door") else None
        person = signing.try_pin(
            form.login.data, form.pin.data, asker=_sign_in_origin(), at=current_time(), only=only
        )
        if person is not None:
            return begin_sign_in(person, station, own_address(form.next.data))
        wrong = render_reason(
            signing.explain_wrong_pin(form.login.data, asker=_sign_in_origin(), at=current_time(), only=only)
        )
        form.form_errors.append(f"{wrong.sentence} {wrong.remedy}")
        status = 422
    with open_reading() as books:
        known = [] if g.get("public_door") else list_active_persons(books, WITNESSES)
    return render_template("identity/sign_in.html", form=form, known=known), status


def _sign_in_origin() -> PinAttemptOrigin:
    """Who signs in goes by the device, not by whoever is signed in on it still."""
    return replace(find_attempt_origin(), signed_in=None)


def begin_sign_in(person: Actor, station: str, wanted: str | None) -> ResponseReturnValue:
    """A new sign-in in this browser, and on to the page that was wanted; to the clock, where it stands before the books."""
    with unit_of_work() as books:
        token = signing.start_sign_in(
            books, get_person(books, person.person_id or 0), station, at=current_time()
        )
        is_behind = find_time_ahead(books, current_time()) is not None
    _last_seen().note(signing.hash_token(token), is_written=True)
    kept_language = session.get("language")
    session.clear()
    session.permanent = True
    session.update({COOKIE_KEY: token, "station": station})
    if kept_language:
        session["language"] = kept_language
    if is_behind and person.role in IN_SHOP:
        wanted = url_for("identity.show_clock")
    answer = current_app.make_response(redirect(wanted or url_for(landing(person.role))))
    remember_device(answer, person)
    return answer


@blueprint.get("/still-here")
@requires_role()
def note_presence() -> ResponseReturnValue:
    """The page says that somebody types or touches, which by itself asks nothing of the server: no lock meanwhile."""
    return "", 204


def own_address(address: str | None) -> str | None:
    """A path of this application, or None: never an address elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None


@blueprint.post("/sign-out")
@open_to_strangers
def sign_out() -> ResponseReturnValue:
    if token := session.get(COOKIE_KEY):
        with unit_of_work() as books:
            signing.end_sign_in(books, token, at=current_time())
    session.pop(COOKIE_KEY, None)
    return redirect(url_for("identity.sign_in"))


@blueprint.post("/lock")
@requires_role(Role.CASHIER, Role.MANAGER)
def lock() -> ResponseReturnValue:
    with unit_of_work() as books:
        signing.lock_sign_in(books, session[COOKIE_KEY], at=current_time())
    address = url_for("identity.sign_in", next=url_for("till.page"))
    return (
        Response(status=200, headers={"HX-Redirect": address})
        if request.headers.get("HX-Request")
        else redirect(address)
    )


@blueprint.post("/language/<code>")
@open_to_strangers
def set_language(code: str) -> ResponseReturnValue:
    if code in LANGUAGES:
        session["language"] = code
    return redirect(own_address(request.form.get("next")) or "/")


@blueprint.get("/people")
@requires_role(Role.MANAGER)
def list_people() -> ResponseReturnValue:
    with open_reading() as books:
        return render_template("identity/people.html", people=list_persons(books), new_pins=list_new_pins())


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def new_person() -> ResponseReturnValue:
    form: Any = PersonForm()
    with open_reading() as books:
        form.producer_id.choices = [("", ""), *list_producer_choices(books)]

    def save() -> ResponseReturnValue:
        with unit_of_work() as books:
            person, pin = add_person(
                books, form.name.data, Role(form.role.data), login=form.login.data,
                producer_id=form.producer_id.data, by=current_actor(), at=current_time(),
            )  # fmt: skip
        keep_new_pin(person.name, person.login, pin)
        return redirect(url_for("identity.list_people"))

    if (
        answer := answer_form(form, save, {"login_taken": "login", "producer_missing": "producer_id"})
    ) is not None:
        return answer
    return render_template(
        "form.html", form=form, title=_("New person"), back=url_for("identity.list_people")
    )


@blueprint.post("/people/<int:person_id>/pin")
@requires_role(Role.MANAGER)
def new_pin(person_id: int) -> ResponseReturnValue:
    with unit_of_work() as books:
        person = get_person(books, person_id)
        pin = reset_pin(books, person, by=current_actor(), at=current_time())
        if (
            person.id == current_actor().person_id
        ):  # who makes their own anew stays signed in: how else would they read it?
            old_token = session[COOKIE_KEY]
            session[COOKIE_KEY] = signing.start_sign_in(
                books, person, current_actor().station, at=current_time()
            )
            move_new_pins(old_token)
    current_guesses().forget(person.login)
    keep_new_pin(person.name, person.login, pin)
    return redirect(url_for("identity.list_people"))


@blueprint.post("/people/pin-written-down")
@requires_role(Role.MANAGER)
def acknowledge_pin() -> ResponseReturnValue:
    """A new PIN is written down: it is shown no more. Back to the page that showed it."""
    acknowledge_new_pin(request.form.get("login", ""))
    return redirect(own_address(request.form.get("next")) or url_for("identity.list_people"))


@blueprint.get("/people/pin-slip/<login>")
@requires_role(Role.MANAGER)
def show_pin_slip(login: str) -> ResponseReturnValue:
    """A page to be printed and handed over: name, how to sign in, PIN. It passes through no print queue."""
    new_pin, sign_in_address = get_new_pin(login), url_for("identity.sign_in", _external=True)
    return render_template("identity/pin_slip.html", new_pin=new_pin, sign_in_address=sign_in_address)


@blueprint.post("/people/<int:person_id>/active/<int:active>")
@requires_role(Role.MANAGER)
@returns_to("identity.list_people", "leave")
def activate(person_id: int, active: int) -> ResponseReturnValue:
    with unit_of_work() as books:
        set_active(books, get_person(books, person_id), bool(active), by=current_actor(), at=current_time())
    flash(_("Saved."))
    return redirect(url_for("identity.list_people"))


@blueprint.post("/people/inspector")
@requires_role(Role.MANAGER)
def new_inspector() -> ResponseReturnValue:
    """A read-only sign-in for an inspection, good until the end of today."""
    with unit_of_work() as books:
        person, pin = add_inspector(books, by=current_actor(), at=current_time())
    keep_new_pin(person.name, person.login, pin)
    return redirect(url_for("identity.list_people"))


@blueprint.route("/my-pin", methods=["GET", "POST"])
@requires_role()
def own_pin() -> ResponseReturnValue:
    """Everyone changes their own PIN."""
    form: Any = OwnPinForm()

    def save() -> ResponseReturnValue:
        _change_own_pin(form.old.data, form.new.data)
        flash(_("Your PIN is changed."))
        return redirect(url_for(landing(current_actor().role)))

    if (
        answer := answer_form(form, save, {"pin_wrong": "old", "pin_shut": "old", "pin_weak": "new"})
    ) is not None:
        return answer
    with open_reading() as books:
        login = get_person(books, current_actor().person_id or 0).login
    return render_template(
        "identity/own_pin.html", form=form, back=url_for(landing(current_actor().role)), login=login
    )


def _change_own_pin(old: str, new: str) -> None:
    with open_reading() as books:
        login = get_person(books, current_actor().person_id or 0).login
    origin = find_attempt_origin()
    if signing.try_pin(login, old, asker=origin, at=current_time()) is None:
        raise NotAllowed(signing.explain_wrong_pin(login, asker=origin, at=current_time()))
    with unit_of_work() as books:
        person = get_person(books, current_actor().person_id or 0)
        change_own_pin(books, person, new, by=current_actor(), at=current_time())
        session[COOKIE_KEY] = signing.start_sign_in(books, person, current_actor().station, at=current_time())
    current_guesses().forget(login)


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    from . import clock_views, invitation_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    app.register_blueprint(invitation_views.invitation)
    add_to_menu(
        app,
        MenuEntry("identity.list_people", _l("People"), "user", MANAGER, MenuGroup.SHOP, 2),
        parents={"identity.own_pin": "", "identity.list_people_of_producer": "producers.list_producers", "identity.show_clock": "journal.list_rows", "identity.confirm_clock": "journal.list_rows"},
    )  # fmt: skip

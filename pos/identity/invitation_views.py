"""identity/invitation_views.py — a producer's people: invited by a QR code and a PIN, and let go; and the page behind that code."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..lan.phone_address import PhoneFault, find_phone_address, find_phone_fault
from ..producers.terms import get_producer
from ..shop.models import get_shop
from ..web.address_code import draw_address_code
from ..web.context import current_config, current_time
from ..web.forms import answer_form
from ..web.rights import current_actor, current_sign_in, open_to_strangers, requires_role
from .attempt_origin import current_guesses
from .forms import InvitationForm
from .invitations import (
    NewInvitation,
    accept_invitation,
    get_invitation,
    get_producer_person,
    invite_person,
    list_open_invitations,
    list_producer_people,
    require_invitation_pin,
    withdraw_invitation,
)
from .new_invitations import NewInvitations
from .people import set_active
from .views import begin_sign_in, blueprint

invitation = Blueprint("invitation", __name__)
TOKEN = "invitation"  # noqa: S105  where the browser's own cookie keeps it
PHONE_FAULTS = {
    PhoneFault.CLOSED: _l("The shop is open to this computer alone: start it with --lan, or name its public address in config.toml."),
    PhoneFault.NO_NETWORK: _l("This computer is in no network of the shop: join its Wi-Fi or plug in the cable, then start the shop again."),
    PhoneFault.OWN_COMPUTER: _l("The shop’s public address is this computer’s own: a phone that opens it finds itself. Start the shop with --lan, or name another address in config.toml ([public] base_url)."),
}  # fmt: skip


@blueprint.get("/producers/<int:producer_id>/people")
@requires_role(Role.MANAGER)
def list_people_of_producer(producer_id: int) -> ResponseReturnValue:
    fault = find_phone_fault()
    with open_reading() as books:
        return render_template(
            "identity/producer_people.html", producer=get_producer(books, producer_id),
            people=list_producer_people(books, producer_id), fault=PHONE_FAULTS[fault] if fault else "",
            invitations=list_open_invitations(books, producer_id, current_time()),
            shown=[
                (each, *_draw_link(each))
                for each in _new_invitations().list_of_producer(current_sign_in(), producer_id)
            ],
        )  # fmt: skip


@blueprint.post("/producers/<int:producer_id>/invitations")
@requires_role(Role.MANAGER)
def make_invitation(producer_id: int) -> ResponseReturnValue:
    """Where no phone could open it none is made: the page says why."""
    here = redirect(url_for("identity.list_people_of_producer", producer_id=producer_id))
    if find_phone_fault():
        return here
    with unit_of_work() as books:
        made = invite_person(books, producer_id, by=current_actor(), at=current_time())
    _new_invitations().keep(current_sign_in(), str(made.invitation_id), made)
    return here


@blueprint.get("/producers/<int:producer_id>/invitations/<int:invitation_id>")
@requires_role(Role.MANAGER)
def show_invitation(producer_id: int, invitation_id: int) -> ResponseReturnValue:
    """A page to be printed and handed over: the code, without the PIN."""
    made = _new_invitations().get_invitation(current_sign_in(), producer_id, invitation_id)
    address, code = _draw_link(made)
    with open_reading() as books:
        producer, shop = get_producer(books, producer_id), get_shop(books)
    return render_template(
        "identity/invitation_sheet.html", producer=producer, shop=shop, made=made, address=address, code=code
    )


@blueprint.post("/producers/<int:producer_id>/invitations/<int:invitation_id>/handed-over")
@requires_role(Role.MANAGER)
def hide_invitation(producer_id: int, invitation_id: int) -> ResponseReturnValue:
    """It is handed over: link and PIN are shown no more."""
    _new_invitations().acknowledge_secret(current_sign_in(), str(invitation_id))
    return redirect(url_for("identity.list_people_of_producer", producer_id=producer_id))


@blueprint.post("/producers/<int:producer_id>/invitations/<int:invitation_id>/withdraw")
@requires_role(Role.MANAGER)
def take_invitation_back(producer_id: int, invitation_id: int) -> ResponseReturnValue:
    with unit_of_work() as books:
        withdraw_invitation(books, producer_id, invitation_id, by=current_actor(), at=current_time())
    _new_invitations().acknowledge_secret(current_sign_in(), str(invitation_id))
    flash(_("Withdrawn."))
    return redirect(url_for("identity.list_people_of_producer", producer_id=producer_id))


@blueprint.post("/producers/<int:producer_id>/people/<int:person_id>/leave")
@requires_role(Role.MANAGER)
def let_person_go(producer_id: int, person_id: int) -> ResponseReturnValue:
    """One of a producer's people no longer signs in."""
    with unit_of_work() as books:
        person = get_producer_person(books, producer_id, person_id)
        set_active(books, person, False, by=current_actor(), at=current_time())
    flash(_("Saved."))
    return redirect(url_for("identity.list_people_of_producer", producer_id=producer_id))


def _new_invitations() -> NewInvitations:
    found: NewInvitations = current_app.extensions["ocop_new_invitations"]
    return found


def _draw_link(made: NewInvitation) -> tuple[str, Markup]:
    """The link for a phone, and its QR code."""
    address = find_phone_address(url_for("invitation.open_link", token=made.token))
    return address, draw_address_code(address)


@invitation.get("/invited/<token>")
@open_to_strangers
def open_link(token: str) -> ResponseReturnValue:
    """The link of the QR code: kept in the browser's cookie, so that no page of the history or of the journal holds it."""
    session[TOKEN] = token
    return redirect(url_for("invitation.accept_invited"))


@invitation.route("/invited", methods=["GET", "POST"])
@open_to_strangers
def accept_invited() -> ResponseReturnValue:
    """Type the PIN that the shop told, choose a name and a PIN of one's own, and be signed in."""
    token, form = str(session.get(TOKEN, "")), InvitationForm()
    with open_reading() as books:
        producer = get_producer(books, get_invitation(books, token, current_time()).producer_id)
        shop = get_shop(books)

    def save() -> ResponseReturnValue:
        require_invitation_pin(
            token, form.told.data or "", guesses=current_guesses(), address=request.remote_addr or "", at=current_time()
        )  # fmt: skip
        with unit_of_work() as books:
            person = accept_invitation(books, token, form.name.data, form.new.data, at=current_time())
        answer = begin_sign_in(person.actor(), current_config().stations[0].name, None)
        flash(escape(_("From now on you sign in as %(login)s with the PIN that you chose.")) % {"login": Markup('<strong class="whole">{}</strong>').format(person.login)})  # fmt: skip
        return answer

    places = {"invitation_pin_wrong": "told", "pin_weak": "new", "name_missing": "name"}
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    return render_template("identity/invited.html", form=form, producer=producer, shop=shop)

"""messages/views.py — the manager's threads with the producers, and e-mails that did not arrive."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..producers.terms import get_producer
from ..shop.models import get_shop
from ..web.context import current_config, current_time
from ..web.forms import answer_form
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .forms import AT_TEXT, MessageForm
from .mark_read import mark_thread_read
from .outbox import drop_mail, list_given_up, list_held_up, retry_mail
from .queries import ReadMessage, get_message, list_messages, list_threads
from .terms import MAIL_PROBLEMS, render_message, shorten_text
from .write import tell_producer

blueprint = Blueprint("messages", __name__)


@blueprint.get("/messages")
@requires_role(Role.MANAGER)
def list_all() -> ResponseReturnValue:
    """Every producer's thread, the unread ones first; e-mails that did not arrive."""
    with open_reading() as session:
        return render_template(
            "messages/list.html", threads=list_threads(session), given_up=list_given_up(session),
            held_up=list_held_up(session), has_mail=bool(current_config().mail.host), MAIL_PROBLEMS=MAIL_PROBLEMS, render_message=render_message,
        )  # fmt: skip


@blueprint.route("/messages/<int:producer_id>", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def show_thread(producer_id: int) -> ResponseReturnValue:
    form: Any = MessageForm()

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            if is_first_request(session, is_money=False):
                tell_producer(session, producer_id, form.text.data, by=current_actor(), at=current_time())
        flash(_("Sent."))
        return redirect(url_for("messages.show_thread", producer_id=producer_id))

    if (answer := answer_form(form, save, AT_TEXT)) is not None:
        return answer
    messages, before = read_thread(producer_id)
    with open_reading() as session:
        producer = get_producer(session, producer_id)
    return render_template(
        "messages/thread.html", producer=producer, thread=messages, before=before, form=form
    )


@blueprint.get("/messages/<int:producer_id>/<int:message_id>")
@requires_role(Role.MANAGER)
def show_message(producer_id: int, message_id: int) -> ResponseReturnValue:
    """One message to be printed, or sent by Zalo or SMS."""
    with open_reading() as session:
        message = get_message(session, producer_id, message_id)
        producer, shop_name = get_producer(session, producer_id), get_shop(session).name
    text = render_message(message)
    return render_template(
        "messages/message.html", producer=producer, message=message, text=text,
        short_text=shorten_text(text, shop_name, find_portal_address()),
    )  # fmt: skip


@blueprint.post("/messages/mails/<int:mail_id>/again")
@requires_role(Role.MANAGER)
def send_again(mail_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        retry_mail(session, mail_id, at=current_time())
    flash(_("It is tried again."))
    return redirect(url_for("messages.list_all"))


@blueprint.post("/messages/mails/<int:mail_id>/drop")
@requires_role(Role.MANAGER)
def forget_mail(mail_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        drop_mail(session, mail_id)
    flash(_("Put aside."))
    return redirect(url_for("messages.list_all"))


def find_portal_address() -> str:
    """Where producers' phones find their own pages; "" where the shop has no public address."""
    base = current_config().public.base_url
    return f"{base.rstrip('/')}{url_for('portal.home')}" if base else ""


def read_thread(producer_id: int) -> tuple[list[tuple[ReadMessage, str]], int | None]:
    """A page of a producer's messages with their words, the newest first, which whoever asks has read from now on.

    And the message to page on from; None on the last page.
    """
    asked = request.args.get("before", type=parse_row_id)
    with open_reading() as session:
        get_producer(session, producer_id)
        found = list_messages(session, producer_id, current_actor(), before=asked)
        older = (
            list_messages(session, producer_id, current_actor(), before=found[-1].message.id) if found else []
        )
    if any(each.is_to_mark for each in found):
        shown = {each.message.id for each in found}
        with unit_of_work() as session:
            mark_thread_read(session, producer_id, shown, by=current_actor(), at=current_time())
    return [(each, render_message(each.message)) for each in found], found[-1].message.id if older else None


def register(app: Flask) -> None:
    """Add the room's pages and its line of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app, MenuEntry("messages.list_all", _l("Messages"), "message-square", MANAGER, MenuGroup.MONEY, 1)
    )

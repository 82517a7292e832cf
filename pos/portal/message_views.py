"""portal/message_views.py — a producer's messages with the shop, the summary of some days, and what comes by e-mail."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..messages.forms import AT_ADDRESS, AT_TEXT, MailChoiceForm, MessageForm
from ..messages.mail_choice import choose_mail, find_last_digest_day, find_mail_choice
from ..messages.models import DigestPace
from ..messages.queries import get_message
from ..messages.terms import render_message
from ..messages.views import find_portal_address, read_thread
from ..messages.write import write_to_shop
from ..producers.terms import get_producer
from ..shop.models import get_shop
from ..web.context import current_config, current_day, current_time
from ..web.forms import answer_form
from ..web.pages import current_language
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .digest import read_digest
from .own_goods import blueprint, own_producer_id
from .terms import name_days, render_digest_short


@blueprint.route("/messages", methods=["GET", "POST"])
@requires_role(Role.PRODUCER)
def show_messages() -> ResponseReturnValue:
    """Write to the shop; all that was written, the newest first."""
    form: Any = MessageForm()

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            if is_first_request(session, is_money=False):
                write_to_shop(
                    session, own_producer_id(), form.text.data, by=current_actor(), at=current_time()
                )
        flash(_("Sent."))
        return redirect(url_for("portal.show_messages"))

    if (answer := answer_form(form, save, AT_TEXT)) is not None:
        return answer
    found, before = read_thread(own_producer_id())
    with open_reading() as session:
        producer = get_producer(session, own_producer_id())
    return render_template("portal/messages.html", producer=producer, thread=found, before=before, form=form)


@blueprint.get("/messages/<int:message_id>")
@requires_role(Role.PRODUCER)
def show_message(message_id: int) -> ResponseReturnValue:
    """One message to be printed."""
    with open_reading() as session:
        found = get_message(session, own_producer_id(), message_id)
        producer = get_producer(session, own_producer_id())
    return render_template(
        "portal/message.html", producer=producer, message=found, text=render_message(found)
    )


@blueprint.get("/summary")
@requires_role(Role.PRODUCER)
def show_summary() -> ResponseReturnValue:
    """What the e-mails say, of yesterday or of the last week, to be read, printed or sent on."""
    pace = DigestPace.WEEKLY if request.args.get("of") == "week" else DigestPace.DAILY
    first, last = find_span(pace, current_day())
    with open_reading() as session:
        digest = read_digest(
            session, own_producer_id(), current_actor().person_id, first, last, current_day()
        )
        producer, shop_name = get_producer(session, own_producer_id()), get_shop(session).name
    return render_template(
        "portal/summary.html", producer=producer, digest=digest, days=name_days(digest), is_week=pace is DigestPace.WEEKLY,
        short_text=render_digest_short(digest, shop_name, find_portal_address()),
    )  # fmt: skip


def find_span(pace: DigestPace, on: date) -> tuple[date, date]:
    """Yesterday, or the last whole week."""
    last = find_last_digest_day(pace, on)
    return last - timedelta(days=6 if pace is DigestPace.WEEKLY else 0), last


@blueprint.route("/e-mails", methods=["GET", "POST"])
@requires_role(Role.PRODUCER)
def choose_mails() -> ResponseReturnValue:
    """What this person wants by e-mail."""
    with open_reading() as session:
        known = find_mail_choice(session, current_actor().person_id or 0)
        producer = get_producer(session, own_producer_id())
    form: Any = MailChoiceForm(obj=known, data=None if known else {"language": current_language()})

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            choose_mail(
                session, form.address.data, DigestPace(form.digest.data), form.language.data,
                each_message=form.each_message.data, by=current_actor(), at=current_time(),
            )  # fmt: skip
        flash(_("Saved."))
        return redirect(url_for("portal.show_messages"))

    if (answer := answer_form(form, save, AT_ADDRESS)) is not None:
        return answer
    return render_template(
        "portal/mails.html", producer=producer, form=form, has_mail=bool(current_config().mail.host)
    )

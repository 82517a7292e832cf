"""banking/note_views.py — a manager types what the bank's app shows, where no source tells of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..kernel.actor import Role
from ..kernel.clock import SHOP_ZONE
from ..kernel.database import open_reading
from ..kernel.errors import Refused
from ..kernel.formats import format_moment, format_vnd_on_screen
from ..payments.accounts import get_account, list_accounts
from ..payments.banks import name_bank
from ..payments.models import BankTransfer
from ..payments.signals import Direction, TransferSignal
from ..till.action import print_paid
from ..web.context import current_day, current_time
from ..web.forms import answer_form, choose_from
from ..web.rights import current_actor, requires_role
from .forms import NoteForm
from .note_transfer import OTHER, list_known, make_hand_signal, note_transfer, read_time_of_day
from .views import blueprint

AT_FIELD = {
    "noted_time_odd": "time", "noted_later": "time", "noted_amount_odd": "amount", "noted_perhaps_known": "known", "not_a_twin": "known",
    "second_person_needed": "login", "second_person_new": "login", "pin_wrong": "pin",
}  # fmt: skip


@blueprint.route("/transfers/new", methods=["GET", "POST"], endpoint="note_transfer")
@requires_role(Role.MANAGER)
def note_seen_transfer() -> ResponseReturnValue:
    """Asked first, where a transfer of that amount and day is in the books: is it this one?"""
    now = current_time()
    form: Any = NoteForm(day=current_day(), time=f"{now.astimezone(SHOP_ZONE):%H:%M}", direction="in")
    _offer_choices(form)

    def save() -> ResponseReturnValue:
        account_id, signal = _read_signal(form)
        _offer_known(form, account_id, signal)
        number = note_transfer(
            account_id, signal, form.known.data or "", print_paid, by=current_actor(), at=current_time(),
            approval=form.second_person(),
        )  # fmt: skip
        flash(_("It is written down."))
        if number is None:
            return redirect(url_for("banking.show_day"))
        return redirect(url_for("banking.show_transfer", number=number))

    if (answer := answer_form(form, save, AT_FIELD)) is not None:
        return answer
    if not form.known.choices[1:]:
        del form.known
    title = _("A transfer that I saw in the bank's app")
    return render_template("form.html", form=form, title=title, back=url_for("banking.show_day"))


def _offer_choices(form: Any) -> None:
    with open_reading() as session:
        accounts = [(str(account.id), f"{name_account(account)}") for account in list_accounts(session)]
    choose_from(form.account, accounts if len(accounts) == 1 else [("", "–"), *accounts])
    choose_from(form.direction, [("in", str(_("came in"))), ("out", str(_("went out")))])
    known = request.form.get("known", "")
    choose_from(
        form.known, [("", "–"), *([(known, known)] if known else [])]
    )  # what it may be is known by the other boxes


def name_account(account: Any) -> str:
    """'MB · 19001234567890'."""
    return f"{name_bank(account.bank_bin)} · {account.number}"


def _read_signal(form: Any) -> tuple[int, TransferSignal]:
    account_id = int(form.account.data)
    with open_reading() as session:
        account = get_account(session, account_id)
    direction, seen_at = Direction(form.direction.data), read_time_of_day(form.day.data, form.time.data)
    key = request.form.get("once", "")[:80]
    if not key:
        raise Refused.because("form_sent_already")
    return account_id, make_hand_signal(
        account, direction, form.amount.data, seen_at, form.reference.data, form.text.data, key
    )


def _offer_known(form: Any, account_id: int, signal: TransferSignal) -> None:
    with open_reading() as session:
        known = list_known(session, get_account(session, account_id), signal)
    others = [(OTHER, str(_("another one")))] if known else []
    choose_from(form.known, [("", "–"), *((str(each.number), _describe_known(each)) for each in known), *others])  # fmt: skip


def _describe_known(transfer: BankTransfer) -> str:
    number = _("it is no. %(number)s", number=transfer.number)
    parts = [
        number,
        format_moment(transfer.at),
        format_vnd_on_screen(transfer.amount_vnd),
        transfer.reference,
    ]
    return " · ".join(str(part) for part in parts if part)

"""banking/views.py — the bank's day, what each transfer was for, the accounts and their feeds' tokens."""

from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused
from ..kernel.parsers import read_vnd
from ..kernel.tables import get_row, is_row_id
from ..payments.accounts import (
    TypedAccount,
    get_account,
    list_accounts,
    list_shown_at,
    note_secret_pasted,
    save_account,
)
from ..payments.banks import list_banks
from ..payments.codes import get_code
from ..payments.feeds.http import FeedError
from ..payments.models import TransferReport
from ..payments.receive import join_report, list_possible_twins, list_waiting_reports
from ..payments.secret_store import SecretStore
from ..printing.send import wake_printers
from ..producers.terms import get_producer, list_all_producers
from ..sales.buyers import list_buyers
from ..sales.claims import find_left_vnd, list_claims
from ..sales.debts import list_debts
from ..sales.money_models import Taking
from ..sales.takings import get_taking, list_to_give_back
from ..sales.transfers import list_open_codes
from ..sales.transfers_back import find_receipts
from ..shifts.cash_documents import get_cash_document
from ..shifts.models import CashCategory
from ..till.action import print_paid
from ..web.bank_terms import FEED_PROBLEMS, FEEDS, HOOK_PROBLEMS, TRANSFER_SOURCES
from ..web.cash_terms import name_cash_category
from ..web.context import current_config, current_day, current_time
from ..web.forms import answer_form, choose_from
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.refused_forms import returns_to
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from ..web.spans import read_address_day
from . import hook_views
from .allocate import (
    INTO_BANK,
    OUT_OF_BANK,
    allocate_as_surplus,
    allocate_to_claim,
    allocate_to_code,
    allocate_to_debt,
    allocate_to_document,
    allocate_to_giving_back,
    allocate_to_new_document,
    allocate_to_producer,
    end_claim,
)
from .feed_status import ask_provider, list_feed_statuses
from .forms import AccountForm, SecretForm
from .poller import FeedPoller
from .queries import (
    check_balance,
    get_transfer,
    list_day,
    list_possible_claims,
    list_possible_documents,
    list_possible_give_backs,
    list_reports,
    list_sent_unseen,
    list_unmatched,
    read_day,
)
from .take_in import settle_transfers
from .uses import list_uses

blueprint = Blueprint("banking", __name__, url_prefix="/bank")
blueprint.after_request(wake_printers)
ASKS_SOONER = frozenset({"till.show_transfer_code", "till.open_transfer", "till.take_up"})
CHANGES_FEEDS = frozenset({"banking.paste_secret", "banking.edit_account"})
TRIED = "banking.try_feed"
AT_FIELD = {
    "bank_bin_odd": "bank_bin", "bank_account_odd": "number", "bank_account_known": "number", "bank_account_used": "number", "holder_missing": "holder",
    "second_person_needed": "login", "second_person_new": "login", "pin_wrong": "pin", "secret_odd": "secret",
}  # fmt: skip


@blueprint.get("")
@requires_role(Role.MANAGER)
def show_day() -> ResponseReturnValue:
    """A day of the accounts: what came and what for; and whatever is open, of any day, with its next step."""
    day = _read_day()
    with open_reading() as session:
        rows = list_day(session, day)
        return render_template(
            "banking/day.html", day=day, sums=read_day(session, day), rows=rows, uses=list_uses(session, [row.transfer.number for row in rows]),
            unmatched=list_unmatched(session), claims=list_claims(session), waiting=list_open_codes(session, current_time()),
            reports=[(report, list_possible_twins(session, report)) for report in list_waiting_reports(session)],
            buyers=list_buyers(session), to_give_back=list_to_give_back(session), sent=list_sent_unseen(session), accounts=list_accounts(session),
            balance=check_balance(session) if day == current_day() else None,
        )  # fmt: skip


def _read_day() -> date:
    today = current_day()
    text = request.args.get("day", "").strip()
    return (read_address_day(text, today) if text else None) or today


@blueprint.get("/transfers/<int:number>")
@requires_role(Role.MANAGER)
def show_transfer(number: int) -> ResponseReturnValue:
    """One transfer: who told of it, what it was for, and what it could be for."""
    with open_reading() as session:
        transfer = get_transfer(session, number)
        left_vnd = find_left_vnd(session, transfer)
        is_in = transfer.direction == "in"
        categories = [
            (each.value, name_cash_category(each)) for each in (INTO_BANK if is_in else OUT_OF_BANK)
        ]
        claims = list_possible_claims(session, left_vnd) if is_in else []
        return render_template(
            "banking/transfer.html", transfer=transfer, left_vnd=left_vnd, account=get_account(session, transfer.account_id),
            reports=list_reports(session, number), uses=list_uses(session, [number]).get(number, []), categories=categories,
            claims=claims, receipts=find_receipts(session, [claim for claim, _vnd in claims]),
            codes=list_open_codes(session, current_time()) if is_in else [], debts=list_debts(session) if is_in else [],
            documents=list_possible_documents(session, transfer),
            give_backs=[] if is_in else list_possible_give_backs(session, left_vnd),
            producers=[] if is_in else list_all_producers(session, archived=True),
        )  # fmt: skip


@blueprint.post("/transfers/<int:number>/use")
@requires_role(Role.MANAGER)
@returns_to("banking.show_transfer", "reason")
def use_transfer(number: int) -> ResponseReturnValue:
    """A person says what it was for: `use` is 'code:3', 'claim:7', 'debt:12', 'document:4', 'back:9', 'producer:2', 'surplus' or a category."""
    use, _colon, key = request.form.get("use", "").partition(":")
    with unit_of_work() as session:
        is_first = is_first_request(session)
        if is_first:
            _allocate(session, number, use, key)
    _settle(is_first=is_first)
    return redirect(url_for("banking.show_transfer", number=number))


def _allocate(session: Any, number: int, use: str, key: str) -> None:
    transfer = get_transfer(session, number)
    who_and_when: Any = {"by": current_actor(), "at": current_time()}
    row_id = int(key) if is_row_id(key) else 0
    if use == "code":
        allocate_to_code(session, transfer, get_code(session, row_id), **who_and_when)
    elif use == "claim":
        allocate_to_claim(session, transfer, get_taking(session, row_id), **who_and_when)
    elif use == "debt":
        allocate_to_debt(session, transfer, row_id, **who_and_when)
    elif use == "document":
        allocate_to_document(session, transfer, get_cash_document(session, row_id), **who_and_when)
    elif use == "back":
        allocate_to_giving_back(session, transfer, get_taking(session, row_id), **who_and_when)
    elif use == "producer":
        producer = get_producer(session, row_id)
        allocate_to_producer(session, transfer, producer, request.form.get("reason", ""), **who_and_when)
    elif use == "surplus":
        allocate_as_surplus(session, transfer, **who_and_when)
    elif use in set(CashCategory):
        reason, fee = request.form.get("reason", ""), request.form.get("fee", "").strip()
        fee_vnd = read_vnd(fee) if fee else 0
        if fee_vnd is None:
            raise Refused.because("amount_odd")
        allocate_to_new_document(session, transfer, CashCategory(use), reason, fee_vnd, **who_and_when)
    else:
        raise Refused.because("use_missing")


def _settle(*, is_first: bool) -> None:
    """What is paid now is sold; said once."""
    if is_first:
        settle_transfers(print_paid, current_time())
        flash(_("It is written down."))


@blueprint.post("/reports/<int:report_id>/join")
@requires_role(Role.MANAGER)
@returns_to("banking.show_day", "transfer")
def join_report_to_transfer(report_id: int) -> ResponseReturnValue:
    """Which transfer a source meant: one of those in the books, or a new one."""
    chosen_number = request.form.get("transfer", "")
    with unit_of_work() as session:
        is_first = is_first_request(session)
        if is_first:
            report = get_row(session, TransferReport, report_id, "report_not_found")
            if chosen_number != "new" and not is_row_id(chosen_number):
                raise Refused.because("twin_missing")
            number = None if chosen_number == "new" else int(chosen_number)
            join_report(session, report, number, by=current_actor(), at=current_time())
    _settle(is_first=is_first)
    return redirect(url_for("banking.show_day"))


@blueprint.post("/claims/<int:number>/end")
@requires_role(Role.MANAGER)
@returns_to("banking.show_day", "reason")
def let_claim_go(number: int) -> ResponseReturnValue:
    """What was confirmed by hand never came: a buyer owes it, or it is a loss of this day."""
    buyer_id = request.form.get("buyer", 0, type=parse_row_id) or None
    reason = request.form.get("reason", "")
    with unit_of_work() as session:
        claim = get_row(session, Taking, number, "taking_not_found")
        end_claim(session, claim, reason, buyer_id=buyer_id, by=current_actor(), at=current_time())
    flash(_("It is written down."))
    return redirect(url_for("banking.show_day"))


@blueprint.get("/accounts")
@requires_role(Role.MANAGER)
def show_accounts() -> ResponseReturnValue:
    """The accounts, and how the feed of each is."""
    with open_reading() as session:
        accounts = list_accounts(session, archived=True)
        return render_template(
            "banking/accounts.html", accounts=accounts, banks={bank.bin: bank.name for bank in list_banks()},
            shown_at=list_shown_at(session, [each.name for each in current_config().stations]),
            statuses=list_feed_statuses(session, accounts, _open_store(), current_app.extensions["ocop_feed_notes"]),
            FEEDS=FEEDS, PROBLEMS=FEED_PROBLEMS, CALL_PROBLEMS=HOOK_PROBLEMS, hook_base=current_config().public.base_url.rstrip("/"), SOURCES=TRANSFER_SOURCES,
        )  # fmt: skip


@blueprint.post("/accounts/<int:account_id>/try")
@requires_role(Role.MANAGER)
@returns_to("banking.show_accounts", "try")
def try_feed(account_id: int) -> ResponseReturnValue:
    """Ask the provider now, and say what it answers; what it has is fetched at once after that."""
    with open_reading() as session:
        account = get_account(session, account_id)
    try:
        count = ask_provider(account, _open_store(), current_config().bank)
    except FeedError as failure:
        raise Refused.because(f"feed_{failure.kind}") from None
    flash(
        _(
            "%(feed)s answers and takes the token: %(count)s accounts.",
            feed=FEEDS[account.feed][0],
            count=count,
        )
    )
    return redirect(url_for("banking.show_accounts"))


def _open_store() -> SecretStore:
    return SecretStore(Path(current_config().data.folder))


@blueprint.route("/accounts/new", methods=["GET", "POST"], defaults={"account_id": None})
@blueprint.route("/accounts/<int:account_id>/edit", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_account(account_id: int | None) -> ResponseReturnValue:
    with open_reading() as session:
        known = get_account(session, account_id) if account_id is not None else None
        form: Any = AccountForm(obj=known)
    choose_from(form.bank_bin, [("", "–"), *((bank.bin, bank.name) for bank in list_banks())])
    choose_from(
        form.station,
        [("", str(_("all tills"))), *((each.name, each.name) for each in current_config().stations)],
    )
    choose_from(form.feed, [("", str(_("nobody: statements, and people who look"))), *((key, str(title)) for key, (title, _secrets) in FEEDS.items())])  # fmt: skip

    def save() -> ResponseReturnValue:
        typed = TypedAccount(
            form.bank_bin.data or "", form.number.data or "", form.holder.data or "", form.station.data or "", form.feed.data or "",
            form.archived.data,
        )  # fmt: skip
        agreed = form.second_person()
        with unit_of_work() as session:
            account = get_account(session, account_id) if account_id is not None else None
            save_account(session, account, typed, by=current_actor(), at=current_time(), approval=agreed)
        flash(_("Saved."))
        return redirect(url_for("banking.show_accounts"))

    if (answer := answer_form(form, save, AT_FIELD)) is not None:
        return answer
    title = _("Bank account") if known else _("New bank account")
    return render_template("form.html", form=form, title=title, back=url_for("banking.show_accounts"))


@blueprint.route("/accounts/<int:account_id>/secret", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def paste_secret(account_id: int) -> ResponseReturnValue:
    """A token goes into its own file and is never shown again."""
    with open_reading() as session:
        account = get_account(session, account_id)
        form: Any = SecretForm()
    secrets = FEEDS[account.feed][1] if account.feed in FEEDS else {}
    choose_from(form.name, [("", "–"), *((name, str(text)) for name, text in secrets.items())])

    def save() -> ResponseReturnValue:
        agreed = form.second_person()
        with unit_of_work() as session:
            row = get_account(session, account_id)
            note_secret_pasted(
                session, row, form.name.data, by=current_actor(), at=current_time(), approval=agreed
            )
        try:
            _open_store().write(account_id, form.name.data, form.secret.data)
        except ValueError:
            raise Refused.because("secret_odd") from None
        flash(_("Saved. It is not shown again."))
        return redirect(url_for("banking.show_accounts"))

    if (answer := answer_form(form, save, AT_FIELD)) is not None:
        return answer
    title = _("Token for %(account)s", account=account.number)
    return render_template("form.html", form=form, title=title, back=url_for("banking.show_accounts"))


def wake_poller(response: Response) -> Response:
    """A code is on a screen now, a token was pasted, or somebody tries: what was committed is what the poller finds."""
    poller: FeedPoller | None = current_app.extensions.get("ocop_feeds")
    if poller is None or request.endpoint is None:
        return response
    if request.endpoint in ASKS_SOONER or (request.endpoint in CHANGES_FEEDS and request.method == "POST"):
        poller.wake(is_code=request.endpoint in ASKS_SOONER)
    elif request.endpoint == TRIED:
        poller.try_again(int((request.view_args or {})["account_id"]))
    return response


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    from . import export_views, note_views, statement_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    app.register_blueprint(hook_views.blueprint)
    app.after_request(wake_poller)
    add_to_menu(
        app,
        MenuEntry("banking.show_day", _l("Bank"), "wallet", MANAGER, MenuGroup.MONEY, 3),
        parents={
            "banking.show_transfer": "banking.show_day", "banking.show_accounts": "banking.show_day",
            "banking.edit_account": "banking.show_day", "banking.paste_secret": "banking.show_day",
            "banking.list_statements": "banking.show_day", "banking.show_statement": "banking.show_day", "banking.note_transfer": "banking.show_day",
        },
    )  # fmt: skip

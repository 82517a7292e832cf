"""settlement/views.py — what each producer is owed: all at a glance, one account, its entries, drafts of statements."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..identity.forms import AT_SECOND_PERSON
from ..kernel.actor import Role
from ..kernel.database import db, open_reading, unit_of_work
from ..kernel.own_codes import format_document_number
from ..producers.terms import get_producer, list_all_producers
from ..reports.views import add_task_source
from ..web.context import current_clock, current_config, current_day, current_time
from ..web.deal_terms import BEARERS
from ..web.forms import answer_form
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import requested_page
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from ..web.settlement_terms import ROW_KINDS
from .deductions import record_deduction
from .entries import get_entry, list_entries, record_correction, reverse_entry
from .forms import CorrectionForm, DeductionForm, DraftsForm, PayoutAccountForm, ResumeForm, ReverseForm
from .match_payouts import list_untold_payouts
from .models import EntryKind, StatementRow
from .owed import read_account
from .payout_accounts import PayoutVault, TypedPayoutAccount, find_payout_account, save_payout_account
from .payouts import is_waiting_after_restore, list_open_orders, resume_payouts
from .queries import ProducerLine, list_producer_lines, sum_kinds
from .receipts import name_receipt
from .rows import OwedRow, parse_parts
from .run_process import choose_step
from .runs import StatementRuns, approve_one, draft_one, format_mark, list_drafts, mark_draft
from .statements import list_statements, require_over
from .today import list_settlement_tasks
from .worth import Parts

blueprint = Blueprint("settlement", __name__, url_prefix="/settlement")
PAGE = 200
AT_ENTRY = {
    "amount_odd": "amount",
    "deduction_over_balance": "amount",
    "reason_missing": "reason",
    **AT_SECOND_PERSON,
}


def current_runs() -> StatementRuns:
    runs: StatementRuns = current_app.extensions.setdefault("ocop_statement_runs", StatementRuns())
    return runs


def current_vault() -> PayoutVault:
    return PayoutVault(Path(current_config().data.folder))


@blueprint.get("")
@requires_role(Role.MANAGER)
def show_all() -> ResponseReturnValue:
    """Every producer: the last statement, the draft, what is to pay. While a run goes on the page asks again each second."""
    with open_reading() as session:
        lines = list_producer_lines(session, current_day())
        waits, names = (
            is_waiting_after_restore(session),
            {line.producer.id: line.producer.name for line in lines},
        )
        untold = {order.producer_id: order for order in list_untold_payouts(session, current_time())}
    form: Any = DraftsForm(ends=_propose_end(lines))
    payable = [line for line in lines if line.is_payable]
    return render_template(
        "settlement/all.html", lines=lines, form=form, run=current_runs().last, waits=waits, names=names, payable=payable,
        payable_vnd=sum(line.due_vnd for line in payable), untold=untold, format_mark=lambda draft: format_mark(mark_draft(draft)),
        owing_vnd=-sum(line.due_vnd for line in lines if line.due_vnd < 0),
    )  # fmt: skip


def _propose_end(lines: Sequence[ProducerLine]) -> date:
    """The last day of last month; yesterday, where every producer who has statements has one up to that day."""
    last_month = current_day().replace(day=1) - timedelta(days=1)
    ends = [
        line.statement.ends for line in lines if line.statement is not None and not line.producer.archived
    ]
    is_done = bool(ends) and min(ends) >= last_month
    return current_day() - timedelta(days=1) if is_done else last_month


@blueprint.get("/producers/<int:producer_id>/owed")
@requires_role(Role.MANAGER)
def show_owed(producer_id: int) -> ResponseReturnValue:
    """What is owed to one producer at this moment, for a cell of the list: each is reckoned when it comes into sight."""
    with open_reading() as session:
        get_producer(session, producer_id)
        return render_template(
            "settlement/owed.html", owed_vnd=read_account(session, producer_id).closing_vnd
        )


@blueprint.post("/drafts")
@requires_role(Role.MANAGER)
def make_drafts() -> ResponseReturnValue:
    """Begin to reckon the drafts of all producers' statements."""
    form: Any = DraftsForm()

    def save() -> ResponseReturnValue:
        _begin_drafts(form.ends.data)
        return redirect(url_for("settlement.show_all"))

    if (answer := answer_form(form, save, {"statement_not_over": "ends"})) is not None:
        return answer
    return render_template(
        "form.html",
        form=form,
        title=_("Draft statements"),
        back=url_for("settlement.show_all"),
        submit=_("Make the drafts"),
    )


def _begin_drafts(ends: date) -> None:
    """Raises Refused (`statement_not_over`) at once, not producer by producer."""
    require_over(ends, current_time())
    with open_reading() as session:
        ids = [producer.id for producer in list_all_producers(session, archived=True)]
    by, clock, engine = current_actor(), current_clock(), db.engine
    if not current_runs().begin(ids, *choose_step(engine, ids, draft_one, ends, by, clock)):
        flash(_("A run is going on already."))


@blueprint.post("/approve")
@requires_role(Role.MANAGER)
def approve() -> ResponseReturnValue:
    """Begin to write the statements of the drafts that were ticked, as the page showed them."""
    wanted, sent_back = (set(request.form.getlist(name)) for name in ("producer", "shown"))
    with open_reading() as session:
        shown = {id_: mark_draft(draft) for id_, draft in list_drafts(session).items() if str(id_) in wanted}
    ids = [id_ for id_, mark in shown.items() if f"{id_}/{format_mark(mark)}" in sent_back]
    by, clock, engine = current_actor(), current_clock(), db.engine
    if len(ids) < len(shown):
        flash(_("Some drafts were made again since this page was opened: look at them and approve them now."))
    elif not ids:
        flash(_("Tick the drafts that you looked at."))
    elif not current_runs().begin(
        ids, *choose_step(engine, ids, approve_one, shown, by, clock), is_approval=True
    ):
        flash(_("A run is going on already."))
    return redirect(url_for("settlement.show_all"))


@blueprint.route("/resume", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def resume() -> ResponseReturnValue:
    """After a restore: what was paid in the lost time is written down again."""
    form: Any = ResumeForm()

    def save() -> ResponseReturnValue:
        approval = form.second_person()
        with unit_of_work() as session:
            resume_payouts(
                session, form.reason.data, by=current_actor(), at=current_time(), approval=approval
            )
        flash(_("Producers can be paid again."))
        return redirect(url_for("settlement.show_all"))

    if (answer := answer_form(form, save, {"reason_missing": "reason", **AT_SECOND_PERSON})) is not None:
        return answer
    title = _("Paid since the backup")
    return render_template("form.html", form=form, title=title, back=url_for("settlement.show_all"))


@blueprint.get("/producers/<int:producer_id>")
@requires_role(Role.MANAGER)
def show_account(producer_id: int) -> ResponseReturnValue:
    """One producer's account since the last statement, row by row, with all that can be done about it."""
    page = requested_page()
    with open_reading() as session:
        producer = get_producer(session, producer_id)
        account = read_account(session, producer_id)
        row = find_payout_account(session, producer_id)
        typed = current_vault().find(row) if row is not None else None
        rows = list(account.rows)[::-1]
        return render_template(
            "settlement/account.html", producer=producer, account=account, rows=rows[(page - 1) * PAGE : page * PAGE], page=page,
            more=len(rows) > page * PAGE, sums=sum_kinds(account.rows), statements=list_statements(session, producer_id),
            entries=list_entries(session, producer_id, 50), payout_account=row, holder=typed.holder if typed else "", is_readable=row is None or typed is not None,
            orders=[order for order in list_open_orders(session) if order.producer_id == producer_id],
            ROW_KINDS=ROW_KINDS, BEARERS=BEARERS,
        )  # fmt: skip


@blueprint.route("/producers/<int:producer_id>/deduct", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def deduct(producer_id: int) -> ResponseReturnValue:
    form: Any = DeductionForm()

    def save() -> ResponseReturnValue:
        approval = form.second_person()
        with unit_of_work() as session:
            if is_first_request(session):
                record_deduction(
                    session, get_producer(session, producer_id), EntryKind(form.kind.data), form.amount.data, form.reason.data,
                    approval=approval, by=current_actor(), at=current_time(),
                )  # fmt: skip
        flash(_("Saved."))
        return redirect(url_for("settlement.show_account", producer_id=producer_id))

    return _answer_entry_form(form, save, producer_id, _("New deduction"))


@blueprint.route("/producers/<int:producer_id>/correct", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def correct(producer_id: int) -> ResponseReturnValue:
    """Put the account right by a sum, or write what was owed when these books began; a second person agrees."""
    form: Any = CorrectionForm()

    def save() -> ResponseReturnValue:
        approval = form.second_person()
        with unit_of_work() as session:
            if is_first_request(session):
                record_correction(
                    session, get_producer(session, producer_id), form.signed_vnd, form.reason.data, approval=approval,
                    kind=EntryKind(form.kind.data), by=current_actor(), at=current_time(),
                )  # fmt: skip
        flash(_("Saved."))
        return redirect(url_for("settlement.show_account", producer_id=producer_id))

    return _answer_entry_form(form, save, producer_id, _("Put the account right"))


@blueprint.route("/entries/<int:number>/take-back", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def take_entry_back(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        producer_id = get_entry(session, number).producer_id
    form: Any = ReverseForm()

    def save() -> ResponseReturnValue:
        approval = form.second_person()
        with unit_of_work() as session:
            if is_first_request(session):
                entry = get_entry(session, number)
                reverse_entry(
                    session, entry, form.reason.data, approval=approval, by=current_actor(), at=current_time()
                )
        flash(_("Saved."))
        return redirect(url_for("settlement.show_account", producer_id=producer_id))

    return _answer_entry_form(form, save, producer_id, _("Take entry no. %(number)s back", number=number))


@blueprint.route("/producers/<int:producer_id>/payout-account", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def change_payout_account(producer_id: int) -> ResponseReturnValue:
    """Where the producer's money goes. The old account isn't shown: whoever changes it types the new one."""
    form: Any = PayoutAccountForm()

    def save() -> ResponseReturnValue:
        approval = form.second_person()
        typed = TypedPayoutAccount(form.bank_bin.data, form.number.data, form.holder.data)
        with unit_of_work() as session:
            producer = get_producer(session, producer_id)
            save_payout_account(
                session,
                current_vault(),
                producer,
                typed,
                approval=approval,
                by=current_actor(),
                at=current_time(),
            )
        flash(_("Saved."))
        return redirect(url_for("settlement.show_account", producer_id=producer_id))

    places = {
        "bank_bin_odd": "bank_bin",
        "bank_account_odd": "number",
        "holder_missing": "holder",
        **AT_SECOND_PERSON,
    }
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    with open_reading() as session:
        title = _("Payout account of %(name)s", name=get_producer(session, producer_id).name)
    back = url_for("settlement.show_account", producer_id=producer_id)
    return render_template("form.html", form=form, title=title, back=back)


def _answer_entry_form(form: Any, save: Any, producer_id: int, title: str) -> ResponseReturnValue:
    if (answer := answer_form(form, save, AT_ENTRY)) is not None:
        return answer
    with open_reading() as session:
        name = get_producer(session, producer_id).name
    back = url_for("settlement.show_account", producer_id=producer_id)
    return render_template("form.html", form=form, title=f"{name}: {title}", back=back)


def list_commission_parts(row: OwedRow | StatementRow) -> Parts:
    """Which part of a sold row's price bore which commission, as the account or a statement has it."""
    return row.parts if isinstance(row, OwedRow) else parse_parts(row.parts)


def register(app: Flask) -> None:
    """Add the room's pages and its line of the menu to the application."""
    from . import bulk_views, payout_views, statement_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    add_task_source(app, list_settlement_tasks)
    app.jinja_env.filters.update(
        receipt_of_row=name_receipt, document_number=format_document_number, commission_parts=list_commission_parts
    )  # fmt: skip
    add_to_menu(
        app,
        MenuEntry("settlement.show_all", _l("Settlement"), "banknote", MANAGER, MenuGroup.MONEY, 2),
    )

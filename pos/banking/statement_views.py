"""banking/statement_views.py — a bank's statement is uploaded, looked at, and its lines are used; what the columns of a bank's files are."""

from pathlib import Path

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from ..files.upload import leave_upload
from ..importing.jobs import save_upload
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound, Refused
from ..kernel.tables import is_row_id
from ..payments.accounts import find_account_by_number, get_account, list_accounts
from ..payments.banks import list_banks
from ..payments.models import BankAccount
from ..payments.receive import ReceivedSignals, forecast_signals
from ..payments.statements.kept_mappings import find_mapping, forget_mapping, keep_mapping, list_mappings
from ..payments.statements.list_signals import list_signals
from ..payments.statements.preview import StatementPreview, preview_statement
from ..payments.statements.readings import (
    describe_used,
    find_reading,
    list_gaps,
    list_readings,
    note_reading,
    refuse_used,
    would_change_books,
)
from ..payments.statements.told_lines import compare_with_told
from ..till.action import print_paid
from ..web.bank_terms import DATE_ORDERS, STATEMENT_BANKS, STATEMENT_FIELDS, STATEMENT_SIGNS
from ..web.context import current_config, current_time
from ..web.numbers import parse_row_id
from ..web.reasons import render_reason
from ..web.refused_forms import find_refused_form, list_reason_faults, returns_to, show_again
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .statement_columns import choose_table, make_column_form, read_column_form
from .statement_uploads import StatementUpload, StatementUploads, open_statement
from .take_in import take_in_signals
from .views import blueprint

BOX = "statement"


def _current_uploads() -> StatementUploads:
    uploads: StatementUploads = current_app.extensions.setdefault("ocop_statements", StatementUploads())
    return uploads


def _get_upload(token: str) -> StatementUpload:
    upload = _current_uploads().find(token)
    if upload is None:
        raise NotFound.because("statement_gone")
    return upload


MOST_SHOWN = 200  # lines of a preview


@blueprint.get("/statements")
@requires_role(Role.MANAGER)
def list_statements() -> ResponseReturnValue:
    """Where a statement is chosen; those that were read, and days that none covers."""
    with open_reading() as session:
        accounts = list_accounts(session)
        names = {account.id: account.number for account in list_accounts(session, archived=True)}
        return render_template(
            "banking/statements.html", accounts=accounts, readings=list_readings(session), gaps=list_gaps(session, current_time()),
            mappings=list_mappings(session), numbers=names, banks={bank.bin: bank.name for bank in list_banks()},
            chosen=request.args.get("account", ""),
        )  # fmt: skip


@blueprint.post("/statements")
@requires_role(Role.MANAGER)
@returns_to("banking.list_statements", BOX, statement_account_missing="account")
def upload_statement() -> ResponseReturnValue:
    """Read it in the child process; its lines are used by another press."""
    leave_upload(BOX)
    file = request.files.get(BOX)
    if file is None or not file.filename:
        raise Refused.because("statement_missing")
    path = save_upload(Path(current_config().data.folder), file)
    upload = open_statement(path, Path(file.filename).name)
    with open_reading() as session:
        account = _find_chosen_account(session)
        upload.read(find_mapping(session, account.bank_bin) if account else None)
        account = account or _find_named_account(session, upload)
        if upload.statement is not None:
            preview_statement(upload.statement, account.number)
        upload.account_id = account.id
    _current_uploads().add(upload)
    return redirect(url_for("banking.show_statement", token=upload.token))


def _find_chosen_account(session: Session) -> BankAccount | None:
    """The account that was chosen, or the only one."""
    accounts = list_accounts(session)
    if len(accounts) == 1:
        return accounts[0]
    text = request.form.get("account", "")
    return get_account(session, parse_row_id(text)) if is_row_id(text) else None


def _find_named_account(session: Session, upload: StatementUpload) -> BankAccount:
    """The account that the file names. Raises Refused (`statement_account_missing`, `statement_account_other_shop`)."""
    number = upload.statement.account_number if upload.statement else ""
    if not number:
        raise Refused.because("statement_account_missing")
    account = find_account_by_number(session, number)
    if account is None:
        raise Refused.because("statement_account_other_shop", found=number)
    return account


@blueprint.get("/statements/<token>")
@requires_role(Role.MANAGER)
def show_statement(token: str) -> ResponseReturnValue:
    """What is in the file and what its lines would become; or which of its columns is what."""
    upload = _get_upload(token)
    if upload.is_used:
        return redirect(url_for("banking.list_statements"))
    with open_reading() as session:
        account = get_account(session, upload.account_id or 0)
        bank = next((bank.name for bank in list_banks() if bank.bin == account.bank_bin), account.bank_bin)
        if upload.statement is None or "columns" in request.args or _is_columns_refused(token):
            return render_template(
                "banking/statement_columns.html", upload=upload, account=account, bank=bank, STATEMENT_FIELDS=STATEMENT_FIELDS,
                STATEMENT_SIGNS=STATEMENT_SIGNS, DATE_ORDERS=DATE_ORDERS,
                columns=make_column_form(choose_table(upload.tables), upload.mapping),
                reasons=[render_reason(reason) for reason in upload.fault.reasons] if upload.fault else [],
            )  # fmt: skip
        preview = preview_statement(upload.statement, account.number)
        signals = compare_with_told(session, account, list_signals(upload.statement, account.number))
        forecast = forecast_signals(session, account, signals, current_time())
        earlier = find_reading(session, upload.digest)
        return render_template(
            "banking/statement.html", upload=upload, account=account, preview=preview,
            bank=STATEMENT_BANKS.get(preview.bank, bank), forecast=forecast,
            lines=[(signal, forecast.ends.get(signal.source_key, "repeated")) for signal in signals[:MOST_SHOWN]], line_count=len(signals),
            questions=[(reason.code, render_reason(reason)) for reason in preview.questions],
            odd_rows=[(odd, render_reason(odd.reason)) for odd in preview.odd_rows[:100]], earlier=earlier,
            used=render_reason(describe_used(session, earlier).reasons[0]) if earlier and would_change_books(forecast) else None,
        )  # fmt: skip


def _is_columns_refused(token: str) -> bool:
    return bool(find_refused_form(url_for("banking.choose_columns", token=token)).faults)


@blueprint.post("/statements/<token>/columns")
@requires_role(Role.MANAGER)
def choose_columns(token: str) -> ResponseReturnValue:
    """A person says which column is what: the same file is read anew by it."""
    upload = _get_upload(token)
    if upload.is_used:
        return redirect(url_for("banking.list_statements"))
    try:
        upload.apply_mapping(read_column_form(choose_table(upload.tables), request.form))
    except Refused as no:
        return show_again("banking.show_statement", list_reason_faults(no, "columns", {}), token=token)
    return redirect(url_for("banking.show_statement", token=token))


@blueprint.post("/statements/<token>/use")
@requires_role(Role.MANAGER)
def use_statement(token: str) -> ResponseReturnValue:
    """Its lines go into the books. Again: nothing changes; of a file that was used before and is read otherwise now: refused."""
    upload = _get_upload(token)
    statement = upload.statement
    if upload.is_used or statement is None:
        return redirect(url_for("banking.show_statement", token=token))
    with open_reading() as session:
        account = get_account(session, upload.account_id or 0)
        number = account.number
    preview = preview_statement(statement, number)
    if faults := _list_unconfirmed(preview):
        return show_again("banking.show_statement", faults, token=token)
    at = current_time()
    try:
        with open_reading() as session:
            signals = compare_with_told(session, account, list_signals(statement, number))
            refuse_used(session, upload.digest, forecast_signals(session, account, signals, at))
    except Refused as no:
        return show_again("banking.show_statement", list_reason_faults(no, "use", {}), token=token)
    received = take_in_signals(account.id, signals, print_paid, by=current_actor(), at=at)
    with unit_of_work() as session:
        if is_first_request(session):
            account = get_account(session, account.id)
            note_reading(session, account, preview, received, upload.digest, by=current_actor(), at=at)
            if upload.is_mapping_new and upload.mapping is not None:
                keep_mapping(session, account.bank_bin, upload.mapping, by=current_actor(), at=at)
    _current_uploads().note_used(upload)
    flash(_describe_received(received))
    return redirect(url_for("banking.show_day") if received.waiting else url_for("banking.list_statements"))


def _list_unconfirmed(preview: StatementPreview) -> dict[str, str]:
    """What is to be ticked first, by box."""
    return {
        key: text for reason in preview.questions if f"confirm-{reason.code}" not in request.form
        for key, text in list_reason_faults(Refused.because("statement_unconfirmed"), f"confirm-{reason.code}", {}).items()
    }  # fmt: skip


def _describe_received(received: ReceivedSignals) -> str:
    new = len(received.transfers)
    parts = [
        ngettext("%(num)s new transfer is in the books.", "%(num)s new transfers are in the books.", new)
        if new
        else _("Nothing in it was new.")
    ]
    if received.waiting:
        parts.append(ngettext("%(num)s line waits: say which transfer it is.", "%(num)s lines wait: say which transfer each is.", received.waiting))  # fmt: skip
    return " ".join(map(str, parts))


@blueprint.post("/statements/columns/<bank_bin>/forget")
@requires_role(Role.MANAGER)
def forget_columns(bank_bin: str) -> ResponseReturnValue:
    """The bank's next statement is read by its headings again."""
    with unit_of_work() as session:
        forget_mapping(session, bank_bin)
    flash(_("Forgotten. The next statement of this bank is read by its headings."))
    return redirect(url_for("banking.list_statements"))

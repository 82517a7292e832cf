"""settlement/statement_views.py — a draft and a statement: its rows, what is disputed, and the answers."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..identity.forms import AT_SECOND_PERSON
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound
from ..messages.queries import find_told
from ..messages.write import tell_producer
from ..producers.terms import get_producer
from ..shop.models import get_shop
from ..stock.queries import get_lot
from ..web.context import current_config, current_time
from ..web.deal_terms import BEARERS
from ..web.download import send_download
from ..web.forms import answer_form
from ..web.numbers import requested_page
from ..web.pages import current_language
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from ..web.settlement_terms import ROW_KINDS
from .disputes import answer_dispute, get_dispute, is_open, list_disputes, list_notes, sum_corrections
from .export import export_statement_pdf, export_statement_workbook
from .forms import AnswerForm
from .lot_terms import list_term_changes
from .models import Statement, StatementRow
from .owed import read_account
from .queries import sum_kinds
from .receipts import find_sold_line
from .runs import find_draft
from .statements import describe_statement, get_statement, list_statement_rows
from .views import PAGE, blueprint

AT_ANSWER = {
    "dispute_text_missing": "text",
    "dispute_too_long": "text",
    "dispute_ended": "text",
    "amount_odd": "amount",
    **AT_SECOND_PERSON,
}


@blueprint.get("/drafts/<int:producer_id>")
@requires_role(Role.MANAGER)
def show_draft(producer_id: int) -> ResponseReturnValue:
    """What a statement would say, row by row, before it is approved."""
    page = requested_page()
    with open_reading() as session:
        producer, draft = get_producer(session, producer_id), find_draft(session, producer_id)
        if draft is None:
            raise NotFound.because("statement_not_found")
        account = read_account(session, producer_id, last_day=draft.ends)
        rows = list(account.rows)
        return render_template(
            "settlement/draft.html", producer=producer, draft=draft, account=account, sums=sum_kinds(rows), page=page,
            rows=rows[(page - 1) * PAGE : page * PAGE], more=len(rows) > page * PAGE, ROW_KINDS=ROW_KINDS, BEARERS=BEARERS,
        )  # fmt: skip


@blueprint.get("/statements/<int:number>")
@requires_role(Role.MANAGER)
def show_statement(number: int) -> ResponseReturnValue:
    page = requested_page()
    with open_reading() as session:
        statement = get_statement(session, number)
        rows = list_statement_rows(session, number)
        disputes = [
            (dispute, list_notes(session, dispute), is_open(session, dispute))
            for dispute in list_disputes(session, number)
        ]
        return render_template(
            "settlement/statement.html", statement=statement, producer=get_producer(session, statement.producer_id), sums=sum_kinds(rows),
            rows=rows[(page - 1) * PAGE : page * PAGE], page=page, more=len(rows) > page * PAGE, disputes=disputes,
            corrections=sum_corrections(session, [note for _dispute, notes, _is_open in disputes for note in notes]),
            told=find_told(session, statement.producer_id, describe_statement(statement)), by_n={row.n: row for row in rows}, shop=get_shop(session), ROW_KINDS=ROW_KINDS, BEARERS=BEARERS,
        )  # fmt: skip


@blueprint.post("/statements/<int:number>/send")
@requires_role(Role.MANAGER)
def send_statement(number: int) -> ResponseReturnValue:
    """Tell the producer of a statement that was approved before producers were told by themselves."""
    with unit_of_work() as session:
        statement = get_statement(session, number)
        content = describe_statement(statement)
        if find_told(session, statement.producer_id, content) is None:
            tell_producer(session, statement.producer_id, content, by=current_actor(), at=current_time())
    flash(_("The producer is told."))
    return redirect(url_for("settlement.show_statement", number=number))


@blueprint.get("/statements/<int:number>.pdf")
@requires_role(Role.MANAGER)
def send_pdf(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        paper = export_statement_pdf(
            session,
            get_statement(session, number),
            current_config().public.base_url,
            _,
            english=current_language() == "en",
        )
    return send_download(paper, f"bang-ke-{number}.pdf")


@blueprint.get("/statements/<int:number>.xlsx")
@requires_role(Role.MANAGER)
def send_workbook(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        book = export_statement_workbook(session, get_statement(session, number), _)
    return send_download(book, f"bang-ke-{number}.xlsx")


@blueprint.route("/disputes/<int:number>", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def answer(number: int) -> ResponseReturnValue:
    """Answer a disputed line: in words, by a correction that stands on the next statement, or by ending it."""
    form: Any = AnswerForm()

    def save() -> ResponseReturnValue:
        approval = form.second_person()
        with unit_of_work() as session:
            if is_first_request(session):
                answer_dispute(
                    session, get_dispute(session, number), form.text.data, is_end=bool(form.is_end.data),
                    correction_vnd=form.correction_vnd, approval=approval, by=current_actor(), at=current_time(),
                )  # fmt: skip
        flash(_("Saved."))
        return redirect(url_for("settlement.show_statement", number=statement_number))

    with open_reading() as session:
        dispute = get_dispute(session, number)
        statement_number = dispute.statement_number
        row = session.get_one(StatementRow, (statement_number, dispute.row_n))
        sold = find_sold_line(session, row)
        notes, goes_on = list_notes(session, dispute), is_open(session, dispute)
        corrections = sum_corrections(session, notes)
        producer = get_producer(session, session.get_one(Statement, statement_number).producer_id)
        put_right = list_term_changes(session, get_lot(session, row.lot_id)) if row.lot_id else ()
    if (sent := answer_form(form, save, AT_ANSWER, form.require_agreed)) is not None:
        return sent
    return render_template(
        "settlement/dispute.html", form=form, dispute=dispute, row=row, sold=sold, notes=notes, corrections=corrections, producer=producer, is_open=goes_on,
        put_right=put_right, title=_("Line %(n)s of statement no. %(number)s", n=dispute.row_n, number=statement_number), ROW_KINDS=ROW_KINDS,
        back=url_for("settlement.show_statement", number=statement_number),
    )  # fmt: skip

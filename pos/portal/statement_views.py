"""portal/statement_views.py — own account and statements, and lines of them that the producer disputes."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..producers.terms import find_terms, get_producer, list_bands
from ..producers.terms_in_words import TermsInWords, describe_terms
from ..settlement.disputes import (
    answer_dispute,
    is_open,
    list_disputes,
    list_notes,
    open_dispute,
    sum_corrections,
)
from ..settlement.export import export_statement_pdf, export_statement_workbook
from ..settlement.owed import read_account
from ..settlement.queries import sum_kinds
from ..settlement.statements import get_statement_row, list_statement_rows, list_statements
from ..shop.models import get_shop
from ..web.context import current_config, current_day, current_time
from ..web.deal_terms import BEARERS
from ..web.download import send_download
from ..web.forms import answer_form
from ..web.numbers import parse_row_id, requested_page
from ..web.pages import current_language
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from ..web.settlement_terms import ROW_KINDS
from .first_page import find_next_payout
from .forms import DisputeForm
from .own_goods import blueprint, get_own_dispute, get_own_statement, own_producer_id

PAGE = 100
AT_DISPUTE = dict.fromkeys(
    ("dispute_text_missing", "dispute_too_long", "dispute_open", "dispute_ended"), "text"
)


@blueprint.get("/statements")
@requires_role(Role.PRODUCER)
def show_statements() -> ResponseReturnValue:
    """What the shop owes now, row by row since the last statement, and every statement so far."""
    page, own = requested_page(), own_producer_id()
    with open_reading() as session:
        account = read_account(session, own)
        rows = list(account.rows)[::-1]
        return render_template(
            "portal/statements.html", producer=get_producer(session, own), account=account, statements=list_statements(session, own),
            payout=find_next_payout(session, account, current_day()), sums=sum_kinds(account.rows), rows=rows[(page - 1) * PAGE : page * PAGE],
            page=page, more=len(rows) > page * PAGE, words=_find_terms_in_words(session, own), shop=get_shop(session),
            ROW_KINDS=ROW_KINDS, BEARERS=BEARERS,
        )  # fmt: skip


def _find_terms_in_words(session: Session, producer_id: int) -> TermsInWords | None:
    """What is agreed today; None where nothing is."""
    terms = find_terms(session, producer_id, current_day())
    return describe_terms(terms, list_bands(session, terms.id), _) if terms else None


@blueprint.get("/statements/<int:number>")
@requires_role(Role.PRODUCER)
def show_statement(number: int) -> ResponseReturnValue:
    page, own = requested_page(), own_producer_id()
    with open_reading() as session:
        statement = get_own_statement(session, own, number)
        rows = list_statement_rows(session, number)
        disputes = [(each, is_open(session, each)) for each in list_disputes(session, number)]
        return render_template(
            "portal/statement.html", statement=statement, producer=get_producer(session, own), sums=sum_kinds(rows),
            rows=rows[(page - 1) * PAGE : page * PAGE], page=page, more=len(rows) > page * PAGE, disputes=disputes,
            by_n={row.n: row for row in rows}, words=_find_terms_in_words(session, own), shop=get_shop(session), ROW_KINDS=ROW_KINDS, BEARERS=BEARERS,
        )  # fmt: skip


@blueprint.get("/statements/<int:number>.pdf")
@requires_role(Role.PRODUCER)
def send_statement(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        statement = get_own_statement(session, own_producer_id(), number)
        base_url, is_english = current_config().public.base_url, current_language() == "en"
        paper = export_statement_pdf(session, statement, base_url, _, english=is_english)
    return send_download(paper, f"bang-ke-{number}.pdf")


@blueprint.get("/statements/<int:number>.xlsx")
@requires_role(Role.PRODUCER)
def send_statement_workbook(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        book = export_statement_workbook(session, get_own_statement(session, own_producer_id(), number), _)
    return send_download(book, f"bang-ke-{number}.xlsx")


@blueprint.route("/statements/<int:number>/dispute", methods=["GET", "POST"])
@requires_role(Role.PRODUCER)
def dispute_line(number: int) -> ResponseReturnValue:
    """Say that a line (`line`) is wrong; the shop answers."""
    form: Any = DisputeForm()
    row_n, own = request.args.get("line", 0, type=parse_row_id), own_producer_id()

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            if is_first_request(session, is_money=False):
                statement = get_own_statement(session, own, number)
                open_dispute(session, statement, row_n, form.text.data, by=current_actor(), at=current_time())
        flash(_("The shop is told. Its answer stands with the statement."))
        return redirect(url_for("portal.show_statement", number=number))

    with open_reading() as session:
        statement = get_own_statement(session, own, number)
        row, producer = get_statement_row(session, statement, row_n), get_producer(session, own)
    if (answer := answer_form(form, save, AT_DISPUTE)) is not None:
        return answer
    return render_template(
        "portal/dispute.html",
        form=form,
        row=row,
        statement=statement,
        producer=producer,
        notes=(),
        corrections={},
        is_open=True,
        ROW_KINDS=ROW_KINDS,
    )


@blueprint.route("/disputes/<int:number>", methods=["GET", "POST"])
@requires_role(Role.PRODUCER)
def show_dispute(number: int) -> ResponseReturnValue:
    """What both sides wrote about a line, and one more word."""
    form: Any = DisputeForm()
    form.text.label.text = _("Answer")
    own = own_producer_id()

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            if is_first_request(session, is_money=False):
                disputed, _statement = get_own_dispute(session, own, number)
                answer_dispute(session, disputed, form.text.data, by=current_actor(), at=current_time())
        flash(_("Sent."))
        return redirect(url_for("portal.show_dispute", number=number))

    with open_reading() as session:
        disputed, statement = get_own_dispute(session, own, number)
        row, producer = get_statement_row(session, statement, disputed.row_n), get_producer(session, own)
        notes, goes_on = list_notes(session, disputed), is_open(session, disputed)
        corrections = sum_corrections(session, notes)
    if (answer := answer_form(form, save, AT_DISPUTE)) is not None:
        return answer
    return render_template(
        "portal/dispute.html",
        form=form,
        row=row,
        statement=statement,
        producer=producer,
        notes=notes,
        corrections=corrections,
        is_open=goes_on,
        ROW_KINDS=ROW_KINDS,
    )

"""cashbook/views.py — the cash book: its balances and entries, new documents, and each document's page."""

from datetime import date
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..files.queries import list_files
from ..files.upload import check_upload, store_upload, upload_error_fields
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..printing.send import wake_printers
from ..shifts.cash_documents import (
    find_cash_note,
    get_cash_document,
    list_noted_persons,
    note_cash_document,
)
from ..shifts.models import CashCategory, CashDocument
from ..shifts.print_document import print_cash_document
from ..shop.models import get_shop
from ..web.cash_terms import CASH_CATEGORIES, name_cash_category, name_cash_document, name_cash_place
from ..web.context import current_day, current_time
from ..web.download import send_download
from ..web.forms import answer_form, choose_from, explain_odd_day
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.pages import current_language
from ..web.repeated import find_first_result, keep_first_result
from ..web.rights import current_actor, requires_role
from ..web.spans import list_spans, read_address_day
from .export import export_book_pdf, export_book_workbook
from .forms import CardForm, MoveForm, NoteForm, OpeningForm, PaymentForm, ReceiptForm
from .pdf import render_cash_document
from .queries import (
    CashBookFilter,
    list_balances,
    list_places,
    list_untold_openings,
    read_cash_book,
)
from .write_documents import (
    PAID_FOR,
    RECEIVED_FOR,
    credit_card_takings,
    move_between,
    tell_opening,
    write_payment,
    write_receipt,
)

blueprint = Blueprint("cashbook", __name__, url_prefix="/cash-book")
blueprint.after_request(wake_printers)
MOST_SHOWN = 300
FORMS: dict[str, tuple[type[Any], Any]] = {
    "receipt": (ReceiptForm, _l("New receipt voucher")),
    "payment": (PaymentForm, _l("New payment voucher")),
    "move": (MoveForm, _l("Move money")),
    "card": (CardForm, _l("Card takings credited")),
    "opening": (OpeningForm, _l("Opening balance")),
}
AT_FIELD = {
    "amount_odd": "amount", "reason_missing": "reason", "category_odd": "category", "drawer_short": "amount",
    "place_short": "amount", "place_odd": "place", "same_place": "to_place", "two_drawers": "to_place",
    "opening_told": "place", "opening_below": "amount", **upload_error_fields("photo"),
}  # fmt: skip


@blueprint.get("")
@requires_role(Role.MANAGER)
def show_book() -> ResponseReturnValue:
    """What is in each place now; of a span of days every entry, with what was there before and after it."""
    today = current_day()
    asked, fault = _read_filter(today)
    with open_reading() as session:
        balances = list_balances(session)
        book = read_cash_book(session, asked)
        shop_name, untold = get_shop(session).name, list_untold_openings(session)
    if not fault and request.args.get("as") == "xlsx":
        return send_download(export_book_workbook(book, _), "cash-book.xlsx")
    if not fault and request.args.get("as") == "pdf":
        return send_download(export_book_pdf(book, asked, shop_name, _), "cash-book.pdf")
    return render_template(
        "cashbook/book.html", book=book, shown=book.entries[-MOST_SHOWN:], asked=asked, fault=fault, balances=balances,
        untold=untold, kept=_keep_asked(), spans=list_spans(today), CASH_CATEGORIES=CASH_CATEGORIES,
    )  # fmt: skip


def _read_filter(today: date) -> tuple[CashBookFilter, str]:
    """What the address asks for, and what is wrong with its days ("": nothing). This month, where it names none."""
    texts = [request.args.get(name, "").strip() for name in ("first", "last")]
    defaults = (today.replace(day=1), today)
    days = [read_address_day(text, today) if text else day for text, day in zip(texts, defaults, strict=True)]
    fault = next((explain_odd_day(text) for text, day in zip(texts, days, strict=True) if day is None), "")
    first, last = (day or today for day in days)
    if not fault and first > last:
        fault = str(_("The first day lies after the last one."))
    place, category = (request.args.get(name, "") for name in ("place", "category"))
    return CashBookFilter(first, last, place, category if category in CASH_CATEGORIES else ""), fault


def _keep_asked() -> dict[str, str]:
    names = ("first", "last", "place", "category")
    return {name: text for name in names if (text := request.args.get(name, "").strip())}


@blueprint.route("/new/<any(receipt, payment, move, card, opening):what>", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def write_document(what: str) -> ResponseReturnValue:
    """A receipt, a payment, a move, a collective credit of the bank's, or an opening balance."""
    make_form, title = FORMS[what]
    form: Any = make_form()
    with open_reading() as session:
        _offer_choices(session, form, what)
        persons = list_noted_persons(session)

    def save() -> ResponseReturnValue:
        photo = check_upload("photo") if "photo" in form else None
        with unit_of_work() as session:
            first = find_first_result(session)
            if first is None:
                document = _write(session, what, form)
                if "person" in form:
                    stored = store_upload(session, photo) if photo else None
                    note_cash_document(session, document, form.person.data or "", stored)
                keep_first_result(session, str(document.id))
            else:
                document = get_cash_document(session, int(first))
            number, name = document.id, name_cash_document(document)
        flash(_("%(document)s is written.", document=name))
        return redirect(url_for("cashbook.show_document", document_id=number))

    if (answer := answer_form(form, save, AT_FIELD)) is not None:
        return answer
    return render_template(
        "cashbook/new.html", form=form, title=title, back=url_for("cashbook.show_book"), persons=persons
    )


def _write(session: Session, what: str, form: Any) -> CashDocument:
    """The form's document."""
    who_and_when: Any = {"by": current_actor(), "at": current_time()}
    amount_vnd = form.amount.data
    if what == "opening":
        return tell_opening(session, form.place.data, amount_vnd, **who_and_when)
    reason = form.reason.data or ""
    if what == "card":
        return credit_card_takings(session, amount_vnd, form.fee.data or 0, reason, **who_and_when)
    if what == "move":
        return move_between(
            session, form.from_place.data, form.to_place.data, amount_vnd, reason, **who_and_when
        )
    write = write_receipt if what == "receipt" else write_payment
    return write(
        session, form.place.data, amount_vnd, CashCategory(form.category.data), reason, **who_and_when
    )


def _offer_choices(session: Session, form: Any, what: str) -> None:
    """The places, each with what is in it; and what the money can be for."""
    places = list_untold_openings(session) if what == "opening" else list_places(session)
    named = [(place, name_cash_place(place)) for place in places]
    for name in ("place", "from_place", "to_place"):
        if name in form:
            choose_from(form[name], [("", "–"), *named])
    if "category" in form:
        allowed = RECEIVED_FOR if what == "receipt" else PAID_FOR
        choose_from(form.category, [("", "–"), *((code.value, name_cash_category(code)) for code in allowed)])
    if not form.is_submitted():
        for name in ("place", "category", "from_place", "to_place"):
            if name in form and request.args.get(name):
                form[name].data = request.args[name]


@blueprint.route("/documents/<int:document_id>", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def show_document(document_id: int) -> ResponseReturnValue:
    """One document; who was paid and the photo of the paper may be added, changed and erased."""
    with open_reading() as session:
        document = get_cash_document(session, document_id)
        note = find_cash_note(session, document)
        photo_id = note.photo_id if note else None
        photo = list_files(session, [photo_id]).get(photo_id) if photo_id else None
        persons = list_noted_persons(session)
    form: Any = NoteForm(data={"person": note.person if note else ""})

    def save() -> ResponseReturnValue:
        erased = "erase" in request.form
        checked = None if erased else check_upload("photo")
        with unit_of_work() as session:
            kept = get_cash_document(session, document_id)
            stored = store_upload(session, checked) if checked else None
            if stored is None and photo_id and not erased:
                stored = list_files(session, [photo_id])[photo_id]
            note_cash_document(session, kept, "" if erased else form.person.data or "", stored)
        flash(_("Erased.") if erased else _("Saved."))
        return redirect(url_for("cashbook.show_document", document_id=document_id))

    if (answer := answer_form(form, save, AT_FIELD)) is not None:
        return answer
    return render_template(
        "cashbook/document.html", document=document, note=note, photo=photo, form=form, persons=persons
    )


@blueprint.get("/documents/<int:document_id>.pdf")
@requires_role(Role.MANAGER)
def as_pdf(document_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        document = get_cash_document(session, document_id)
        note, shop = find_cash_note(session, document), get_shop(session)
    person = note.person if note else ""
    in_words = current_language() != "en"
    return send_download(
        render_cash_document(shop, document, person, _, in_words=in_words), f"cash-{document_id}.pdf"
    )


@blueprint.post("/documents/<int:document_id>/print")
@requires_role(Role.MANAGER)
def print_document(document_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        print_cash_document(session, get_cash_document(session, document_id), _)
    flash(_("It is on its way to the printer."))
    return redirect(url_for("cashbook.show_document", document_id=document_id))


def register(app: Flask) -> None:
    """Add the room's pages and its line of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("cashbook.show_book", _l("Cash book"), "banknote", MANAGER, MenuGroup.MONEY, 4),
    )  # fmt: skip

"""settlement/terms_views.py — new terms with what they change, their annex; a lot's terms put right; the bank's fees."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..catalog.products import get_product
from ..identity.forms import AT_SECOND_PERSON
from ..kernel.actor import Approval, Role
from ..kernel.database import open_reading, unit_of_work
from ..producers.forms import AT_TERMS, DealsForm, list_typed_terms, read_agreement
from ..producers.models import ProducerTerms
from ..producers.terms import (
    draft_terms,
    find_terms,
    get_producer,
    get_terms,
    list_bands,
    list_bands_of,
    list_producers_without_terms,
    list_terms,
)
from ..producers.terms_in_words import describe_terms, name_deal
from ..sales.models import TenderKind
from ..shop.models import get_shop
from ..stock.models import Lot
from ..stock.queries import get_lot
from ..storeroom.receiving_views import agree_deals_by
from ..web.context import current_config, current_day, current_time
from ..web.download import send_download
from ..web.forms import answer_form, read_id
from ..web.menu import add_to_menu
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .annex import Annex, render_annex
from .dated_back import agree_dated_terms, find_services_without_terms
from .fees import list_tender_fees, record_tender_fee
from .lot_terms import (
    change_lot_terms,
    find_difference_vnd,
    find_lot_terms,
    has_terms,
    list_disputed_corrections,
    list_term_changes,
)
from .terms_forms import DatedTermsForm, LotTermsForm, TenderFeeForm
from .terms_preview import EXAMPLE_VND, preview_terms

blueprint = Blueprint("terms", __name__)
TAKES_BACK = {"same": True, "other": False}  # what was put right for a disputed line of the lot
SAVE, BACK = "save", "back"  # what is asked of a form of new terms; without either: to look what they change
AT_DATED_TERMS = {**AT_TERMS, "terms_dated_back": "login", **AT_SECOND_PERSON}
AT_FEE = {"fee_out_of_range": "rate_bp", "fee_dated_back": "login", **AT_SECOND_PERSON}
_NOT_TYPED = {"csrf_token", "once", "step", "login", "pin"}


@blueprint.route("/producers/<int:producer_id>/terms", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def new_terms(producer_id: int) -> ResponseReturnValue:
    """First what the new terms change, then they are saved; from there one may go back to what was typed."""
    with open_reading() as session:
        producer = get_producer(session, producer_id)
        known = find_terms(session, producer_id, current_day())
        typed = list_typed_terms(known, list_bands(session, known.id)) if known else {}
    form: Any = DatedTermsForm(data={"starts": current_day(), **typed})
    step = request.form.get("step", "")

    def preview() -> ResponseReturnValue:
        drafted = draft_terms(producer, at=current_time(), **read_agreement(form, form.starts.data))
        with open_reading() as session:
            changes = preview_terms(session, drafted, current_day(), _)
            services = find_services_without_terms(session, producer_id, form.starts.data)
        kept = [item for item in request.form.items(multi=True) if item[0] not in _NOT_TYPED]
        return render_template("settlement/terms_preview.html", producer=producer, changes=changes, services=services, kept=kept, form=form, example_vnd=EXAMPLE_VND)  # fmt: skip

    def save() -> ResponseReturnValue:
        approval = form.second_person()
        with unit_of_work() as session:
            if is_first_request(session, is_money=False):
                _agree_deal(session, producer_id, form, approval)
        flash(_("Saved."))
        return redirect(url_for("producers.edit", producer_id=producer_id))

    if (
        step != BACK
        and (answer := answer_form(form, save if step == SAVE else preview, AT_DATED_TERMS)) is not None
    ):
        return answer
    if form.login.errors or form.pin.errors:
        return preview()
    return render_template("settlement/terms.html", form=form, producer=producer)


def _agree_deal(session: Session, producer_id: int, form: Any, approval: Approval | None = None) -> None:
    agree_dated_terms(
        session, get_producer(session, producer_id), approval=approval, by=current_actor(), at=current_time(),
        **read_agreement(form, form.starts.data),
    )  # fmt: skip


@blueprint.route("/producers/deals", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def agree_deals() -> ResponseReturnValue:
    """Producers without terms: one deal for those that are ticked, again until none is left."""
    with open_reading() as session:
        waiting = list_producers_without_terms(session, current_day())
    form: Any = DealsForm(starts=current_day())
    form.producer_ids.choices = [(producer.id, producer.name) for producer in waiting]
    if not form.is_submitted():
        form.producer_ids.data = [producer.id for producer in waiting]

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            for producer_id in form.producer_ids.data:
                _agree_deal(session, producer_id, form)
        flash(_("Saved."))
        return redirect(url_for("terms.agree_deals"))

    if (answer := answer_form(form, save, AT_TERMS | {"terms_dated_back": "producer_ids"})) is not None:
        return answer
    return render_template("producers/deals.html", form=form, waiting=waiting)


@blueprint.get("/producers/<int:producer_id>/terms/<int:terms_id>.pdf")
@requires_role(Role.MANAGER)
def print_annex(producer_id: int, terms_id: int) -> ResponseReturnValue:
    """The terms as the annex of a contract, in the shop's language."""
    with open_reading() as session:
        producer, shop = get_producer(session, producer_id), get_shop(session)
        terms, bands = get_terms(session, producer_id, terms_id), list_bands(session, terms_id)
        which = 1 + sum(1 for other in list_terms(session, producer_id) if other.id < terms_id)
    number = f"{producer.code}-{which}"
    with force_locale(current_config().till.language):
        words = describe_terms(terms, bands, _)
        pdf = render_annex(Annex(number, shop, producer, terms, words), _)
    return send_download(pdf, f"phu-luc-{terms_id}.pdf")


@blueprint.route("/lots/<int:lot_id>/terms", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def change_lot(lot_id: int) -> ResponseReturnValue:
    """Under which terms a lot is; which are the right ones, and how much more or less is owed by them."""
    form: Any = LotTermsForm(terms_id=_read_asked_terms())
    with open_reading() as session:
        lot = get_lot(session, lot_id)
        offered = list_terms(session, lot.producer_id or 0)
        names = _name_terms(session, offered)
        form.terms_id.choices = [(terms.id, names[terms.id]) for terms in offered]

    def save() -> ResponseReturnValue:
        agreed = form.second_person()
        with unit_of_work() as session:
            if is_first_request(session):
                change_lot_terms(
                    session, get_lot(session, lot_id), get_terms(session, lot.producer_id or 0, form.terms_id.data), form.reason.data,
                    approval=agreed, by=current_actor(), at=current_time(), takes_back=TAKES_BACK.get(form.same_reason.data),
                )  # fmt: skip
        flash(_("Saved."))
        return redirect(url_for("terms.change_lot", lot_id=lot_id))

    places = {"reason_missing": "reason", "terms_same": "terms_id", "corrections_undecided": "same_reason", **AT_SECOND_PERSON}  # fmt: skip
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    return _show_lot_terms(lot, form, offered, names)


def _show_lot_terms(
    lot: Lot, form: Any, offered: Sequence[ProducerTerms], names: dict[int, str]
) -> ResponseReturnValue:
    """The page; with the form to sign where other terms than the lot's own were chosen."""
    with open_reading() as session:
        known, asked_id = find_lot_terms(session, lot), form.terms_id.data
        is_other = known is None or known.id != asked_id
        asked = next((terms for terms in offered if is_other and terms.id == asked_id), None)
        return render_template(
            "settlement/lot_terms.html", form=form, lot=lot, product=get_product(session, lot.product_id), offered=offered, names=names,
            known=known, words=describe_terms(known, list_bands(session, known.id), _) if known else None, asked=asked,
            changes=list_term_changes(session, lot), difference_vnd=find_difference_vnd(session, lot, asked) if asked else 0,
            corrections=list_disputed_corrections(session, lot),
            had_terms=has_terms(session, lot),
        )  # fmt: skip


def _read_asked_terms() -> int | None:
    try:
        return read_id(request.args.get("terms_id"))
    except ValueError:
        return None


def _name_terms(session: Session, offered: Sequence[ProducerTerms]) -> dict[int, str]:
    bands = list_bands_of(session, [terms.id for terms in offered])
    return {terms.id: name_deal(terms, bands[terms.id], _) for terms in offered}


@blueprint.app_template_global("find_lot_deal")
def find_lot_deal(lot_id: int) -> str:
    """The deal that a lot is under, for its page; "" for none."""
    with open_reading() as session:
        terms = find_lot_terms(session, get_lot(session, lot_id))
        return name_deal(terms, list_bands(session, terms.id), _) if terms else ""


@blueprint.route("/producers/fees", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def set_fees() -> ResponseReturnValue:
    """What the bank takes of cards and transfers, by day; it matters where a producer bears it."""
    form: Any = TenderFeeForm(starts=current_day())

    def save() -> ResponseReturnValue:
        approval = form.second_person()
        with unit_of_work() as session:
            if is_first_request(session, is_money=False):
                record_tender_fee(
                    session, TenderKind(form.tender.data), form.rate_bp.data, starts=form.starts.data, approval=approval,
                    by=current_actor(), at=current_time(),
                )  # fmt: skip
        flash(_("Saved."))
        return redirect(url_for("terms.set_fees"))

    if (answer := answer_form(form, save, AT_FEE)) is not None:
        return answer
    with open_reading() as session:
        return render_template("settlement/fees.html", form=form, fees=list_tender_fees(session))


def register(app: Flask) -> None:
    """Add these pages to the application; they belong to the lines of producers and of stock."""
    app.register_blueprint(blueprint)
    agree_deals_by(app, agree_dated_terms)
    lines = {
        "terms.new_terms": "producers.list_producers",
        "terms.set_fees": "producers.list_producers",
        "terms.agree_deals": "producers.list_producers",
        "terms.change_lot": "stock.list_lots",
    }
    add_to_menu(app, parents=lines)

"""till/action.py — one act at the till: one unit of work, then the whole screen back, whatever came of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hardware.slips.slip import Slip

from ..admission.reasons import GATE
from ..identity.approvals import MANAGERS
from ..identity.forms import verify_form_approval
from ..journal.queries import count_acts
from ..journal.record import record, row_name
from ..kernel.actor import Approval, Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound, Refused, ShopError, Stale
from ..kernel.parsers import read_vnd
from ..kernel.reason import Reason
from ..printing import queue as printing
from ..printing.send import send_to_printer, wake_printers
from ..sales.models import Sale, Tender, TenderKind
from ..sales.queries import find_buyers_language, list_tenders
from ..sales.questions import Question
from ..sales.receipt import make_packing_slip, make_receipt
from ..web.context import current_config, current_time
from ..web.reasons import render_reason
from ..web.repeated import find_first_result, keep_first_result
from ..web.rights import current_actor, requires_role
from .panels import Panel, PayPanel, QuestionPanel, RefusedPanel, RepeatedRequest, make_empty_panel
from .screen import render_till

blueprint = Blueprint("till", __name__, url_prefix="/till")
AT_TILL = (Role.CASHIER, Role.MANAGER)
REPRINTED = "reprinted"
WRONG_VOUCHER = "voucher_not_found"  # somebody may be guessing: journaled
PUTS_ON = ("till.scan", "till.add", "till.choose_lot")
CHANGES_BASKET = (*PUTS_ON, "till.change_quantity")
OnRefused = Callable[[ShopError], None]
Act = Callable[..., Any]


def till_action(act: Callable[..., Panel | tuple[Panel, int]]) -> Callable[..., ResponseReturnValue]:
    """Run one act in one unit of work and answer with the whole till.

    What the gate refuses rolls it back, is journaled, and shows as the red panel over the basket as it was. Anything
    else that stops it (a typing slip, a wrong PIN, a limit) shows at its field, in the form it came from, with all that
    was typed. A question to the cashier rolls it back, too; the answer sends the same request again.
    """

    @wraps(act)
    def answer(**arguments: Any) -> ResponseReturnValue:
        status, selected, stopped = 200, None, None
        try:
            approved = _form_approval(getattr(act, APPROVERS, MANAGERS))
            with unit_of_work() as session:
                g.approval = approved
                first = find_first_result(session)
                if first is not None:  # the same click twice is done once
                    panel = _answer_again(session, act, first)
                else:
                    done = act(session, **arguments)
                    panel, selected = done if isinstance(done, tuple) else (done, None)
                    if panel.is_done:
                        keep_first_result(session, panel.made, is_money=request.endpoint not in PUTS_ON)
        except Question as question:
            if question.is_journaled:
                with unit_of_work() as session:
                    question.write_to_journal(session, by=current_actor(), at=current_time())
            panel = make_question_panel(question)
        except ShopError as no:
            status, panel, stopped = no.status, PayPanel(), no
            if is_refused_by_gate(no):
                _log_refusal(no)
                panel, stopped = _make_refused_panel(no), None
            elif no.reasons[0].code == WRONG_VOUCHER:
                with unit_of_work() as session:
                    record(session, "voucher_unknown", by=current_actor(), at=current_time())
        with open_reading() as session:
            if stopped is not None:
                panel = make_form_panel(session, act, stopped, arguments)
            return render_till(session, current_actor(), current_config(), panel, selected), status

    return requires_role(*AT_TILL)(answer)


ANSWER_AGAIN = "answer_again"


def answered_again_by(make_panel: Callable[[Session, int], Panel]) -> Callable[[Act], Act]:
    """What a repeated request of this act is answered with, by the number of what the first one made."""

    def mark(act: Act) -> Act:
        setattr(act, ANSWER_AGAIN, make_panel)
        return act

    return mark


def _answer_again(session: Session, act: Act, result: str) -> Panel:
    make_panel: Callable[[Session, int], Panel] | None = getattr(act, ANSWER_AGAIN, None)
    return make_panel(session, int(result)) if make_panel and result.isdecimal() else PayPanel()


def make_question_panel(question: Question) -> Panel:
    repeated = make_repeated_request(question.answer)
    return QuestionPanel(name=question.panel, sound="look", question=question, repeated=repeated)


def make_repeated_request(*answers: str) -> RepeatedRequest:
    """The request, to be sent once more with the answer to a question: `answers` are the fields that may hold it."""
    left_out = {"csrf_token", "pin", *answers}
    fields = [(name, value) for name, value in request.form.items() if name not in left_out]
    return RepeatedRequest(address=request.path, fields=fields, answer=answers[0])


APPROVERS = "approvers"


def approved_by(roles: frozenset[Role]) -> Callable[[Act], Act]:
    """Whose name and PIN in the act's form count; by default a manager's."""

    def mark(act: Act) -> Act:
        setattr(act, APPROVERS, roles)
        return act

    return mark


def _form_approval(roles: frozenset[Role]) -> Approval | None:
    """The word of somebody of these roles by the name and PIN in the form, where there is one."""
    login, pin, reason = (request.form.get(name, "") for name in ("login", "pin", "reason"))
    if not (login and pin):  # a name that is chosen already says nothing before its PIN is typed
        return None
    return verify_form_approval(login, pin, reason, roles)


def read_typed_vnd(name: str, *, needs_reason: bool = False) -> int:
    """The sum that was typed into this field. Raises Refused (`amount_odd`) for what is none, or less than none.

    `needs_reason`: where the form's reason is empty too, that is said with it.
    """
    amount = read_vnd(request.form.get(name, ""))
    if amount is None or amount < 0:
        odd = Reason.make("amount_odd", field=name)
        raise Refused(odd, *(list_missing_reason() if needs_reason else ()))
    return amount


def read_tender_kind() -> TenderKind:
    """Cash, or a card where the form says so: what vouchers and debts are paid with."""
    return TenderKind.CARD if request.form.get("kind") == TenderKind.CARD else TenderKind.CASH


def list_missing_reason() -> list[Reason]:
    """`reason_missing` where the form's box for a reason is empty."""
    return [] if request.form.get("reason", "").strip() else [Reason.make("reason_missing")]


def is_refused_by_gate(error: ShopError) -> bool:
    return any(reason.code in GATE for reason in error.reasons)


FORM_PANEL = "form_panel"
FIELDS = {  # where a reason is shown: the first of these that the form has
    "amount_odd": ("given", "amount", "float", "counted", "price", "value"),
    "tender_short": ("given",),
    "part_odd": ("card", "amount"),
    "discount_odd": ("off",),
    "discount_too_much": ("off",),
    "discount_approval_needed": ("login",),
    "discount_needs_manager": ("login",),
    "voucher_not_found": ("code",),
    "voucher_shut": ("code",),
    "voucher_ended": ("code",),
    "voucher_empty": ("code",),
    "voucher_elsewhere": ("code",),
    "voucher_used": ("code",),
    "voucher_given": ("code",),
    "voucher_value_odd": ("value",),
    "voucher_end_past": ("until",),
    "buyer_missing": ("buyer",),
    "debt_missing": ("sale",),
    "account_limit": ("amount",),
    "debt_amount_odd": ("amount",),
    "correction_too_much": ("amount",),
    "reference_missing": ("reference",),
    "given_too_much": ("given",),
    "drawer_short": ("amount",),
    "quantity_too_much": ("quantity",),
    "quantity_odd": ("quantity", "weight", "counted"),
    "weight_odd": ("weight",),
    "reason_missing": ("reason",),
    "pin_wrong": ("pin",),
    "pin_shut": ("pin",),
    "not_a_manager": ("login",),
    "manager_needed": ("login",),
    "transfer_needs_manager": ("login",),
    "approval_needed": ("login",),
    "approval_needed_shift": ("login",),
    "approval_needed_age": ("login",),
    "approval_needed_other": ("login",),
    "cash_approval_needed": ("login",),
    "category_odd": ("category",),
    "hand_over_to_self": ("login",),
    "sale_not_found": ("number",),
}
NEVER_SHOWN_AGAIN = {"csrf_token", "once", "pin", "key", "login"}


def form_panel(panel: str | Callable[..., Panel]) -> Callable[[Act], Act]:
    """Which panel has the act's form: its name, or a function of the session and the act's own arguments."""

    def mark(act: Act) -> Act:
        setattr(act, FORM_PANEL, panel)
        return act

    return mark


def make_form_panel(session: Session, act: Act, error: ShopError, arguments: dict[str, Any]) -> Panel:
    """The form that an act came from, with what was typed, each error at its field, and the others above.

    Where the act has no form of its own, or what it is about has changed meanwhile: the reasons over the basket.
    """
    at_fields: dict[str, str] = {}
    above = []
    for reason in error.reasons:
        places = (str(reason.facts.get("field", "")), *FIELDS.get(reason.code, ()))
        field = next((name for name in places if name in request.form or name in APPROVAL), "")
        words = render_reason(reason)
        if field:
            text = f"{words.sentence} {words.remedy}".strip()
            at_fields[field] = f"{at_fields[field]} {text}" if field in at_fields else text
        else:
            above.append(words)
    panel = _find_form_panel(session, act, error, arguments)
    typed = {name: value for name, value in request.form.items() if name not in NEVER_SHOWN_AGAIN}
    if panel.name == "pay":  # its fields have no room for words
        above = [render_reason(reason) for reason in error.reasons]
    return replace(panel, sound="no", errors=at_fields, typed=typed, above=above)


APPROVAL = ("login", "pin")  # a form that had no such boxes gets them


def _find_form_panel(session: Session, act: Act, error: ShopError, arguments: dict[str, Any]) -> Panel:
    wanted = getattr(act, FORM_PANEL, "pay")
    if isinstance(error, (Stale, NotFound)) and not isinstance(wanted, str):
        wanted = "pay"
    return make_empty_panel(wanted) if isinstance(wanted, str) else wanted(session, **arguments)


def _log_refusal(no: ShopError) -> None:
    on_refused: OnRefused = current_app.extensions["ocop_on_refused"]
    on_refused(no)


def _make_refused_panel(no: ShopError) -> Panel:
    named = (r.facts.get("product") or r.facts.get("scanned") for r in no.reasons)
    product = next((str(name) for name in named if name), "")
    asks_shelf_price = request.endpoint in CHANGES_BASKET and _is_refused_by_tag_alone(no)
    return RefusedPanel(
        reasons=[render_reason(reason) for reason in no.reasons],
        product=product,
        count=_find_number(no, "not_on_hand", "product_id"),
        shelf_vnd=_find_number(no, "not_shelf_price", "shown") if asks_shelf_price else None,
        repeated=make_repeated_request("at_shelf_price"),
    )


def _find_number(no: ShopError, code: str, fact: str) -> int | None:
    """The fact of the first reason of this code; None where there is none."""
    found = next((reason.facts.get(fact) for reason in no.reasons if reason.code == code), None)
    return found if isinstance(found, int) else None


def _is_refused_by_tag_alone(no: ShopError) -> bool:
    """Nothing stops it but a tag that shows less: the lower price counts for the buyer (law 16/2023, art. 29)."""
    return {reason.code for reason in no.reasons} == {"not_shelf_price"}


def print_subject(sale: Sale) -> str:
    """How a print job names the sale that it is the copy of."""
    return f"sale:{sale.number}"


def make_sale_receipt(
    session: Session, sale: Sale, *, copy: int = 0, language: str = "", tenders: Sequence[Tender] = ()
) -> Slip:
    """The sale's slip in the language its buyer reads: as asked for, as set on the basket, or the shop's."""
    language = language or find_buyers_language(session, sale) or current_config().till.language
    with force_locale(language):
        return make_receipt(
            session,
            sale,
            base_url=current_config().public.base_url,
            translate=_,
            copy=copy,
            english=language == "en",
            tenders=tenders,
        )


def print_first(session: Session, sale: Sale, tenders: Sequence[Tender], station: str = "") -> None:
    """Queue the receipt with the sale it is the copy of, and the packers' slip. A payment sent twice is one slip.

    Asked again long after the sale, of which there was no slip (no printer then), it leaves the drawer shut. `station`: of the till,
    where nobody stands before the page: its printers print.
    """
    if printing.count_copies(session, print_subject(sale)):
        return
    slip = make_sale_receipt(session, sale, tenders=tenders)
    if abs(current_time() - sale.at) > printing.KICK_WITHIN:
        slip = slip.without_kick()
    station = station or current_actor().station
    send_to_printer(session, f"{sale.number:06}", print_subject(sale), slip, station=station)
    if sale.refunds is None and current_config().printer_of(station, "packing"):
        with force_locale(current_config().till.language):
            slip = make_packing_slip(session, sale, _)
        send_to_printer(
            session, f"{sale.number:06}", f"packing:{sale.number}", slip, "packing", station=station
        )


def print_paid(session: Session, sale: Sale, station: str) -> None:
    """The receipt of a sale that completed by itself, at its till's printer. Needs an application context."""
    print_first(session, sale, list_tenders(session, sale.number), station)


def print_again(session: Session, sale: Sale, *, language: str = "") -> None:
    """Queue a reprint: numbered, marked and in the journal, also of a sale that never had a slip."""
    in_journal = count_acts(session, REPRINTED, row_name(sale))
    copy = max(printing.count_copies(session, print_subject(sale)), in_journal + 1)
    record(
        session, REPRINTED, by=current_actor(), at=current_time(), subject=sale, sale=sale.number, copy=copy
    )
    send_to_printer(
        session,
        f"{sale.number:06}",
        print_subject(sale),
        make_sale_receipt(session, sale, copy=copy, language=language),
    )


blueprint.after_request(wake_printers)

"""closings/till_views.py — a shift is counted at the till: closed, when its Z goes to the printer, or handed over."""

import json

from flask import current_app, g, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..identity.second_person import WITNESSES
from ..identity.switch_person import switch_person
from ..journal.queries import find_head_of
from ..kernel.errors import NotFound, Refused
from ..printing.send import send_to_printer
from ..sales.basket import list_parked_at
from ..sales.questions import IsCountRight, IsHandOverRight, WhoTakesOver
from ..shifts.drawer import expected_cash_vnd, find_close, get_open_shift, get_shift, sum_takings
from ..shifts.explain_difference import explain_difference, list_explanations
from ..shifts.hand_over import get_newest_hand_over, hand_over_drawer
from ..shifts.queries import list_acts, sum_by_cashier
from ..till.action import (
    answered_again_by,
    approved_by,
    blueprint,
    form_panel,
    make_question_panel,
    read_typed_vnd,
    till_action,
)
from ..till.panels import HandedOverPanel, Panel, ShiftClosedPanel, make_empty_panel
from ..web.context import current_time
from ..web.numbers import parse_small_number
from ..web.rights import current_actor
from .close import NOTES_VND, close_with_z, sum_notes
from .queries import find_z_of, render_z_slip


def _make_closed_panel(session: Session, number: int) -> Panel:
    shift = get_shift(session, number)
    close = find_close(session, shift)
    if close is None:
        raise NotFound.because("shift_not_found")
    report = find_z_of(session, number)
    return ShiftClosedPanel(
        close=close,
        shift=shift,
        takings=sum_takings(session, shift),
        parked=list_parked_at(session, shift.station),
        head=find_head_of(session, "shift_closed", f"shift:{number}"),
        cashiers=sum_by_cashier(list_acts(session, shift)),
        explanations=list_explanations(session, shift),
        z_number=report.number if report is not None else None,
        figures=json.loads(report.figures) if report is not None else {},
    )


@blueprint.post("/shift/close")
@till_action
@form_panel("shift_close")
@answered_again_by(_make_closed_panel)
def end_shift(session: Session) -> Panel:
    notes = _read_notes()
    counted = (
        sum_notes(notes)
        if notes and not request.form.get("counted", "").strip()
        else read_typed_vnd("counted")
    )
    shift = get_open_shift(session, current_actor().station)
    stays = read_typed_vnd("stays") if request.form.get("stays", "").strip() else None
    question = IsCountRight(shift.number, counted, expected_cash_vnd(session, shift))
    if question.difference_vnd and request.form.get(IsCountRight.answer) != str(question.difference_vnd):
        raise question
    report = close_with_z(
        session, shift, counted, by=current_actor(), at=current_time(), seal=current_app.extensions["ocop_seal"],
        notes=notes, stays_vnd=stays,
    )  # fmt: skip
    send_to_printer(
        session,
        _("Z no. %(number)s", number=report.number),
        f"z:{report.number}",
        render_z_slip(session, report, _),
    )
    return _make_closed_panel(session, shift.number)


def _read_count() -> tuple[dict[int, int], int]:
    """The notes that were told, and the sum: as it was typed, or what the notes come to."""
    notes = _read_notes()
    if notes and not request.form.get("counted", "").strip():
        return notes, sum_notes(notes)
    return notes, read_typed_vnd("counted")


def _read_notes() -> dict[int, int]:
    """How many of each note were counted; empty where none was told. Raises Refused (`amount_odd`)."""
    typed = {note: request.form.get(f"notes-{note}", "").strip() for note in NOTES_VND}
    try:
        return {note: count for note, text in typed.items() if text and (count := parse_small_number(text))}
    except ValueError as odd:
        raise Refused.because("amount_odd") from odd


@blueprint.post("/shift/<int:number>/reason")
@till_action
@form_panel(_make_closed_panel)
@answered_again_by(_make_closed_panel)
def explain_shift(session: Session, number: int) -> Panel:
    """Why more or less was counted: the shift is closed already, whether this is told or not."""
    shift = get_shift(session, number)
    if shift.station != current_actor().station:
        raise NotFound.because("shift_not_found")
    explain_difference(session, shift, request.form.get("reason", ""), by=current_actor(), at=current_time())
    return _make_closed_panel(session, number)


def _make_handed_over_panel(session: Session, number: int) -> Panel:
    return HandedOverPanel(hand_over=get_newest_hand_over(session, number))


def _make_hand_over_form(_session: Session) -> Panel:
    """Where the name and PIN were wrong: the panel that asked for them; else the count's."""
    if "login" in request.form:
        return make_question_panel(WhoTakesOver(_read_count()[1]))
    return make_empty_panel("hand_over")


@blueprint.post("/shift/hand-over")
@till_action
@form_panel(_make_hand_over_form)
@answered_again_by(_make_handed_over_panel)
@approved_by(WITNESSES)
def hand_over(session: Session) -> Panel:
    """Within a shift: who leaves counts, who comes confirms by PIN, and is signed in at this till from then on."""
    notes, counted = _read_count()
    if notes and sum_notes(notes) != counted:
        raise Refused.because("notes_differ", sum_vnd=sum_notes(notes))
    shift = get_open_shift(session, current_actor().station)
    question = IsHandOverRight(shift.number, counted, expected_cash_vnd(session, shift))
    if question.difference_vnd and request.form.get(IsHandOverRight.answer) != str(question.difference_vnd):
        raise question
    if g.approval is None:
        raise WhoTakesOver(counted)
    done = hand_over_drawer(session, shift, counted, g.approval, by=current_actor(), at=current_time())
    switch_person(session, done.to_id, at=current_time())
    return HandedOverPanel(hand_over=done)

"""counting/views.py — counts: begin one, count on a phone or at the desk, see the differences, post."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import get_product
from ..documents.workbook import Sheet, render_workbook
from ..identity.forms import AT_PIN
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound, Refused
from ..kernel.parsers import read_quantity
from ..kernel.quantity import Unit
from ..shop.views import refuse_cashiers_without_policy
from ..stock.models import Lot
from ..stock.queries import get_lot, list_all_places, list_place_choices
from ..web.context import current_day, current_time
from ..web.download import send_download
from ..web.forms import answer_form, choose_from
from ..web.menu import CASHIER, MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.pages import wants_fragment
from ..web.reasons import render_reason
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .candidates import CountCandidates, find_candidates, list_lots_to_choose
from .cycle import list_due_lots
from .differences import (
    CountDifference,
    drop_taken_back,
    list_differences,
    list_posted,
    list_tallies,
    list_unknown_lots,
)
from .forms import BeginForm, DropForm, PostForm
from .models import CountEnd, StockCount, Tally
from .post import post_count
from .queries import list_newest_counts
from .tally import (
    abandon_count,
    add_tally,
    add_unknown_tally,
    begin_count,
    get_count,
    get_tally,
    take_tally_back,
)

blueprint = Blueprint("counting", __name__, url_prefix="/counts")
blueprint.before_request(refuse_cashiers_without_policy)
_COUNTERS = (Role.MANAGER, Role.CASHIER)
TURNS, LAST = 40, 12


@blueprint.get("")
@requires_role(*_COUNTERS)
def list_counts() -> ResponseReturnValue:
    """Counts that go on and that are over; for the manager what to count next."""
    form: Any = BeginForm()
    with open_reading() as session:
        choose_from(form.place_id, [("", _("the whole shop")), *list_place_choices(session)])
        rows = list_newest_counts(session)
        is_manager = current_actor().role is Role.MANAGER
        return render_template(
            "counting/list.html", rows=rows, form=form, places={p.id: p.name for p in list_all_places(session)},
            turns=list_due_lots(session, current_day(), TURNS) if is_manager else (),
        )  # fmt: skip


@blueprint.post("/new")
@requires_role(Role.MANAGER)
def new() -> ResponseReturnValue:
    """Of a place, of the whole shop, or of the lots that were marked (`lot=12.3`: the lot and its place)."""
    marked = _list_marked()
    if "marked" in request.form and not marked:
        flash(_("Mark the lots that are to be counted."))
        return redirect(url_for("counting.list_counts"))
    with unit_of_work() as session:
        place_id = None if marked else request.form.get("place_id", type=parse_row_id)
        count = begin_count(session, place_id=place_id, lots=marked, by=current_actor(), at=current_time())
    return redirect(url_for("counting.show", number=count.number))


def _list_marked() -> list[tuple[int, int]]:
    try:
        return [
            (parse_row_id(lot), parse_row_id(place))
            for lot, _dot, place in (item.partition(".") for item in request.form.getlist("lot"))
        ]
    except ValueError as odd:
        raise NotFound.because("lot_not_found") from odd


@dataclass
class CountScreen:
    """What the counting screen has to say: what may be meant, what was just noted, what was wrong."""

    seen: CountCandidates | None = None
    product: Product | None = None
    anew: Lot | None = None
    noted: Tally | None = None
    wrong: str = ""
    wrong_quantity: str = ""  # at the box
    sound: str = ""


@blueprint.get("/<int:number>")
@requires_role(*_COUNTERS)
def show(number: int) -> ResponseReturnValue:
    """The counting screen. `anew`: the lot to be counted again; `product`: goods picked from a list."""
    with open_reading() as session:
        anew, product = (
            request.args.get("anew", type=parse_row_id),
            request.args.get("product", type=parse_row_id),
        )
        shown = CountScreen(
            anew=get_lot(session, anew) if anew else None, product=get_product(session, product) if product else None
        )  # fmt: skip
        return _render_screen(session, number, shown)


def _render_screen(session: Session, number: int, shown: CountScreen) -> str:
    count = get_count(session, number)
    mine = [t for t in drop_taken_back(list_tallies(session, count)) if t.counter == current_actor().name]
    product = shown.product or _only_product(shown.seen)
    picked = shown.anew or shown.noted
    if product is None and picked is not None and picked.product_id:
        product = get_product(session, picked.product_id)
    return render_template(
        "counting/tally.html" if wants_fragment() else "counting/show.html",
        count=count, ended=session.get(CountEnd, number), shown=shown, product=product,
        place_id=count.place_id or request.values.get("place", type=parse_row_id), places=list_all_places(session),
        lots=_list_lots(session, product, shown) if product and not (shown.noted or shown.anew) else (),
        mine=_list_named_tallies(session, mine[-LAST:][::-1]), how_many=len(mine),
        asked=() if count.is_full else _list_expected(session, count),
    )  # fmt: skip


def _list_lots(session: Session, product: Product, shown: CountScreen) -> Sequence[Lot]:
    days = (shown.seen.ends_on, shown.seen.made_on) if shown.seen is not None else ()
    return list_lots_to_choose(session, product.id, *days)


def _only_product(candidates: CountCandidates | None) -> Product | None:
    return candidates.products[0] if candidates is not None and len(candidates.products) == 1 else None


def _list_named_tallies(
    session: Session, tallies: list[Tally]
) -> list[tuple[Tally, Product | None, Lot | None]]:
    return [
        (t, session.get(Product, t.product_id) if t.product_id else None, session.get(Lot, t.lot_id) if t.lot_id else None)
        for t in tallies
    ]  # fmt: skip


def _list_expected(session: Session, count: StockCount) -> list[tuple[str, str, str, bool]]:
    """What a cycle count asks for: goods, lot, place and whether somebody found it. No quantities: a count is blind."""
    return [
        (c.product.name, c.lot.number, c.place.name, c.is_found) for c in list_differences(session, count)
    ]


def counting_action(
    act: Callable[[Session, StockCount], CountScreen],
) -> Callable[[int], ResponseReturnValue]:
    """An act of a counter: done once, answered with the screen; what is refused is said there and nothing is lost."""

    def answer(number: int) -> ResponseReturnValue:
        status = 200
        try:
            with unit_of_work() as session:
                count = get_count(session, number)
                first = is_first_request(session)
                shown = (
                    act(session, count)
                    if first
                    else CountScreen(wrong=_("That was noted already."), sound="look")
                )
        except Refused as no:
            words = " ".join(
                f"{render_reason(reason).sentence} {render_reason(reason).remedy}" for reason in no.reasons
            )
            shown, status = CountScreen(wrong=words, sound="no"), no.status
            if {reason.code for reason in no.reasons} == {"quantity_odd"}:
                shown = CountScreen(wrong_quantity=words, sound="no")
        with open_reading() as session:
            if shown.wrong_quantity:
                _keep_asked(session, shown)
            return _render_screen(session, number, shown), status

    return answer


@blueprint.post("/<int:number>/scan")
@requires_role(*_COUNTERS)
def scan(number: int) -> ResponseReturnValue:
    """A code or a name. One that names a lot we know is noted at once, one pack of it."""
    return counting_action(_find_scanned)(number)


def _keep_asked(session: Session, shown: CountScreen) -> None:
    """The form that was sent stays: the lot that is counted anew, the goods, or what nobody knows."""
    lot_id, product_id = (request.form.get(name, type=parse_row_id) for name in ("lot_id", "product_id"))
    if request.form.get("anew") and lot_id:
        shown.anew = get_lot(session, lot_id)
    elif product_id:
        shown.product = get_product(session, product_id)
    else:
        shown.seen = CountCandidates(said=request.form.get("said", ""), products=())


def _find_scanned(session: Session, count: StockCount) -> CountScreen:
    candidates = find_candidates(session, request.form.get("code", ""))
    if candidates.lot is None or candidates.quantity_milli is None or candidates.dates_differ:
        return CountScreen(seen=candidates, sound="look" if candidates.products else "no")
    noted = add_tally(
        session,
        count,
        candidates.lot,
        _requested_place(count),
        candidates.quantity_milli,
        by=current_actor(),
        at=current_time(),
    )
    return CountScreen(noted=noted, sound="ok")


def _requested_place(count: StockCount) -> int:
    place_id = count.place_id or request.form.get("place", type=parse_row_id)
    if place_id is None:
        raise Refused.because("place_missing")
    return place_id


@blueprint.post("/<int:number>/tally")
@requires_role(*_COUNTERS)
def note(number: int) -> ResponseReturnValue:
    """So many of a lot; `anew`: all of it that there is, whatever was noted before."""
    return counting_action(_note_tally)(number)


def _note_tally(session: Session, count: StockCount) -> CountScreen:
    lot_id, product_id = (request.form.get(name, type=parse_row_id) for name in ("lot_id", "product_id"))
    lot = get_lot(session, lot_id) if lot_id else None
    known = lot.product_id if lot else product_id
    product = get_product(session, known) if known else None
    quantity = read_quantity(request.form.get("quantity", ""), Unit(product.unit) if product else None)
    if quantity is None:
        raise Refused.because("quantity_odd", product="")
    place_id = _requested_place(count)
    if lot is not None:
        noted = add_tally(session, count, lot, place_id, quantity,
                      is_anew=bool(request.form.get("anew")), by=current_actor(), at=current_time())  # fmt: skip
    else:
        noted = add_unknown_tally(
            session,
            count,
            product,
            request.form.get("said", ""),
            place_id,
            quantity,
            by=current_actor(),
            at=current_time(),
        )
    return CountScreen(noted=noted, sound="ok")


@blueprint.post("/<int:number>/take-back/<int:tally_id>")
@requires_role(*_COUNTERS)
def undo(number: int, tally_id: int) -> ResponseReturnValue:
    """A slip of the hand: anybody who counts may take a tally back."""

    def act(session: Session, count: StockCount) -> CountScreen:
        take_tally_back(session, get_tally(session, tally_id, count), by=current_actor(), at=current_time())
        return CountScreen(sound="look")

    return counting_action(act)(number)


@blueprint.route("/<int:number>/result", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def result(number: int) -> ResponseReturnValue:
    """Differences by lot; posting with a second person."""
    form: Any = PostForm()

    def save() -> ResponseReturnValue:
        agreed = form.second_person()
        with unit_of_work() as session:
            if is_first_request(session):
                post_count(
                    session, get_count(session, number), is_missing_gone=form.is_missing_gone.data,
                    reason=form.reason.data, approval=agreed, by=current_actor(), at=current_time(),
                )  # fmt: skip
        flash(_("The books say now what was counted."))
        return redirect(url_for("counting.result", number=number))

    places = {**AT_PIN, "second_person_needed": "login", "reason_missing": "reason"}
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    with open_reading() as session:
        count, ended = get_count(session, number), session.get(CountEnd, number)
        return render_template(
            "counting/result.html", count=count, ended=ended, form=form, drop_form=DropForm(), rows=_list_rows(session, count),
            ghosts=list_unknown_lots(session, count), places={p.id: p.name for p in list_all_places(session)},
        )  # fmt: skip


def _list_rows(session: Session, count: StockCount) -> list[CountDifference]:
    """What must be looked at first stands first: counted anew, differing, not found; what agrees comes last."""
    ended = session.get(CountEnd, count.number)
    rows = (
        list_posted(session, count)
        if ended is not None and ended.is_posted
        else list_differences(session, count)
    )
    return sorted(rows, key=lambda c: (not c.has_moved_meanwhile, not c.difference_milli, not c.is_found))


@blueprint.get("/<int:number>.xlsx")
@requires_role(Role.MANAGER)
def as_workbook(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        count = get_count(session, number)
        rows = [
            [c.place.name, c.product.name, c.lot.number, c.counted_milli / 1000 if c.is_found else None,
             c.expected_milli / 1000, c.difference_milli / 1000, ", ".join(c.counters)]
            for c in _list_rows(session, count)
        ]  # fmt: skip
        unknown = [
            [g.place.name, g.product.name if g.product else "", g.said, g.quantity_milli / 1000]
            for g in list_unknown_lots(session, count)
        ]
    sheets: list[Sheet] = [
        (_("Differences"), [_("Place"), _("Product"), _("Lot"), _("Counted"), _("In the books"), _("Difference"), _("Counted by")], rows),
        (_("Not in the books"), [_("Place"), _("Product"), _("On the pack"), _("Counted")], unknown),
    ]  # fmt: skip
    return send_download(render_workbook(sheets), f"kiem-ke-{number}.xlsx")


@blueprint.post("/<int:number>/drop")
@requires_role(Role.MANAGER)
def drop_count(number: int) -> ResponseReturnValue:
    form: Any = DropForm()
    with unit_of_work() as session:
        abandon_count(
            session,
            get_count(session, number),
            reason=form.reason.data or "",
            by=current_actor(),
            at=current_time(),
        )
    flash(_("Dropped: the books stay as they were."))
    return redirect(url_for("counting.list_counts"))


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("counting.list_counts", _l("Counts"), "list-checks", MANAGER | CASHIER, MenuGroup.STOCK, 3, by_policy=True),
    )  # fmt: skip

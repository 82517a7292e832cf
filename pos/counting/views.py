"""counting/views.py — counts: begin one, count on a phone or at the desk, see the differences, post."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import get_product
from ..documents.workbook import Sheet, workbook
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import NotFound, Refused, ShopError
from ..kernel.once import is_first
from ..kernel.quantity import Unit
from ..kernel.typed import read_quantity
from ..shop.views import cashiers_by_policy_alone
from ..stock.models import Lot
from ..stock.queries import get_lot, place_choices, places
from ..web.download import download
from ..web.forms import choose_from
from ..web.now import now, today
from ..web.numbers import row_id
from ..web.pages import wants_fragment
from ..web.reasons import said
from ..web.rights import actor, allowed
from .cycle import turns
from .differences import Counted, differences, ghosts, kept, posted, tallies
from .forms import BeginForm, DropForm, PostForm
from .models import CountEnd, StockCount, Tally
from .post import post_count
from .seen import Seen, look, lots_to_choose
from .tally import begin, drop, get_count, get_tally, take_back, tally, tally_unknown

pages = Blueprint("counting", __name__, url_prefix="/counts")
pages.before_request(cashiers_by_policy_alone)
_COUNTERS = (Role.MANAGER, Role.CASHIER)
TURNS, LAST = 40, 12


@pages.get("")
@allowed(*_COUNTERS)
def list_counts() -> ResponseReturnValue:
    """Counts that go on and that are over; for the manager what to count next."""
    form: Any = BeginForm()
    with reading() as session:
        choose_from(form.place_id, [("", _("the whole shop")), *place_choices(session)])
        rows = session.execute(
            select(StockCount, CountEnd)
            .outerjoin(CountEnd, CountEnd.count_number == StockCount.number)
            .order_by(CountEnd.at.is_not(None), StockCount.number.desc())
            .limit(100)
        ).all()
        is_manager = actor().role is Role.MANAGER
        return render_template(
            "counting/list.html", rows=rows, form=form, places={p.id: p.name for p in places(session)},
            turns=turns(session, today(), TURNS) if is_manager else (),
        )  # fmt: skip


@pages.post("/new")
@allowed(Role.MANAGER)
def new() -> ResponseReturnValue:
    """Of a place, of the whole shop, or of the lots that were marked (`lot=12.3`: the lot and its place)."""
    marked = _marked()
    if "marked" in request.form and not marked:
        flash(_("Mark the lots that are to be counted."))
        return redirect(url_for("counting.list_counts"))
    with unit_of_work() as session:
        place_id = None if marked else request.form.get("place_id", type=row_id)
        count = begin(session, place_id=place_id, lots=marked, by=actor(), at=now())
    return redirect(url_for("counting.show", number=count.number))


def _marked() -> list[tuple[int, int]]:
    try:
        return [
            (row_id(lot), row_id(place))
            for lot, _dot, place in (one.partition(".") for one in request.form.getlist("lot"))
        ]
    except ValueError as odd:
        raise NotFound.because("lot_not_found") from odd


@dataclass
class Shown:
    """What the counting screen has to say: what may be meant, what was just noted, what was wrong."""

    seen: Seen | None = None
    product: Product | None = None
    anew: Lot | None = None
    noted: Tally | None = None
    wrong: str = ""
    sound: str = ""


@pages.get("/<int:number>")
@allowed(*_COUNTERS)
def show(number: int) -> ResponseReturnValue:
    """The counting screen. `anew`: the lot to be counted again; `product`: goods picked from a list."""
    with reading() as session:
        anew, product = request.args.get("anew", type=row_id), request.args.get("product", type=row_id)
        shown = Shown(
            anew=get_lot(session, anew) if anew else None, product=get_product(session, product) if product else None
        )  # fmt: skip
        return _screen(session, number, shown)


def _screen(session: Session, number: int, shown: Shown) -> str:
    count = get_count(session, number)
    mine = [t for t in kept(tallies(session, count)) if t.counter == actor().name]
    product = shown.product or _the_one(shown.seen)
    picked = shown.anew or shown.noted
    if product is None and picked is not None and picked.product_id:
        product = get_product(session, picked.product_id)
    return render_template(
        "counting/tally.html" if wants_fragment() else "counting/show.html",
        count=count, ended=session.get(CountEnd, number), shown=shown, product=product,
        place_id=count.place_id or request.values.get("place", type=row_id), places=places(session),
        lots=lots_to_choose(session, product.id) if product and not (shown.noted or shown.anew) else (),
        mine=_named(session, mine[-LAST:][::-1]), how_many=len(mine),
        asked=() if count.is_full else _asked_for(session, count),
    )  # fmt: skip


def _the_one(seen: Seen | None) -> Product | None:
    return seen.products[0] if seen is not None and len(seen.products) == 1 else None


def _named(session: Session, seen: list[Tally]) -> list[tuple[Tally, Product | None, Lot | None]]:
    return [
        (t, session.get(Product, t.product_id) if t.product_id else None, session.get(Lot, t.lot_id) if t.lot_id else None)
        for t in seen
    ]  # fmt: skip


def _asked_for(session: Session, count: StockCount) -> list[tuple[str, str, str, bool]]:
    """What a cycle count asks for: goods, lot, place and whether somebody found it. No quantities: a count is blind."""
    return [(c.product.name, c.lot.number, c.place.name, c.is_found) for c in differences(session, count)]


def _noting(act: Callable[[Session, StockCount], Shown]) -> Callable[[int], ResponseReturnValue]:
    """An act of a counter: done once, answered with the screen; what is refused is said there and nothing is lost."""

    def answer(number: int) -> ResponseReturnValue:
        status = 200
        try:
            with unit_of_work() as session:
                count = get_count(session, number)
                first = is_first(session, request.form.get("once", ""), now())
                shown = (
                    act(session, count) if first else Shown(wrong=_("That was noted already."), sound="look")
                )
        except Refused as no:
            words = " ".join(f"{said(reason).sentence} {said(reason).remedy}" for reason in no.reasons)
            shown, status = Shown(wrong=words, sound="no"), no.status
        with reading() as session:
            return _screen(session, number, shown), status

    return answer


@pages.post("/<int:number>/scan")
@allowed(*_COUNTERS)
def scan(number: int) -> ResponseReturnValue:
    """A code or a name. One that names a lot we know is noted at once, one pack of it."""
    return _noting(_scanned)(number)


def _scanned(session: Session, count: StockCount) -> Shown:
    seen = look(session, request.form.get("code", ""))
    if seen.lot is None or seen.quantity_milli is None or seen.dates_differ:
        return Shown(seen=seen, sound="look" if seen.products else "no")
    noted = tally(session, count, seen.lot, _place_of(count), seen.quantity_milli, by=actor(), at=now())
    return Shown(noted=noted, sound="ok")


def _place_of(count: StockCount) -> int:
    place_id = count.place_id or request.form.get("place", type=row_id)
    if place_id is None:
        raise Refused.because("place_missing")
    return place_id


@pages.post("/<int:number>/tally")
@allowed(*_COUNTERS)
def note(number: int) -> ResponseReturnValue:
    """So many of a lot; `anew`: all of it that there is, whatever was noted before."""
    return _noting(_noted)(number)


def _noted(session: Session, count: StockCount) -> Shown:
    lot_id, product_id = (request.form.get(name, type=row_id) for name in ("lot_id", "product_id"))
    lot = get_lot(session, lot_id) if lot_id else None
    known = lot.product_id if lot else product_id
    product = get_product(session, known) if known else None
    quantity = read_quantity(request.form.get("quantity", ""), Unit(product.unit) if product else None)
    if quantity is None:
        raise Refused.because("quantity_odd", product="")
    place_id = _place_of(count)
    if lot is not None:
        noted = tally(session, count, lot, place_id, quantity,
                      is_anew=bool(request.form.get("anew")), by=actor(), at=now())  # fmt: skip
    else:
        noted = tally_unknown(
            session, count, product, request.form.get("said", ""), place_id, quantity, by=actor(), at=now()
        )
    return Shown(noted=noted, sound="ok")


@pages.post("/<int:number>/take-back/<int:tally_id>")
@allowed(*_COUNTERS)
def undo(number: int, tally_id: int) -> ResponseReturnValue:
    """A slip of the hand: anybody who counts may take a tally back."""

    def act(session: Session, count: StockCount) -> Shown:
        take_back(session, get_tally(session, tally_id, count), by=actor(), at=now())
        return Shown(sound="look")

    return _noting(act)(number)


@pages.route("/<int:number>/result", methods=["GET", "POST"])
@allowed(Role.MANAGER)
def result(number: int) -> ResponseReturnValue:
    """Differences by lot; posting with a second person."""
    form: Any = PostForm()
    if form.validate_on_submit():
        try:
            agreed = form.second_person()
            with unit_of_work() as session:
                if is_first(session, form.once.data or "", now()):
                    post_count(
                        session, get_count(session, number), is_missing_gone=form.is_missing_gone.data,
                        reason=form.reason.data, approval=agreed, by=actor(), at=now(),
                    )  # fmt: skip
        except ShopError as no:
            form.refuse(no, {"pin_wrong": "pin", "second_person_needed": "login", "reason_missing": "reason"})
        else:
            flash(_("The books say now what was counted."))
            return redirect(url_for("counting.result", number=number))
    with reading() as session:
        count, ended = get_count(session, number), session.get(CountEnd, number)
        return render_template(
            "counting/result.html", count=count, ended=ended, form=form, drop_form=DropForm(), rows=_rows(session, count),
            ghosts=ghosts(session, count), places={p.id: p.name for p in places(session)},
        )  # fmt: skip


def _rows(session: Session, count: StockCount) -> list[Counted]:
    """What must be looked at first stands first: counted anew, differing, not found; what agrees comes last."""
    ended = session.get(CountEnd, count.number)
    rows = posted(session, count) if ended is not None and ended.is_posted else differences(session, count)
    return sorted(rows, key=lambda c: (not c.has_moved_meanwhile, not c.difference_milli, not c.is_found))


@pages.get("/<int:number>.xlsx")
@allowed(Role.MANAGER)
def as_workbook(number: int) -> ResponseReturnValue:
    with reading() as session:
        count = get_count(session, number)
        rows = [
            [c.place.name, c.product.name, c.lot.number, c.counted_milli / 1000 if c.is_found else None,
             c.expected_milli / 1000, c.difference_milli / 1000, ", ".join(c.counters)]
            for c in _rows(session, count)
        ]  # fmt: skip
        unknown = [
            [g.place.name, g.product.name if g.product else "", g.said, g.quantity_milli / 1000]
            for g in ghosts(session, count)
        ]
    sheets: list[Sheet] = [
        (_("Differences"), [_("Place"), _("Product"), _("Lot"), _("Counted"), _("In the books"), _("Difference"), _("Counted by")], rows),
        (_("Not in the books"), [_("Place"), _("Product"), _("On the pack"), _("Counted")], unknown),
    ]  # fmt: skip
    return download(workbook(sheets), f"kiem-ke-{number}.xlsx")


@pages.post("/<int:number>/drop")
@allowed(Role.MANAGER)
def drop_count(number: int) -> ResponseReturnValue:
    form: Any = DropForm()
    with unit_of_work() as session:
        drop(session, get_count(session, number), reason=form.reason.data or "", by=actor(), at=now())
    flash(_("Dropped: the books stay as they were."))
    return redirect(url_for("counting.list_counts"))

"""till/views.py — the till's routes: parse, one unit of work, one use case, the whole screen back."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hardware import picture

from ..catalog.models import Product
from ..catalog.products import get_product, search
from ..identity.sign_in import approval
from ..kernel.actor import Approval, Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import NotAllowed, Refused, ShopError, Stale
from ..kernel.money import looks_mistyped
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Reason
from ..kernel.typed import read_quantity, read_vnd
from ..printing import queue as printing
from ..sales import basket as baskets
from ..sales.basket import WhichLot
from ..sales.models import Basket, LotKnownBy, Sale
from ..sales.pay import pay_cash
from ..sales.queries import lines_of, tender_of
from ..sales.receipt import receipt_slip
from ..sales.refund import get_sale, refund, refunded_milli
from ..shifts.drawer import close_shift, get_open_shift, get_shift, move_cash, open_shift
from ..web.now import config, now, today
from ..web.pages import wants_fragment
from ..web.reasons import said
from ..web.rights import actor, allowed, public
from .find import Meant, meant
from .screen import Panel, render, tiles

if TYPE_CHECKING:
    from ..printing.worker import PrintWorker

pages = Blueprint("till", __name__, url_prefix="/till")
_AT_TILL = (Role.CASHIER, Role.MANAGER)
OnRefused = Callable[[ShopError], None]


def till_action(act: Callable[..., Panel | tuple[Panel, int]]) -> Callable[..., ResponseReturnValue]:
    """Run one act in one unit of work and answer with the whole till.

    A refusal rolls it back, is journaled, and shows as the red panel over the basket as it was.
    """

    @wraps(act)
    def answer(**arguments: Any) -> ResponseReturnValue:
        status, selected = 200, None
        try:
            approved = _approval()
            with unit_of_work() as session:
                g.approval = approved
                done = act(session, **arguments)
                panel, selected = done if isinstance(done, tuple) else (done, None)
        except WhichLot as question:
            shows = {"question": question}
            panel = Panel("which_lot", "look", shows)
        except ShopError as no:
            _tell(no)
            status, panel = no.status, _refused_panel(no)
        with reading() as session:
            return render(session, actor(), config(), panel, selected), status

    return allowed(*_AT_TILL)(answer)


def _approval() -> Approval | None:
    """A manager's approval by the name and PIN in the form. Its own unit of work, so that a wrong PIN is counted."""
    login, pin = request.form.get("login", ""), request.form.get("pin", "")
    if not login:
        return None
    with unit_of_work() as session:
        given = approval(
            session, login, pin, request.form.get("reason", ""), station=actor().station, at=now()
        )
    if given is None:
        raise NotAllowed.because("pin_wrong")
    return given


def _tell(no: ShopError) -> None:
    on_refused: OnRefused = current_app.extensions["ocop_on_refused"]
    on_refused(no)


def _refused_panel(no: ShopError) -> Panel:
    product = next((str(r.facts["product"]) for r in no.reasons if "product" in r.facts), "")
    return Panel("refused", "no", {"reasons": [said(reason) for reason in no.reasons], "product": product})


@pages.get("")
@allowed(*_AT_TILL)
def page() -> ResponseReturnValue:
    with reading() as session:
        body = render(session, actor(), config(), Panel())
        if wants_fragment():
            return body
        return render_template("till/page.html", body=body, tiles=tiles(session))


@pages.get("/display/<station>")
@public
def display(station: str) -> ResponseReturnValue:
    """The buyer's side of the counter: this station's basket and what is to pay, and nothing else."""
    with reading() as session:
        basket = baskets.view(session, baskets.find_open(session, station), today())
        return render_template("till/display.html", basket=basket, station=station)


@pages.get("/tiles")
@allowed(*_AT_TILL)
def show_tiles() -> ResponseReturnValue:
    with reading() as session:
        return render_template("till/tiles.html", tiles=tiles(session, request.args.get("group", "")))


@pages.get("/search")
@allowed(*_AT_TILL)
def find_by_name() -> ResponseReturnValue:
    with reading() as session:
        words = request.args.get("q", "")
        return render_template("till/found.html", found=search(session, words, limit=12), words=words)


@pages.get("/panel/<name>")
@allowed(*_AT_TILL)
def open_panel(name: str) -> ResponseReturnValue:
    """One of the right half's plain panels, opened by a key or a touch."""
    if name not in {"pay", "cash", "parked", "refund_find", "shift_close", "cash_move", "keys"}:
        name = "pay"
    with reading() as session:
        shows = {"baskets": baskets.parked(session)} if name == "parked" else {}
        return render(session, actor(), config(), Panel(name, "", shows))


@pages.post("/scan")
@till_action
def scan(session: Session) -> Panel:
    """A scan, a typed code, or a slip's barcode."""
    _, found = seen = meant(session, request.form.get("code", ""))
    if seen[0].receipt is not None:
        return _refund_panel(session, get_sale(session, seen[0].receipt))
    if len(found) > 1:
        return Panel("which_product", "look", {"found": found})
    return _put_on(session, found[0], _times())


@pages.post("/add/<int:product_id>")
@till_action
def add(session: Session, product_id: int) -> Panel:
    """A tile or a name that was touched."""
    product = get_product(session, product_id)
    typed = request.form.get("weight", "")
    if product.unit == Unit.KG and typed:
        weight = read_quantity(typed)
        if not weight:
            return Panel("weight", "no", {"product": product, "wrong": True})
        return _put_on(session, Meant(product, weight), ONE)
    return _put_on(session, Meant(product, ONE if product.unit == Unit.PIECE else None), _times())


def _times() -> int:
    """The quantity typed before the scan (`3*`), in thousandths; one without."""
    return read_quantity(request.form.get("quantity", "")) or ONE


def _put_on(session: Session, item: Meant, times_milli: int) -> Panel:
    if item.pack_milli is None:
        return Panel("weight", "look", {"product": item.product, "wrong": False})
    key = request.form.get("key", "")
    lying = baskets.find_open(session, actor().station)
    if key and lying is not None and lying.last_request == key:
        return Panel(sound="ok")
    known_by = LotKnownBy.SCANNED if item.lot_id else None
    basket = _named(
        item.product, baskets.add, session, actor().station, item.product.id,
        item.pack_milli * times_milli // ONE, at=now(), lot_id=item.lot_id, known_by=known_by,
    )  # fmt: skip
    basket.last_request = key
    return Panel(sound="ok")


def _named(product: Product, act: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Run `act`; a refusal then says which product it is about."""
    try:
        return act(*arguments, **more)
    except Refused as no:
        raise Refused(*(Reason(r.code, {**r.facts, "product": product.name}) for r in no.reasons)) from no


@pages.post("/choose/<int:product_id>/<int:lot_id>")
@till_action
def choose_lot(session: Session, product_id: int, lot_id: int) -> Panel:
    """The cashier matched the pack in hand with a lot."""
    quantity = int(request.form.get("quantity_milli", ONE))
    _named(get_product(session, product_id), baskets.add, session, actor().station, product_id, quantity, at=now(),
           lot_id=lot_id, known_by=LotKnownBy.CHOSEN)  # fmt: skip
    return Panel(sound="ok")


def _open_basket(session: Session) -> Basket:
    basket = baskets.find_open(session, actor().station)
    if basket is None:
        raise Stale.because("basket_gone")
    return basket


@pages.post("/line/<int:n>/quantity")
@till_action
def change_quantity(session: Session, n: int) -> tuple[Panel, int]:
    basket = _open_basket(session)
    line = next((line for line in basket.lines if line.n == n), None)
    if line is None:
        raise Stale.because("line_gone")
    step = request.form.get("step", "")
    typed = read_quantity(request.form.get("quantity", ""))
    wanted = line.quantity_milli + int(step) * ONE if step in {"1", "-1"} else typed
    if wanted is None:
        raise Refused.because("quantity_odd")
    product = get_product(session, line.product_id)
    _named(product, baskets.set_quantity, session, basket, n, max(0, wanted), by=actor(), at=now())
    changed = [line.n for line in basket.lines if line.product_id == product.id]
    return Panel(sound="ok"), changed[-1] if changed else 0


@pages.post("/line/<int:n>/void")
@till_action
def void(session: Session, n: int) -> Panel:
    baskets.void_line(session, _open_basket(session), n, by=actor(), at=now())
    return Panel(sound="look")


@pages.post("/park")
@till_action
def park(session: Session) -> Panel:
    baskets.park(session, _open_basket(session), request.form.get("label", ""), by=actor(), at=now())
    return Panel(sound="look")


@pages.post("/take/<int:basket_id>")
@till_action
def take(session: Session, basket_id: int) -> Panel:
    baskets.take_over(session, baskets.get_basket(session, basket_id), actor().station, by=actor(), at=now())
    return Panel(sound="ok")


@pages.post("/pay")
@till_action
def pay(session: Session) -> Panel:
    """Cash handed over. One transaction: sale, stock, money, journal, and the receipt's print job."""
    given = read_vnd(request.form.get("given", ""))
    if given is None or given < 0:
        raise Refused.because("amount_odd")
    basket_id, version = int(request.form["basket_id"]), int(request.form["version"])
    if "sure" not in request.form and _far_too_much(session, basket_id, given):
        return Panel("cash", "look", {"given": given, "mistyped": True})
    sale = pay_cash(session, basket_id, version, given, station=actor().station, by=actor(), at=now())
    if not printing.copies_of(session, _subject(sale)):  # a payment sent twice is one slip
        _print(session, sale)
    return Panel("done", "done", {"sale": sale, "tender": tender_of(session, sale.number)})


def _far_too_much(session: Session, basket_id: int, given: int) -> bool:
    """A nought too many? Asked only of the basket that is being paid and still lies here."""
    if not looks_mistyped(given, 0):
        return False
    lying = baskets.find_open(session, actor().station)
    return (
        lying is not None
        and lying.id == basket_id
        and looks_mistyped(given, baskets.view(session, lying, today()).due_vnd)
    )


def _subject(sale: Sale) -> str:
    return f"sale:{sale.number}"


def _print(session: Session, sale: Sale) -> None:
    """Queue the receipt with the sale it is the copy of; a reprint is numbered and marked."""
    copy = printing.copies_of(session, _subject(sale))
    slip = receipt_slip(session, sale, base_url=config().public.base_url, translate=_, copy=copy)
    station = config().station(actor().station)
    name = station.printer if station else config().printers[0].name
    printing.queue(session, name, f"{sale.number:06}", _subject(sale), slip, at=now())


@pages.after_request
def wake_printers(response: Response) -> Response:
    """What was committed may be waiting for paper."""
    worker: PrintWorker | None = current_app.extensions.get("ocop_printing")
    if worker is not None and request.method == "POST":
        worker.wake()
    return response


@pages.post("/print/<int:number>")
@till_action
def print_again(session: Session, number: int) -> Panel:
    sale = get_sale(session, number)
    _print(session, sale)
    return Panel("done", "ok", {"sale": sale, "tender": tender_of(session, number)})


@pages.get("/receipt/<int:number>.png")
@allowed(*_AT_TILL)
def receipt_picture(number: int) -> ResponseReturnValue:
    with reading() as session:
        slip = receipt_slip(
            session, get_sale(session, number), base_url=config().public.base_url, translate=_
        )
    paper = int(request.args.get("paper", 80))
    return Response(picture.png(slip, picture.WIDTH_DOTS.get(paper, 576)), mimetype="image/png")


@pages.post("/refund/find")
@till_action
def find_refund(session: Session) -> Panel:
    typed = request.form.get("number", "").strip().upper().removeprefix("PT-")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 13):
        raise Refused.because("sale_not_found", number=typed)
    return _refund_panel(session, get_sale(session, int(typed)))


def _refund_panel(session: Session, sale: Sale, **more: Any) -> Panel:
    return Panel("refund", "look", {
        "sale": sale, "lines": lines_of(session, sale.number), "back": refunded_milli(session, sale), **more,
    })  # fmt: skip


@pages.post("/refund/<int:number>")
@till_action
def give_back(session: Session, number: int) -> Panel:
    sale = get_sale(session, number)
    parts = {line.n: _part(line.n) for line in lines_of(session, number)}
    try:
        returned = refund(
            session, sale, parts, reason=request.form.get("reason", ""), request=request.form.get("key", ""),
            station=actor().station, by=actor(), at=now(), approval=g.approval,
        )  # fmt: skip
    except NotAllowed as no:
        typed = {n: quantity for n, quantity in parts.items() if quantity}
        return _refund_panel(
            session, sale, ask=said(no.reasons[0]), typed=typed, reason=request.form.get("reason", "")
        )
    _print(session, returned)
    return Panel("done", "done", {"sale": returned, "tender": tender_of(session, returned.number)})


def _part(n: int) -> int:
    typed = request.form.get(f"part-{n}", "").strip()
    quantity = read_quantity(typed) if typed else 0
    if quantity is None:
        raise Refused.because("quantity_odd")
    return quantity


@pages.post("/shift/open")
@till_action
def start_shift(session: Session) -> Panel:
    counted = read_vnd(request.form.get("float", ""))
    if counted is None:
        raise Refused.because("amount_odd")
    open_shift(session, actor().station, counted, by=actor(), at=now())
    return Panel(sound="ok")


@pages.post("/shift/close")
@till_action
def end_shift(session: Session) -> Panel:
    counted = read_vnd(request.form.get("counted", ""))
    if counted is None:
        raise Refused.because("amount_odd")
    shift = get_open_shift(session, actor().station)
    close = close_shift(session, shift, counted, by=actor(), at=now())
    return Panel("shift_closed", "done", {"close": close, "shift": get_shift(session, shift.number)})


@pages.post("/cash")
@till_action
def cash(session: Session) -> Panel:
    amount = read_vnd(request.form.get("amount", ""))
    if amount is None:
        raise Refused.because("amount_odd")
    signed = -amount if request.form.get("way") == "out" else amount
    move_cash(session, get_open_shift(session, actor().station), signed, request.form.get("reason", ""),
              by=actor(), at=now())  # fmt: skip
    return Panel(sound="ok")

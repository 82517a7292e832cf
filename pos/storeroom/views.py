"""storeroom/views.py — receiving, taking a receiving back, moving, counting a lot."""

from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..files.models import StoredFile
from ..files.store import keep
from ..identity.second import word_of
from ..identity.sign_in import approval
from ..kernel.actor import Approval, Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import Refused, ShopError
from ..kernel.once import is_first
from ..producers.terms import get_producer, producers
from ..shop.views import cashiers_by_policy_alone
from ..stock.models import Lot
from ..stock.queries import get_lot, place_choices
from ..web.forms import choose_from
from ..web.now import config, now, today
from ..web.numbers import row_id
from ..web.rights import actor, allowed
from .forms import CountForm, MoveForm, ReceiveForm, ReverseForm, ScanForm
from .models import Receiving, ReceivingLine
from .move import count_lot, move
from .notes import attach, scans_of
from .receive import Arrived, get_receiving, outlook, receive, reverse

pages = Blueprint("storeroom", __name__)


_BY_POLICY = (Role.MANAGER, Role.CASHIER)


pages.before_request(cashiers_by_policy_alone)


@pages.get("/receiving")
@allowed(*_BY_POLICY)
def list_receivings() -> ResponseReturnValue:
    before, note = request.args.get("before", type=row_id), request.args.get("note", "").strip()
    maker = request.args.get("producer", type=int)
    query = select(Receiving).order_by(Receiving.number.desc()).limit(100)
    if before is not None:
        query = query.where(Receiving.number < before)
    if note:
        query = query.where(Receiving.delivery_note.icontains(note, autoescape=True))
    if maker:
        query = query.where(Receiving.producer_id == maker)
    with reading() as session:
        rows = session.scalars(query).all()
        names = {producer.id: producer.name for producer in producers(session, archived=True)}
        undone = set(session.scalars(select(Receiving.reverses).where(Receiving.reverses.is_not(None))))
    return render_template("storeroom/list.html", rows=rows, names=names, undone=undone,
                           producers=list(names.items()), note=note, maker=maker)  # fmt: skip


@pages.route("/receiving/new/<int:producer_id>", methods=["GET", "POST"])
@allowed(*_BY_POLICY)
def new(producer_id: int) -> ResponseReturnValue:
    form: Any = _approved(ReceiveForm(note_date=today()))
    with reading() as session:
        producer = get_producer(session, producer_id)
        products = _products(session, producer_id)
        stopped = {
            p.id: verdict.refusals for p in products if (verdict := outlook(session, p.id, today())).refusals
        }
        _offer(form, session, products)
    if "more" in request.form:
        form.lines.append_entry()
        with reading() as session:
            _offer(form, session, products)
    elif form.validate_on_submit():
        try:
            agreed = _manager_agrees(form)
            with unit_of_work() as session:
                if not is_first(session, form.once.data or "", now()):
                    return redirect(url_for("storeroom.list_receivings"))
                done = receive(
                    session, get_producer(session, producer_id), delivery_note=form.delivery_note.data,
                    note_date=form.note_date.data, arrived=_arrived(form, products), by=actor(), at=now(),
                    approval=agreed,
                )  # fmt: skip
                if form.scan.data:
                    attach(session, done, kept(session, form.scan.data), by=actor(), at=now())
        except ShopError as no:
            form.refuse(no, {"note_missing": "delivery_note", "file_odd": "scan", "file_too_big": "scan", "pin_wrong": "pin",
                             "manager_needed": "login"})  # fmt: skip
        else:
            flash(_("Received."))
            return redirect(url_for("storeroom.show", number=done.number))
    return render_template(
        "storeroom/new.html", form=form, producer=producer, products=products, stopped=stopped
    )


def _approved(form: Any) -> Any:
    if actor().role is Role.MANAGER:
        form.without_approval()
    return form


def _manager_agrees(form: Any) -> Approval | None:
    """A manager's word in a cashier's form; the manager's own form needs none. Raises NotAllowed (`pin_wrong`)."""
    if actor().role is Role.MANAGER or not form.login.data:
        return None
    return word_of(approval, form.login.data, form.pin.data or "", "", station=actor().station, at=now())


def kept(session: Session, upload: Any) -> StoredFile:
    """An upload taken in. Raises Refused (`file_odd`, `file_too_big`)."""
    return keep(
        session, Path(config().data.folder), upload.filename or "", upload.read(), by=actor(), at=now()
    )


def _products(session: Session, producer_id: int) -> list[Product]:
    query = (
        select(Product)
        .where(Product.producer_id == producer_id, ~Product.archived)
        .order_by(Product.search_key)
    )
    return list(session.scalars(query))


def _offer(form: Any, session: Session, products: list[Product]) -> None:
    goods = [("", ""), *((str(product.id), product.name) for product in products)]
    where = [("", _("its shelf")), *place_choices(session)]
    for entry in form.lines:
        line: Any = entry.form
        choose_from(line.product_id, goods)
        choose_from(line.place_id, where)


def _arrived(form: Any, products: list[Product]) -> list[Arrived]:
    by_id = {product.id: product for product in products}
    found = []
    for entry in form.lines:
        line: Any = entry.form
        product = by_id.get(line.product_id.data)
        if product is None:
            continue
        found.append(
            Arrived(
                product_id=product.id, lot_number=line.lot_number.data or "", made_on=line.made_on.data,
                expires_on=line.expires_on.data, quantity_milli=line.quantity_milli.data or 0,
                place_id=line.place_id.data or product.shelf_place_id or 0,
                unit_cost_vnd=line.unit_cost_vnd.data or 0,
            )
        )  # fmt: skip
    return found


@pages.post("/receiving/<int:number>/scan")
@allowed(Role.MANAGER)
def add_scan(number: int) -> ResponseReturnValue:
    """The delivery note's photo, taken later."""
    form: Any = ScanForm()
    if not form.scan.data:
        raise Refused.because("file_missing")
    with unit_of_work() as session:
        attach(session, get_receiving(session, number), kept(session, form.scan.data), by=actor(), at=now())
    flash(_("Saved."))
    return redirect(url_for("storeroom.show", number=number))


@pages.route("/receiving/<int:number>", methods=["GET", "POST"])
@allowed(*_BY_POLICY)
def show(number: int) -> ResponseReturnValue:
    form: Any = ReverseForm()
    if actor().role is Role.MANAGER and form.validate_on_submit():
        try:
            with unit_of_work() as session:
                mirror = reverse(
                    session, get_receiving(session, number), why=form.why.data, by=actor(), at=now()
                )
        except ShopError as no:
            form.refuse(no)
        else:
            flash(_("Taken back."))
            return redirect(url_for("storeroom.show", number=mirror.number))
    with reading() as session:
        receiving = get_receiving(session, number)
        lines = session.execute(
            select(ReceivingLine, Lot, Product)
            .join(Lot, Lot.id == ReceivingLine.lot_id)
            .join(Product, Product.id == Lot.product_id)
            .where(ReceivingLine.receiving_number == number)
            .order_by(ReceivingLine.id)
        ).all()
        undone = session.scalars(select(Receiving.number).where(Receiving.reverses == number)).first()
        producer = get_producer(session, receiving.producer_id)
        scans = scans_of(session, [number]).get(number, ())
    return render_template("storeroom/show.html", receiving=receiving, lines=lines, producer=producer, undone=undone,
                           form=form, scans=scans, scan_form=ScanForm())  # fmt: skip


@pages.route("/lots/<int:lot_id>/move", methods=["GET", "POST"])
@allowed(*_BY_POLICY)
def move_lot(lot_id: int) -> ResponseReturnValue:
    form: Any = _approved(MoveForm(place_id=request.args.get("place", type=int)))
    with reading() as session:
        lot = get_lot(session, lot_id)
        where = place_choices(session)
    choose_from(form.place_id, where)
    choose_from(form.to_id, where)
    if form.validate_on_submit():
        try:
            agreed = _manager_agrees(form)
            with unit_of_work() as session:
                if is_first(session, form.once.data or "", now()):
                    move(session, get_lot(session, lot_id), form.place_id.data, form.to_id.data,
                         form.quantity_milli.data or 0, by=actor(), at=now(), approval=agreed)  # fmt: skip
        except ShopError as no:
            form.refuse(
                no,
                {
                    "quantity_odd": "quantity_milli",
                    "not_on_hand": "quantity_milli",
                    "wrong_zone": "to_id",
                    "pin_wrong": "pin",
                    "manager_needed": "login",
                },
            )
        else:
            flash(_("Moved."))
            return redirect(url_for("stock.show_lot", lot_id=lot_id))
    return render_template("form.html", form=form, title=_("Move lot %(number)s", number=lot.number),
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip


@pages.route("/lots/<int:lot_id>/count", methods=["GET", "POST"])
@allowed(*_BY_POLICY)
def count(lot_id: int) -> ResponseReturnValue:
    form: Any = CountForm(place_id=request.args.get("place", type=int))
    with reading() as session:
        lot = get_lot(session, lot_id)
        choose_from(form.place_id, place_choices(session))
    if form.validate_on_submit():
        try:
            agreed = form.second_person()
            with unit_of_work() as session:
                if is_first(session, form.once.data or "", now()):
                    count_lot(
                        session, get_lot(session, lot_id), form.place_id.data, form.counted_milli.data or 0,
                        reason=form.reason.data, approval=agreed, by=actor(), at=now(),
                    )  # fmt: skip
        except ShopError as no:
            form.refuse(no, {"pin_wrong": "pin", "second_person_needed": "login"})
        else:
            flash(_("The books say now what was counted."))
            return redirect(url_for("stock.show_lot", lot_id=lot_id))
    return render_template("form.html", form=form, title=_("Count lot %(number)s", number=lot.number),
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip

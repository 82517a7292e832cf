"""storeroom/receiving_views.py — deliveries: announced or not, line by line through the gate, partly refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.symbology import read as read_code

from ..admission.gate import Act
from ..catalog.models import Kind, Product
from ..catalog.products import packs, products_of
from ..files.upload import at_field, check_upload, kept
from ..identity.forms import agreed as agreed_by
from ..kernel.actor import Approval, Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import Refused, ShopError
from ..kernel.once import is_first
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Reason
from ..kernel.typed import read_tenths
from ..producers.terms import get_producer, producers
from ..shop.models import get_shop
from ..stock.models import Lot
from ..stock.queries import place_choices
from ..web.forms import choose_from
from ..web.now import now, today
from ..web.numbers import row_id
from ..web.rights import actor, allowed
from .announce import expected, get_announced
from .checks import Looked, checks_for, looked_at
from .forms import MOST_LINES, ArrivalForm, LabelsForm, ReceiveForm, ReverseForm, ScanForm
from .judged import Arrived, back_of, refusals
from .models import AnnouncedDelivery, LineCheck, QualityCheck, Receiving, ReceivingLine, RefusedLine
from .notes import attach, scans_of
from .receive import get_receiving, outlooks, receive, reverse
from .views import BY_POLICY, manager_agrees, pages, without_own_approval

AT_THE_LINE = {"check_missing"}


@pages.get("/receiving")
@allowed(*BY_POLICY)
def list_receivings() -> ResponseReturnValue:
    before, note = request.args.get("before", type=row_id), request.args.get("note", "").strip()
    maker = request.args.get("producer", type=row_id)
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
        back = set(session.scalars(select(RefusedLine.receiving_number).distinct()))
        return render_template("storeroom/list.html", rows=rows, names=names, undone=undone, back=back, expected=expected(session),
                               producers=list(names.items()), note=note, maker=maker, on=today())  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What stands below a line: the gate's word, and what is to be looked at with the answers so far."""

    product: Product | None = None
    reasons: tuple[Reason, ...] = ()
    checks: Sequence[QualityCheck] = ()


@pages.route("/receiving/new/<int:producer_id>", methods=["GET", "POST"])
@allowed(*BY_POLICY)
def new(producer_id: int) -> ResponseReturnValue:
    with reading() as session:
        coming = _announced(session, producer_id)
        form = _form(session, producer_id, coming)
    if "more" in request.form:
        form.one_more()
        with reading() as session:
            _offer(session, (entry.form for entry in form.lines), producer_id)
    elif form.validate_on_submit():
        try:
            number = _received(form, producer_id, coming)
        except ShopError as no:
            _tell(form, no)
        else:
            flash(_("Received."))
            return redirect(url_for("storeroom.show", number=number))
    return receiving_page(form, producer_id)


def receiving_page(form: Any, producer_id: int) -> str:
    """The form with the gate's word at each line."""
    with reading() as session:
        products = products_of(session, producer_id)
        said = outlooks(session, [product.id for product in products], Act.RECEIVE, today())
        stopped = {id_: verdict.refusals for id_, verdict in said.items() if verdict.refusals}
        said_of = {entry.name: _said(session, producer_id, entry) for entry in form.lines}
        return render_template(
            "storeroom/new.html", form=form, most_lines=MOST_LINES, producer=get_producer(session, producer_id), products=products, stopped=stopped,
            said_of=said_of, refused=sum(bool(one.reasons) for one in said_of.values()) if "delivery_note" in request.form else 0,
        )  # fmt: skip


def _announced(session: Session, producer_id: int) -> AnnouncedDelivery | None:
    asked = request.values.get("announced", type=row_id)
    found = get_announced(session, asked) if asked else None
    return found if found is not None and found.producer_id == producer_id else None


def _form(session: Session, producer_id: int, coming: AnnouncedDelivery | None) -> Any:
    given: dict[str, Any] = {"note_date": today()}
    if coming is not None:
        given = {"delivery_note": coming.delivery_note, "note_date": coming.comes_on, "lines": [
            {"product_id": line.product_id, "lot_number": line.lot_number, "made_on": line.made_on,
             "expires_on": line.expires_on, "quantity_milli": line.quantity_milli, "noted_milli": line.quantity_milli}
            for line in coming.lines
        ]}  # fmt: skip
    return filled_form(session, producer_id, given)


def filled_form(session: Session, producer_id: int, given: dict[str, Any], **more: Any) -> Any:
    """The receiving form of a producer, with what is known already. `formdata=None`: whatever this request carries."""
    form: Any = without_own_approval(ReceiveForm(data=given, **more))
    has_alcohol = any(product.kind == Kind.ALCOHOL for product in products_of(session, producer_id))
    if not (has_alcohol and get_shop(session).alcohol_two_people) or form.login:
        del form.second_login  # the manager's word in a cashier's form is a second person's, too
        del form.second_pin
    _offer(session, (entry.form for entry in form.lines), producer_id)
    return form


def _received(form: Any, producer_id: int, coming: AnnouncedDelivery | None) -> int:
    agreed, second = manager_agrees(form), _second(form)
    scan, photos = check_upload(form.scan.data), _photos(form)
    with reading() as session:
        arrived = _arrived(session, form, producer_id, photos)
    with unit_of_work() as session:
        if not is_first(session, form.once.data or "", now()):
            return _just_received(session, producer_id)
        done = receive(
            session, get_producer(session, producer_id), delivery_note=form.delivery_note.data, note_date=form.note_date.data,
            arrived=arrived, by=actor(), at=now(), approval=agreed, witness=second or agreed, announced=coming,
            refuse_the_rest="refuse" in request.form,
        )  # fmt: skip
        if scan is not None:
            attach(session, done, kept(session, scan), by=actor(), at=now())
        return done.number


def _just_received(session: Session, producer_id: int) -> int:
    """What the first click of two made."""
    mine = select(Receiving.number).where(Receiving.producer_id == producer_id)
    return session.scalars(mine.order_by(Receiving.number.desc())).first() or 0


def _second(form: Any) -> Approval | None:
    if not form.second_login or not form.second_login.data:
        return None
    return agreed_by(form.second_login.data, form.second_pin.data or "", "")


def _tell(form: Any, no: ShopError) -> None:
    """What belongs to a line is said at the line; the rest at its field or above."""
    whole = [reason for reason in no.reasons if "line" not in reason.facts or reason.code in AT_THE_LINE]
    if whole:
        form.refuse(type(no)(*whole), {
            "note_missing": "delivery_note", "pin_wrong": "pin",
            "manager_needed": "login", "second_person_needed": "second_login",
        } | at_field("scan"))  # fmt: skip
    elif not isinstance(no, Refused) or _beyond_the_gate(no):
        form.refuse(no)


def _beyond_the_gate(no: ShopError) -> bool:
    """A reason that the line itself can't show: the form is wrong, not the goods."""
    return any(r.code in {"quantity_odd", "lot_differs", "product_of_another_producer", "made_in_future", "made_after_end"}
               for r in no.reasons)  # fmt: skip


def _offer(session: Session, lines: Iterable[Any], producer_id: int) -> None:
    goods = [("", ""), *((str(product.id), product.name) for product in products_of(session, producer_id))]
    where = [("", _("its shelf")), *place_choices(session)]
    for line in lines:
        choose_from(line.product_id, goods)
        choose_from(line.place_id, where)


def _arrived(session: Session, form: Any, producer_id: int, photos: dict[str, int]) -> list[Arrived]:
    """The lines that name a product. Raises Refused (`check_missing`) where one wasn't looked at, unless it goes back."""
    by_id = {product.id: product for product in products_of(session, producer_id)}
    found: list[Arrived] = []
    for entry in form.lines:
        product = by_id.get(entry.form.product_id.data)
        if product is not None:
            must = len(found) + 1 if not entry.form.sent_back.data else 0
            checks = checks_for(session, product.group_code)
            looked = _looked(entry.name, product, checks, must=must, file_id=photos.get(entry.name))
            found.append(_as_arrived(entry.form, product, looked))
    return found


def _as_arrived(line: Any, product: Product, looked: Sequence[Looked]) -> Arrived:
    came, noted = line.quantity_milli.data or 0, line.noted_milli.data
    return Arrived(
        product_id=product.id, lot_number=line.lot_number.data or "", made_on=line.made_on.data,
        expires_on=line.expires_on.data, quantity_milli=came, place_id=line.place_id.data or product.shelf_place_id or 0,
        unit_cost_vnd=line.unit_cost_vnd.data or 0, noted_milli=noted if noted not in {None, came} else None,
        looked=tuple(looked), sent_back=line.sent_back.data or "",
    )  # fmt: skip


def _looked(
    name: str, product: Product, checks: Sequence[QualityCheck], *, must: int = 0, file_id: int | None = None
) -> list[Looked]:
    """The answers to a line's checks. `must`: the line's number, where each must be answered."""
    found = []
    for check in checks:
        typed = request.values.get(f"{name}-check-{check.id}", "")
        is_good = {"good": True, "bad": False}.get(typed)
        one = looked_at(check, is_good=is_good, tenths=read_tenths(typed), file_id=file_id)
        if one is not None:
            found.append(one)
        elif must:
            raise Refused.because("check_missing", line=must, product=product.name, check=check.name)
    return found


def _photos(form: Any) -> dict[str, int]:
    """The photo of each line, kept once for every check of it: its file's id by the line's name."""
    found = {}
    for entry in form.lines:
        checked = check_upload(request.files.get(f"{entry.name}-photo"))
        if checked is not None:
            with unit_of_work() as session:
                found[entry.name] = kept(session, checked).id
    return found


def _said(session: Session, producer_id: int, entry: Any) -> Said:
    product_id = entry.form.product_id.data
    product = session.get(Product, product_id) if product_id else None
    if product is None or product.producer_id != producer_id:
        return Said()
    checks = checks_for(session, product.group_code)
    item = _as_arrived(entry.form, product, _looked(entry.name, product, checks))
    note = request.values.get("delivery_note") or "–"
    (reasons,) = refusals(session, get_producer(session, producer_id), note, [item], today())
    return Said(product, reasons, checks)


@pages.get("/receiving/new/<int:producer_id>/line")
@allowed(*BY_POLICY)
def one_line(producer_id: int) -> ResponseReturnValue:
    """A line for the form, filled from a scanned code: product, lot, dates, weight. Numbered `n`."""
    with reading() as session:
        entry = _entry(
            session, producer_id, request.args.get("n", 0, type=row_id), _given(session, producer_id)
        )
        return render_template("storeroom/line.html", entry=entry, said=_said(session, producer_id, entry),
                               producer=get_producer(session, producer_id))  # fmt: skip


@pages.get("/receiving/new/<int:producer_id>/verdict")
@allowed(*BY_POLICY)
def judge_line(producer_id: int) -> ResponseReturnValue:
    """The gate's word on a line as it is typed, and the checks of its goods."""
    n = request.args.get("n", 0, type=row_id)
    with reading() as session:
        form: Any = ArrivalForm(request.args, prefix=f"lines-{n}-")
        _offer(session, [form], producer_id)
        entry = _Entry(f"lines-{n}", form)
        return render_template("storeroom/verdict.html", entry=entry, said=_said(session, producer_id, entry))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line that stands by itself, named as it will be in the whole form."""

    name: str
    form: Any


def _entry(session: Session, producer_id: int, n: int, given: dict[str, Any]) -> _Entry:
    form: Any = ArrivalForm(data=given, prefix=f"lines-{n}-")
    _offer(session, [form], producer_id)
    return _Entry(f"lines-{n}", form)


def _given(session: Session, producer_id: int) -> dict[str, Any]:
    scan = read_code(request.args.get("code", ""))
    own = [pack for pack in packs(session, scan) if pack.product.producer_id == producer_id]
    if len(own) != 1:
        return {}
    (pack,) = own
    is_one_piece = pack.product.unit == Unit.PIECE and pack.quantity_milli == ONE
    return {
        "product_id": pack.product.id, "lot_number": scan.lot or "", "made_on": scan.made_on, "expires_on": scan.expires_on,
        "quantity_milli": None if is_one_piece else pack.quantity_milli,
    }  # fmt: skip


@pages.post("/receiving/<int:number>/scan")
@allowed(Role.MANAGER)
def add_scan(number: int) -> ResponseReturnValue:
    """The delivery note's photo, taken later."""
    form: Any = ScanForm()
    scan = check_upload(form.scan.data)
    if scan is None:
        raise Refused.because("file_missing")
    with unit_of_work() as session:
        attach(session, get_receiving(session, number), kept(session, scan), by=actor(), at=now())
    flash(_("Saved."))
    return redirect(url_for("storeroom.show", number=number))


@pages.route("/receiving/<int:number>", methods=["GET", "POST"])
@allowed(*BY_POLICY)
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
        return render_template(
            "storeroom/show.html", receiving=receiving, lines=lines, producer=get_producer(session, receiving.producer_id),
            undone=session.scalars(select(Receiving.number).where(Receiving.reverses == number)).first(),
            form=form, scans=scans_of(session, [number]).get(number, ()), scan_form=ScanForm(), labels_form=LabelsForm(), back=back_of(session, number),
            checks=session.scalars(select(LineCheck).where(LineCheck.receiving_number == number).order_by(LineCheck.id)).all(),
        )  # fmt: skip

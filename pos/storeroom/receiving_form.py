"""storeroom/receiving_form.py — the form of a delivery: filled, read line by line, and what the gate says of each line."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..admission.default_place import find_default_place
from ..catalog.models import Product
from ..catalog.products import list_products
from ..files.check import CheckedFile
from ..files.upload import check_upload, upload_error_fields
from ..identity.forms import AT_PIN
from ..identity.forms import verify_form_approval as agreed_by
from ..kernel.actor import Approval, Role
from ..kernel.errors import Refused, ShopError
from ..kernel.parsers import read_tenths
from ..kernel.reason import Reason
from ..producers.forms import DEAL_CHOICES, DealForm
from ..producers.models import Deal
from ..producers.terms import find_terms, get_producer
from ..stock.queries import list_place_choices
from ..web.context import current_day, current_time
from ..web.forms import choose_from
from ..web.kept_uploads import KEPT
from ..web.reasons import render_reason
from ..web.rights import current_actor
from .checks import CheckResult, list_checks_for, make_check_result
from .forms import ArrivalForm, OriginForm, ReceiveForm
from .judge_delivery import ReceivedLine, judge_delivery, list_line_faults
from .models import QualityCheck
from .receive import may_need_two_people
from .scanned_line import ScannedLine
from .views import drop_own_approval

AT_THE_LINE = {"check_missing"}
NOT_KEPT = {
    "csrf_token", "once", "login", "pin", "second_login", "second_pin", "save", "refuse", "rest", "draft", "more", "goes_on", "draft_mark",
}  # fmt: skip
LATER = "later"  # the deal's choice of whoever hasn't agreed yet
BOXES = {  # of a line: where a fault of what was typed is said
    "quantity_odd": "quantity_milli", "product_of_another_producer": "product_id",
    "made_in_future": "made_on", "made_after_end": "expires_on", "lot_differs": "lot_number", "lot_other_deal": "lot_number", "lot_other_price": "unit_cost_vnd", "cost_missing": "unit_cost_vnd",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineOutlook:
    """What stands below a line: the gate's word, what is wrong with it as typed, and what is still to be typed or looked at.

    `typed`: the boxes as they stand, for the answers to its checks. `is_unreadable`: a box can't be read, so that the gate has no word yet. A line that `is_ready` would be received as it is.
    """

    product: Product | None = None
    reasons: tuple[Reason, ...] = ()
    faults: Sequence[Reason] = ()
    checks: Sequence[QualityCheck] = ()
    unanswered: Sequence[str] = ()
    is_unreadable: bool = False
    has_quantity: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return not (self.is_unreadable or self.reasons or self.faults or self.unanswered)


def fill_form(session: Session, producer_id: int, form_data: dict[str, Any], **more: Any) -> Any:
    """The receiving form of a producer, with what is known already. `formdata=None`: whatever this request carries."""
    form: Any = drop_own_approval(ReceiveForm(data=form_data, **more))
    if not may_need_two_people(session, producer_id) or form.login:
        del form.second_login  # the manager's word in a cashier's form is a second person's, too
        del form.second_pin
    set_line_choices(session, (entry.form for entry in form.lines), producer_id)
    return form


def make_deal_form(session: Session, producer_id: int, typed: Any = None) -> Any:
    """Asks a manager for the producer's deal where none is agreed; None where there is one, or for a cashier."""
    if (
        current_actor().role is not Role.MANAGER
        or find_terms(session, producer_id, current_day()) is not None
    ):
        return None
    form: Any = DealForm(typed, prefix="deal-", meta={"csrf": False})
    choose_from(form.deal, [("", ""), *DEAL_CHOICES, (LATER, _("not agreed yet: later"))])
    return form


def make_address_form(session: Session, producer_id: int, typed: Any = None) -> Any:
    """Asks a manager where a producer makes their goods, where the books don't know: no lot has an origin without."""
    if current_actor().role is not Role.MANAGER or get_producer(session, producer_id).address:
        return None
    return OriginForm(typed, prefix="origin-", meta={"csrf": False})


def asks_cost(session: Session, producer_id: int) -> bool:
    """Does the producer get a sum a unit, so that a line isn't whole without it?"""
    terms = find_terms(session, producer_id, current_day())
    return terms is not None and terms.deal != Deal.CONSIGNMENT


def list_typed_fields() -> list[tuple[str, str]]:
    """The boxes of this request as they were typed, without what is of this one sending alone, and without PINs."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in NOT_KEPT and not name.endswith(KEPT)
    ]


def read_second_approval(form: Any) -> Approval | None:
    if not form.second_login or not form.second_login.data:
        return None
    return agreed_by(form.second_login.data, form.second_pin.data or "", "")


def show_refusal(form: Any, no: ShopError) -> None:
    """What belongs to a line is said at the line, at its box where it was typed; the rest at its field or above."""
    if _show_box_faults(form, no):
        return
    whole = [reason for reason in no.reasons if "line" not in reason.facts or reason.code in AT_THE_LINE]
    if whole:
        form.refuse(type(no)(*whole), {
            "note_missing": "delivery_note", **AT_PIN,
            "manager_needed": "login", "second_person_needed": "second_login",
        } | upload_error_fields("scan"))  # fmt: skip
    elif not isinstance(no, Refused):
        form.refuse(no)


def _show_box_faults(form: Any, no: ShopError) -> bool:
    """The form is wrong, not the goods: said at the boxes. False: it is no such fault."""
    named = [entry.form for entry in form.lines if entry.form.product_id.data]
    faults = [reason for reason in no.reasons if reason.code in BOXES and "line" in reason.facts]
    for reason in faults:
        box, words = named[int(str(reason.facts["line"])) - 1][BOXES[reason.code]], render_reason(reason)
        is_empty = reason.code == "quantity_odd" and box.data is None
        text = _("Type the quantity.") if is_empty else f"{words.sentence} {words.remedy}".strip()
        box.errors = [*box.errors, text]
    return bool(faults)


def set_line_choices(session: Session, lines: Iterable[Any], producer_id: int) -> None:
    goods = [("", ""), *((str(product.id), product.name) for product in list_products(session, producer_id))]
    where = [("", _("its shelf")), *list_place_choices(session)]
    for line in lines:
        choose_from(line.product_id, goods)
        choose_from(line.place_id, where)


def read_lines(
    session: Session,
    form: Any,
    producer_id: int,
    photos: dict[str, int],
    names: Collection[str] | None = None,
) -> list[ReceivedLine]:
    """The lines that name a product; of `names` alone, where they are given (`lines-0`).

    Raises Refused (`check_missing`) where one wasn't looked at, unless it goes back.
    """
    by_id = {product.id: product for product in list_products(session, producer_id)}
    found: list[ReceivedLine] = []
    for entry in form.lines:
        product = by_id.get(entry.form.product_id.data)
        if product is not None and (names is None or entry.name in names):
            must = len(found) + 1 if not entry.form.sent_back.data else 0
            checks = list_checks_for(session, product.group_code)
            looked = _read_check_results(
                request.values, entry.name, product, checks, must=must, file_id=photos.get(entry.name)
            )
            found.append(_make_received_line(session, entry.form, product, looked))
    return found


def _make_received_line(
    session: Session, line: Any, product: Product, looked: Sequence[CheckResult]
) -> ReceivedLine:
    came, noted = line.quantity_milli.data or 0, line.noted_milli.data
    return ReceivedLine(
        product_id=product.id, lot_number=line.lot_number.data or "", made_on=line.made_on.data,
        expires_on=line.expires_on.data, quantity_milli=came, place_id=line.place_id.data or find_default_place(session, product).id,
        unit_cost_vnd=line.unit_cost_vnd.data or 0, noted_milli=noted if noted not in {None, came} else None,
        looked=tuple(looked), sent_back=line.sent_back.data or "", asks_cost=current_actor().role is Role.MANAGER,
    )  # fmt: skip


def _read_check_results(
    typed: Mapping[str, str],
    name: str,
    product: Product,
    checks: Sequence[QualityCheck],
    *,
    must: int = 0,
    file_id: int | None = None,
) -> list[CheckResult]:
    """The answers to a line's checks. `must`: the line's number, where each must be answered."""
    found = []
    for check in checks:
        answer = typed.get(f"{name}-check-{check.id}", "")
        is_good = {"good": True, "bad": False}.get(answer)
        item = make_check_result(check, is_good=is_good, tenths=read_tenths(answer), file_id=file_id)
        if item is not None:
            found.append(item)
        elif must:
            raise Refused.because("check_missing", line=must, product=product.name, check=check.name)
    return found


def check_photos(form: Any) -> dict[str, CheckedFile]:
    """The photo of each line by the line's name: opened before the unit of work, stored in it, gone with a refusal."""
    photos = {entry.name: check_upload(f"{entry.name}-photo") for entry in form.lines}
    return {name: photo for name, photo in photos.items() if photo is not None}


def judge_entry(
    session: Session, producer_id: int, entry: Any, typed: Mapping[str, str] | None = None
) -> LineOutlook:
    """What would be said of the line if the delivery were received now. `typed`: the boxes, if not those of this request."""
    typed = request.values if typed is None else typed
    product_id = entry.form.product_id.data
    product = session.get(Product, product_id) if product_id else None
    if product is None or product.producer_id != producer_id:
        return LineOutlook()
    checks = list_checks_for(session, product.group_code)
    if _has_box_fault(entry.form):  # the gate would judge an empty box where a mistyped date stands
        return LineOutlook(product, checks=checks, is_unreadable=True, typed=typed)
    looked = _read_check_results(typed, entry.name, product, checks)
    item = _make_received_line(session, entry.form, product, looked)
    producer, note = get_producer(session, producer_id), typed.get("delivery_note") or "–"
    if not producer.address and current_actor().role is Role.MANAGER:
        item = replace(item, origin_place=typed.get("origin-address") or "–")  # it is asked above the lines
    (reasons,) = judge_delivery(session, producer, note, [item], current_day())
    terms = find_terms(session, producer_id, current_day())
    faults = list_line_faults(session, item, producer, terms, current_time())
    names = {result.name for result in looked}
    unanswered = [] if item.sent_back else [check.name for check in checks if check.name not in names]
    return LineOutlook(
        product,
        reasons,
        faults,
        checks,
        unanswered,
        has_quantity=entry.form.quantity_milli.data is not None,
        typed=typed,
    )


def _has_box_fault(form: Any) -> bool:
    """Does something stand in a box of the line that can't be read?"""
    return any(box.process_errors or box.errors for box in form)


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A line that stands by itself, named as it will be in the whole form."""

    name: str
    form: Any


def make_entry(session: Session, producer_id: int, n: int, scanned: ScannedLine | None) -> LineEntry:
    form: Any = ArrivalForm(data=asdict(scanned) if scanned else {}, prefix=f"lines-{n}-")
    if scanned is not None and scanned.is_run_together:
        form.lot_number.errors = [
            _(
                "The code ran together, so the lot can't be told from its date: type it from the pack. Teach the scanner on the Devices page."
            )
        ]
    set_line_choices(session, [form], producer_id)
    return LineEntry(f"lines-{n}", form)

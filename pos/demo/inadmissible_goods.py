"""demo/inadmissible_goods.py — goods that the gate refuses, one for each reason that a shop's data can have.

Most were in order when they came, and something changed since: that is how it happens. What could never
have been received (no origin, wrong zone …) comes as opening stock, as from an older system.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.models import Paper, PaperKind
from ..admission.papers import CoveredProduct, list_papers, mark_revoked, save_paper
from ..catalog.codes import format_codes, read_codes
from ..catalog.models import Product
from ..catalog.products import save_product
from ..journal.record import record
from ..kernel.actor import SYSTEM, Actor, Approval, Role
from ..kernel.quantity import ONE
from ..pricing.prices import note_shelf_price
from ..producers.models import Producer
from ..producers.terms import save_producer
from ..stock.lots import place_hold, save_lot
from ..stock.models import Lot, MoveKind, Place
from ..stock.moves import StockStep, post_moves
from ..storeroom.judge_delivery import ReceivedLine
from ..storeroom.move import count_lot
from ..storeroom.receive import receive_delivery
from . import cast
from .codes import at_clock, gtin13
from .goods import add_product

WITNESS = Actor(person_id=-1, name="Thu ngân 1", role=Role.CASHIER)
FIRST_NUMBER = 501
AS_OPENING_STOCK = {"no_origin", "no_expiry", "no_price", "wrong_zone"}
NEVER_CAME = {"no_lot", "trace_broken"}


@dataclass(slots=True)
class InadmissibleCase:
    """One misfit on its way: the product, its maker, its lot, and the days it happens on."""

    session: Session
    code: str
    role: cast.CastProduct
    product: Product
    maker: Producer
    first: date
    today: date
    lot: Lot | None = None

    @property
    def at(self) -> datetime:
        return at_clock(self.first, 6)

    def paper(self, kind: PaperKind) -> Paper:
        named = list_papers(self.session, product_id=self.product.id)
        general = list_papers(self.session, producer_id=self.maker.id)
        return next(paper for paper in [*named, *general] if paper.kind == kind)

    def save(self, paper: Paper, *covers: CoveredProduct) -> None:
        save_paper(self.session, paper, covers, by=SYSTEM, at=self.at)

    def save_product(self) -> None:
        save_product(
            self.session, self.product, read_codes(format_codes(self.product.barcodes)), by=SYSTEM, at=self.at
        )


def make_inadmissible_goods(
    session: Session, makers: list[Producer], codes: dict[str, str], first: date, today: date
) -> None:
    """Bring each misfit in, then let happen what makes it one. Fills `codes`: name → barcode."""
    for n, misfit in enumerate(cast.MISFITS):
        role = misfit.role
        price_from = today + timedelta(days=30) if misfit.code == "no_price" else None
        product = add_product(
            session, role, makers[role.maker], FIRST_NUMBER + n, first, price_from=price_from
        )
        case = InadmissibleCase(session, misfit.code, role, product, makers[role.maker], first, today)
        if misfit.code in AS_OPENING_STOCK:
            _opening(case)
        elif misfit.code not in NEVER_CAME:
            _received(case)
        if change := CHANGES.get(misfit.code):
            change(case)
        codes[product.name] = gtin13(FIRST_NUMBER + n)


def _received(case: InadmissibleCase) -> None:
    ends = case.first + timedelta(days=case.role.days) if case.role.days else None
    if case.code == "expired":
        ends = case.today - timedelta(days=1)
    arrived = ReceivedLine(case.product.id, f"M{case.first:%y%m%d}", case.first - timedelta(days=1), ends, 10 * ONE,
                      case.product.shelf_place_id or 0, case.role.price_vnd * 7 // 10)  # fmt: skip
    receive_delivery(case.session, case.maker, delivery_note=f"PG-{case.product.id:03}/{case.first:%y}", note_date=case.first, arrived=[arrived],
            by=SYSTEM, at=case.at)  # fmt: skip
    case.lot = case.session.scalars(select(Lot).where(Lot.product_id == case.product.id)).one()


def _opening(case: InadmissibleCase) -> None:
    whole = case.code != "no_origin"
    lot = Lot(
        product_id=case.product.id, number=f"M{case.first:%y%m%d}", producer_id=case.maker.id,
        origin_place=case.maker.address, made_on=case.first - timedelta(days=1) if whole else None,
        expires_on=None if case.code == "no_expiry" else case.first + timedelta(days=case.role.days),
        delivery_note="sổ cũ" if whole else "",
    )  # fmt: skip
    save_lot(case.session, lot, by=SYSTEM, at=case.at)
    zone = "KHAC" if case.code == "wrong_zone" else "OCOP"
    place = case.session.scalars(select(Place).where(Place.code == zone)).one()
    step = StockStep(lot.id, place.id, MoveKind.OPENING, 10 * ONE, f"opening:{lot.id}")
    record(
        case.session,
        "opening_stock",
        by=SYSTEM,
        at=case.at,
        subject=lot,
        sealed=post_moves(case.session, [step], case.at),
    )
    case.lot = lot


def _was_another_paper(kind: PaperKind) -> Callable[[InadmissibleCase], None]:
    """What was entered as a paper of this kind turned out to be a test report."""

    def change(case: InadmissibleCase) -> None:
        paper = case.paper(kind)
        paper.kind = PaperKind.TEST_REPORT.value
        case.save(paper)

    return change


def _fewer_stars(case: InadmissibleCase) -> None:
    case.save(case.paper(PaperKind.RECOGNITION), CoveredProduct(case.product.id, 2))


def _other_name(case: InadmissibleCase) -> None:
    case.save(case.paper(PaperKind.RECOGNITION), CoveredProduct(case.product.id, 3, "Bánh gai mẫu khác"))


def _end_certificate(case: InadmissibleCase) -> None:
    paper = case.paper(PaperKind.RECOGNITION)
    paper.ends = case.today - timedelta(days=5)
    case.save(paper, CoveredProduct(case.product.id, 3))


def _not_yet(case: InadmissibleCase) -> None:
    paper = case.paper(PaperKind.RECOGNITION)
    paper.starts = case.today + timedelta(days=20)
    case.save(paper, CoveredProduct(case.product.id, 3))


def _revoked(case: InadmissibleCase) -> None:
    mark_revoked(case.session, case.paper(PaperKind.RECOGNITION), on=case.today - timedelta(days=10), decision="12/QĐ-UBND (mẫu)",
           by=SYSTEM, at=case.at)  # fmt: skip


def _another_class(case: InadmissibleCase) -> None:
    case.product.goods_class = "speciality"
    case.save_product()


def _food_safety_ended(case: InadmissibleCase) -> None:
    paper = case.paper(PaperKind.FOOD_SAFETY)
    paper.ends = case.today - timedelta(days=3)
    case.save(paper)


def _licence_ended(case: InadmissibleCase) -> None:
    paper = case.paper(PaperKind.ALCOHOL_LICENCE)
    paper.ends = case.today - timedelta(days=2)
    case.save(paper)


def _banned(case: InadmissibleCase) -> None:
    case.product.banned = True
    case.save_product()


def _label_bare(case: InadmissibleCase) -> None:
    case.product.label_entries = "name responsible origin"
    case.save_product()


def _found_without_receiving(case: InadmissibleCase) -> None:
    """Goods on a shelf that nobody received: a count put them into the books."""
    lot = Lot(product_id=case.product.id, number=f"K{case.first:%y%m%d}", producer_id=case.maker.id, origin_place=case.maker.address,
              made_on=case.first, expires_on=case.today + timedelta(days=60), delivery_note="–")  # fmt: skip
    save_lot(case.session, lot, by=SYSTEM, at=case.at)
    _count(case, lot, 6 * ONE)


def _all_gone(case: InadmissibleCase) -> None:
    assert case.lot is not None  # noqa: S101  it was received
    _count(case, case.lot, 0)


def _count(case: InadmissibleCase, lot: Lot, counted_milli: int) -> None:
    witness = Approval(WITNESS, "kiểm kê", case.at)
    count_lot(case.session, lot, case.product.shelf_place_id or 0, counted_milli, reason="kiểm kê", approval=witness,
              by=SYSTEM, at=case.at)  # fmt: skip


def _recalled(case: InadmissibleCase) -> None:
    assert case.lot is not None  # noqa: S101  it was received
    place_hold(
        case.session, lot_id=case.lot.id, kind="recall", reason="phồng gói (ví dụ)", by=SYSTEM, at=case.at
    )


def _cheaper_tag(case: InadmissibleCase) -> None:
    note_shelf_price(case.session, case.product, case.role.price_vnd - 5000, by=SYSTEM, at=case.at)


def _suspended(case: InadmissibleCase) -> None:
    case.maker.suspended_on, case.maker.suspended_why = case.today - timedelta(days=4), "đang làm rõ (ví dụ)"
    save_producer(case.session, case.maker, by=SYSTEM, at=case.at)


CHANGES: dict[str, Callable[[InadmissibleCase], None]] = {
    "no_certificate": _was_another_paper(PaperKind.RECOGNITION),
    "too_few_stars": _fewer_stars,
    "certificate_ended": _end_certificate,
    "certificate_not_yet": _not_yet,
    "certificate_revoked": _revoked,
    "certificate_other_product": _other_name,
    "class_not_admitted": _another_class,
    "no_food_safety": _was_another_paper(PaperKind.FOOD_SAFETY),
    "food_safety_ended": _food_safety_ended,
    "no_declaration": _was_another_paper(PaperKind.DECLARATION),
    "no_licence": _licence_ended,
    "banned": _banned,
    "label_incomplete": _label_bare,
    "trace_broken": _found_without_receiving,
    "recalled": _recalled,
    "not_shelf_price": _cheaper_tag,
    "not_on_hand": _all_gone,
    "producer_suspended": _suspended,
}

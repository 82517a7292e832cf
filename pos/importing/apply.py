"""importing/apply.py — carry out a preview's plan: in the caller's one transaction, or in parts beside tills that sell."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from time import sleep
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ..admission.models import Paper
from ..admission.papers import CoveredProduct, find_paper, save_paper
from ..catalog.models import Barcode, Product
from ..catalog.products import TypedCode, list_products, save_product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.database import unit_of_work
from ..kernel.errors import Refused, ShopError
from ..kernel.reason import Reason
from ..kernel.text import fold_text
from ..pricing.prices import find_price, set_price
from ..producers.models import Producer
from ..producers.terms import find_producer, save_producer
from ..stock.lots import find_lot, place_hold, save_lot
from ..stock.models import Lot, MoveKind, Place, Zone
from ..stock.moves import StockStep, post_moves
from .known_rows import PRODUCT_FIELDS, find_newest_change
from .preview import ImportPreview, RowPreview

ROWS_AT_ONCE = 20  # half a second of writing
PAUSE_SECONDS = 0.2  # a till that waits asks again within a tenth of a second


def apply_plan(
    session: Session,
    found: ImportPreview,
    *,
    by: Actor,
    at: datetime,
    source: str,
    tell: Callable[[int, int], None] | None = None,
) -> None:
    """Write what the rows say, each through its own room's use case, and a journal row for the whole.

    A price without a day of its own begins on the day that the preview judged for: what was shown is what is written,
    also when midnight lay between the two. Raises Refused (`preview_old`) where the books have changed since.
    """
    _apply_part(session, found.plan, found, found.seq, set(), by=by, at=at, source=source, tell=tell)


def apply_in_parts(
    engine: Engine,
    found: ImportPreview,
    *,
    by: Actor,
    at: datetime,
    source: str,
    tell: Callable[[int, int], None],
) -> None:
    """The same beside tills that sell: a few rows a unit of work, with a pause between, in which they have their turn.

    Raises Refused (`preview_old`), and `import_broken_off` where some rows are written already: the same workbook read in
    again goes on with the others.
    """
    plan, seq, opened, done = found.plan, found.seq, set[int](), 0
    for first in range(0, len(plan), ROWS_AT_ONCE):
        part = plan[first : first + ROWS_AT_ONCE]
        try:
            with unit_of_work(engine) as session:
                _apply_part(session, part, found, seq, opened, by=by, at=at, source=source)
                seq = find_newest_change(session)
        except ShopError as no:
            if not done:
                raise
            raise Refused(Reason.make("import_broken_off", done=done, total=len(plan)), *no.reasons) from no
        done += len(part)
        tell(done, len(plan))
        sleep(PAUSE_SECONDS)


def _apply_part(
    session: Session,
    rows: Sequence[RowPreview],
    found: ImportPreview,
    seq: int,
    opened: set[int],
    *,
    by: Actor,
    at: datetime,
    source: str,
    tell: Callable[[int, int], None] | None = None,
) -> None:
    """`opened`: the lots that this import opened; `seq`: the newest change of the books that it knows of."""
    if find_newest_change(session) != seq:
        raise Refused.because("preview_old")
    for done, row in enumerate(rows, 1):
        _write(session, row.values, found.on, opened, by=by, at=at)
        if tell and done % 50 == 0:
            tell(done, len(rows))
    record(session, "imported", by=by, at=at, source=source, rows=len(rows))


def _write(
    session: Session, values: dict[str, Any], on: date, opened: set[int], *, by: Actor, at: datetime
) -> None:
    producer = _producer(session, values, by=by, at=at)
    product = _product(session, values, producer, by=by, at=at)
    if values.get("paper_number"):
        _paper(session, values, producer, product, by=by, at=at)
    if product is not None and values.get("price") is not None:
        starts = values.get("price_starts") or on
        if find_price(session, product.id, starts) != values["price"]:
            set_price(session, product, values["price"], starts=starts, by=by, at=at)
    if product is not None and values.get("lot_number"):
        _opening_lot(session, values, product, opened, by=by, at=at)


def _producer(session: Session, values: dict[str, Any], *, by: Actor, at: datetime) -> Producer | None:
    if not values.get("producer_name"):
        return None
    producer = find_producer(session, values["producer_name"])
    fields = {
        "address": values.get("producer_address"), "phone": values.get("producer_phone"),
        "suspended_on": values.get("suspended_on"), "suspended_why": values.get("suspended_why"),
    }  # fmt: skip
    changed = {
        name: value
        for name, value in fields.items()
        if value and (producer is None or getattr(producer, name) != value)
    }
    if producer is not None and not changed:
        return producer
    producer = producer or Producer(name=values["producer_name"])
    for name, value in changed.items():
        setattr(producer, name, value)
    return save_producer(session, producer, by=by, at=at)


def _product(
    session: Session, values: dict[str, Any], producer: Producer | None, *, by: Actor, at: datetime
) -> Product | None:
    product = _find_product(session, values, producer)
    if product is None and (not values.get("name_vi") or producer is None):
        return None
    fields = {name: values[name] for name in PRODUCT_FIELDS if values.get(name) not in (None, "")}
    net_content = values.get("net_content") or (None if product else values.get("net_content_by_pack"))
    if net_content:
        fields |= {"net_content_milli": net_content[0], "net_content_unit": net_content[1]}
    if values.get("alcohol"):
        fields["alcohol_permille"] = values["alcohol"]
    if values.get("banned"):
        fields["banned"] = True
    if values.get("place") and "lot_number" not in values:
        fields["shelf_place_id"] = _place(session, values["place"]).id
    if values.get("sku"):
        fields["sku"] = values["sku"]
    codes = {code.gtin: code.pack_milli for code in product.barcodes} if product else {}
    wanted = codes | dict(values.get("barcode") or ())
    if product is not None and wanted == codes and all(getattr(product, k) == v for k, v in fields.items()):
        return product
    if product is None:
        assert producer is not None  # noqa: S101  asked above
        product = Product(producer_id=producer.id, group_code=fields.pop("group_code", "food"), **fields)
    else:
        for name, value in fields.items():
            setattr(product, name, value)
    return save_product(
        session, product, [TypedCode(gtin, pack) for gtin, pack in wanted.items()], by=by, at=at
    )


def _find_product(session: Session, values: dict[str, Any], producer: Producer | None) -> Product | None:
    if values.get("sku"):
        found = session.scalars(select(Product).where(Product.sku == values["sku"])).first()
        if found is not None:
            return found
    for gtin, _pack in values.get("barcode") or ():
        found = session.scalars(select(Product).join(Barcode).where(Barcode.gtin == gtin)).first()
        if found is not None:
            return found
    if producer is None or not values.get("name_vi"):
        return None
    name, pack = values["name_vi"].lower().strip(), fold_text(values.get("pack") or "")
    return next(
        (
            p
            for p in list_products(session, producer.id)
            if p.name_vi.lower() == name and fold_text(p.pack) == pack
        ),
        None,
    )


def _paper(
    session: Session,
    values: dict[str, Any],
    producer: Producer | None,
    product: Product | None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    kind = values.get("paper_kind") or "recognition"
    producer_id = producer.id if producer else None
    paper = find_paper(session, kind, producer_id, values["paper_number"]) or Paper(
        kind=kind, number=values["paper_number"], producer_id=producer_id
    )
    for name in ("issuer", "issued", "starts", "ends"):
        if values.get(f"paper_{name}"):
            setattr(paper, name, values[f"paper_{name}"])
    if values.get("revoked_on"):
        paper.revoked_on, paper.revoked_by = values["revoked_on"], values.get("revoked_by") or ""
    covers = {c.product_id: CoveredProduct(c.product_id, c.stars, c.name_written) for c in paper.covers}
    if product is not None:  # an empty cell says nothing: stars once entered stay
        before = covers.get(product.id, CoveredProduct(product.id))
        covers[product.id] = CoveredProduct(
            product.id, values.get("stars") or before.stars, values.get("name_written") or before.name_written
        )
    save_paper(session, paper, list(covers.values()), by=by, at=at)


def _place(session: Session, text: str) -> Place:
    for place in session.scalars(select(Place)):
        if fold_text(text) in {fold_text(place.name), fold_text(place.code)}:
            return place
    raise Refused.because("place_not_found")


def _opening_lot(
    session: Session, values: dict[str, Any], product: Product, opened: set[int], *, by: Actor, at: datetime
) -> None:
    """A lot that was in the shop before the system: known by its paper, entered as the opening stock.

    It may lie at several places, a row each; a lot that was in the books before this import is left alone.
    """
    lot = find_lot(session, product.id, values["lot_number"])
    if lot is not None and lot.id not in opened:
        return
    if lot is None:
        lot = Lot(
            product_id=product.id, number=values["lot_number"], producer_id=product.producer_id,
            origin_place=values.get("origin_place") or "", made_on=values.get("made_on"),
            expires_on=values.get("expires_on"), delivery_note=values.get("delivery_note") or "",
        )  # fmt: skip
        save_lot(session, lot, by=by, at=at)
        opened.add(lot.id)
        if values.get("held_because"):
            place_hold(session, lot_id=lot.id, reason=values["held_because"], by=by, at=at)
    if not values.get("quantity"):
        return
    place = _place(session, values["place"]) if values.get("place") else _shelf(session, product)
    step = StockStep(lot.id, place.id, MoveKind.OPENING, values["quantity"], f"opening:{lot.id}")
    record(session, "opening_stock", by=by, at=at, subject=lot, sealed=post_moves(session, [step], at))


def _shelf(session: Session, product: Product) -> Place:
    found = session.get(Place, product.shelf_place_id) if product.shelf_place_id else None
    found = found or session.scalars(select(Place).where(Place.zone == Zone.STORE)).first()
    if found is None:
        raise Refused.because("place_not_found")
    return found

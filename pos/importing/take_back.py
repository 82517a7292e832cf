"""importing/take_back.py — an import undone as a whole within a day: nothing is deleted, each thing gets its mirror image.

Products that it made are archived and free their numbers, changed rows are as before, stock is moved out again, prices
are those before, papers count for nothing any more, what waited at Receiving is withdrawn.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, select
from sqlalchemy.orm import Session, selectinload

from ..admission.change_paper import GUARDED, find_products_on_floor, find_touched_products
from ..admission.models import NAMES_PRODUCTS, Paper, PaperCover
from ..admission.papers import CoveredProduct, save_paper
from ..catalog.models import KitPart, Product
from ..catalog.products import TypedCode, save_product
from ..journal.record import JournalAct, record, record_acts, row_name
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..kernel.tables import Base
from ..kernel.text import fold_text
from ..pricing.add_prices import add_prices
from ..pricing.models import Price
from ..pricing.prices import find_price
from ..producers.models import Producer
from ..producers.terms import save_producer
from ..sales.models import SaleLine
from ..stock.models import Lot, MoveKind, Place, StockMove
from ..stock.moves import StockStep, post_moves
from ..storeroom.announce import cancel_announced, find_receiving, get_announced
from .known_facts import TAKEN_BACK
from .models import ImportRun
from .run_contents import RunContents, can_be_taken_back, list_changed_since, read_contents

_JUDGED_BY = ("kind", "goods_class", "alcohol_permille", "name_vi", "pack", "label_entries", "banned")
MOST_NAMED = 5


def take_back_import(session: Session, run: ImportRun, *, by: Actor, at: datetime) -> None:
    """Undo what an import wrote. Raises Refused (`import_closed`, and by what happened since `import_sold_from`,
    `import_changed_since`, `import_relied_on`, `import_on_floor`), and then nothing is undone.
    """
    if not can_be_taken_back(run, at):
        raise Refused.because("import_closed")
    contents = read_contents(session, run)
    if reasons := find_obstacles(session, contents):
        raise Refused(*reasons)
    mark = f"{TAKEN_BACK.strip()} {run.id})"
    _withdraw_deliveries(session, contents, by=by, at=at)
    _reverse_stock(session, contents, mark, by=by, at=at)
    _reset_prices(session, contents, by=by, at=at)
    _end_papers(session, contents, mark, by=by, at=at)
    _restore_rows(session, contents, by=by, at=at)
    _archive_products(session, contents, mark, by=by, at=at)
    _archive_producers(session, contents, mark, by=by, at=at)
    run.taken_back_at, run.taken_back_by = at, by.name
    record(session, "import_taken_back", by=by, at=at, subject=run, source=run.source, rows=run.written)


def list_kept(session: Session, run: ImportRun) -> list[str]:
    """What stays of an import that is taken back: the producers with whom a deal was agreed, the places that it made."""
    contents = read_contents(session, run)
    agreed = session.scalars(
        select(Producer.name)
        .where(Producer.id.in_(contents.agreed), ~Producer.archived)
        .order_by(Producer.name)
    ).all()
    places = session.scalars(select(Place.name).where(Place.id.in_(contents.added.get("place", []))))
    return [*agreed, *places]


def find_obstacles(session: Session, contents: RunContents) -> list[Reason]:
    """What happened since that an import can't be taken back over, in words for people; nothing where nothing did."""
    reasons = []
    lots, products = contents.added.get("lot", []), contents.added.get("product", [])
    if moved := _list_moved(session, contents, set(lots)):
        reasons.append(Reason.make("import_sold_from", names=_join_names(moved)))
    changed = list_changed_since(session, contents)
    if changed:
        reasons.append(Reason.make("import_changed_since", names=_join_names(_list_names(session, changed))))
    relied = _list_relied_on(session, contents, lots, products)
    if relied:
        reasons.append(Reason.make("import_relied_on", names=_join_names(relied)))
    if floor := _list_judged_on_floor(session, contents):
        reasons.append(Reason.make("import_on_floor", names=_join_names(floor)))
    return reasons


def _list_moved(session: Session, contents: RunContents, lots: set[int]) -> list[str]:
    """Goods of which something was sold, moved or counted since."""
    own = set(contents.moves)
    since = (
        select(StockMove.id, StockMove.lot_id, Product.name_vi)
        .join(Lot, Lot.id == StockMove.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(StockMove.id >= min(own, default=0))
    )
    found = [name for id_, lot_id, name in session.execute(since) if lot_id in lots and id_ not in own]
    sold = select(Product.name_vi).join(SaleLine, SaleLine.product_id == Product.id)  # a service has no lot
    return found + list(session.scalars(sold.where(Product.id.in_(contents.added.get("product", [])))))


def _join_names(names: Iterable[str]) -> str:
    """A few names, each once."""
    found = sorted(set(names))
    return ", ".join(found[:MOST_NAMED]) + (" …" if len(found) > MOST_NAMED else "")


def _list_names(session: Session, rows: Sequence[str]) -> list[str]:
    tables: dict[str, Any] = {"product": Product, "producer": Producer, "paper": Paper}
    names = []
    for name in rows:
        table, _, key = name.partition(":")
        row = session.get_one(tables[table], int(key))
        names.append(row.number if isinstance(row, Paper) else row.name)
    return names


def _list_relied_on(
    session: Session, contents: RunContents, lots: Sequence[int], products: Sequence[int]
) -> list[str]:
    """Goods of the import that came in again, are in a gift set, or hang on a paper of others; deliveries that came."""
    of_goods = select(Product.name_vi, Lot.id).join(Lot, Lot.product_id == Product.id)
    own = set(lots)
    found = [
        name for name, id_ in session.execute(of_goods.where(Product.id.in_(products))) if id_ not in own
    ]
    kits = select(Product.name_vi).join(KitPart, KitPart.part_id == Product.id)
    found += session.scalars(kits.where(Product.id.in_(products)))
    named = select(Paper.number, PaperCover.product_id).join(PaperCover, PaperCover.paper_id == Paper.id)
    of_papers = session.execute(named.where(Paper.id.in_(contents.added.get("paper", []))))
    found += [number for number, product_id in of_papers if product_id not in contents.covered]
    for id_ in contents.added.get("announced_delivery", []):
        announced = get_announced(session, id_)
        if find_receiving(session, announced) is not None:
            found.append(announced.delivery_note)
    return found


def _list_judged_on_floor(session: Session, contents: RunContents) -> list[str]:
    """Goods on the floor that the gate would judge otherwise by the state before: two people change that, on its page."""
    on_floor = find_products_on_floor(session)
    found = []
    for id_ in contents.changed.get("product", []):
        product, before = session.get_one(Product, id_), contents.before[f"product:{id_}"]
        if id_ in on_floor and any(before.get(name) != getattr(product, name) for name in _JUDGED_BY):
            found.append(product.name)
    others = on_floor - set(contents.added.get("product", []))
    for id_ in contents.changed.get("paper", []):
        paper, before = session.get_one(Paper, id_), contents.before[f"paper:{id_}"]
        if _find_touched(session, paper, before) & others:
            found.append(paper.number)
    return found


def _find_touched(session: Session, paper: Paper, before: dict[str, Any]) -> set[int]:
    """The products of which a paper would say something else as it was before: of all its producer's, where it names none."""
    now = paper.facts()
    is_whole = any(before.get(name) != now.get(name) for name in (*GUARDED, "revoked_on"))
    covers = [[cover.product_id, cover.stars, cover.name_written] for cover in paper.covers]
    touched = find_touched_products(before.get("covers", ()), covers, whole=is_whole)
    if touched is not None:
        return touched
    goods = select(Product.id)
    if paper.producer_id is not None:
        goods = goods.where(Product.producer_id == paper.producer_id)
    return set(session.scalars(goods))


def _withdraw_deliveries(session: Session, contents: RunContents, *, by: Actor, at: datetime) -> None:
    for id_ in contents.added.get("announced_delivery", []):
        announced = get_announced(session, id_)
        if announced.withdrawn_at is None:
            cancel_announced(session, announced, by=by, at=at)


def _reverse_stock(session: Session, contents: RunContents, mark: str, *, by: Actor, at: datetime) -> None:
    """Each opening move by its mirror image; the lots give their numbers free for the same list read again."""
    moves = session.scalars(select(StockMove).where(StockMove.id.in_(contents.moves))).all()
    steps = [
        StockStep(move.lot_id, move.place_id, MoveKind.REVERSED, -move.quantity_milli, move.document)
        for move in moves
    ]
    sealed = post_moves(session, steps, at)
    acts = [
        JournalAct.make("opening_stock_reversed", f"lot:{step.lot_id}", {"seals": {name: digest}})
        for step, (name, digest) in zip(steps, sealed.items(), strict=True)
    ]
    lots = session.scalars(select(Lot).where(Lot.id.in_(contents.added.get("lot", [])))).all()
    for lot in lots:
        lot.number = f"{lot.number} {mark}"
    session.flush()
    acts += [
        JournalAct.make("lot_changed", row_name(lot), {"facts": {row_name(lot): lot.facts()}}) for lot in lots
    ]
    record_acts(session, acts, by=by, at=at)


def _reset_prices(session: Session, contents: RunContents, *, by: Actor, at: datetime) -> None:
    """Goods that were there before have the price before it again, where the import's still holds. One that had none keeps its."""
    today, own = business_day(at), set(contents.prices)
    prices = session.scalars(select(Price).where(Price.id.in_(own))).all()
    wanted: dict[tuple[int, date], int] = {}
    for price in prices:
        if price.product_id in contents.added.get("product", []):
            continue
        starts = max(price.starts, today)
        earlier = session.scalars(
            select(Price)
            .where(Price.product_id == price.product_id, Price.starts <= starts)
            .order_by(Price.starts.desc(), Price.id.desc())
        )
        before = next((each.price_vnd for each in earlier if each.id not in own), None)
        if before is not None and find_price(session, price.product_id, starts) == price.price_vnd:
            wanted[price.product_id, starts] = before
    add_prices(session, [(id_, vnd, starts) for (id_, starts), vnd in wanted.items()], by=by, at=at)


def _end_papers(session: Session, contents: RunContents, mark: str, *, by: Actor, at: datetime) -> None:
    """Papers that it made are withdrawn from today and give their numbers free."""
    papers = session.scalars(
        select(Paper).where(Paper.id.in_(contents.added.get("paper", []))).options(selectinload(Paper.covers))
    ).all()
    for paper in papers:
        paper.number, paper.revoked_on, paper.revoked_by = f"{paper.number} {mark}", business_day(at), mark
        if paper.kind in NAMES_PRODUCTS:
            paper.covers = []
    session.flush()
    acts = [
        JournalAct.make("paper_changed", row_name(paper), {"facts": {row_name(paper): paper.facts()}})
        for paper in papers
    ]
    record_acts(session, acts, by=by, at=at)


def _restore_rows(session: Session, contents: RunContents, *, by: Actor, at: datetime) -> None:
    """Producers, products and papers that it changed are as they were."""
    for id_ in contents.changed.get("producer", []):
        producer = session.get_one(Producer, id_)
        _restore_row(producer, contents.before[f"producer:{id_}"])
        save_producer(session, producer, by=by, at=at)
    for id_ in contents.changed.get("product", []):
        product, before = session.get_one(Product, id_), contents.before[f"product:{id_}"]
        _restore_row(product, before)
        save_product(
            session, product, [TypedCode(*code) for code in before.get("barcodes", ())], by=by, at=at
        )
    for id_ in contents.changed.get("paper", []):
        paper, before = session.get_one(Paper, id_), contents.before[f"paper:{id_}"]
        _restore_row(paper, before)
        covers = [CoveredProduct(*cover) for cover in before.get("covers", ())]
        save_paper(session, paper, covers, by=by, at=at)


def _restore_row(row: Base, before: dict[str, Any]) -> None:
    for column in row.__table__.columns:
        if column.name not in before or column.primary_key:
            continue
        value = before[column.name]
        setattr(
            row, column.key, date.fromisoformat(value) if value and isinstance(column.type, Date) else value
        )


def _archive_products(session: Session, contents: RunContents, mark: str, *, by: Actor, at: datetime) -> None:
    """Products that it made are sold no more; their numbers and barcodes are free again."""
    products = session.scalars(
        select(Product).where(Product.id.in_(contents.added.get("product", [])))
        .options(selectinload(Product.barcodes), selectinload(Product.recipe))
    ).all()  # fmt: skip
    for product in products:
        product.archived, product.barcodes = True, []
        product.sku = f"{product.sku} {mark}"
        product.search_key = fold_text(f"{product.name_vi} {product.pack} {product.name_en} {product.sku}")
    session.flush()
    acts = [
        JournalAct.make("product_changed", row_name(product), {"facts": {row_name(product): product.facts()}})
        for product in products
    ]
    record_acts(session, acts, by=by, at=at)


def _archive_producers(
    session: Session, contents: RunContents, mark: str, *, by: Actor, at: datetime
) -> None:
    """Producers that it made and that nothing else is of by now."""
    for id_ in contents.added.get("producer", []):
        goods = session.scalars(
            select(Product.id).where(Product.producer_id == id_, ~Product.archived)
        ).first()
        if goods is None:
            producer = session.get_one(Producer, id_)
            producer.name, producer.archived = f"{producer.name} {mark}", True
            save_producer(session, producer, by=by, at=at)

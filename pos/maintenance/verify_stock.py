"""maintenance/verify_stock.py — prove that the stock adds up: totals, pieces, what left, what was counted and sold."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..counting.models import CountEnd, CountResult
from ..counting.post import count_document
from ..kernel.quantity import ONE, Unit
from ..sales.models import SaleLine
from ..stock.models import LEAVING, KitLotPart, Lot, MoveKind, OnHand, StockMove
from ..storeroom.kits import kit_document
from ..storeroom.models import WriteOff
from .finding import BATCH, Finding


def check_on_hand(session: Session) -> Iterator[Finding]:
    """Running totals equal the sums of moves, and no total is negative."""
    sums = {
        (lot_id, place_id): int(total)
        for lot_id, place_id, total in session.execute(
            select(StockMove.lot_id, StockMove.place_id, func.sum(StockMove.quantity_milli)).group_by(
                StockMove.lot_id, StockMove.place_id
            )
        )
    }
    for row in session.scalars(select(OnHand)):
        total = sums.pop((row.lot_id, row.place_id), 0)
        where = f"on_hand:{row.lot_id}.{row.place_id}"
        if total != row.quantity_milli:
            yield Finding("on_hand", where, f"moves say {total}, the total says {row.quantity_milli}")
        if row.quantity_milli < 0:
            yield Finding("on_hand", where, f"negative: {row.quantity_milli}")
    yield from (
        Finding("on_hand", f"on_hand:{lot}.{place}", f"total missing, moves say {s}")
        for (lot, place), s in sums.items()
    )


def check_whole_pieces(session: Session) -> Iterator[Finding]:
    """What is sold by the piece lies about in whole pieces."""
    cut = (
        select(OnHand.lot_id, OnHand.place_id)
        .join(Lot, Lot.id == OnHand.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(Product.unit == Unit.PIECE, OnHand.quantity_milli % ONE != 0)
    )
    for lot_id, place_id in session.execute(cut):
        yield Finding("pieces", f"on_hand:{lot_id}.{place_id}", "a piece can't be cut")


def check_write_offs(session: Session) -> Iterator[Finding]:
    """Each write-off moved just what it says, and nothing left unsold without one."""
    moved = {
        move.document: (move.lot_id, move.place_id, move.kind, -move.quantity_milli)
        for move in session.scalars(select(StockMove).where(StockMove.kind.in_(LEAVING)))
    }
    rows = session.scalars(select(WriteOff).order_by(WriteOff.number)).all()
    for row in rows:
        name = f"write_off:{row.number}"
        if moved.pop(name, None) != (row.lot_id, row.place_id, row.kind, row.quantity_milli):
            yield Finding("written off", name, "no stock move of its lot, place and quantity")
    yield from (Finding("written off", document, "goods left without a write-off") for document in moved)


def check_counts(session: Session) -> Iterator[Finding]:
    """Each posted count moved just its differences, from what the books said at each lot's moment."""
    moved = {
        (move.document, move.lot_id, move.place_id): move.quantity_milli
        for move in session.scalars(
            select(StockMove).where(
                StockMove.kind == MoveKind.COUNTED, StockMove.document.startswith("stock_count:")
            )
        )
    }
    posted = set(session.scalars(select(CountEnd.count_number).where(CountEnd.is_posted)))
    for row in session.scalars(select(CountResult)):
        name = f"count_result:{row.count_number}.{row.lot_id}.{row.place_id}"
        difference = row.counted_milli - row.expected_milli
        if moved.pop((count_document(row.count_number), row.lot_id, row.place_id), 0) != difference:
            yield Finding("counted", name, "its difference did not move the stock")
        if row.expected_milli != _sum_books_at(session, row) or row.count_number not in posted:
            yield Finding("counted", name, "the books of its moment said something else")
    for document, lot, place in moved:
        yield Finding("counted", document, f"moved lot {lot} at place {place} without a result")


def _sum_books_at(session: Session, row: CountResult) -> int:
    total = select(func.sum(StockMove.quantity_milli)).where(
        StockMove.lot_id == row.lot_id, StockMove.place_id == row.place_id, StockMove.id <= row.after_move
    )
    return int(session.scalar(total) or 0)


def check_sold_moves(session: Session) -> Iterator[Finding]:
    """Each sold piece left a lot with an origin, and each move out belongs to a line."""
    moved = {
        document: (lot_id, int(quantity))
        for document, lot_id, quantity in session.execute(
            select(StockMove.document, StockMove.lot_id, func.sum(StockMove.quantity_milli))
            .where(StockMove.document.like("sale_line:%"))
            .group_by(StockMove.document, StockMove.lot_id)
        )
    }
    lines = session.scalars(
        select(SaleLine).where(SaleLine.lot_id.is_not(None)).execution_options(yield_per=BATCH)
    )
    for line in lines:
        name = f"sale_line:{line.sale_number}.{line.n}"
        if moved.pop(name, None) != (line.lot_id, -line.quantity_milli):
            yield Finding("sold", name, "no stock move of its lot and quantity")
    yield from (Finding("sold", document, "a stock move without its line") for document in moved)
    known = {lot.id: lot for lot in session.scalars(select(Lot))}
    for lot_id in session.scalars(select(SaleLine.lot_id).where(SaleLine.lot_id.is_not(None)).distinct()):
        lot = known.get(lot_id or 0)
        if (
            lot is None
            or lot.producer_id is None
            or not lot.origin_place
            or lot.made_on is None
            or not lot.delivery_note
        ):
            yield Finding("sold", f"lot:{lot_id}", "was sold without a whole origin")


def check_kits(session: Session) -> Iterator[Finding]:
    """Each component lot left the shelf for a set just as the set's lot says it holds; no set without components."""
    moved = {
        (document, lot): -int(total)
        for document, lot, total in session.execute(
            select(StockMove.document, StockMove.lot_id, func.sum(StockMove.quantity_milli))
            .where(StockMove.kind == MoveKind.KIT_PART)
            .group_by(StockMove.document, StockMove.lot_id)
        )
    }
    held: set[int] = set()
    for part in session.scalars(select(KitLotPart)):
        held.add(part.kit_lot_id)
        if moved.pop((kit_document(part.kit_lot_id), part.part_lot_id), None) != part.quantity_milli:
            yield Finding(
                "set",
                f"kit_lot_part:{part.kit_lot_id}.{part.part_lot_id}",
                "its stock moves say something else",
            )
    for document, lot in moved:
        yield Finding("set", document, f"lot {lot} went into a set that doesn't hold it")
    made = select(StockMove.lot_id).where(StockMove.kind == MoveKind.KIT_MADE).distinct()
    for lot_id in session.scalars(made):
        if lot_id not in held:
            yield Finding("set", f"lot:{lot_id}", "a set without components")

"""The floor under a payment: the same rows by bare SQLite and by plain SQLAlchemy, in the same file.

What stands above the floor is what the shop does besides writing: judging, pricing, sealing, the page.
"""

import secrets
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos.journal.models import JournalRow
from pos.kernel.database import db, engine_options, unit_of_work
from pos.kernel.tables import Base, UtcDateTime
from pos.printing.models import PrintJob
from pos.sales.models import Basket, BasketState, Sale, SaleLine, Tender
from pos.shifts.models import DrawerMove
from pos.stock.models import OnHand, StockMove

from .figures import Figure, milliseconds, p50
from .selling import Seller
from .shop import STATION
from .sizes import Sizes

MOST_OF_RAW, MOST_OF_ORM = 15, 4


def measure(seller: Seller, sizes: Sizes) -> list[Figure]:
    """A real payment, then its rows once more by each of the plain ways; many times over."""
    url = seller.till.app.config["SQLALCHEMY_DATABASE_URI"]
    raw = engine_options(url)["creator"]()
    seller.warm_up()
    by_raw, by_orm = [], []
    for _ in range(sizes.floor_rounds):
        seller.sell()
        with seller.till.app.app_context():
            again = Payment.like_the_last()
            by_raw.append(milliseconds(partial(again.write_raw, raw)))
            again = Payment.like_the_last()
            by_orm.append(milliseconds(again.write_by_orm))
    raw.close()
    through, raw_ms, orm_ms = p50(seller.times.pays), p50(by_raw), p50(by_orm)
    return [
        Figure("floor: payment's rows by bare SQLite, p50", raw_ms, "ms"),
        Figure("floor: payment's rows by plain SQLAlchemy, p50", orm_ms, "ms"),
        Figure("pay through Flask, p50, against bare SQLite", through, "ms", MOST_OF_RAW, raw_ms),
        Figure("pay through Flask, p50, against plain SQLAlchemy", through, "ms", MOST_OF_ORM, orm_ms),
    ]


class Payment:
    """The rows of one payment as plain values, ready to be written."""

    def __init__(self, basket: Basket, rows: dict[type[Base], list[dict[str, Any]]]) -> None:
        self.basket_id = basket.id
        self.rows = rows
        self.statements = [_inserted(model, several) for model, several in rows.items()]
        self.taken = [(m["quantity_milli"], m["lot_id"], m["place_id"]) for m in rows[StockMove]]

    @classmethod
    def like_the_last(cls) -> "Payment":
        """The newest sale's rows under new numbers, with a basket of their own to be marked as paid."""
        with unit_of_work() as session:
            sale = session.scalars(select(Sale).order_by(Sale.number.desc()).limit(1)).one()
            now = datetime.now(UTC)
            basket = Basket(station=STATION, state=BasketState.PARKED, created_at=now, changed_at=now)
            session.add(basket)
            session.flush()
            return cls(basket, renumbered(rows_of(session, sale), session, basket.id))

    def write_raw(self, connection: Any) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for statement, values in self.statements:
            connection.executemany(statement, values)
        connection.executemany(
            "UPDATE on_hand SET quantity_milli = quantity_milli + ? WHERE lot_id = ? AND place_id = ?",
            self.taken,
        )
        connection.execute(
            "UPDATE basket SET state = 'paid', version = version + 1 WHERE id = ?", (self.basket_id,)
        )
        connection.execute("COMMIT")

    def write_by_orm(self) -> None:
        with unit_of_work() as session:
            session.add_all(model(**row) for model, rows in self.rows.items() for row in rows)
            for quantity, lot, place in self.taken:
                session.get_one(OnHand, (lot, place)).quantity_milli += quantity
            basket = session.get_one(Basket, self.basket_id)
            basket.state, basket.version = BasketState.PAID, basket.version + 1


def rows_of(session: Session, sale: Sale) -> dict[type[Base], list[dict[str, Any]]]:
    """Every row that the sale's payment wrote, parents before children."""
    document = f"sale:{sale.number}"
    found = {
        Sale: select(Sale).where(Sale.number == sale.number),
        SaleLine: select(SaleLine).where(SaleLine.sale_number == sale.number),
        StockMove: select(StockMove).order_by(StockMove.id.desc()).limit(len(_lines(session, sale))),
        Tender: select(Tender).where(Tender.sale_number == sale.number),
        DrawerMove: select(DrawerMove).order_by(DrawerMove.id.desc()).limit(1),
        JournalRow: select(JournalRow).where(JournalRow.subject == document),
        PrintJob: select(PrintJob).where(PrintJob.subject == document),
    }
    return {model: [_values(row) for row in session.scalars(query)] for model, query in found.items()}


def _lines(session: Session, sale: Sale) -> list[int]:
    return list(session.scalars(select(SaleLine.n).where(SaleLine.sale_number == sale.number)))


def _values(row: Base) -> dict[str, Any]:
    """The row without a key that the database gives by itself."""
    made_by_database = {"id"} if "id" in row.__table__.columns else set()
    return {c.name: getattr(row, c.key) for c in row.__table__.columns if c.name not in made_by_database}


def renumbered(
    rows: dict[type[Base], list[dict[str, Any]]], session: Session, basket_id: int
) -> dict[type[Base], list[dict[str, Any]]]:
    """The same rows as the next sale's."""
    number = (session.scalar(select(func.max(Sale.number))) or 0) + 1
    seq = (session.scalar(select(func.max(JournalRow.seq))) or 0) + 1
    told: dict[type[Base], dict[str, Any]] = {
        Sale: {"number": number, "basket_id": basket_id, "request_key": f"bench:{number}",
               "receipt_code": secrets.token_urlsafe(12)},
        SaleLine: {"sale_number": number},
        Tender: {"sale_number": number},
        DrawerMove: {"document": f"sale:{number}"},
        JournalRow: {"seq": seq, "subject": f"sale:{number}", "hash": secrets.token_hex(32)},
        PrintJob: {"subject": f"sale:{number}", "state": "printed"},
    }  # fmt: skip
    again = {model: [row | told.get(model, {}) for row in several] for model, several in rows.items()}
    move = session.scalar(select(func.max(StockMove.id))) or 0
    again[StockMove] = [{"id": move + n, **row} for n, row in enumerate(again[StockMove], 1)]
    return again


def _inserted(model: type[Base], rows: list[dict[str, Any]]) -> tuple[str, list[tuple[Any, ...]]]:
    """The statement and its values as SQLite wants them."""
    names = ", ".join(rows[0])
    places = ", ".join("?" * len(rows[0]))
    statement = f"INSERT INTO {model.__tablename__} ({names}) VALUES ({places})"  # noqa: S608
    return statement, [tuple(_plain(value) for value in row.values()) for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        bound = UtcDateTime().process_bind_param(value, db.engine.dialect)
        return f"{bound:%Y-%m-%d %H:%M:%S.%f}"
    return value.isoformat() if hasattr(value, "isoformat") else value

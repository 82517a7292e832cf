"""Years of past sales, poured into the books by SQLite itself: a million lines in under a minute.

Each past sale leaves every row that a real one leaves. Only the journal's hashes and seals are noise: no
measurement reads them, and `verify` is never asked here.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table

from pos.journal.models import JournalRow
from pos.journal.record import JournalAct, record_acts
from pos.kernel.actor import SYSTEM
from pos.kernel.database import db, sqlite_module, unit_of_work
from pos.kernel.tables import Base
from pos.printing.models import PrintJob
from pos.sales.models import Basket, BasketLine, Sale, SaleLine, Tender
from pos.shifts.models import DrawerMove, Shift, ShiftClose
from pos.stock.models import StockMove

from .shop import STATION, app_over
from .sizes import LINES_A_SALE, LOTS_A_PRODUCT

SALES_A_DAY = 100
ACTS_AT_ONCE = 20_000
_NUMBERS = "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {last}) "
_AT = (
    "datetime(:start, '+' || ((s.n - 1) / :a_day) || ' days', "
    "'+' || ((s.n - 1) % :a_day * :pause) || ' seconds') || '.000000'"
)
# A prime step strews the lots over the whole catalogue, so that no page of an index stays warm by chance.
_LINES = (
    "(SELECT s.n AS sale, k.k AS n, 1 + (s.n * 7919 + k.k * 104729) % :lots AS lot, "  # noqa: S608  of this module's own words
    f"{_AT} AS at FROM s, k) AS l "
    f"JOIN price ON price.product_id = (l.lot - 1) / {LOTS_A_PRODUCT} + 1 "
    "JOIN product ON product.id = price.product_id"
)
_FIVE = f", k(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM k WHERE k < {LINES_A_SALE}) "  # noqa: S608  a number
_SLIP = '{"rows":[' + ",".join(['{"type":"Text","text":"Chè lam gừng 250 g"}'] * 8) + "]}"
_SEALS = ",".join(f'"sale_line:1.{n}":"{"0" * 32}"' for n in range(1, 2 * LINES_A_SALE + 4))


def add_past(folder: Path, past_lines: int, a_day: int = SALES_A_DAY, *, is_closed: bool = True) -> None:
    """Pour so many past sale lines into the shop's file, each day's shift opened and closed (or left open)."""
    sales = past_lines // LINES_A_SALE
    with sqlite_module().connect(folder / "shop.db") as connection:
        # A half-poured file is thrown away, so nothing here needs to outlive a power cut.
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        facts = _facts(connection, sales, a_day)
        for statement in _pouring(sales, a_day)[: None if is_closed else -1]:
            connection.execute(statement, facts)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def add_acts(folder: Path, acts: int) -> None:
    """Write so many acts to the shop's journal, chained as its own: what a check of the chain reads."""
    with app_over(folder).app_context():
        for part in range(0, acts, ACTS_AT_ONCE):
            with unit_of_work() as session:
                made = [
                    JournalAct.make(
                        "sold", f"sale:{n}", {"seals": json.loads("{" + _SEALS + "}"), "total_vnd": n}
                    )
                    for n in range(part, min(acts, part + ACTS_AT_ONCE))
                ]
                record_acts(session, made, by=SYSTEM, at=datetime.now(UTC))
        db.engine.dispose()


def _facts(connection: Any, sales: int, a_day: int) -> dict[str, Any]:
    start = datetime.now(UTC) - timedelta(days=sales // a_day + 2)
    return {
        "a_day": a_day,
        "pause": 30_000 // a_day,
        "start": f"{start:%Y-%m-%d %H:%M:%S}",
        "lots": connection.execute("SELECT max(id) FROM lot").fetchone()[0],
        "place": connection.execute("SELECT place_id FROM on_hand LIMIT 1").fetchone()[0],
        "seq": connection.execute("SELECT max(seq) FROM journal").fetchone()[0],
        "station": STATION,
        "slip": _SLIP,
        "seals": f'{{"seals":{{{_SEALS}}},"total_vnd":500000}}',
    }


def _pouring(sales: int, a_day: int) -> list[str]:
    each, days = _NUMBERS.format(last=sales), _NUMBERS.format(last=-(-sales // a_day))
    lines = each.rstrip() + _FIVE
    return [
        days + poured(Shift, _shift(), "s"),
        each + poured(Basket, _basket(), "s"),
        each + poured(Sale, _sale(), "s"),
        lines + poured(BasketLine, _basket_line(), _LINES),
        lines + poured(SaleLine, _sale_line(), _LINES),
        lines + poured(StockMove, _move(), _LINES),
        each + poured(Tender, _tender(), "s"),
        each + poured(DrawerMove, _drawer_move(), "s"),
        each + poured(JournalRow, _journal_row(), "s"),
        each + poured(PrintJob, _print_job(), "s"),
        days + poured(ShiftClose, _shift_close(), "s"),
    ]


def poured(model: type[Base], supplied: dict[str, str], source: str) -> str:
    """INSERT … SELECT for every column of the table; one that nobody names gets its model's default."""
    table: Table = model.__table__  # type: ignore[assignment]
    values = {column.name: supplied.get(column.name) or _default(column) for column in table.columns}
    return f"INSERT INTO {table.name} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {source}"  # noqa: S608


def _default(column: Column[Any]) -> str:
    if column.default is not None and column.default.is_scalar:
        value = column.default.arg  # type: ignore[attr-defined]
        return f"'{value}'" if isinstance(value, str) else str(int(value))
    return "NULL" if column.nullable or column.primary_key else "''"


def _shift() -> dict[str, str]:
    at = "datetime(:start, '+' || (s.n - 1) || ' days') || '.000000'"
    return {
        "number": "s.n", "station": ":station", "opened_at": at, "opener_name": "'Thu ngân'", "float_vnd": "500000",
    }  # fmt: skip


def _shift_close() -> dict[str, str]:
    at = "datetime(:start, '+' || (s.n - 1) || ' days', '+9 hours') || '.000000'"
    sums = dict.fromkeys(("expected_vnd", "counted_vnd", "sales_vnd"), "50000000")
    return sums | {
        "shift_number": "s.n", "closed_at": at, "closer_name": "'Thu ngân'", "refunds_vnd": "0",
        "sales_count": ":a_day",
    }  # fmt: skip


def _basket() -> dict[str, str]:
    return {
        "id": "s.n", "station": ":station", "state": "'paid'", "version": "5", "created_at": _AT, "changed_at": _AT,
    }  # fmt: skip


def _basket_line() -> dict[str, str]:
    return {
        "basket_id": "l.sale", "n": "l.n", "product_id": "product.id", "lot_id": "l.lot", "lot_known_by": "'assumed'",
        "quantity_milli": "1000", "place_id": ":place", "shown_price_vnd": "price.price_vnd",
    }  # fmt: skip


def _sale() -> dict[str, str]:
    return {
        "number": "s.n", "shift_number": "(s.n - 1) / :a_day + 1", "basket_id": "s.n",
        "request_key": "'basket:' || s.n || ':5'", "request_body": "'{\"cash\":500000}'",
        "receipt_code": "lower(hex(randomblob(8)))", "at": _AT, "business_day": f"date({_AT})",
        "cashier_id": "1", "cashier_name": "'Thu ngân'", "total_vnd": "500000", "rounding_vnd": "0",
    }  # fmt: skip


def _sale_line() -> dict[str, str]:
    money = dict.fromkeys(("price_vnd", "amount_vnd", "paid_vnd"), "price.price_vnd")
    return money | {
        "sale_number": "l.sale", "n": "l.n", "product_id": "product.id", "producer_id": "product.producer_id",
        "lot_id": "l.lot", "lot_known_by": "'assumed'", "place_id": ":place", "stars": "4", "unit": "'piece'",
        "name": "product.name_vi || ' ' || product.pack", "quantity_milli": "1000", "vat_bp": "800",
        "vat_category": "product.vat_category", "terms_id": "product.producer_id",
    }  # fmt: skip


def _move() -> dict[str, str]:
    return {
        "lot_id": "l.lot", "place_id": ":place", "kind": "'sold'", "quantity_milli": "-1000", "at": "l.at",
        "document": "'sale_line:' || l.sale || '.' || l.n",
    }  # fmt: skip


def _tender() -> dict[str, str]:
    return {
        "sale_number": "s.n", "n": "1", "kind": "'cash'", "amount_vnd": "500000", "given_vnd": "500000",
        "change_vnd": "0",
    }  # fmt: skip


def _drawer_move() -> dict[str, str]:
    return {
        "shift_number": "(s.n - 1) / :a_day + 1", "kind": "'sale'", "amount_vnd": "500000",
        "document": "'sale:' || s.n", "reason": "''", "at": _AT,
    }  # fmt: skip


def _journal_row() -> dict[str, str]:
    noise = "lower(hex(randomblob(32)))"
    return {
        "seq": ":seq + s.n", "at": _AT, "kind": "'sold'", "actor_id": "1", "actor": "'Thu ngân'", "role": "'cashier'",
        "station": ":station", "subject": "'sale:' || s.n", "payload": ":seals", "previous_hash": noise, "hash": noise,
    }  # fmt: skip


def _print_job() -> dict[str, str]:
    return {
        "id": "s.n", "printer": "'Máy in quầy'", "title": "printf('%06d', s.n)", "subject": "'sale:' || s.n",
        "slip": ":slip", "state": "'printed'", "next_try_at": _AT, "created_at": _AT, "printed_at": _AT,
    }  # fmt: skip

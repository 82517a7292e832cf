"""The books in a database file against what the cashiers were told."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from .till import Told

_SALES = (
    "SELECT number, request_key, basket_id, total_vnd, total_vnd - rounding_vnd FROM sale WHERE number > ?"
)
_LINES = "SELECT sale_number, count(*), sum(amount_vnd), sum(paid_vnd) FROM sale_line WHERE sale_number > ? GROUP BY 1"
_MONEY = "SELECT sale_number, sum(amount_vnd) FROM tender WHERE sale_number > ? GROUP BY 1"
_LEFT = "SELECT 'sale_line:' || sale_number || '.' || n FROM sale_line WHERE lot_id IS NOT NULL"
_MOVED = "SELECT document FROM stock_move WHERE kind = 'sold'"
_WITH_EACH_SALE = {  # one row of each is written in the sale's own transaction, and no other that names it
    "drawer_move": "SELECT document FROM drawer_move WHERE kind = 'sale'",
    "journal": "SELECT subject FROM journal WHERE kind = 'sold'",
}
_SLIPS = "SELECT DISTINCT subject FROM print_job"
_UNPAID = "SELECT 'sale:' || number FROM sale JOIN basket ON basket.id = basket_id WHERE state <> 'paid'"


@dataclass
class Books:
    """What a database says: its sales by number, and which of them are not whole, with the reason."""

    keys: dict[int, str] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    half: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)


@dataclass
class Reckoning:
    """The books against what was told. Each set names what is wrong; `found` counts what is right."""

    found: int = 0
    lost: set[int] = field(default_factory=set)
    half: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    corrupt: str = ""


def sales_in(database: Path) -> int:
    """The highest number of a sale."""
    with closing(sqlite.connect(database)) as books:
        return books.execute("SELECT coalesce(max(number), 0) FROM sale").fetchone()[0]


def reckon(database: Path, told: Sequence[Told], after: int, *, whole_file: bool = False) -> Reckoning:
    """Reconcile the sales numbered above `after`. `whole_file` checks each page of the file, too."""
    try:
        with closing(sqlite.connect(database, timeout=10)) as connection:
            if whole_file and (output := damage(connection)):
                return Reckoning(corrupt=output)
            connection.execute("BEGIN")  # one moment for all the questions
            books = read(connection, after)
    except sqlite.DatabaseError as error:
        return Reckoning(corrupt=str(error))
    return compare(books, told)


def damage(connection: Any) -> str:
    output = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    output += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
    return "" if output == ["ok"] else "; ".join(output[:3])


def read(connection: Any, after: int) -> Books:
    books = Books()
    lines = {number: rest for number, *rest in connection.execute(_LINES, (after,))}
    money = dict(connection.execute(_MONEY, (after,)).fetchall())
    sales = connection.execute(_SALES, (after,)).fetchall()
    for number, key, _basket, total, due in sales:
        books.keys[number] = key
        count, amount, paid = lines.pop(number, (0, 0, 0))
        books.lines[number] = count
        if (amount, paid, money.pop(number, None)) != (total, due, due):
            books.half.add(f"sale {number}: its lines or its money")
    books.half |= {f"sale {number}: lines or money without it" for number in {*lines, *money}}
    books.half |= _not_whole(connection, {f"sale:{sale[0]}" for sale in sales})
    books.doubled |= {f"basket {basket}" for basket in repeated(sale[2] for sale in sales)}
    books.doubled |= {f"key {key}" for key in repeated(sale[1] for sale in sales)}
    return books


def _not_whole(connection: Any, sales: set[str]) -> set[str]:
    """What belongs to a sale besides lines and money: stock, drawer, journal, slip, the basket's end."""
    half = {f"{name}: the stock move" for name in _texts(connection, _LEFT) ^ _texts(connection, _MOVED)}
    known = _texts(connection, "SELECT 'sale:' || number FROM sale")
    for what, question in _WITH_EACH_SALE.items():
        half |= {f"{name}: {what}" for name in _texts(connection, question) ^ known}
    half |= {f"{name}: no slip in the queue" for name in sales - _texts(connection, _SLIPS)}
    return half | {f"{name}: its basket is not paid" for name in _texts(connection, _UNPAID)}


def _texts(connection: Any, question: str) -> set[str]:
    return {row[0] for row in connection.execute(question)}


def compare(books: Books, told: Sequence[Told]) -> Reckoning:
    """Each sale that was told exists under its own key, with all its lines, and only once."""
    result = Reckoning(half=set(books.half), doubled=set(books.doubled))
    for sale in told:
        if books.keys.get(sale.slip) != sale.payment.key:
            result.lost.add(sale.slip)
            continue
        result.found += 1
        if books.lines[sale.slip] != sale.payment.lines:
            result.half.add(f"sale {sale.slip}: {books.lines[sale.slip]} of {sale.payment.lines} lines")
    pairs = {(sale.payment.key, sale.slip) for sale in told}
    result.doubled |= {f"{key} was told two slips" for key in repeated(key for key, _ in pairs)}
    result.doubled |= {
        f"slip {slip} was told for two baskets" for slip in repeated(slip for _, slip in pairs)
    }
    return result


def repeated(values: Iterable[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]

"""The pages of stock that grow with a shop's years: a lot's and its buyers', the list of lots, a recall.

The goods are catalogue.py's. The past of two lots is poured in as history.py does it: whole rows, whose sums, moves and
totals add up. The journal knows of neither: `verify` finds them unsealed, and nothing else. The shift and the stops are
real ones.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from pos.identity.people import add_person
from pos.kernel.actor import SYSTEM, Role
from pos.kernel.database import db, sqlite_module, unit_of_work
from pos.sales.models import Sale, SaleLine, Tender
from pos.shifts.drawer import open_shift
from pos.shifts.models import DrawerMove
from pos.stock.lots import place_hold
from pos.stock.models import Lot, StockMove
from pos.storeroom.models import Receiving, ReceivingLine

from .catalogue import SECOND_NAMES
from .figures import Figure, milliseconds, p50
from .history import poured
from .shop import PIN, STATION, app_over
from .sizes import LOTS_A_PRODUCT, Sizes

MOST_TRACE_MS, MOST_LIST_MS, MOST_RECALL_MS = 300, 150, 1000
MANAGER_LOGIN = "quan-ly"
BUSY, CALM = 1, LOTS_A_PRODUCT + 1  # the first lots of two products: one came and went ten times as often
PAGE = 100  # lots on a page of the list
PAST_DAYS = 100
_NUMBERS = "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :times) "
_AT = "datetime(:start, '+' || s.n || ' minutes') || '.000000'"
_GOODS = (
    "s JOIN lot ON lot.id = :lot JOIN product ON product.id = lot.product_id "
    "JOIN price ON price.product_id = product.id"
)


def measure(few: Path, many: Path, sizes: Sizes) -> list[Figure]:
    """The lots' pages within one shop, the list in two of which one has ten times as many lots."""
    small, large = Desk(few), Desk(many)
    add_past(large, BUSY, sizes.times_sold)
    add_past(large, CALM, sizes.times_sold // 10)
    figures = _of_lots(large, sizes) + _of_lists(small, large, sizes) + _of_recalls(large, sizes)
    for desk in (small, large):
        desk.close()
    return figures


class Desk:
    """A manager at work in this process, in a shop with a shift of long ago."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = app_over(folder)
        self.client = self.app.test_client()
        self.start = datetime.now(UTC) - timedelta(days=PAST_DAYS)
        with self.app.app_context(), unit_of_work() as session:
            add_person(
                session, "Quản lý", Role.MANAGER, by=SYSTEM, at=self.start, login=MANAGER_LOGIN, pin=PIN
            )
            open_shift(session, STATION, 500_000, by=SYSTEM, at=self.start)
            self.codes = {
                lot.id: lot.trace_code for lot in session.scalars(select(Lot).where(Lot.id.in_((BUSY, CALM))))
            }
            self.lots = session.scalar(select(func.count()).select_from(Lot)) or 0
        self.client.post("/sign-in", data={"login": MANAGER_LOGIN, "pin": PIN, "station": STATION})

    def stop(self, lot_id: int) -> int:
        with self.app.app_context(), unit_of_work() as session:
            return place_hold(session, lot_id=lot_id, reason="dị vật", by=SYSTEM, at=datetime.now(UTC)).id

    def read(self, address: str) -> None:
        answer = self.client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} was answered with {answer.status_code}")

    def p50(self, address: str, times: int) -> float:
        self.read(address)  # templates read, statements composed
        return p50([milliseconds(lambda: self.read(address)) for _ in range(times)])

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


def _of_lots(desk: Desk, sizes: Sizes) -> list[Figure]:
    figures = []
    for page, address in (("buyers' page", "/t/{code}"), ("manager's page", "/lots/{lot}")):
        calm, busy = (
            desk.p50(address.format(code=desk.codes[lot], lot=lot), sizes.views) for lot in (CALM, BUSY)
        )
        what = f"{page} of a lot that came and went {sizes.times_sold:,} times"
        figures += [
            Figure(f"{what}, p50", busy, "ms", MOST_TRACE_MS),
            Figure(f"{what}, against {sizes.times_sold // 10:,} times", busy, "ms", base=calm),
        ]
    return figures


def _of_lists(small: Desk, large: Desk, sizes: Sizes) -> list[Figure]:
    figures = []
    for page, address in (
        ("first page", "/stock"), ("last page", "/stock?page={last}"), ("a word looked for", f"/stock?q={SECOND_NAMES[0]}"),
    ):  # fmt: skip
        few, many = (desk.p50(address.format(last=desk.lots // PAGE), sizes.views) for desk in (small, large))
        figures += [
            Figure(f"list of {large.lots:,} lots, {page}, p50", many, "ms", MOST_LIST_MS),
            Figure(f"list of lots, {page}, against {small.lots:,} lots", many, "ms", base=few),
        ]
    return figures


def _of_recalls(desk: Desk, sizes: Sizes) -> list[Figure]:
    calm, busy = (f"/recalls/{desk.stop(lot)}" for lot in (CALM, BUSY))
    few, many = (desk.p50(address, sizes.views) for address in (calm, busy))
    what = f"recall of a lot that came and went {sizes.times_sold:,} times"
    return [
        Figure(f"{what}, p50", many, "ms", MOST_RECALL_MS),
        Figure(f"{what}, against {sizes.times_sold // 10:,} times", many, "ms", base=few),
        Figure(f"{what}, as a workbook", desk.p50(f"{busy}.xlsx", 1), "ms"),
    ]


def add_past(desk: Desk, lot_id: int, times: int) -> None:
    """Pour in so many deliveries of one piece of the lot, and as many slips with just that piece."""
    connection = sqlite_module().connect(desk.folder / "shop.db")
    with connection:
        facts = _facts(connection, desk.start, lot_id, times)
        for model, row in _ROWS:
            connection.execute(_NUMBERS + poured(model, row, _GOODS), facts)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _facts(connection: Any, start: datetime, lot_id: int, times: int) -> dict[str, Any]:
    """Where the numbers go on; receiving lines' after the goods' own, which only their moves name."""
    asked = {
        "sales": "SELECT coalesce(max(number), 0) FROM sale",
        "deliveries": "SELECT max((SELECT count(*) FROM lot), (SELECT coalesce(max(number), 0) FROM receiving))",
        "shift": "SELECT max(number) FROM shift",
        "place": "SELECT place_id FROM on_hand LIMIT 1",
    }
    found = {name: connection.execute(query).fetchone()[0] for name, query in asked.items()}
    return found | {"start": f"{start:%Y-%m-%d %H:%M:%S}", "lot": lot_id, "times": times}


_SLIP, _DELIVERY = ":sales + s.n", ":deliveries + s.n"
_DELIVERED = {
    "number": _DELIVERY, "producer_id": "lot.producer_id", "delivery_note": "'PG' || s.n", "note_date": f"date({_AT})",
    "at": _AT, "by_name": "'Quản lý'",
}  # fmt: skip
_DELIVERED_LINE = {
    "id": _DELIVERY, "receiving_number": _DELIVERY, "lot_id": ":lot", "place_id": ":place", "quantity_milli": "1000",
    "unit_cost_vnd": "30000", "terms_id": "lot.terms_id",
}  # fmt: skip
_CAME = {
    "lot_id": ":lot", "place_id": ":place", "kind": "'received'", "quantity_milli": "1000", "at": _AT,
    "document": f"'receiving_line:' || ({_DELIVERY})",
}  # fmt: skip
_SALE = {
    "number": _SLIP, "shift_number": ":shift", "request_key": f"'bench:' || ({_SLIP})", "request_body": "'{}'",
    "receipt_code": "lower(hex(randomblob(8)))", "at": _AT, "business_day": f"date({_AT})", "cashier_id": "1",
    "cashier_name": "'Thu ngân'", "total_vnd": "price.price_vnd", "rounding_vnd": "0",
}  # fmt: skip
_LINE = dict.fromkeys(("price_vnd", "amount_vnd", "paid_vnd"), "price.price_vnd") | {
    "sale_number": _SLIP, "n": "1", "product_id": "product.id", "producer_id": "product.producer_id", "lot_id": ":lot",
    "lot_known_by": "CASE s.n % 2 WHEN 0 THEN 'assumed' ELSE 'scanned' END", "place_id": ":place", "stars": "4",
    "unit": "'piece'", "name": "product.name_vi || ' ' || product.pack", "quantity_milli": "1000", "vat_bp": "800",
    "vat_category": "product.vat_category", "terms_id": "lot.terms_id",
}  # fmt: skip
_WENT = {
    "lot_id": ":lot", "place_id": ":place", "kind": "'sold'", "quantity_milli": "-1000", "at": _AT,
    "document": f"'sale_line:' || ({_SLIP}) || '.1'",
}  # fmt: skip
_PAID = {
    "sale_number": _SLIP, "n": "1", "kind": "'cash'", "amount_vnd": "price.price_vnd", "given_vnd": "price.price_vnd",
    "change_vnd": "0",
}  # fmt: skip
_CASH = {
    "shift_number": ":shift", "kind": "'sale'", "amount_vnd": "price.price_vnd", "document": f"'sale:' || ({_SLIP})",
    "reason": "''", "at": _AT,
}  # fmt: skip
_ROWS = (
    (Receiving, _DELIVERED), (ReceivingLine, _DELIVERED_LINE), (StockMove, _CAME), (Sale, _SALE), (SaleLine, _LINE),
    (StockMove, _WENT), (Tender, _PAID), (DrawerMove, _CASH),
)  # fmt: skip

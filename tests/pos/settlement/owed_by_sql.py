"""What producers are owed, reckoned once more from plain SQL and the rules of the trade, by nothing of `pos.settlement`.

It knows the tables alone. Bands are reckoned by the sum that a month's sales would cost up to a point, shares by an own method of
the largest remainder, and every row is put on the statement whose days it falls into.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BORNE = {
    "markdown": "markdown",
    "line": "discount",
    "staff": "discount",
    "basket": "discount",
    "voucher": "promotion",
}
KINDS = ("markdown", "line", "staff", "basket", "voucher")


def half_up(value: Fraction | int) -> int:
    return int((Fraction(value) * 2 + 1) // 2)


def share_out(total: int, weights: list[int]) -> list[int]:
    """By the largest remainder; of equal ones the first."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [int(each // 1) for each in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def moment(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day_of(value: Any) -> date:
    return moment(value).astimezone(ZONE).date()


def a_day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


@dataclass
class Piece:
    """A lot's part of a sold line."""

    lot: int
    producer: int
    terms: int | None
    each: Fraction
    gross: int
    off: dict[str, int]
    numerator: Fraction = Fraction(0)  # the exact commission of the whole piece


class Books:
    """The tables that matter, as plain rows."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.meant = 0  # the lot that is reckoned as if it had come under other terms
        self.moving: list[
            tuple[int, datetime, date, int, dict[str, int]]
        ] = []  # what lots sold whose terms were changed
        self.terms = {row["id"]: row for row in self.rows("SELECT * FROM terms")}
        self.bands: dict[int, list[tuple[int, int]]] = {
            id_: [(0, row["commission_bp"])] for id_, row in self.terms.items()
        }
        for row in self.rows("SELECT * FROM terms_band ORDER BY from_vnd"):
            self.bands[row["terms_id"]].append((row["from_vnd"], row["commission_bp"]))
        self.lots = {
            row["id"]: row
            for row in self.rows(
                "SELECT lot.id, lot.product_id, lot.terms_id, product.producer_id FROM lot JOIN product ON product.id = lot.product_id"
            )
        }
        self.prices = self.rows("SELECT * FROM price ORDER BY starts, id")
        self.packed = {
            row["lot_id"]: row for row in self.rows("SELECT * FROM stock_move WHERE kind = 'kit_made'")
        }
        self.parts: dict[int, list[Any]] = defaultdict(list)
        for row in self.rows("SELECT * FROM kit_lot_part ORDER BY part_lot_id"):
            self.parts[row["kit_lot_id"]].append(row)
        self.changed: dict[int, list[Any]] = defaultdict(list)
        for row in self.rows("SELECT * FROM lot_terms ORDER BY id"):
            self.changed[row["lot_id"]].append(row)
        self.fees = self.rows("SELECT * FROM tender_fee ORDER BY starts, id")
        self.received = self.rows(
            "SELECT receiving_line.*, receiving.at, receiving.producer_id FROM receiving_line "
            "JOIN receiving ON receiving.number = receiving_line.receiving_number ORDER BY receiving_line.id"
        )
        self.holds = self.rows(
            "SELECT hold.*, done.at AS ended FROM hold LEFT JOIN hold AS done ON done.releases_id = hold.id WHERE hold.releases_id IS NULL"
        )

    def rows(self, sql: str) -> list[Any]:
        return list(self.session.execute(text(sql)).mappings())

    def price(self, product: int, day: date, at: datetime) -> int:
        known = [row for row in self.prices if row["product_id"] == product]
        good = [row for row in known if a_day(row["starts"]) <= day and moment(row["at"]) <= at]
        return int((good[-1] if good else known[0])["price_vnd"])

    def terms_of(self, lot: int, at: datetime) -> int | None:
        found = self.lots[lot]["terms_id"] or (
            self.changed[lot][0]["terms_id"] if self.changed[lot] else None
        )
        for row in self.changed[lot]:
            if moment(row["at"]) <= at:
                found = row["terms_id"]
        return found

    def find_moved(self, terms: int, day: date, at: datetime, meant: int = 0) -> int:
        """What changed lots had sold by a moment in the month of a day, of those that are under these terms then (`meant`: ever)."""
        return sum(
            _base(self, terms, gross, off)
            for lot, since, when, gross, off in self.moving
            if (when.year, when.month) == (day.year, day.month)
            and since <= at
            and (lot == meant or self.terms_of(lot, at) == terms)
        )

    def bears(self, terms: int, cost: str) -> bool:
        return bool(self.terms[terms][f"{cost}_borne_by"] == "producer")

    def fixed(self, lot: int) -> int:
        return int(
            next(
                row["unit_cost_vnd"] for row in self.received if row["lot_id"] == lot and row["unit_cost_vnd"]
            )
        )

    def weights(self, lot: int) -> list[int]:
        at = moment(self.packed[lot]["at"])
        return [
            self.price(self.lots[part["part_lot_id"]]["product_id"], day_of(at), at) * part["quantity_milli"]
            for part in self.parts[lot]
        ]

    def cost_up_to(self, terms: int, vnd: int) -> Fraction:
        """The exact commission on a month's sales up to a point."""
        bands = self.bands[terms]
        whole = Fraction(0)
        for n, (start, bp) in enumerate(bands):
            end = bands[n + 1][0] if n + 1 < len(bands) else vnd
            whole += Fraction(max(0, min(vnd, end) - start) * bp, 10_000)
        return whole


def reckon(
    session: Session, as_if: tuple[int, int] | None = None
) -> dict[tuple[str, int], tuple[int, date, int]]:
    """(row, lot): (producer, business day, what is owed), of all that ever happened to goods and entries."""
    books = Books(session)
    if as_if is not None:
        books.meant, books.changed[as_if[0]] = (
            as_if[0],
            [{"at": datetime(1, 1, 2, tzinfo=UTC), "terms_id": as_if[1]}],
        )
    found: dict[tuple[str, int], tuple[int, date, int]] = {}
    filled: dict[tuple[int, int, int], int] = defaultdict(int)
    marks: list[tuple[datetime, tuple[int, int, int], int]] = []
    _sales(books, found, filled, marks)
    _losses(books, found, marks)
    _deliveries(books, found)
    for row in books.rows("SELECT * FROM producer_entry"):
        found[f"producer_entry:{row['number']}", 0] = (
            row["producer_id"],
            day_of(row["at"]),
            row["amount_vnd"],
        )
    return found


def _split(
    books: Books, lot: int | None, milli: int, gross: int, off: dict[str, int]
) -> list[tuple[int, Fraction, int, dict[str, int]]]:
    """(lot, quantity for one, price, discounts) of each lot in a line."""
    if lot is None or not books.parts.get(lot):
        return [(lot or 0, Fraction(1), gross, off)]
    weights, made = books.weights(lot), books.packed[lot]["quantity_milli"]
    money = share_out(gross, weights)
    left = list(money)
    offs: list[dict[str, int]] = [{} for _ in weights]
    for kind in KINDS:
        if off.get(kind):
            for i, vnd in enumerate(share_out(off[kind], left)):
                left[i] -= vnd
                offs[i][kind] = vnd
    return [
        (part["part_lot_id"], Fraction(part["quantity_milli"], made), money[i], offs[i])
        for i, part in enumerate(books.parts[lot])
    ]


def _owed(
    books: Books,
    piece: Piece,
    terms: int,
    milli: Fraction,
    gross: int,
    off: dict[str, int],
    exact: Fraction,
    whole_base: int,
) -> int:
    deal = books.terms[terms]["deal"]
    base = gross - sum(vnd for kind, vnd in off.items() if books.bears(terms, BORNE[kind]))
    if deal == "firm":
        return 0
    if deal == "fixed_price":
        price = books.fixed(piece.lot) * milli / 1000
        return half_up(price * base / gross) if gross else half_up(price)
    commission = half_up(exact * base / whole_base) if whole_base else 0
    return base - commission


def _load_off(books: Books) -> dict[Any, dict[str, int]]:
    off: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in books.rows("SELECT * FROM discount"):
        off[row["sale_number"], row["line_n"]][row["kind"]] += row["amount_vnd"]
    return off


def _base(books: Books, terms: int, gross: int, off: dict[str, int]) -> int:
    return gross - sum(vnd for kind, vnd in off.items() if books.bears(terms, BORNE[kind]))


class Sales:
    """The lines in their order: what was sold, and what came back of it."""

    def __init__(self, books: Books, found: Any, filled: Any, marks: Any) -> None:
        self.books, self.found, self.filled, self.marks = books, found, filled, marks
        self.off, self.fees = _load_off(books), _fees(books)
        self.sold: dict[Any, tuple[Any, list[Piece]]] = {}
        self.back: dict[Any, int] = defaultdict(int)
        self.meant: dict[tuple[int, int], Any] = {}

    def sell(self, line: Any) -> None:
        key, at, day = (line["sale_number"], line["n"]), moment(line["at"]), a_day(line["business_day"])
        name, milli, pieces = f"sale_line:{key[0]}.{key[1]}", line["quantity_milli"], []
        for lot, each, gross, off in _split(
            self.books, line["lot_id"], milli, line["amount_vnd"], dict(self.off[key])
        ):
            piece = Piece(
                lot, self.books.lots[lot]["producer_id"], self.books.terms_of(lot, at), each, gross, off
            )
            pieces.append(piece)
            if piece.terms is None:
                continue
            base = _base(self.books, piece.terms, gross, off)
            if self.books.terms[piece.terms]["deal"] == "consignment":
                piece.numerator = self.fill(piece, day, at, base)
            if self.books.changed.get(lot):
                self.books.moving.append((lot, at, day, gross, off))
            if self.books.terms[piece.terms]["deal"] != "firm":
                owed = _owed(self.books, piece, piece.terms, milli * each, gross, off, piece.numerator, base)
                self.found[name, lot] = (piece.producer, day, owed)
        for piece, vnd in zip(
            pieces, share_out(self.fees.get(key, 0), [p.gross or 1 for p in pieces]), strict=True
        ):
            if vnd and (name, piece.lot) in self.found and self.books.bears(piece.terms or 0, "fee"):
                producer, when, owed = self.found[name, piece.lot]
                self.found[name, piece.lot] = (producer, when, owed - vnd)
        self.sold[key] = line, pieces

    def fill(self, piece: Piece, day: date, at: datetime, base: int) -> Fraction:
        """Of lots that stayed under their terms a running sum; of the others all that is under these terms by now."""
        terms = piece.terms or 0
        month = (terms, day.year, day.month)
        before = self.filled[month] + self.books.find_moved(terms, day, at)
        if not self.books.changed.get(piece.lot):
            self.filled[month] += base
            self.marks.append((at, month, self.filled[month]))
        return self.books.cost_up_to(terms, before + base) - self.books.cost_up_to(terms, before)

    def bring_back(self, line: Any) -> None:
        first = (line["refunds"], line["refunds_line"])
        whole, pieces = self.sold[first]
        sold_milli = whole["quantity_milli"]
        states = []
        for gone in (self.back[first], self.back[first] - line["quantity_milli"]):
            kept = Fraction(sold_milli - gone, sold_milli)
            off = {kind: half_up(vnd * kept) for kind, vnd in self.off[first].items()}
            states.append(
                (
                    kept,
                    _split(self.books, whole["lot_id"], sold_milli, half_up(whole["amount_vnd"] * kept), off),
                )
            )
        self.back[first] -= line["quantity_milli"]
        for i, piece in enumerate(pieces):
            terms = self.books.terms_of(piece.lot, moment(line["at"]))
            if terms is None or self.books.terms[terms]["deal"] == "firm":
                continue
            exact, base = (
                self.find_exact(piece, terms, first),
                _base(self.books, terms, piece.gross, piece.off),
            )
            worth = [
                _owed(
                    self.books,
                    piece,
                    terms,
                    kept * sold_milli * piece.each,
                    split[i][2],
                    split[i][3],
                    exact,
                    base,
                )
                for kept, split in states
            ]
            name = f"sale_line:{line['sale_number']}.{line['n']}"
            self.found[name, piece.lot] = (piece.producer, a_day(line["business_day"]), worth[1] - worth[0])

    def find_exact(self, piece: Piece, terms: int, first: Any) -> Fraction:
        """The exact commission of the sold piece; by the terms that were meant, where they were put right since."""
        if terms == piece.terms:
            return piece.numerator
        if (piece.lot, terms) not in self.meant:
            self.meant[piece.lot, terms] = _numerators(self.books.session, piece.lot, terms)
        return self.meant[piece.lot, terms].get(first, Fraction(0))


def _sales(books: Books, found: Any, filled: Any, marks: Any) -> None:
    lines = books.rows(
        "SELECT sale_line.*, sale.at, sale.business_day, sale.refunds FROM sale_line JOIN sale ON sale.number = sale_line.sale_number "
        "WHERE sale_line.product_id IS NOT NULL ORDER BY sale_line.sale_number, sale_line.n"
    )
    sales = Sales(books, found, filled, marks)
    for line in lines:
        (sales.sell if line["refunds"] is None else sales.bring_back)(line)


def _numerators(session: Session, lot: int, terms: int) -> dict[Any, Fraction]:
    """The exact commission of each sale of a lot, had it come under these terms."""
    books = Books(session)
    books.changed[lot] = [{"at": datetime(1, 1, 2, tzinfo=UTC), "terms_id": terms}]
    filled: dict[Any, int] = defaultdict(int)
    exact: dict[Any, Fraction] = {}
    off = _load_off(books)
    for line in books.rows(
        "SELECT sale_line.*, sale.at, sale.business_day FROM sale_line JOIN sale ON sale.number = sale_line.sale_number "
        "WHERE sale.refunds IS NULL AND sale_line.lot_id IS NOT NULL ORDER BY sale_line.sale_number, sale_line.n"
    ):
        key, day = (line["sale_number"], line["n"]), a_day(line["business_day"])
        for part, _each, gross, offs in _split(
            books, line["lot_id"], line["quantity_milli"], line["amount_vnd"], dict(off[key])
        ):
            own = books.terms_of(part, moment(line["at"]))
            if own is None or books.terms[own]["deal"] != "consignment":
                continue
            base, month, at = _base(books, own, gross, offs), (own, day.year, day.month), moment(line["at"])
            before = filled[month] + books.find_moved(own, day, at)
            if books.changed.get(part):
                books.moving.append((part, at, day, gross, offs))
            else:
                filled[month] += base
            if part == lot:
                exact[key] = books.cost_up_to(own, before + base) - books.cost_up_to(own, before)
    return exact


def _fees(books: Books) -> dict[Any, int]:
    whole: dict[int, int] = defaultdict(int)
    for row in books.rows(
        "SELECT tender.*, sale.business_day FROM tender JOIN sale ON sale.number = tender.sale_number WHERE sale.refunds IS NULL"
    ):
        good = [
            fee
            for fee in books.fees
            if fee["kind"] == row["kind"] and a_day(fee["starts"]) <= a_day(row["business_day"])
        ]
        if good:
            whole[row["sale_number"]] += half_up(Fraction(row["amount_vnd"] * good[-1]["rate_bp"], 10_000))
    lines: dict[int, list[Any]] = defaultdict(list)
    for row in books.rows("SELECT sale_number, n, paid_vnd FROM sale_line ORDER BY sale_number, n"):
        lines[row["sale_number"]].append(row)
    return {
        (number, row["n"]): part
        for number, vnd in whole.items()
        if vnd and sum(row["paid_vnd"] for row in lines[number])
        for row, part in zip(
            lines[number], share_out(vnd, [row["paid_vnd"] for row in lines[number]]), strict=True
        )
    }


@dataclass
class Loss:
    """Goods that were written off, or that a count missed (below 0: found). `borne`: as a write-off says it."""

    source: str
    lot: int
    kind: str
    milli: int
    borne: str | None
    at: datetime


def _list_losses(books: Books) -> list[Loss]:
    rows = [
        Loss(
            f"write_off:{row['number']}",
            row["lot_id"],
            row["kind"],
            row["quantity_milli"],
            row["borne_by"],
            moment(row["at"]),
        )
        for row in books.rows("SELECT * FROM write_off ORDER BY number")
    ]
    counts: dict[Any, Loss] = {}
    for row in books.rows("SELECT * FROM stock_move WHERE kind = 'counted' ORDER BY id"):
        own = counts.setdefault(
            (row["document"], row["lot_id"]),
            Loss(row["document"], row["lot_id"], "count", 0, None, moment(row["at"])),
        )
        own.milli -= row["quantity_milli"]
    return sorted(
        [*rows, *(loss for loss in counts.values() if loss.milli)], key=lambda loss: (loss.at, loss.source)
    )


def _losses(books: Books, found: Any, marks: Any) -> None:
    missed: dict[Any, list[list[Any]]] = defaultdict(list)
    for loss in _list_losses(books):
        price = books.price(books.lots[loss.lot]["product_id"], day_of(loss.at), loss.at)
        for part, each, gross, _off in _split(
            books, loss.lot, 1000, half_up(Fraction(price * abs(loss.milli), 1000)), {}
        ):
            owed = _lose(books, loss, part, each, gross, marks, missed[loss.lot, part])
            if owed is not None:
                found[loss.source, part] = (books.lots[part]["producer_id"], day_of(loss.at), owed)


def _lose(
    books: Books, loss: Loss, part: int, each: Fraction, gross: int, marks: Any, stack: list[list[Any]]
) -> int | None:
    """What is owed for a lot's part of a loss; None where it is no row of an account."""
    terms = books.terms_of(part, loss.at)
    if loss.kind == "to_producer":
        return (
            -_cost(books, part, loss, abs(loss.milli) * each)
            if terms and books.terms[terms]["deal"] == "firm"
            else 0
        )
    if terms is None or books.terms[terms]["deal"] == "firm":
        return None
    if loss.milli < 0:
        return _find_again(stack, terms, -loss.milli)
    value = _value(books, loss, part, each, gross, marks, terms)
    if loss.kind == "count":
        stack.append(
            [
                terms,
                loss.milli,
                loss.milli,
                value,
                lambda under: _value(books, loss, part, each, gross, marks, under),
            ]
        )
    return value[0] - value[1]


def _value(
    books: Books, loss: Loss, part: int, each: Fraction, gross: int, marks: Any, terms: int
) -> tuple[int, int]:
    """(list price, what the shop keeps of it); nothing where the producer bears it, or it was recalled."""
    cost = {"count": "count", "tasted": "sample"}.get(loss.kind, "spoilage")
    is_frozen = (
        loss.borne is not None and part == loss.lot and books.lots[part]["terms_id"] and part != books.meant
    )
    is_producers = loss.borne == "producer" if is_frozen else books.bears(terms, cost)
    concerned = {loss.lot, part}, {books.lots[loss.lot]["product_id"], books.lots[part]["product_id"]}
    is_stopped = loss.kind in {"written_off", "destroyed"} and any(
        moment(hold["at"]) <= loss.at
        and (hold["ended"] is None or loss.at < moment(hold["ended"]))
        and (hold["lot_id"] in concerned[0] or hold["product_id"] in concerned[1])
        for hold in books.holds
    )
    if is_producers or is_stopped:
        return 0, 0
    day = day_of(loss.at)
    before = [vnd for since, own, vnd in marks if own == (terms, day.year, day.month) and since <= loss.at]
    meant = part if books.terms_of(part, loss.at) != terms else 0
    start = (before[-1] if before else 0) + books.find_moved(terms, day, loss.at, meant)
    exact = books.cost_up_to(terms, start + gross) - books.cost_up_to(terms, start)
    piece = Piece(part, 0, terms, Fraction(1), gross, {})
    return gross, gross - _owed(books, piece, terms, abs(loss.milli) * each, gross, {}, exact, gross)


def _find_again(stack: list[list[Any]], terms: int, milli: int) -> int | None:
    """What counts missed is taken back, the last first; None where nothing was missed."""
    owed = None
    while milli and stack:
        under, left, whole, value, again = stack[-1]
        gross, kept = value if under == terms else again(terms)
        taken = min(milli, left)
        worth = [
            half_up(Fraction(gross * rest, whole)) - half_up(Fraction(kept * rest, whole))
            for rest in (left, left - taken)
        ]
        owed = (owed or 0) - worth[0] + worth[1]
        milli, stack[-1][1] = milli - taken, left - taken
        if not stack[-1][1]:
            stack.pop()
    return owed


def _cost(books: Books, lot: int, loss: Loss, quantity: Fraction) -> int:
    """What firm goods cost, on the average of what came."""
    came = [row for row in books.received if row["lot_id"] == lot and moment(row["at"]) <= loss.at]
    whole = sum(row["quantity_milli"] for row in came)
    return half_up(
        Fraction(sum(row["unit_cost_vnd"] * row["quantity_milli"] for row in came), whole) * quantity / 1000
    )


def _deliveries(books: Books, found: Any) -> None:
    for row in books.received:
        terms = books.terms_of(row["lot_id"], moment(row["at"]))
        if terms and books.terms[terms]["deal"] == "firm":
            vnd = half_up(Fraction(row["unit_cost_vnd"] * abs(row["quantity_milli"]), 1000))
            signed = vnd if row["quantity_milli"] > 0 else -vnd
            found[f"receiving_line:{row['id']}", row["lot_id"]] = (
                row["producer_id"],
                day_of(row["at"]),
                signed,
            )


def sort_into_statements(
    session: Session, found: dict[tuple[str, int], tuple[int, date, int]]
) -> dict[int, dict[tuple[str, int], int]]:
    """By statement, what each of its rows should say."""
    statements = list(
        session.execute(text("SELECT number, producer_id, ends FROM statement ORDER BY number")).mappings()
    )
    sorted_rows: dict[int, dict[tuple[str, int], int]] = {row["number"]: {} for row in statements}
    for key, (producer, day, owed) in found.items():
        home = next(
            (row for row in statements if row["producer_id"] == producer and day <= a_day(row["ends"])), None
        )
        if home is not None:
            sorted_rows[home["number"]][key] = owed
    return sorted_rows

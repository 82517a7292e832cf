"""sales/pay.py — a basket becomes a sale: judged once more, priced, taken from stock, paid, written down.

All of it in the caller's one unit of work, or nothing.
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from ..journal.record import canonical_json, format_row_name, ledger_digest, record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused, Stale
from ..kernel.inserts import insert_values
from ..kernel.money import apportion
from ..kernel.tables import Base, select_highest
from ..law.taxpayers import VatMethod
from ..shifts.drawer import get_open_shift
from ..shifts.models import DrawerKind, DrawerMove
from ..shop.models import get_shop
from ..shop.taxes import STATUS_ON_DAY, find_line_vat_bp, find_vat_method
from ..stock.models import Lot, MoveKind
from ..stock.moves import StockStep, post_moves
from .basket import get_basket
from .models import Basket, BasketState, Sale, SaleLine, Tender, TenderKind
from .priced_basket import PricedBasket, PricedLine, price_basket
from .sale_day import CLOSED_FROM, find_open_day
from .tenders import LONGEST_REFERENCE, CardPart, find_cash_due

MOST_CHANGE_VND = 10_000_000  # twenty of the largest note: more is a slip of the fingers
_ANSWERED = select(Sale).where(Sale.request_key == bindparam("key"))
_HIGHEST = select_highest(Sale.number)
_HIGHEST_AND_STATUS = _HIGHEST.add_columns(STATUS_ON_DAY, CLOSED_FROM)
_TERMS = select(Lot.id, Lot.terms_id).where(Lot.id.in_(bindparam("lots", expanding=True)))
_INSERT_MOVE = insert(cast(Table, DrawerMove.__table__)).returning(DrawerMove.id)


def pay_cash(
    session: Session,
    basket_id: int,
    version: int,
    given_vnd: int,
    *,
    station: str,
    by: Actor,
    at: datetime,
    card: CardPart | None = None,
) -> Sale:
    """Complete the basket with cash handed over; `card`: what a card paid before, for which no cash is asked.

    The key is the basket's id and version: the same request again gets the same sale, however often it
    comes; the same key with another amount raises Stale (`request_reused`). Raises Stale
    (`basket_changed`, `basket_gone`), or Refused with every line's reasons, `tender_short`, `given_too_much`,
    `card_amount_odd`, `reference_missing` or `no_open_shift`; the basket then lies as it was.
    """
    key, body = f"basket:{basket_id}:{version}", _describe_request(given_vnd, station, card)
    if (done := find_answer(session, key, body)) is not None:
        return done
    today = business_day(at)
    basket, priced_basket = _get_payable_basket(session, basket_id, version, station, today)
    cash_vnd = _find_cash_vnd(session, priced_basket, card)
    if given_vnd < cash_vnd:
        raise Refused.because("tender_short", missing_vnd=cash_vnd - given_vnd)
    if given_vnd - cash_vnd > MOST_CHANGE_VND:
        raise Refused.because("given_too_much", given_vnd=given_vnd, due_vnd=cash_vnd)
    shift = get_open_shift(session, station)
    number, method, sale_day = _find_number_and_method(session, today)
    sale = Sale(
        number=number, vat_method=method, shift_number=shift.number, basket_id=basket.id, request_key=key,
        request_body=body, receipt_code=secrets.token_urlsafe(12), at=at, business_day=sale_day,
        cashier_id=by.person_id, cashier_name=by.name, total_vnd=priced_basket.total_vnd,
        rounding_vnd=priced_basket.total_vnd - cash_vnd - (card.amount_vnd if card else 0),
    )  # fmt: skip
    session.add(sale)
    basket.state = BasketState.PAID
    session.flush()
    seals = write_lines(session, _make_line_rows(session, sale, priced_basket))
    seals |= post_moves(session, [_stock_step(sale, n, seen_line) for n, seen_line in enumerate(priced_basket.lines, 1)
                            if seen_line.line.lot_id is not None], at)  # fmt: skip
    seals |= write_tenders(session, sale, _list_tender_rows(cash_vnd, given_vnd, card), DrawerKind.SALE)
    record(session, "sold", by=by, at=at, subject=sale, seals=[sale], sealed=seals, total_vnd=sale.total_vnd)
    return sale


def _get_payable_basket(
    session: Session, basket_id: int, version: int, station: str, today: date
) -> tuple[Basket, PricedBasket]:
    """The open basket with today's prices. Raises Stale (`basket_gone`, `basket_changed`) and Refused (`basket_empty`, each line's reasons)."""
    basket = get_basket(session, basket_id)
    if basket.state != BasketState.OPEN or basket.station != station:
        raise Stale.because("basket_gone")
    if basket.version != version:
        raise Stale.because("basket_changed")
    priced_basket = price_basket(session, basket, today)
    if not priced_basket.lines:
        raise Refused.because("basket_empty")
    if priced_basket.refusals:
        raise Refused(*priced_basket.refusals)
    return basket, priced_basket


def _describe_request(given_vnd: int, station: str, card: CardPart | None) -> str:
    by_card = {"card": card.amount_vnd, "reference": card.reference} if card else {}
    return canonical_json({"cash": given_vnd, "station": station, **by_card})


def _find_cash_vnd(session: Session, basket: PricedBasket, card: CardPart | None) -> int:
    """What is due in cash. Raises Refused (`card_amount_odd`, `reference_missing`)."""
    if card is None:
        return basket.due_vnd
    if not 0 < card.amount_vnd <= basket.total_vnd:
        raise Refused.because("card_amount_odd", most_vnd=basket.total_vnd)
    if not 0 < len(card.reference.strip()) <= LONGEST_REFERENCE:
        raise Refused.because("reference_missing")
    return find_cash_due(basket.total_vnd, card.amount_vnd, get_shop(session).cash_rounding_vnd)


def _list_tender_rows(cash_vnd: int, given_vnd: int, card: CardPart | None) -> list[dict[str, Any]]:
    """Each tender's kind, amount, what was handed over and the slip's number; no cash where a card paid all."""
    rows: list[dict[str, Any]] = []
    if card is not None:
        rows.append({
            "kind": TenderKind.CARD.value, "amount_vnd": card.amount_vnd, "given_vnd": card.amount_vnd,
            "reference": card.reference.strip(),
        })  # fmt: skip
    if card is None or cash_vnd or given_vnd:
        rows.append(
            {"kind": TenderKind.CASH.value, "amount_vnd": cash_vnd, "given_vnd": given_vnd, "reference": None}
        )
    return rows


def find_answer(session: Session, key: str, body: str) -> Sale | None:
    """The sale that this request already made. Raises Stale if it asked for something else then."""
    sale = session.scalars(_ANSWERED, {"key": key}).first()
    if sale is not None and sale.request_body != body:
        raise Stale.because("request_reused", number=sale.number)
    return sale


def _find_number_and_method(session: Session, on: date) -> tuple[int, VatMethod | None, date]:
    """The next sale's number, how its VAT is reckoned, and its business day: one statement."""
    asked = {"day": on, "closed_from": on.isoformat()}
    highest, left_out, status, closed = session.execute(_HIGHEST_AND_STATUS, asked).one()
    number = max(highest or 0, left_out or 0) + 1
    return number, find_vat_method(status, on), on if closed is None else find_open_day(session, on)


def next_sale_number(session: Session) -> int:
    return max(highest or 0 for highest in session.execute(_HIGHEST).one()) + 1


def _make_line_rows(session: Session, sale: Sale, priced_basket: PricedBasket) -> list[dict[str, Any]]:
    lots = [view.line.lot_id for view in priced_basket.lines if view.line.lot_id is not None]
    terms = {row.id: row.terms_id for row in session.execute(_TERMS, {"lots": lots})} if lots else {}
    paid = apportion_paid(sale.due_vnd, [line.amount_vnd for line in priced_basket.lines])
    method = VatMethod(sale.vat_method) if sale.vat_method else None
    return [
        {
            "sale_number": sale.number,
            "n": n,
            "product_id": item.line.product_id,
            "extra_id": item.line.extra_id,
            "producer_id": item.producer_id,
            "lot_id": item.line.lot_id,
            "lot_known_by": item.line.lot_known_by,
            "place_id": item.line.place_id,
            "name": item.name,
            "stars": item.stars or None,
            "unit": item.unit.value,
            "quantity_milli": item.line.quantity_milli,
            "price_vnd": item.price_vnd,
            "amount_vnd": item.amount_vnd,
            "paid_vnd": paid[n - 1],
            "vat_bp": find_line_vat_bp(method, item.vat_category, sale.business_day),
            "vat_category": item.vat_category,
            "terms_id": terms.get(item.line.lot_id) if item.line.lot_id else None,
            "refunds_line": None,
        }
        for n, item in enumerate(priced_basket.lines, 1)
    ]


def apportion_paid(paid_vnd: int, amounts: Sequence[int]) -> list[int]:
    """What was paid, spread over the lines so that each can be given back by itself for ever."""
    return apportion(paid_vnd, amounts) if sum(amounts) else [0] * len(amounts)


def write_lines(session: Session, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Insert the lines in one statement; returns their seals."""
    insert_values(session, SaleLine, rows)
    return _seal_rows(SaleLine, rows, ["sale_number", "n"])


def _seal_rows(table: type[Base], rows: Sequence[dict[str, Any]], keys: list[str]) -> dict[str, str]:
    return {format_row_name(table.__tablename__, row, keys): ledger_digest(row) for row in rows}


def _stock_step(sale: Sale, n: int, item: PricedLine) -> StockStep:
    line = item.line
    assert line.lot_id is not None  # noqa: S101  asked by the caller
    assert line.place_id is not None  # noqa: S101  a lot in a basket lies at a place
    return StockStep(
        line.lot_id, line.place_id, MoveKind.SOLD, -line.quantity_milli, f"sale_line:{sale.number}.{n}"
    )


def write_tenders(
    session: Session, sale: Sale, tenders: Sequence[dict[str, Any]], kind: DrawerKind
) -> dict[str, str]:
    """The money of a sale (+) or refund (−): its tenders, and the drawer's move for cash. Returns their seals.

    Each tender has its kind, `amount_vnd`, `given_vnd` and `reference`.
    """
    rows = [
        {"sale_number": sale.number, "n": n, "change_vnd": tender["given_vnd"] - tender["amount_vnd"], **tender}
        for n, tender in enumerate(tenders, 1)
    ]  # fmt: skip
    insert_values(session, Tender, rows)
    seals = _seal_rows(Tender, rows, ["sale_number", "n"])
    for row in rows:
        if row["kind"] == TenderKind.CASH:
            seals |= _move_drawer(session, sale, row["amount_vnd"], kind)
    return seals


def _move_drawer(session: Session, sale: Sale, amount_vnd: int, kind: DrawerKind) -> dict[str, str]:
    move = {
        "shift_number": sale.shift_number, "kind": kind.value, "amount_vnd": amount_vnd,
        "document": f"sale:{sale.number}", "reason": "", "at": sale.at,
    }  # fmt: skip
    id_ = session.connection().scalar(_INSERT_MOVE, move)
    return _seal_rows(DrawerMove, [{"id": id_, **move}], ["id"])

"""sales/pay.py — a basket becomes a sale: judged once more, priced, taken from stock, paid, written down.

All of it in the caller's one unit of work, or nothing.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from ..identity.sign_in import describe_approval
from ..journal.record import canonical_json, format_row_name, ledger_digest, record, row_name
from ..kernel.actor import Actor, Approval, has_managers_word, require_manager
from ..kernel.clock import business_day
from ..kernel.errors import NotAllowed, Refused, Stale
from ..kernel.inserts import insert_values
from ..kernel.money import apportion
from ..kernel.tables import Base, select_highest
from ..law.taxpayers import VatMethod
from ..shifts.drawer import get_open_shift
from ..shifts.models import DrawerKind, DrawerMove
from ..shop.limits import get_limits
from ..shop.models import get_shop
from ..shop.taxes import STATUS_ON_DAY, find_line_vat_bp, find_vat_method
from ..stock.models import Lot, MoveKind
from ..stock.moves import StockStep, post_moves
from ..vouchers.issue import add_move
from ..vouchers.models import VoucherMoveKind
from .basket import get_basket
from .basket_money import release_vouchers
from .discounts import WHOLE_BP
from .models import Basket, BasketState, Discount, Sale, SaleLine, Tender, TenderKind
from .pay_facts import find_pay_facts
from .priced_basket import PricedBasket, PricedLine, price_basket
from .sale_day import CLOSED_FROM, find_open_day
from .tenders.kinds import RULES, find_cash_due
from .tenders.part import TenderPart

MOST_CHANGE_VND = 10_000_000  # twenty of the largest note: more is a slip of the fingers
_ANSWERED = select(Sale).where(Sale.request_key == bindparam("key"))
_HIGHEST = select_highest(Sale.number)
_HIGHEST_AND_STATUS = _HIGHEST.add_columns(STATUS_ON_DAY, CLOSED_FROM)
_TERMS = select(Lot.id, Lot.terms_id).where(Lot.id.in_(bindparam("lots", expanding=True)))
_INSERT_MOVE = insert(cast(Table, DrawerMove.__table__)).returning(DrawerMove.id)


def pay_basket(
    session: Session,
    basket_id: int,
    version: int,
    given_vnd: int = 0,
    *,
    parts: Sequence[TenderPart] = (),
    station: str,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
    is_parked: bool = False,
) -> Sale:
    """Complete the basket: `parts` pay of it besides what lies on it already (money received, vouchers), cash the rest.

    `is_parked`: it may wait aside, and its money has come meanwhile. The key is the basket's id and version: the same request again gets the same sale, however often it
    comes; the same key with another body raises Stale (`request_reused`). Raises Stale
    (`basket_changed`, `basket_gone`), NotAllowed (`manager_needed`, `discount_approval_needed`), or Refused with every line's
    reasons, those of a tender (`sales/tenders`), `tender_short`, `given_too_much`, `part_odd` or `no_open_shift`; the
    basket then lies as it was.
    """
    key, body = f"basket:{basket_id}:{version}", describe_request(given_vnd, station, parts)
    if (done := find_answer(session, key, body)) is not None:
        return done
    today = business_day(at)
    basket, priced_basket = get_payable_basket(
        session, basket_id, version, station, today, is_parked=is_parked
    )
    refuse_unapproved_discounts(session, priced_basket, by, approval)
    parts = [*priced_basket.parts, *parts]
    cash_vnd = _find_cash_vnd(session, priced_basket, parts, today, by=by, approval=approval)
    if given_vnd < cash_vnd:
        raise Refused.because("tender_short", missing_vnd=cash_vnd - given_vnd)
    if given_vnd - cash_vnd > MOST_CHANGE_VND:
        raise Refused.because("given_too_much", given_vnd=given_vnd, due_vnd=cash_vnd)
    sale = make_sale(session, priced_basket, basket, cash_vnd + sum(part.amount_vnd for part in parts), station=station, key=key,
                     body=body, by=by, at=at)  # fmt: skip
    release_vouchers(session, basket)
    return write_sale(
        session, sale, priced_basket, parts, cash_vnd, given_vnd, by=by, at=at, approval=approval
    )


def make_sale(
    session: Session, priced_basket: PricedBasket, basket: Basket, paid_vnd: int, *, station: str, key: str, body: str,
    by: Actor, at: datetime,
) -> Sale:  # fmt: skip
    """The sale's row with its number; the basket is paid with it. Raises Refused (`no_open_shift`)."""
    shift, today = get_open_shift(session, station), business_day(at)
    number, method, sale_day = _find_number_and_method(session, today)
    sale = Sale(
        number=number, vat_method=method, shift_number=shift.number, basket_id=basket.id, request_key=key,
        request_body=body, receipt_code=secrets.token_urlsafe(12), at=at, business_day=sale_day,
        cashier_id=by.person_id, cashier_name=by.name, total_vnd=priced_basket.total_vnd,
        rounding_vnd=priced_basket.total_vnd - paid_vnd,
    )  # fmt: skip
    session.add(sale)
    basket.state = BasketState.PAID
    return sale


def write_sale(
    session: Session, sale: Sale, priced_basket: PricedBasket, parts: Sequence[TenderPart], cash_vnd: int, given_vnd: int, *,
    by: Actor, at: datetime, approval: Approval | None = None,
) -> Sale:  # fmt: skip
    """Write a new sale with its lines, discounts, stock moves and money, and its row of the journal."""
    session.flush()
    seals = write_lines(session, _make_line_rows(session, sale, priced_basket))
    seals |= write_discounts(session, _make_discount_rows(sale, priced_basket))
    seals |= post_moves(session, [_stock_step(sale, n, seen_line) for n, seen_line in enumerate(priced_basket.lines, 1)
                            if seen_line.line.lot_id is not None], at)  # fmt: skip
    seals |= write_tenders(session, sale, _list_tender_rows(parts, cash_vnd, given_vnd), DrawerKind.SALE)
    seals |= move_vouchers(session, sale, _sum_by_voucher(priced_basket, parts), by=by)
    record(session, "sold", by=by, at=at, subject=sale, seals=[sale], sealed=seals, total_vnd=sale.total_vnd,
           **_describe_more(priced_basket, parts), **describe_approval(approval))  # fmt: skip
    return sale


def get_payable_basket(
    session: Session, basket_id: int, version: int, station: str, today: date, *, is_parked: bool = False
) -> tuple[Basket, PricedBasket]:
    """The open basket with today's prices. Raises Stale (`basket_gone`, `basket_changed`) and Refused (`basket_empty`, each line's reasons)."""
    basket = get_basket(session, basket_id)
    payable = {BasketState.OPEN, BasketState.PARKED} if is_parked else {BasketState.OPEN}
    if basket.state not in payable or basket.station != station:
        raise Stale.because("basket_gone")
    if basket.version != version:
        raise Stale.because("basket_changed")
    priced_basket = price_basket(session, basket, today)
    if not priced_basket.lines:
        raise Refused.because("basket_empty")
    if priced_basket.refusals:
        raise Refused(*priced_basket.refusals)
    return basket, priced_basket


def refuse_unapproved_discounts(
    session: Session, basket: PricedBasket, by: Actor, approval: Approval | None = None
) -> None:
    """Raises NotAllowed (`discount_approval_needed`, `discount_needs_manager`) where a cashier's discounts go beyond the shop's limit."""
    unapproved_vnd = basket.unapproved_vnd
    if unapproved_vnd and not has_managers_word(by, approval):
        limit_bp = get_limits(get_shop(session)).discount_bp
        if unapproved_vnd * WHOLE_BP > basket.goods_vnd * limit_bp:
            if not limit_bp:
                raise NotAllowed.because("discount_needs_manager")
            raise NotAllowed.because("discount_approval_needed", limit_bp=limit_bp)


def describe_request(given_vnd: int, station: str, parts: Sequence[TenderPart]) -> str:
    more = [
        [part.kind.value, part.amount_vnd, part.reference, part.voucher_number, part.buyer_id]
        for part in parts
    ]
    return canonical_json({"cash": given_vnd, "station": station, **({"parts": more} if more else {})})


def _find_cash_vnd(
    session: Session, basket: PricedBasket, parts: Sequence[TenderPart], today: date, *, by: Actor, approval: Approval | None
) -> int:  # fmt: skip
    """What is due in cash. Raises Refused with the first part that may not pay, NotAllowed (`manager_needed`)."""
    if not parts:
        return basket.due_vnd
    paid_vnd = sum(part.amount_vnd for part in parts)
    if any(part.amount_vnd <= 0 for part in parts) or paid_vnd > basket.total_vnd:
        raise Refused.because("part_odd", most_vnd=max(basket.rest_vnd, 0))
    whole = {
        key: sum(part.amount_vnd for part in parts if part.tender_key == key)
        for key in {part.tender_key for part in parts}
    }
    for part in parts:
        if part.kind is TenderKind.ACCOUNT:
            require_manager(by, approval)
        facts = find_pay_facts(session, part, basket.basket.id if basket.basket else None, today)
        if wrong := RULES[part.kind].list_reasons_against(
            replace(part, amount_vnd=whole[part.tender_key]), facts
        ):
            raise Refused(*wrong)
    return find_cash_due(basket.total_vnd, paid_vnd, get_shop(session).cash_rounding_vnd)


def _list_tender_rows(parts: Sequence[TenderPart], cash_vnd: int, given_vnd: int) -> list[dict[str, Any]]:
    """What each tender pays, was handed over, and by what; no cash where others paid all."""
    rows = [make_tender_row(part.kind.value, part.amount_vnd, part) for part in parts]
    if not parts or cash_vnd or given_vnd:
        rows.append({**make_tender_row(TenderKind.CASH.value, cash_vnd), "given_vnd": given_vnd})
    return rows


def make_tender_row(kind: str, amount_vnd: int, part: TenderPart | None = None) -> dict[str, Any]:
    """A tender's columns, but for its sale; `part`: which slip, voucher, buyer or money received it is."""
    return {
        "kind": kind, "amount_vnd": amount_vnd, "given_vnd": amount_vnd,
        "reference": (part.reference.strip() or None) if part else None,
        "voucher_number": part.voucher_number if part else None, "buyer_id": part.buyer_id if part else None,
        "taking_number": part.taking_number if part else None,
    }  # fmt: skip


def _sum_by_voucher(basket: PricedBasket, parts: Sequence[TenderPart]) -> dict[int, int]:
    """What goes off each voucher: sold ones pay, given ones are discounts. Below 0."""
    sums: dict[int, int] = {}
    for part in parts:
        if part.voucher_number is not None:
            sums[part.voucher_number] = sums.get(part.voucher_number, 0) - part.amount_vnd
    for each in (off for line in basket.lines for off in line.discounts):
        if (number := each.wanted.voucher_number) is not None:
            sums[number] = sums.get(number, 0) - each.amount_vnd
    return sums


def move_vouchers(session: Session, sale: Sale, sums: Mapping[int, int], *, by: Actor) -> dict[str, str]:
    """What a sale took off vouchers (−) or a refund gave back to them (+), by the voucher's number. Returns the moves' seals."""
    seals = {}
    for number, vnd in sorted(sums.items()):
        kind = VoucherMoveKind.USED if vnd < 0 else VoucherMoveKind.RETURNED
        move = add_move(session, number, kind, vnd, by=by, at=sale.at, sale_number=sale.number)
        seals[row_name(move)] = ledger_digest(move.facts())
    return seals


def _describe_more(basket: PricedBasket, parts: Sequence[TenderPart]) -> dict[str, Any]:
    """For the journal: what a plain sale for cash has not."""
    by_kind: dict[str, int] = {}
    for part in parts:
        name = f"{part.kind.value}_vnd"
        by_kind[name] = by_kind.get(name, 0) + part.amount_vnd
    return {**({"discounts_vnd": basket.off_vnd} if basket.off_vnd else {}), **by_kind}


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
    paid = apportion_paid(sale.due_vnd, [line.net_vnd for line in priced_basket.lines])
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


def _make_discount_rows(sale: Sale, priced_basket: PricedBasket) -> list[dict[str, Any]]:
    found = [(n, off) for n, line in enumerate(priced_basket.lines, 1) for off in line.discounts]
    return [
        {
            "sale_number": sale.number, "n": n, "line_n": line_n, "kind": off.wanted.kind.value, "amount_vnd": off.amount_vnd,
            "rate_bp": off.wanted.rate_bp, "reason": off.wanted.reason, "approved_by": off.wanted.approved_by,
            "voucher_number": off.wanted.voucher_number,
        }
        for n, (line_n, off) in enumerate(found, 1)
    ]  # fmt: skip


def apportion_paid(paid_vnd: int, amounts: Sequence[int]) -> list[int]:
    """What was paid, spread over the lines so that each can be given back by itself for ever."""
    return apportion(paid_vnd, amounts) if sum(amounts) else [0] * len(amounts)


def write_lines(session: Session, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Insert the lines in one statement; returns their seals."""
    insert_values(session, SaleLine, rows)
    return _seal_rows(SaleLine, rows, ["sale_number", "n"])


def write_discounts(session: Session, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Insert what was taken off the lines; returns the seals. None for a sale at full price."""
    if not rows:
        return {}
    insert_values(session, Discount, rows)
    return _seal_rows(Discount, rows, ["sale_number", "n"])


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

    Each tender has its columns but for the sale's number, its own and the change (`make_tender_row`).
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

"""admission/change_paper.py — correct a paper: at once where its goods never were on the floor, else by two people."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import list_codes, save_product
from ..identity.fact_changes import (
    changed_fields,
    decide_change,
    find_differences,
    is_journaled,
    list_due,
    mark_applied,
    withdraw_change,
)
from ..identity.models import FactChange
from ..kernel.actor import SYSTEM, Actor, Approval, Role
from ..kernel.clock import business_day
from ..kernel.errors import ShopError
from ..law.paper_terms import lawful_end
from ..producers.models import Producer
from ..stock.change_lot import WAS_FOR_BUYERS
from ..stock.lots import save_lot
from ..stock.models import Lot, Place, StockMove
from .lift_suspension import end_suspension
from .models import Paper, PaperKind
from .papers import CoveredProduct, mark_revoked, refuse_beyond_term, save_paper

PLAIN = ("number", "issuer", "note", "file_id")  # what a second person need not see
GUARDED = ("kind", "producer_id", "issued", "starts", "ends")
Cover = Sequence[Any]  # a product's id first, then what the paper says of it
_DAYS = {"suspended_on", "issued", "starts", "ends", "made_on", "expires_on", "revoked_on"}


def find_products_on_floor(session: Session, product_ids: Collection[int] | None = None) -> set[int]:
    """Those of these products, or of all, of which anything was ever sold or on the floor."""
    moves = (
        select(Lot.product_id)
        .join(StockMove, StockMove.lot_id == Lot.id)
        .join(Place, Place.id == StockMove.place_id)
        .where(WAS_FOR_BUYERS)
    )
    if product_ids is not None:
        moves = moves.where(Lot.product_id.in_(product_ids))
    return set(session.scalars(moves.distinct()))


def change_paper(
    session: Session,
    paper: Paper,
    fields: Mapping[str, Any],
    covers: Sequence[CoveredProduct],
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> FactChange | None:
    """Give a paper that is in the books the fields and products wanted.

    Returns the change where two people or a day of waiting were needed. Raises as `save_paper` and `decide_change` do.
    """
    wanted = dict(fields)
    if wanted["ends"] is None:
        wanted["ends"] = lawful_end(
            wanted["kind"], wanted["issued"], wanted["starts"], None, business_day(at)
        )
    wanted["starts"] = wanted["starts"] or wanted["issued"]
    changes = find_differences(paper, wanted, GUARDED)
    before, after = _covers_to_json(_list_covers(paper)), _covers_to_json(covers)
    if before != after:
        changes["covers"] = (before, after)
    change = None
    touched = find_touched_products(before, after, whole=bool(changes.keys() - {"covers"}))
    if changes and _concerns_floor_goods(session, touched, [paper.producer_id, wanted["producer_id"]]):
        refuse_beyond_term(
            PaperKind(wanted["kind"]), wanted["issued"], wanted["starts"], wanted["ends"], business_day(at)
        )
        change = decide_change(session, paper, paper.number, changes, by=by, at=at, approval=approval)
    for name in PLAIN:
        setattr(paper, name, wanted.get(name, getattr(paper, name)))
    if change is not None and change.applied_at is None:
        covers = _list_covers(paper)
    else:
        for name in GUARDED:
            setattr(paper, name, wanted[name])
    save_paper(session, paper, covers, by=by, at=at)
    return change


def change_revocation(
    session: Session,
    paper: Paper,
    *,
    on: date,
    decision: str,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> FactChange | None:
    """Mark a paper as withdrawn by its issuer from a day on; a day later than the one in the books needs a second person.

    Returns the change where two people or a day of waiting were needed. Raises as `mark_revoked` and `decide_change` do.
    """
    change = None
    if paper.revoked_on is not None and on > paper.revoked_on:
        covers = _covers_to_json(_list_covers(paper))
        touched = find_touched_products(covers, covers, whole=True)
        if _concerns_floor_goods(session, touched, [paper.producer_id]):
            moved = {"revoked_on": (paper.revoked_on, on)}
            change = decide_change(session, paper, paper.number, moved, by=by, at=at, approval=approval)
    if change is None or change.applied_at is not None:
        mark_revoked(session, paper, on=on, decision=decision, by=by, at=at)
    return change


def _list_covers(paper: Paper) -> list[CoveredProduct]:
    return [CoveredProduct(cover.product_id, cover.stars, cover.name_written) for cover in paper.covers]


def _covers_to_json(covers: Sequence[CoveredProduct]) -> list[list[Any]]:
    return sorted([cover.product_id, cover.stars, cover.name_written] for cover in covers)


def find_touched_products(before: Sequence[Cover], after: Sequence[Cover], *, whole: bool) -> set[int] | None:
    """The products for which a paper will say something else; None: all goods that its producer makes.

    `whole`: more than its list of products changes. A paper that names no product, before or after, is of all of them.
    """
    if not before or not after:
        return None if whole or before != after else set()
    return {row[0] for row in (*before, *after) if whole or row not in before or row not in after}


def _concerns_floor_goods(
    session: Session, product_ids: set[int] | None, producer_ids: Sequence[int | None]
) -> bool:
    """Was any of these products ever on the floor? None: any of these producers', and without a producer any goods."""
    if product_ids is None and None not in producer_ids:
        of_makers = select(Product.id).where(Product.producer_id.in_(producer_ids))
        product_ids = set(session.scalars(of_makers))
    return bool(find_products_on_floor(session, product_ids))


def apply_due_changes(session: Session, at: datetime) -> list[FactChange]:
    """Carry out what has waited until today. What no longer fits what it was asked of is withdrawn."""
    done = []
    for change in list_due(session, business_day(at)):
        if not is_journaled(session, change):  # `verify` finds it: nobody asked for it here
            continue
        by = Actor(change.by_id, change.by_name, Role.MANAGER)
        try:
            with session.begin_nested():
                _apply_change(session, change, by=by, at=at)
                mark_applied(session, change, by=by, at=at)
        except (ShopError, LookupError):
            withdraw_change(session, change.id, by=SYSTEM, at=at)
        done.append(change)
    return done


def _apply_change(session: Session, change: FactChange, *, by: Actor, at: datetime) -> None:
    """Raises LookupError where the row has changed since, or is no more."""
    fields = changed_fields(change)
    covers = fields.pop("covers", None)
    row = _find_subject(session, change)
    if row is None:
        raise LookupError(change.subject)
    for name, (before, after) in fields.items():
        if getattr(row, name) != _parse_value(name, before):
            raise LookupError(name)
        setattr(row, name, _parse_value(name, after))
    if isinstance(row, Producer):
        end_suspension(session, row, by=by, at=at)
        return
    if isinstance(row, Lot):
        save_lot(session, row, by=by, at=at)
        return
    if isinstance(row, Product):
        save_product(session, row, list_codes(row), by=by, at=at)
        return
    if covers and covers[0] != _covers_to_json(_list_covers(row)):
        raise LookupError("covers")
    wanted = [CoveredProduct(*cover) for cover in covers[1]] if covers else _list_covers(row)
    save_paper(session, row, wanted, by=by, at=at)


def _find_subject(session: Session, change: FactChange) -> Lot | Paper | Producer | Product | None:
    table, _colon, row_id = change.subject.partition(":")
    match table:
        case "lot":
            return session.get(Lot, int(row_id))
        case "paper":
            return session.get(Paper, int(row_id))
        case "producer":
            return session.get(Producer, int(row_id))
        case "product":
            return session.get(Product, int(row_id))
    return None


def _parse_value(name: str, stored: Any) -> Any:
    return date.fromisoformat(stored) if name in _DAYS and stored is not None else stored

"""stock/lot_terms.py — the terms that lots are under now: their own, or those that they were put under later."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.keys import split_keys
from .models import Lot, LotTerms


def list_lot_terms(session: Session, lot_ids: Collection[int]) -> dict[int, int]:
    """Of several lots the id of the terms that each is under now; a lot under none is left out."""
    found = {
        lot_id: terms_id
        for ids in split_keys(lot_ids)
        for lot_id, terms_id in session.execute(select(Lot.id, Lot.terms_id).where(Lot.id.in_(ids)))
        if terms_id
    }
    for ids in split_keys(lot_ids):
        query = select(LotTerms.lot_id, LotTerms.terms_id).where(LotTerms.lot_id.in_(ids))
        found.update(dict(session.execute(query.order_by(LotTerms.id)).tuples().all()))
    return found

"""sales/basket_version.py — a basket's version: it counts every change, so that nobody pays for what they haven't seen."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..payments.codes import list_codes
from .models import Basket


def note_change(basket: Basket, at: datetime) -> None:
    basket.version += 1
    basket.changed_at = at


def note_same_goods(session: Session, basket: Basket, at: datetime) -> None:
    """Money came, or the basket was set aside or taken up: its goods are the same, so that codes of its version still are."""
    current = list_codes(session, basket.id, basket.version)
    note_change(basket, at)
    for code in current:
        code.basket_version = basket.version

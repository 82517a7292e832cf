"""shop/change_shop.py — the shop's row gets other values: its name, its policy, its look. Each state stays in the journal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from .models import Shop, get_shop


def change_shop(session: Session, values: Mapping[str, Any], *, by: Actor, at: datetime) -> Shop:
    """Give the shop these values by column (`models.py: Shop`)."""
    shop = get_shop(session)
    for column, value in values.items():
        setattr(shop, column, value)
    record(session, "policy_changed", by=by, at=at, subject=shop, facts=[shop])
    return shop


def finish_set_up(session: Session, *, by: Actor, at: datetime) -> None:
    """The manager says that the steps of a new shop are done; they can still be opened."""
    shop = get_shop(session)
    shop.is_set_up = True
    record(session, "set_up", by=by, at=at, subject=shop, facts=[shop])

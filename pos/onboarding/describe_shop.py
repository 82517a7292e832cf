"""onboarding/describe_shop.py — the shop says what it is: name, address, code, what it is before the tax office, the year's turnover."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..law.taxpayers import TaxStatus
from ..sales.models import Sale
from ..shop.change_shop import change_shop
from ..shop.codes import parse_code, propose_code
from ..shop.limits import get_limits
from ..shop.models import get_shop
from ..shop.taxes import (
    find_opening_turnover,
    list_tax_registrations,
    record_opening_turnover,
    record_tax_status,
)


@dataclass(frozen=True, slots=True)
class ShopDescription:
    """As it stands in the form. `code`: "" for none yet; `turnover_vnd`, `transfer_limit_vnd`: None where it wasn't said."""

    name: str
    address: str
    hotline: str
    returns_rule: str
    code: str
    status: TaxStatus
    starts: date
    turnover_vnd: int | None
    transfer_limit_vnd: int | None = None


def get_description(session: Session, on: date) -> dict[str, Any]:
    """What the books say of the shop, by field of `ShopDescription`; a proposal for what they don't say."""
    shop, registered = get_shop(session), list_tax_registrations(session)
    newest = registered[0] if registered else None
    return {
        "name": shop.name, "address": shop.address, "hotline": shop.hotline, "returns_rule": shop.returns_rule,
        "code": shop.code or ("" if _has_sold(session) else propose_code(shop.name)),
        "status": newest.status if newest else None, "starts": newest.starts if newest else date(on.year, 1, 1),
        "turnover_vnd": find_opening_turnover(session, on.year), "transfer_limit_vnd": get_limits(shop).transfer_vnd,
    }  # fmt: skip


def describe_shop(session: Session, description: ShopDescription, *, by: Actor, at: datetime) -> None:
    """Write what changed. Raises Refused (`shop_code_odd`, `shop_code_fixed`, `tax_status_past`, `turnover_odd`)."""
    shop, year = get_shop(session), business_day(at).year
    code = parse_code(description.code) if description.code else None
    if shop.code and code != shop.code and _has_sold(session):
        raise Refused.because("shop_code_fixed", code=shop.code)
    values = {name: asdict(description)[name] for name in ("name", "address", "hotline", "returns_rule")}
    values |= {"code": code}
    if description.transfer_limit_vnd is not None:
        values["transfer_limit_vnd"] = description.transfer_limit_vnd
    if any(getattr(shop, name) != value for name, value in values.items()):
        change_shop(session, values, by=by, at=at)
    newest = next(iter(list_tax_registrations(session)), None)
    told = (description.status.value, description.starts)
    if newest is None or (newest.status, newest.starts) != told:
        record_tax_status(session, description.status, starts=description.starts, by=by, at=at)
    if description.turnover_vnd not in {None, find_opening_turnover(session, year)}:
        record_opening_turnover(session, year, description.turnover_vnd or 0, by=by, at=at)


def _has_sold(session: Session) -> bool:
    return session.scalar(select(Sale.number).limit(1)) is not None

"""upkeep/opening.py — a new shop: its own row, groups, places, and the first manager."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import ProductGroup
from ..catalog.products import GROUPS
from ..identity.people import add_person
from ..journal.record import record
from ..kernel.actor import SYSTEM, Role
from ..kernel.errors import Refused
from ..shop.models import Shop
from ..stock.models import Place, Zone
from .verify_proofs import STATES_SEALED, has_sealed_states, list_sealed_models

PLACES = (
    ("OCOP", "Kệ OCOP", Zone.OCOP),
    ("LANH", "Tủ mát OCOP", Zone.OCOP),
    ("KHAC", "Kệ hàng khác", Zone.OTHER),
    ("KHO", "Kho", Zone.STORE),
    ("CHO", "Khu chờ xử lý", Zone.QUARANTINE),
)


@dataclass(frozen=True, slots=True)
class OpenedShop:
    login: str
    pin: str


def open_shop(
    session: Session,
    name: str,
    *,
    at: datetime,
    address: str = "",
    hotline: str = "",
    manager: str | None = "Quản lý",
) -> OpenedShop | None:
    """Make an empty shop ready for its first goods; with a first manager unless `manager` is None.

    Raises Refused (`shop_there`) where there is one already.
    """
    if session.get(Shop, 1) is not None:
        raise Refused.because("shop_there")
    shop = Shop(id=1, name=name, address=address, hotline=hotline,
                returns_rule="Đổi trả trong 3 ngày với hàng còn nguyên, kèm phiếu này.")  # fmt: skip
    session.add(shop)
    session.add_all(
        ProductGroup(code=code, name_vi=vi, name_en=en, position=n) for n, (code, vi, en) in enumerate(GROUPS)
    )
    places = [Place(code=code, name=label, zone=zone.value) for code, label, zone in PLACES]
    session.add_all(places)
    session.flush()
    record(session, "shop_opened", by=SYSTEM, at=at, subject=shop, facts=[shop, *places], states_sealed=True)
    if manager is None:
        return None
    person, pin = add_person(session, manager, Role.MANAGER, by=SYSTEM, at=at)
    return OpenedShop(person.login, pin)


def seal_states(session: Session, *, at: datetime) -> bool:
    """Seal once what PINs, sign-ins, stations' keys and complaints are now: from here on `verify` proves them.

    A shop made by an earlier version does it when it is first started under this one; a new shop never needs it.
    """
    if has_sealed_states(session):
        return False
    rows = [row for model in list_sealed_models() for row in session.scalars(select(model))]
    record(session, STATES_SEALED, by=SYSTEM, at=at, state_seals=rows)
    return True

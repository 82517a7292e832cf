"""onboarding/open_shop.py — a new shop: its own row, groups, places, and the first manager."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..catalog.models import ProductGroup
from ..catalog.products import GROUPS
from ..identity.people import add_person
from ..journal.record import record
from ..kernel.actor import SYSTEM, Role
from ..kernel.errors import Refused
from ..shop.codes import make_uid
from ..shop.models import Shop
from ..stock.models import Place, Zone

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
    shop = Shop(id=1, uid=make_uid(), name=name, address=address, hotline=hotline,
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

"""shop/codes.py — what tells this shop from others: its UID, and the short code before its numbers."""

import re
import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import SYSTEM
from ..kernel.errors import Refused
from ..kernel.text import fold_text
from .models import Shop, get_shop

CODE = re.compile(r"[A-Z][A-Z0-9]{1,5}")


def propose_code(name: str) -> str:
    """The initials of a name's last two words ('Điểm OCOP Mông Phụ' → 'MP'); empty where that gives none."""
    initials = "".join(word[0] for word in fold_text(name).split()[-2:]).upper()
    return initials if CODE.fullmatch(initials) else ""


def parse_code(typed: str) -> str:
    """The code as it is stored: capitals without spaces. Raises Refused (`shop_code_odd`): 2 to 6 letters and figures."""
    code = typed.replace(" ", "").upper()
    if not CODE.fullmatch(code):
        raise Refused.because("shop_code_odd")
    return code


def make_uid() -> str:
    return str(uuid.uuid4())


def give_uid(session: Session, *, at: datetime) -> None:
    """Give a shop of an earlier version its UID; nothing where it has one."""
    if session.get(Shop, 1) is None or (shop := get_shop(session)).uid:
        return
    shop.uid = make_uid()
    record(session, "shop_identified", by=SYSTEM, at=at, subject=shop, facts=[shop])

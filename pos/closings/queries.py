"""closings/queries.py — readings of closings, and a Z as its slip."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.slips.slip import Slip

from ..catalog.products import list_group_names
from ..kernel.formats import Translate
from ..kernel.tables import get_row
from ..shop.models import get_shop
from .models import PeriodClosing, SealKey, SignedClosing, ZReport
from .seal import is_signed_by, text_to_sign
from .z_slip import make_z_slip

MOST_SHOWN = 60


def find_z_of(session: Session, shift_number: int) -> ZReport | None:
    """The Z of a shift; None for one that is open, or closed before there were any."""
    return session.scalars(select(ZReport).where(ZReport.shift_number == shift_number)).first()


def get_z(session: Session, number: int) -> ZReport:
    return get_row(session, ZReport, number, "closing_not_found")


def get_period_closing(session: Session, number: int) -> PeriodClosing:
    return get_row(session, PeriodClosing, number, "closing_not_found")


def list_z_reports(session: Session, *, before: int | None = None) -> Sequence[ZReport]:
    """The newest first; `before` is a number to page on from."""
    query = select(ZReport).order_by(ZReport.number.desc()).limit(MOST_SHOWN)
    return session.scalars(query.where(ZReport.number < before) if before else query).all()


def list_all_closings(session: Session) -> Iterator[ZReport | PeriodClosing]:
    """Every Z, then every closing of a period, each in its numbers' order."""
    yield from session.scalars(select(ZReport).order_by(ZReport.number))
    yield from session.scalars(select(PeriodClosing).order_by(PeriodClosing.number))


def list_period_closings(session: Session) -> Sequence[PeriodClosing]:
    """The newest first, days, months and years together."""
    return session.scalars(
        select(PeriodClosing).order_by(PeriodClosing.number.desc()).limit(MOST_SHOWN)
    ).all()


def find_public_key(session: Session, closing: SignedClosing) -> str:
    """Of the key that signed it; "" for an unsigned one."""
    key = session.get(SealKey, closing.key_id) if closing.key_id else None
    return key.public_key if key is not None else ""


def is_seal_right(session: Session, closing: ZReport | PeriodClosing) -> bool:
    """Is it signed, by a key that the books know, as it stands?"""
    public_key = find_public_key(session, closing)
    return bool(
        public_key
        and closing.signature
        and is_signed_by(public_key, text_to_sign(closing), closing.signature)
    )


def render_z_slip(session: Session, report: ZReport, translate: Translate) -> Slip:
    """The Z as it is printed, in the language of `translate`."""
    return make_z_slip(
        get_shop(session), report, find_public_key(session, report), list_group_names(session), translate
    )

"""shop/models.py — who we are and what we allow (one row), and what we are before the tax office (by day)."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, Session, mapped_column

from ..kernel.errors import NotFound
from ..kernel.tables import Base, BigKey, Key, Vnd


class Shop(Base):
    """The only row has id 1. Working table, its history is in the journal.

    `uid`: a UUID that no other shop has; `code`: the letters before the numbers of its receipts and documents, empty in
    a shop that chose none. Classes admitted are words parted by spaces (`ocop`, `cnnttb`, …).

    The limits of what a cashier does alone are read by `limits.py`; None: the default there.
    `papers`: what a class needs beyond the law, as `class:kind` words (`ocop:test_report`). `price_code_prefix`: labels
    of the shop's scale that begin so carry a price, in steps of `price_code_step_vnd` (0: of one đồng); all others carry grams.
    """

    __tablename__ = "shop"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    uid: Mapped[str | None]
    code: Mapped[str | None]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    hotline: Mapped[str] = mapped_column(default="")
    returns_rule: Mapped[str] = mapped_column(default="")
    classes: Mapped[str] = mapped_column(default="ocop")
    min_stars: Mapped[int] = mapped_column(default=3)
    warning_days: Mapped[int] = mapped_column(default=30)
    sell_only_at_shelf_price: Mapped[bool] = mapped_column(default=True)
    refund_limit_vnd: Mapped[Vnd] = mapped_column(default=200_000)
    refund_shift_limit_vnd: Mapped[Vnd | None]
    refund_days: Mapped[int | None]
    refund_others: Mapped[bool | None]
    cash_move_limit_vnd: Mapped[Vnd | None]
    cash_rounding_vnd: Mapped[int] = mapped_column(default=1000)
    papers: Mapped[str] = mapped_column(default="")
    cashiers_receive: Mapped[bool] = mapped_column(default=False)
    alcohol_two_people: Mapped[bool] = mapped_column(default=False)
    price_code_prefix: Mapped[str] = mapped_column(default="")
    price_code_step_vnd: Mapped[int] = mapped_column(default=0)
    brand_colour: Mapped[str] = mapped_column(default="")
    logo_id: Mapped[int | None]
    is_set_up: Mapped[bool] = mapped_column(default=False)
    discount_limit_bp: Mapped[int | None]
    staff_discount_bp: Mapped[int | None]
    voucher_days: Mapped[int | None]
    transfer_limit_vnd: Mapped[Vnd | None]


class TaxRegistration(Base):
    """What the shop is before the tax office (`law/taxpayers.py: TaxStatus`) from a day on. Ledger: a change is another row."""

    __tablename__ = "tax_registration"
    __ledger__ = True

    id: Mapped[Key]
    starts: Mapped[date]
    status: Mapped[str]
    at: Mapped[datetime]


class OpeningTurnover(Base):
    """What the shop took in a year before its sales were in these books. Ledger: the newest row of a year holds."""

    __tablename__ = "opening_turnover"
    __ledger__ = True

    id: Mapped[Key]
    year: Mapped[int]
    amount_vnd: Mapped[Vnd]
    at: Mapped[datetime]


def get_shop(session: Session) -> Shop:
    """Raises NotFound (`no_shop`) before `init` has run."""
    shop: Shop | None = session.info.get("shop") or session.get(Shop, 1)
    if shop is None:
        raise NotFound.because("no_shop")
    session.info["shop"] = shop  # kept for the session's short life: a sale asks for it several times
    return shop

"""trace/models.py — how often a lot's page was opened."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base


class LotView(Base):
    """How often a lot's page was opened on a day: a number, nothing of who it was. Working table."""

    __tablename__ = "lot_view"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    times: Mapped[int]

"""admission/models.py — the dossier. Working tables; each version of a paper is kept whole in the journal."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..kernel.tables import Base, Key
from ..law.paper_terms import is_undated


class PaperKind(StrEnum):
    """Papers of a dossier (decision 148/QĐ-TTg, appendix II; law on food safety 55/2010/QH12). Those of the shop itself start with `shop_`."""

    RECOGNITION = "recognition"
    CNNTTB = "cnnttb"
    CNCL = "cncl"
    SPECIALITY = "speciality"
    SAFE_VEGETABLE = "safe_vegetable"
    FOOD_SAFETY = "food_safety"
    DECLARATION = "declaration"
    REGISTRATION = "registration"
    COSMETIC_NOTICE = "cosmetic_notice"
    QUARANTINE = "quarantine"
    ALCOHOL_LICENCE = "alcohol_licence"
    LABEL = "label"
    TRACE_STAMP = "trace_stamp"
    GTIN_REGISTRATION = "gtin_registration"
    TEST_REPORT = "test_report"
    TRADE_MARK = "trade_mark"
    SHOP_REGISTRATION = "shop_registration"
    SHOP_FOOD_SAFETY = "shop_food_safety"
    SHOP_ALCOHOL_LICENCE = "shop_alcohol_licence"
    SHOP_SCALE = "shop_scale"


NAMES_PRODUCTS = frozenset({  # a paper of these kinds is worth nothing for a product that it doesn't name
    PaperKind.RECOGNITION, PaperKind.CNNTTB, PaperKind.CNCL, PaperKind.SPECIALITY, PaperKind.DECLARATION,
    PaperKind.REGISTRATION, PaperKind.COSMETIC_NOTICE,
})  # fmt: skip


class Paper(Base):
    """A paper with its dates: good from `starts` to `ends`, both days included. No `ends`: no end stated.

    It covers what `covers` lists; with a producer and no list, all of that producer's goods (but for the
    kinds that must name products); with neither, the shop's own premises.
    """

    __tablename__ = "paper"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(index=True)
    number: Mapped[str]
    issuer: Mapped[str] = mapped_column(default="")
    issued: Mapped[date | None]
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    revoked_on: Mapped[date | None]
    revoked_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")

    covers: Mapped[list["PaperCover"]] = relationship(
        cascade="all, delete-orphan", order_by="PaperCover.product_id"
    )

    @property
    def is_undated(self) -> bool:
        """Is no day known to count the law's term from? It is good on no day, then."""
        return is_undated(self.kind, self.issued, self.starts, self.ends)

    def facts(self) -> dict[str, Any]:
        covers = sorted(self.covers, key=lambda c: c.product_id)
        return super().facts() | {"covers": [[c.product_id, c.stars, c.name_written] for c in covers]}


class PaperCover(Base):
    """A product that a paper names, with the stars it was given and the name as written there."""

    __tablename__ = "paper_cover"

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    stars: Mapped[int | None]
    name_written: Mapped[str] = mapped_column(default="")


class ToldStars(Base):
    """The stars that a list told of goods whose decision is not in the books. They prove nothing. Working table."""

    __tablename__ = "told_stars"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, autoincrement=False)
    stars: Mapped[int]


class ProposedPaper(Base):
    """A paper that a producer sent in. It stands for nothing until the manager has taken it over. Working table."""

    __tablename__ = "proposed_paper"

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    kind: Mapped[str]
    number: Mapped[str]
    issuer: Mapped[str] = mapped_column(default="")
    issued: Mapped[date | None]
    ends: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    at: Mapped[datetime]
    by_name: Mapped[str]
    decided_at: Mapped[datetime | None]
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    declined_because: Mapped[str] = mapped_column(default="")

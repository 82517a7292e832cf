"""catalog/models.py — products. Working tables; each change of a product is kept whole in the journal."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..kernel.quantity import Content, Unit
from ..kernel.tables import Base, Key, Milli


class GoodsClass(StrEnum):
    """The classes of the letter of 3/8/2020 (point 2, third dash)."""

    OCOP = "ocop"
    CNNTTB = "cnnttb"
    CNCL = "cncl"
    SPECIALITY = "speciality"
    SAFE_VEGETABLE = "safe_vegetable"


class GoodsKind(StrEnum):
    """Kinds of goods by the papers they need: the rows of the gate's matrix."""

    PACKAGED_FOOD = "packaged_food"
    FRESH_FOOD = "fresh_food"
    ALCOHOL = "alcohol"
    FUNCTIONAL_FOOD = "functional_food"
    COSMETIC = "cosmetic"
    CRAFT = "craft"
    LIVE_ANIMAL = "live_animal"
    SERVICE = "service"
    KIT = "kit"


class ProductGroup(Base):
    """A tab of the till and a group of the OCOP programme."""

    __tablename__ = "product_group"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]


class Product(Base):
    """A product as it stands on the shelf: one size of one maker's goods."""

    __tablename__ = "product"

    id: Mapped[Key]
    sku: Mapped[str] = mapped_column(unique=True)
    name_vi: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    pack: Mapped[str] = mapped_column(default="")
    search_key: Mapped[str] = mapped_column(index=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("product_group.code"), index=True)
    goods_class: Mapped[str] = mapped_column(default=GoodsClass.OCOP)
    kind: Mapped[str] = mapped_column(default=GoodsKind.PACKAGED_FOOD)
    unit: Mapped[str] = mapped_column(default=Unit.PIECE)
    net_content_milli: Mapped[Milli] = mapped_column(default=0)
    net_content_unit: Mapped[str] = mapped_column(default=Content.G)
    alcohol_permille: Mapped[int] = mapped_column(default=0)
    vat_category: Mapped[str] = mapped_column(default="standard")
    shelf_place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    storage: Mapped[str] = mapped_column(default="")
    ingredients: Mapped[str] = mapped_column(default="")
    allergens: Mapped[str] = mapped_column(default="")
    story_vi: Mapped[str] = mapped_column(default="")
    story_en: Mapped[str] = mapped_column(default="")
    label_entries: Mapped[str] = mapped_column(default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    on_tiles: Mapped[bool] = mapped_column(default=False)
    banned: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)

    barcodes: Mapped[list["Barcode"]] = relationship(
        back_populates="product", cascade="all, delete-orphan", order_by="Barcode.gtin"
    )

    recipe: Mapped[list["KitPart"]] = relationship(
        cascade="all, delete-orphan", order_by="KitPart.part_id", foreign_keys="KitPart.kit_id"
    )

    @property
    def name(self) -> str:
        """The name with its pack: 'Chè lam gừng 250 g'."""
        return format_product_name(self.name_vi, self.pack)

    def facts(self) -> dict[str, Any]:
        codes = [[b.gtin, b.pack_milli] for b in sorted(self.barcodes, key=lambda b: b.gtin)]
        recipe = sorted(self.recipe, key=lambda p: p.part_id) if self.kind == GoodsKind.KIT else []
        parts = [[p.part_id, p.quantity_milli] for p in recipe]
        return super().facts() | {"barcodes": codes, "recipe": parts}


def format_product_name(name_vi: str, pack: str) -> str:
    return f"{name_vi} {pack}".strip()


class Barcode(Base):
    """A code on a pack, as 14 digits, and how much of the product that pack is."""

    __tablename__ = "barcode"

    gtin: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    pack_milli: Mapped[Milli] = mapped_column(default=1000)

    product: Mapped[Product] = relationship(back_populates="barcodes")


class KitPart(Base):
    """A component of a gift set, and how much of it one set holds."""

    __tablename__ = "kit_part"

    kit_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, autoincrement=False)
    part_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, autoincrement=False)
    quantity_milli: Mapped[Milli]

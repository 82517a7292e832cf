"""catalog/products.py — keeping products, and finding them by code or by name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from hardware.symbology import ScannedCode, parse_gtin, parse_in_store_code

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.database import open_reading
from ..kernel.errors import NotFound, Refused
from ..kernel.own_codes import is_own_code
from ..kernel.quantity import Unit
from ..kernel.tables import contains_words, get_row
from ..kernel.text import fold_text, normalize_text
from ..shop.models import get_shop
from .models import Barcode, GoodsKind, KitPart, Product, ProductGroup

LONGEST_OWN_CODE = 48  # what a Code 128 of a label still holds

GROUPS = (  # the six groups of decision 148/QĐ-TTg, appendix I, and the shop's gift sets
    ("food", "Thực phẩm", "Food"),
    ("drinks", "Đồ uống", "Drinks"),
    ("herbal", "Dược liệu", "Herbal"),
    ("crafts", "Thủ công", "Crafts"),
    ("ornamental", "Sinh vật cảnh", "Ornamental"),
    ("tourism", "Du lịch", "Tourism"),
    ("sets", "Set quà", "Gift sets"),
)


@dataclass(frozen=True, slots=True)
class TypedCode:
    """A barcode as typed, and how much of the product its pack is."""

    digits: str
    pack_milli: int = 1000


def list_codes(product: Product) -> list[TypedCode]:
    """The barcodes that a product has, for keeping it with the same ones."""
    return [TypedCode(code.gtin, code.pack_milli) for code in product.barcodes]


def get_product(session: Session, product_id: int) -> Product:
    return get_row(session, Product, product_id, "product_not_found")


def load_products(session: Session, product_ids: Collection[int]) -> dict[int, Product]:
    """These products by their ids, in one query. Raises NotFound (`product_not_found`) where one is missing."""
    found = {
        product.id: product for product in session.scalars(select(Product).where(Product.id.in_(product_ids)))
    }
    if not found.keys() >= set(product_ids):
        raise NotFound.because("product_not_found")
    return found


def list_groups(session: Session) -> Sequence[ProductGroup]:
    return session.scalars(select(ProductGroup).order_by(ProductGroup.position)).all()


def list_group_names(session: Session, *, english: bool = False) -> dict[str, str]:
    """By code, in the order of the till's tabs; in Vietnamese where there is no English name."""
    return {
        group.code: (group.name_en if english else group.name_vi) or group.name_vi
        for group in list_groups(session)
    }


def save_product(
    session: Session,
    product: Product,
    codes: Sequence[TypedCode],
    *,
    recipe: Mapping[int, int] | None = None,
    by: Actor,
    at: datetime,
) -> Product:
    """Keep a new or changed product with its barcodes, and its whole state in the journal.

    `recipe`: a gift set's components, thousandths of each by product; None leaves it as it is.
    Raises Refused with `name_missing`, `product_twice`, `sku_taken`, `sku_is_ours`, `gtin_check_digit`, `gtin_taken`,
    `set_in_set`, `set_empty`.
    """
    product.name_vi, product.pack = normalize_text(product.name_vi or ""), normalize_text(product.pack or "")
    if not product.name_vi:
        raise Refused.because("name_missing")
    product.search_key = fold_text(
        f"{product.name_vi} {product.pack} {product.name_en or ''} {product.sku or ''}"
    )
    is_new = product.id is None
    with session.no_autoflush:
        _refuse_twin(session, product)
        if is_new:
            product.sku = product.sku or _next_sku(session)
        _check_own_code(session, product)
        wanted = _check_codes(session, product, codes)
        parts = _check_recipe(session, product, recipe)
    if is_new:
        session.add(product)
        session.flush()
    product.search_key = fold_text(f"{product.name_vi} {product.pack} {product.name_en or ''} {product.sku}")
    _set_codes(product, wanted)
    _set_recipe(product, parts)
    session.flush()
    record(
        session,
        "product_added" if is_new else "product_changed",
        by=by,
        at=at,
        subject=product,
        facts=[product],
    )
    return product


def _refuse_twin(session: Session, product: Product) -> None:
    """Two products of one producer may not share name and pack; an accent makes a difference here."""
    twin = session.scalars(
        select(Product).where(
            Product.producer_id == product.producer_id,
            Product.name_vi == product.name_vi,
            Product.pack == product.pack,
            ~Product.archived,
        )
    ).first()
    if twin is not None and twin is not product:
        raise Refused.because("product_twice", name=twin.name)


def _check_own_code(session: Session, product: Product) -> None:
    """A new number is no other product's in another case, and none that the shop gives its tags and receipts."""
    sku = product.sku
    if product.id and session.scalar(select(Product.sku).where(Product.id == product.id)) == sku:
        return
    if is_own_code(sku):
        raise Refused.because("sku_is_ours", sku=sku)
    twins = select(Product).where(func.upper(Product.sku) == sku.upper(), Product.id != (product.id or 0))
    if (twin := session.scalars(twins).first()) is not None:
        raise Refused.because("sku_taken", sku=sku, name=twin.name)


def _next_sku(session: Session) -> str:
    newest = session.scalars(select(Product.id).order_by(Product.id.desc()).limit(1)).first() or 0
    taken = set(session.scalars(select(Product.sku).where(Product.sku.like("SP%"))))
    return next(sku for n in count(newest + 1) if (sku := f"SP{n:05}") not in taken)


def _check_codes(session: Session, product: Product, codes: Sequence[TypedCode]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for code in codes:
        gtin = parse_gtin(code.digits)
        if gtin is None:
            raise Refused.because("gtin_check_digit", digits=code.digits)
        wanted[gtin] = code.pack_milli
    if wanted:
        taken = session.execute(
            select(Barcode.gtin, Product.name_vi)
            .join(Product, Product.id == Barcode.product_id)
            .where(Barcode.gtin.in_(wanted), Barcode.product_id != (product.id or 0))
        ).first()
        if taken is not None:
            raise Refused.because("gtin_taken", digits=taken.gtin, name=taken.name_vi)
    return wanted


def _set_codes(product: Product, wanted: dict[str, int]) -> None:
    codes_by_gtin = {barcode.gtin: barcode for barcode in product.barcodes if barcode.gtin in wanted}
    for gtin, pack_milli in wanted.items():
        if gtin in codes_by_gtin:
            codes_by_gtin[gtin].pack_milli = pack_milli
        else:
            codes_by_gtin[gtin] = Barcode(gtin=gtin, pack_milli=pack_milli)
    product.barcodes = [codes_by_gtin[gtin] for gtin in sorted(codes_by_gtin)]


def _check_recipe(session: Session, product: Product, recipe: Mapping[int, int] | None) -> Mapping[int, int]:
    """A set holds goods, never another set. What is no set has no recipe."""
    if product.kind != GoodsKind.KIT:
        return {}
    if recipe is None:
        recipe = {part.part_id: part.quantity_milli for part in product.recipe}
    if not recipe:
        raise Refused.because("set_empty")
    for part_id, quantity_milli in recipe.items():
        part = get_product(session, part_id)
        if part.kind in {GoodsKind.KIT, GoodsKind.SERVICE} or part is product:
            raise Refused.because("set_in_set", name=part.name)
        if not Unit(part.unit).allows(quantity_milli):
            raise Refused.because("quantity_odd", product=part.name)
    return recipe


def _set_recipe(product: Product, wanted: Mapping[int, int]) -> None:
    parts_by_product = {part.part_id: part for part in product.recipe}
    product.recipe = [
        parts_by_product.get(id_) or KitPart(part_id=id_, quantity_milli=0) for id_ in sorted(wanted)
    ]
    for part in product.recipe:
        part.quantity_milli = wanted[part.part_id]


@dataclass(frozen=True, slots=True)
class PackContent:
    """Goods as a code names them. `quantity_milli` is what the pack holds; None: a weight is still to be told.

    `label_vnd`: what its label asks for the whole pack, where the code has that and no weight.
    """

    product: Product
    quantity_milli: int | None
    label_vnd: int | None = None


def find_packs_by_code(session: Session, scan: ScannedCode) -> list[PackContent]:
    """The packs that carry a scan's code; more than one is for the cashier to tell apart.

    A code of the shop's own scale is that of weighed goods when its item is registered: the same code with
    00000 for the weight. A code registered as it stands comes before that. Of the prefix that the policy names
    the digits are a price, in its steps: five of them end at 99,999 đ.
    """
    if scan.gtin is None:
        return []
    if found := _by_gtin(session, scan.gtin):
        return [
            PackContent(
                code.product, code.pack_milli if code.product.unit == Unit.PIECE else scan.weight_milli
            )
            for code in found
        ]
    item, digits = parse_in_store_code(scan.gtin) or ("", 0)
    weighed = [code.product for code in _by_gtin(session, item) if code.product.unit == Unit.KG]
    if not weighed:
        return []
    shop = get_shop(session)
    if item[1:3] == shop.price_code_prefix:
        return [PackContent(product, None, digits * max(1, shop.price_code_step_vnd)) for product in weighed]
    return [PackContent(product, digits) for product in weighed]


def find_by_own_code(session: Session, text: str) -> Product | None:
    """The product whose own number this is, whatever its case; None where none has it, or two do and neither as written."""
    found = list_by_own_code(session, text)
    return found[0] if len(found) == 1 else None


def list_by_own_code(session: Session, text: str) -> Sequence[Product]:
    """The product whose own number this is (the shop's or its producer's, any text), as written or in any case.

    Of two whose numbers differ in their case alone, the one as written; both, where neither is.
    """
    code = text.strip()
    if not code or len(code) > LONGEST_OWN_CODE:
        return []
    in_use = select(Product).where(~Product.archived)
    as_written = session.scalars(in_use.where(Product.sku == code)).all()
    # Figures alone have no case: most scans end here, by the index.
    if as_written or code.upper() == code.lower():
        return as_written
    return session.scalars(in_use.where(func.upper(Product.sku) == code.upper()).order_by(Product.id)).all()


def _by_gtin(session: Session, gtin: str) -> Sequence[Barcode]:
    return session.scalars(
        select(Barcode)
        .join(Product)
        .where(Barcode.gtin == gtin, ~Product.archived)
        .options(selectinload(Barcode.product))
    ).all()


def is_known_code(text: str) -> bool:
    """Do the books have this very barcode? Asked for each code in a camera's frame, by itself."""
    gtin = parse_gtin(text)
    if gtin is None:
        return False
    with open_reading() as session:
        return session.scalars(select(Barcode.gtin).where(Barcode.gtin == gtin).limit(1)).first() is not None


def list_products(session: Session, producer_id: int) -> Sequence[Product]:
    """A producer's products that are not archived, by name."""
    query = select(Product).where(Product.producer_id == producer_id, ~Product.archived)
    return session.scalars(query.order_by(Product.search_key)).all()


def search_products(
    session: Session,
    words: str,
    *,
    producer_id: int | None = None,
    limit: int = 24,
    archived: bool = False,
) -> Sequence[Product]:
    """Products whose name, pack or number holds every word typed, accents or none; best first.

    Of one producer, where it is named: then no word means all that they make.
    """
    key = fold_text(words)
    if not key and producer_id is None:
        return []
    query = select(Product).where(*contains_words(Product.search_key, words))
    if producer_id is not None:
        query = query.where(Product.producer_id == producer_id)
    if not archived:
        query = query.where(~Product.archived)
    starts_first = Product.search_key.startswith(key, autoescape=True).desc()
    return session.scalars(query.order_by(starts_first, Product.search_key).limit(limit)).all()

"""demo/morning.py — what waits for the manager this morning, and what else can be scanned than good packs."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.symbology import check_digit

from ..catalog.models import Product
from ..catalog.products import TypedCode, list_codes, save_product
from ..kernel.actor import SYSTEM
from ..kernel.own_codes import format_receipt_code
from ..kernel.quantity import ONE
from ..producers.models import Producer
from ..sales.models import Sale
from ..stock.models import Hold, Lot
from ..storeroom.announce import announce_delivery
from ..storeroom.models import AnnouncedLine
from .codes import at_clock
from .trade import StockedProduct

SCALE_ITEM = 42  # the number under which the shop's scale knows the tomatoes


def leave_work(
    session: Session, makers: Sequence[Producer], products: Sequence[StockedProduct], today: date
) -> None:
    """A producer has announced what comes this morning."""
    maker = makers[3]
    own = [item.product for item in products if item.product.producer_id == maker.id][:2]
    lines = [AnnouncedLine(product_id=product.id, lot_number=f"L{today:%y%m%d}", made_on=today, expires_on=today + timedelta(days=20), quantity_milli=20 * ONE)
             for product in own]  # fmt: skip
    announce_delivery(
        session,
        maker,
        lines,
        delivery_note=f"BG-{today:%d%m}",
        comes_on=today,
        by=SYSTEM,
        at=at_clock(today, 7, 25),
    )
    tomatoes = session.scalars(select(Product).where(Product.name_vi == "Cà chua")).one()
    codes = [*list_codes(tomatoes), TypedCode(f"0{_scale_label(0)}")]
    save_product(session, tomatoes, codes, by=SYSTEM, at=at_clock(today, 7, 25))


def _scale_label(grams: int) -> str:
    body = f"21{SCALE_ITEM:05}{grams:05}"
    return body + check_digit(body)


def list_other_scans(
    session: Session, products: Sequence[StockedProduct], today: date
) -> list[tuple[str, str, bool]]:
    """Name, code, admissible: a pack past its date, one of a recalled lot, a label of the shop's scale, a receipt."""
    coded = next(item.product for item in products if item.product.barcodes)
    past = today - timedelta(days=1)
    found = [
        (f"{coded.name_vi} · HSD {past:%d/%m}", f"01{_format_gtin14(coded)}17{past:%y%m%d}", False),
        ("Cà chua · 0,65 kg", _scale_label(650), True),
    ]
    recalled = session.execute(
        select(Lot, Product).join(Hold, Hold.lot_id == Lot.id).join(Product, Product.id == Lot.product_id)
        .where(Product.barcodes.any(), Hold.kind == "recall").order_by(Hold.id.desc())
    ).first()  # fmt: skip
    if recalled is not None:
        lot, product = recalled
        ends = f"17{lot.expires_on:%y%m%d}" if lot.expires_on else ""
        found.append(
            (f"{product.name_vi} · {lot.number}", f"01{_format_gtin14(product)}{ends}10{lot.number}", False)
        )
    number = session.scalar(
        select(Sale.number).where(Sale.refunds.is_(None)).order_by(Sale.number.desc()).limit(1)
    )
    if number is not None:
        found.append((format_receipt_code(number), format_receipt_code(number), True))
    return found


def _format_gtin14(product: Product) -> str:
    return product.barcodes[0].gtin.zfill(14)

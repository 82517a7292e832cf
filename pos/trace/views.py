"""trace/views.py — the buyer's pages: one receipt, one lot. Without sign-in, cookie or script, in two languages."""

from flask import Blueprint, Flask, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from sqlalchemy.orm import Session
from werkzeug.routing import PathConverter

from hardware.symbology import parse_gtin

from ..catalog.products import get_product
from ..files.store import get_file
from ..files.views import send_drawn_picture
from ..kernel.database import open_reading
from ..kernel.errors import NotFound
from ..producers.terms import get_producer
from ..sales.queries import (
    find_by_code,
    find_sale_fingerprint,
    list_receipt_lines,
    list_refunds,
    list_returned_lines,
)
from ..scanning.resolve import find_tag_by_trace_code
from ..settlement.queries import sum_kinds
from ..settlement.statements import find_statement_by_code, list_statement_rows
from ..shop.models import get_shop
from ..stock.models import Lot
from ..web.context import current_day, current_time
from ..web.rights import open_to_strangers
from ..web.settlement_terms import ROW_KINDS
from .lot import find_lot_by_code, find_lot_by_gtin, find_lot_of_tag, get_traced_lot
from .scans import ScanCounter

PICTURE_SIDE = 640


class LotNumber(PathConverter):
    """Whatever a label may say, a slash at its beginning too."""

    regex = ".+?"
    part_isolating = False


blueprint = Blueprint("trace", __name__)
blueprint.record_once(lambda blueprint: blueprint.app.url_map.converters.update(lot_number=LotNumber))


@blueprint.get("/r/<code>", defaults={"language": "vi"})
@blueprint.get("/r/<code>/<any(en):language>")
@open_to_strangers
def receipt(code: str, language: str) -> ResponseReturnValue:
    """Goods, lots and makers of one receipt; its code has 96 random bits, so it can't be guessed."""
    with open_reading() as session:
        sale = find_by_code(session, code)
        if sale is None:
            raise NotFound.because("sale_not_found")
        lines = list_receipt_lines(session, sale.number)
        with force_locale(language):
            return render_template(
                "trace/receipt.html", sale=sale, lines=lines, shop=get_shop(session), on=current_day(),
                fingerprint=find_sale_fingerprint(session, sale), returned=list_returned_lines(session, sale), refunds=list_refunds(session, sale),
                languages=_languages("trace.receipt", language, code=sale.receipt_code),
            )  # fmt: skip


@blueprint.get("/bk/<code>", defaults={"language": "vi"})
@blueprint.get("/bk/<code>/<any(en):language>")
@open_to_strangers
def statement(code: str, language: str) -> ResponseReturnValue:
    """What the books say of a producer's statement, to compare a paper with; who has the paper has its code (72 random bits)."""
    with open_reading() as session:
        found = find_statement_by_code(session, code)
        if found is None:
            raise NotFound.because("statement_not_found")
        with force_locale(language):
            return render_template(
                "trace/statement.html", statement=found, sums=sum_kinds(list_statement_rows(session, found.number)), ROW_KINDS=ROW_KINDS, producer=get_producer(session, found.producer_id), shop=get_shop(session),
                languages=_languages("trace.statement", language, code=code),
            )  # fmt: skip


@blueprint.get("/t/<code>", defaults={"language": "vi"})
@blueprint.get("/t/<code>/<any(en):language>")
@open_to_strangers
def lot(code: str, language: str) -> ResponseReturnValue:
    """A lot by its own random code: what tags and receipts of goods without a GTIN lead to."""
    with open_reading() as session:
        return _lot_page(session, find_lot_by_code(session, code), language)


@blueprint.get("/g/<code>")
@open_to_strangers
def goods_of_tag(code: str) -> ResponseReturnValue:
    """What a price tag's code leads to: the lot of its goods that a buyer takes next, or the last there was."""
    with open_reading() as session:
        tag = find_tag_by_trace_code(session, code)
        return _lot_page(session, find_lot_of_tag(session, tag) if tag else None, "vi")


@blueprint.get("/01/<gtin>/10/<lot_number:number>")
@open_to_strangers
def lot_by_gtin(gtin: str, number: str) -> ResponseReturnValue:
    """A lot by GTIN and lot number, as a GS1 Digital Link says them (GS1 Digital Link Standard: URI Syntax, 1.4)."""
    with open_reading() as session:
        wanted = parse_gtin(gtin)
        return _lot_page(session, find_lot_by_gtin(session, wanted, number) if wanted else None, "vi")


def _lot_page(session: Session, found: Lot | None, language: str) -> ResponseReturnValue:
    traced_lot = get_traced_lot(session, found, current_day())
    scans: ScanCounter = current_app.extensions.setdefault("ocop_scans", ScanCounter())
    scans.count(traced_lot.lot.id, current_day(), current_time())
    with force_locale(language):
        return render_template(
            "trace/lot.html", traced=traced_lot, shop=get_shop(session), on=current_day(), english=language == "en",
            languages=_languages("trace.lot", language, code=traced_lot.lot.trace_code),
        )  # fmt: skip


def _languages(endpoint: str, language: str, code: str) -> list[tuple[str, str, bool]]:
    """Name, address and whether it is this one, of each language of a page."""
    return [
        ("Tiếng Việt", url_for(endpoint, language="vi", code=code), language == "vi"),
        ("English", url_for(endpoint, language="en", code=code), language == "en"),
    ]


@blueprint.get("/t/<code>/picture.jpg")
@open_to_strangers
def picture(code: str) -> ResponseReturnValue:
    """The product's picture, small: only by a lot's code, so that the shop's papers can't be walked through."""
    with open_reading() as session:
        found = find_lot_by_code(session, code)
        if found is None:
            raise NotFound.because("lot_not_found")
        picture_id = get_product(session, found.product_id).picture_id
        if picture_id is None:
            raise NotFound.because("file_not_found")
        stored = get_file(session, picture_id)
    return send_drawn_picture(stored, PICTURE_SIDE, "public, max-age=3600")


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    app.register_blueprint(blueprint)

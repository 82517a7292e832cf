"""trace/views.py — the page behind a receipt's QR: that receipt alone, without sign-in, cookie or script."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..kernel.database import reading
from ..kernel.errors import NotFound
from ..sales.queries import find_by_code, receipt_lines
from ..shop.models import get_shop
from ..web.now import today
from ..web.rights import public

pages = Blueprint("trace", __name__)


@pages.get("/r/<code>")
@public
def receipt(code: str) -> ResponseReturnValue:
    """Goods, lots and makers of one receipt; its code has 96 random bits, so it can't be guessed."""
    with reading() as session:
        sale = find_by_code(session, code)
        if sale is None:
            raise NotFound.because("sale_not_found")
        return render_template(
            "trace/receipt.html",
            sale=sale,
            lines=receipt_lines(session, sale.number),
            shop=get_shop(session),
            on=today(),
        )

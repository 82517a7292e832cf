"""admission/product_list_views.py — the list of products. Its address and its name are the catalogue's; prices, stock and papers are known here."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ..catalog.products import list_groups
from ..catalog.views import blueprint
from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..producers.names import list_producer_choices
from ..web.context import current_day
from ..web.numbers import parse_row_id, requested_page
from ..web.rights import requires_role
from .dossier import PaperState
from .product_list import SORTS, ProductFilter, list_shop_products

PAGE = 100
ASKED = ("q", "group", "producer", "paper", "stock", "sort", "desc")


@blueprint.get("/products")
@requires_role(Role.MANAGER, Role.VIEWER)
def list_products() -> ResponseReturnValue:
    asked = {key: request.args.get(key, "") for key in ASKED}
    page = requested_page()
    wanted = ProductFilter(
        words=asked["q"], group_code=asked["group"], producer_id=request.args.get("producer", type=parse_row_id),
        paper=asked["paper"] if asked["paper"] in set(PaperState) else "", stock=asked["stock"],
        sort=asked["sort"] if asked["sort"] in SORTS else "name", is_descending=bool(asked["desc"]),
    )  # fmt: skip
    with open_reading() as session:
        rows = list_shop_products(session, wanted, current_day(), offset=(page - 1) * PAGE, limit=PAGE + 1)
        return render_template(
            "catalog/list.html", rows=rows[:PAGE], more=len(rows) > PAGE, page=page, asked=asked, sort=wanted.sort,
            groups=list_groups(session), producers=list_producer_choices(session),
        )  # fmt: skip

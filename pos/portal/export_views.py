"""portal/export_views.py — own sales and the own account as workbooks."""

from datetime import timedelta

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..documents.workbook import render_workbook
from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..settlement.export import list_account_cells, list_account_heads
from ..settlement.owed import read_account
from ..web.context import current_day
from ..web.download import send_download
from ..web.rights import requires_role
from .own_goods import blueprint, own_producer_id
from .own_sales import list_own_lines

MOST_SALES = 20_000
LOOKED_BACK = timedelta(days=366)


@blueprint.get("/sales.xlsx")
@requires_role(Role.PRODUCER)
def send_sales() -> ResponseReturnValue:
    """Every own line of the last year, the newest first."""
    with open_reading() as session:
        lines = list_own_lines(
            session, own_producer_id(), sales=MOST_SALES, since=current_day() - LOOKED_BACK
        )
    heads = [_("When"), _("Goods"), _("Gift set"), _("Lot"), _("Quantity"), _("Price"), _("Amount"), _("The buyer paid"), _("Receipt")]  # fmt: skip
    rows = (
        [line.at, line.name, line.set_name, line.lot_number, line.quantity_milli / 1000, line.price_vnd, line.amount_vnd, line.paid_vnd, f"{line.sale_number:06}"]
        for line in lines
    )  # fmt: skip
    return send_download(render_workbook([(_("Sales"), heads, rows)]), f"ban-hang-{current_day()}.xlsx")


@blueprint.get("/account.xlsx")
@requires_role(Role.PRODUCER)
def send_account() -> ResponseReturnValue:
    """The account since the last statement, row by row."""
    with open_reading() as session:
        account = read_account(session, own_producer_id())
    listed = list_account_cells(account.rows, account.opening_vnd, account.closing_vnd, _)
    book = render_workbook([(_("Since the last statement"), list_account_heads(_), listed)])
    return send_download(book, f"tai-khoan-{current_day()}.xlsx")

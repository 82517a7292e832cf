"""portal/export_views.py — own sales and the own account as workbooks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..documents.workbook import render_workbook
from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..settlement.owed import Account, read_account
from ..web.context import current_day
from ..web.deal_terms import BEARERS
from ..web.download import send_download
from ..web.rights import requires_role
from ..web.settlement_terms import ROW_KINDS
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
    return send_download(render_workbook([(_("Sales"), heads, rows)]), f"sales-{current_day()}.xlsx")


@blueprint.get("/account.xlsx")
@requires_role(Role.PRODUCER)
def send_account() -> ResponseReturnValue:
    """The account since the last statement, row by row."""
    with open_reading() as session:
        account = read_account(session, own_producer_id())
    heads = [
        _("Day"), _("Goods"), _("What it was"), _("Borne by"), _("Quantity"), _("Price"), _("Discounts of the producer"), _("Commission"),
        _("Fee"), _("Owed"), _("Row of the books"), _("Takes back"),
    ]  # fmt: skip
    book = render_workbook([(_("Since the last statement"), heads, _list_account_rows(account))])
    return send_download(book, f"account-{current_day()}.xlsx")


def _list_account_rows(account: Account) -> Iterator[list[Any]]:
    """The balance by the last statement first, the balance now last."""
    yield [account.since.ends if account.since else None, _("Balance before"), *[""] * 7, account.opening_vnd]
    for row in account.rows:
        worth = row.worth
        yield [
            row.day, row.name, str(ROW_KINDS[row.kind]), str(BEARERS[row.borne_by]) if row.borne_by else "", row.quantity_milli / 1000,
            worth.gross_vnd, worth.borne_vnd, worth.commission_vnd, row.fee_vnd, row.owed_vnd, row.source, row.back_to or "",
        ]  # fmt: skip
    yield [None, _("Balance now"), *[""] * 7, account.closing_vnd]

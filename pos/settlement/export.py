"""settlement/export.py — a statement as a paper and as a workbook: for the manager, and for its own producer."""

from typing import Any

from sqlalchemy.orm import Session

from ..documents.workbook import render_workbook
from ..kernel.formats import Translate, format_percent
from ..producers.terms import get_producer
from ..shop.models import get_shop
from ..web.deal_terms import BEARERS
from ..web.settlement_terms import ROW_KINDS
from ..web.terms import VAT
from .models import Statement, StatementRow
from .statement_pdf import render_statement
from .statements import list_statement_rows
from .vat_lists import list_goods_sold


def export_statement_pdf(
    session: Session, statement: Statement, base_url: str, translate: Translate, *, english: bool = False
) -> bytes:
    """`base_url`: the shop's public address, "" for none: then no code leads to the books."""
    address = f"{base_url.rstrip('/')}/bk/{statement.check_code}" if base_url else ""
    producer = get_producer(session, statement.producer_id)
    rows = list_statement_rows(session, statement.number)
    return render_statement(get_shop(session), producer, statement, rows, address, translate, english=english)


def export_statement_workbook(session: Session, statement: Statement, translate: Translate) -> bytes:
    """Every row with its sums as numbers; the list of goods sold, a sheet for all rates."""
    _ = translate
    rows = list_statement_rows(session, statement.number)
    heads = [
        _("No."), _("Day"), _("Goods"), _("What it was"), _("Borne by"), _("Quantity"), _("Price"), _("Discounts of the producer"),
        _("Commission"), _("Fee"), _("Owed"), _("Row of the books"), _("Takes back"),
    ]  # fmt: skip
    goods = [
        [
            str(VAT[each.category]),
            format_percent(each.rate_bp),
            line.name,
            line.quantity_milli / 1000,
            line.amount_vnd,
        ]
        for each in list_goods_sold(rows)
        for line in each.lines
    ]
    goods_heads = [_("Rate"), _("VAT rate in per cent"), _("Goods"), _("Quantity"), _("Amount")]
    return render_workbook(
        [(_("Row by row"), heads, map(_list_cells, rows)), (_("Goods sold"), goods_heads, goods)]
    )


def _list_cells(row: StatementRow) -> list[Any]:
    return [
        row.n, row.day, row.name, str(ROW_KINDS[row.kind]), str(BEARERS[row.borne_by]) if row.borne_by else "", row.quantity_milli / 1000,
        row.gross_vnd, row.borne_vnd, row.commission_vnd, row.fee_vnd, row.owed_vnd, row.source, row.back_to or "",
    ]  # fmt: skip

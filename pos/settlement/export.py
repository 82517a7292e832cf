"""settlement/export.py — a statement as a paper and as a workbook: for the manager, and for its own producer."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..documents.workbook import render_workbook
from ..kernel.formats import Translate, format_day, format_percent
from ..producers.models import ProducerTerms
from ..producers.terms import get_producer, list_bands_of
from ..producers.terms_in_words import describe_terms, name_deal
from ..shop.models import get_shop
from ..web.deal_terms import BEARERS
from ..web.settlement_terms import ROW_KINDS
from ..web.terms import VAT
from .models import Statement, StatementRow
from .payout_accounts import list_payout_accounts
from .receipts import find_receipt_number
from .rows import OwedRow
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
    account = list_payout_accounts(session).get(producer.id)
    return render_statement(
        get_shop(session), producer, statement, rows, address, translate, english=english,
        agreed=list_agreed(session, rows, translate), account=account.masked if account else "",
    )  # fmt: skip


def list_agreed(
    session: Session, rows: Sequence[StatementRow], translate: Translate
) -> list[tuple[str, str]]:
    """The terms that these rows are reckoned by: from when on they hold, and what they say."""
    _ = translate
    ids = {row.terms_id for row in rows if row.terms_id}
    found = session.scalars(
        select(ProducerTerms)
        .where(ProducerTerms.id.in_(ids))
        .order_by(ProducerTerms.starts, ProducerTerms.id)
    ).all()
    bands = list_bands_of(session, ids)
    agreed = []
    for terms in found:
        words = describe_terms(terms, bands[terms.id], translate)
        says = [name_deal(terms, bands[terms.id], translate), *(": ".join(fact) for fact in words.facts)]
        says += [_("Steps count a month's sales of goods under the same terms.")] if words.steps else []
        agreed.append((_("from %(day)s on") % {"day": format_day(terms.starts)}, "\n".join(says)))
    return agreed


def export_statement_workbook(session: Session, statement: Statement, translate: Translate) -> bytes:
    """Every row with its sums as numbers between the balances, as they stand on the screen; the list of goods sold, a sheet for all rates."""
    _ = translate
    rows = list_statement_rows(session, statement.number)
    goods = [
        [str(VAT[each.category]), format_percent(each.rate_bp), line.name, line.quantity_milli / 1000, line.amount_vnd]
        for each in list_goods_sold(rows)
        for line in each.lines
    ]  # fmt: skip
    goods_heads = [_("Rate"), _("VAT rate in per cent"), _("Goods"), _("Quantity"), _("Amount")]
    listed = list_account_cells(rows, statement.opening_vnd, statement.closing_vnd, translate)
    return render_workbook(
        [(_("Row by row"), list_account_heads(translate), listed), (_("Goods sold"), goods_heads, goods)]
    )


def list_account_heads(translate: Translate) -> list[str]:
    """Of rows of an account or a statement in a workbook."""
    _ = translate
    return [
        _("No."), _("Day"), _("Goods"), _("What it was"), _("Receipt"), _("Borne by"), _("Quantity"), _("Price"),
        _("Discounts of the producer"), _("Commission"), _("Fee"), _("Owed"),
    ]  # fmt: skip


def list_account_cells(
    rows: Sequence[StatementRow | OwedRow], opening_vnd: int, closing_vnd: int, translate: Translate
) -> Iterator[list[Any]]:
    """The balance before, every row, what they come to, the balance after; what is taken off stands below 0, as on the screen."""
    _ = translate
    yield [None, None, _("Balance before"), *[None] * 8, opening_vnd]
    sums = [0] * 5
    for n, row in enumerate(rows, 1):
        worth = row.worth if isinstance(row, OwedRow) else row
        amounts = [worth.gross_vnd, -worth.borne_vnd, -worth.commission_vnd, -row.fee_vnd, row.owed_vnd]
        sums = [before + each for before, each in zip(sums, amounts, strict=True)]
        yield [
            n, row.day, row.name, str(ROW_KINDS[row.kind]), find_receipt_number(row),
            str(BEARERS[row.borne_by]) if row.borne_by else "", row.quantity_milli / 1000 if row.unit else None, *amounts,
        ]  # fmt: skip
    yield [None, None, _("Together"), *[None] * 4, *sums]
    yield [None, None, _("Balance after"), *[None] * 8, closing_vnd]

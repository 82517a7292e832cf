"""settlement/statement_pdf.py — a statement as an A4 paper to be signed: sums, the list of goods sold a VAT rate, every row."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer

from ..documents.long_list import LongList
from ..documents.pdf import make_heading, make_paragraph, make_table, render_document
from ..documents.qr import QrPicture
from ..kernel.amount_words import spell_vnd
from ..kernel.formats import (
    Translate,
    format_day,
    format_moment,
    format_percent,
    format_quantity,
    format_thousandths,
    format_vnd,
)
from ..kernel.own_codes import format_document_number
from ..kernel.quantity import ONE, Unit
from ..producers.models import Producer
from ..shop.models import Shop
from ..web.settlement_terms import ROW_KINDS
from ..web.terms import VAT
from .models import Statement, StatementRow
from .queries import sum_kinds
from .receipts import find_receipt_number
from .vat_lists import VatList, list_goods_sold

QR_SIDE = 30 * mm
ROW_SHARES = (9, 31, 16, 8, 10, 11, 10)
FIGURES = frozenset({3, 4, 5, 6})
MOST_IN_A_TABLE = 100  # goods: more are a long list, for a table of paragraphs is slow


def render_statement(
    shop: Shop,
    producer: Producer,
    statement: Statement,
    rows: Sequence[StatementRow],
    check_address: str,
    translate: Translate,
    *,
    agreed: Sequence[tuple[str, str]] = (),
    account: str = "",
    english: bool = False,
) -> bytes:
    """`agreed`: the terms by which it is reckoned, from when on, and in words. `account`: where the money goes, masked. `check_address`: what the QR code leads to, "" where the shop has no public address. In English without the sum in words."""
    _ = translate
    number = format_document_number(statement.number, shop.code)
    title = _("Statement %(number)s") % {"number": number}
    subtitle = _("%(shop)s – %(producer)s · %(first)s to %(last)s") % {
        "shop": shop.name, "producer": producer.name, "first": format_day(statement.starts), "last": format_day(statement.ends),
    }  # fmt: skip
    story = [
        _make_parties(shop, producer, account, _),
        *_make_agreed(agreed, _),
        KeepTogether(
            [
                *make_heading(_("What is owed")),
                *_make_sums(statement, rows, _, english=english),
                *_make_signatures(statement, check_address, _),
            ]
        ),
        *_make_goods_lists(list_goods_sold(rows), _, english=english),
        *make_heading(_("Row by row")),
        _make_rows(rows, _, english=english),
    ]
    return render_document(title, subtitle, story, foot=f"{shop.name} · {title}")


def _make_parties(shop: Shop, producer: Producer, account: str, _: Translate) -> Any:
    rows = [
        (_("Shop"), f"{shop.name}\n{shop.address}".strip()),
        (_("Producer"), f"{producer.name}\n{producer.address}".strip()),
        (_("Payout account"), account or _("none: in cash")),
    ]
    return make_table((_("The parties"), ""), rows, (1, 4))


def _make_agreed(agreed: Sequence[tuple[str, str]], _: Translate) -> list[Any]:
    """By what it is reckoned: a lot keeps the terms under which it came."""
    if not agreed:
        return []
    return [Spacer(0, 4 * mm), make_table((_("Terms of goods that came"), _("Agreed")), agreed, (1, 4))]


def _make_sums(
    statement: Statement, rows: Sequence[StatementRow], _: Translate, *, english: bool
) -> list[Any]:
    """Balance before, each kind of row, balance after; in words, too, where the shop owes."""
    lines = [(_("Balance before"), "", "", "", format_vnd(statement.opening_vnd))]
    lines += [
        (
            str(ROW_KINDS[each.kind]), format_vnd(each.gross_vnd), format_vnd(-each.borne_vnd), format_vnd(-each.commission_vnd - each.fee_vnd),
            format_vnd(each.owed_vnd),
        )
        for each in sum_kinds(rows)
    ]  # fmt: skip
    after = (
        _("Balance after: the shop owes")
        if statement.closing_vnd >= 0
        else _("Balance after: the producer owes, carried over")
    )
    lines.append((after, "", "", "", format_vnd(abs(statement.closing_vnd))))
    heads = ("", _("Price"), _("Discounts of the producer"), _("Commission and fees"), _("Owed"))
    table = make_table(heads, lines, (10, 7, 7, 7, 7), right=frozenset({1, 2, 3, 4}))
    if english:
        return [table]
    words = _("In words: %(words)s") % {"words": spell_vnd(abs(statement.closing_vnd))}
    return [table, Spacer(0, 2 * mm), make_paragraph(words)]


def _make_goods_lists(lists: Sequence[VatList], _: Translate, *, english: bool) -> list[Any]:
    """Decree 254/2026, article 6.3.d: what the producer needs for the invoice to the shop."""
    story: list[Any] = []
    for each in lists:
        heading = _("Goods sold: %(category)s, VAT %(rate)s %%") % {
            "category": VAT[each.category],
            "rate": format_percent(each.rate_bp),
        }
        rows = [
            (
                line.name,
                format_quantity(line.quantity_milli, line.unit, english=english),
                format_vnd(line.amount_vnd),
            )
            for line in each.lines
        ]
        rows.append((_("Together, with VAT"), "", format_vnd(each.amount_vnd)))
        if each.rate_bp:
            rows.append((_("VAT within it"), "", format_vnd(each.tax_vnd)))
        heads, shares, right = (_("Goods"), _("Quantity"), _("Amount")), (5, 1, 2), frozenset({1, 2})
        is_long = len(rows) > MOST_IN_A_TABLE
        goods = LongList(heads, rows, shares, right) if is_long else make_table(heads, rows, shares, right=right)  # fmt: skip
        story += [*make_heading(heading), goods]
    return story


def _make_signatures(statement: Statement, check_address: str, _: Translate) -> list[Any]:
    space = "\n\n\n\n\n" + _("(signature, name)")
    signers = (_("Shop"), _("Producer"))
    approved = _("Approved %(moment)s by %(name)s. It is in the shop's sealed books.") % {
        "moment": format_moment(statement.at), "name": statement.by_name,
    }  # fmt: skip
    story = [
        Spacer(0, 8 * mm),
        make_table(signers, [[space] * 2], (1, 1)),
        Spacer(0, 3 * mm),
        make_paragraph(approved, soft=True),
    ]
    if check_address:
        story += [
            QrPicture(check_address, QR_SIDE),
            make_paragraph(_("Scan to compare this paper with the shop's books."), soft=True),
        ]
    return story


def _make_rows(rows: Sequence[StatementRow], _: Translate, *, english: bool) -> Any:
    heads = (
        _("Day"),
        _("Goods"),
        _("What it was"),
        _("Quantity"),
        _("Price"),
        _("Commission and fees"),
        _("Owed"),
    )
    kinds = {kind: str(name) for kind, name in ROW_KINDS.items()}
    receipt = _("receipt %(number)s")
    # The same days, quantities and sums come thousands of times.
    day, pieces, amount = cache(format_day), cache(_format_pieces), cache(_format_some)
    lines = [
        (
            day(row.day), row.name, _name_row(row, kinds[row.kind], receipt), pieces(row.quantity_milli, row.unit, english=english),
            amount(row.gross_vnd - row.borne_vnd), amount(-row.commission_vnd - row.fee_vnd), amount(row.owed_vnd) or "0",
        )
        for row in rows
    ]  # fmt: skip
    return LongList(heads, lines, ROW_SHARES, FIGURES)


def _name_row(row: StatementRow, kind: str, receipt: str) -> str:
    """What it was, and of which receipt."""
    number = find_receipt_number(row)
    return f"{kind}, {receipt % {'number': number}}" if number else kind


def _format_some(amount_vnd: int) -> str:
    return format_vnd(amount_vnd, sign=False) if amount_vnd else ""


def _format_pieces(milli: int, unit: str, *, english: bool) -> str:
    """Of a gift set's lots there may be parts of a piece; an entry has no quantity."""
    if not unit:
        return ""
    return (
        format_quantity(milli, unit, english=english)
        if unit == Unit.KG or milli % ONE == 0
        else format_thousandths(milli)
    )

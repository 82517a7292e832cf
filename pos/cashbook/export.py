"""cashbook/export.py — the cash book of a span of days as workbook and PDF."""

from ..documents.pdf import make_table, render_document
from ..documents.workbook import render_workbook
from ..kernel.formats import Translate, format_day, format_moment, format_vnd
from ..web.cash_terms import name_cash_category, name_cash_document, name_cash_place
from .queries import CashBook, CashBookFilter, CashEntry


def name_entry(entry: CashEntry, translate: Translate) -> str:
    """'Payment voucher no. 12', or the shift whose takings it is; of bank transfers the bank."""
    _ = translate
    if entry.document is not None:
        return name_cash_document(entry.document)
    if entry.shift_number is None:
        return _("Bank")
    return _("Shift %(number)s") % {"number": entry.shift_number}


def _name_places(entry: CashEntry) -> tuple[str, str]:
    """From where, and to where."""
    if entry.document is not None:
        return name_cash_place(entry.document.from_place), name_cash_place(entry.document.to_place)
    return name_cash_place(None), name_cash_place(entry.place)


def export_book_workbook(book: CashBook, translate: Translate) -> bytes:
    """A sheet with a row an entry, between the balance before and the balance after."""
    _ = translate
    heads = [
        _("When"), _("Document"), _("For"), _("Reason"), _("Who paid or was paid"), _("From"), _("To"), _("Moved"), _("In"), _("Out"),
        _("Balance"), _("By"), _("Agreed by"),
    ]  # fmt: skip
    rows = [
        [
            entry.at, name_entry(entry, _), name_cash_category(entry.category), entry.document.reason if entry.document else "",
            entry.person, *_name_places(entry), entry.moved_vnd or None, entry.in_vnd, entry.out_vnd, entry.balance_vnd,
            entry.document.by_name if entry.document else "", (entry.document.approved_by or "") if entry.document else "",
        ]
        for entry in book.entries
    ]  # fmt: skip
    before = [None, _("Balance before"), *[""] * 8, book.opening_vnd]
    after = [None, _("Balance after"), *[""] * 6, book.in_vnd, book.out_vnd, book.closing_vnd]
    return render_workbook([(_("Cash book"), heads, [before, *rows, after])])


def export_book_pdf(book: CashBook, asked: CashBookFilter, shop_name: str, translate: Translate) -> bytes:
    """The same on A4, the long side down."""
    _ = translate
    heads = [
        _("When"), _("Document"), _("For"), _("Reason"), _("From"), _("To"), _("Moved"), _("In"), _("Out"), _("Balance")
    ]  # fmt: skip
    rows = [
        [
            format_moment(entry.at), name_entry(entry, _), name_cash_category(entry.category),
            entry.document.reason if entry.document else "", *_name_places(entry),
            *(format_vnd(amount, sign=False) if amount else "" for amount in (entry.moved_vnd, entry.in_vnd, entry.out_vnd)),
            format_vnd(entry.balance_vnd, sign=False),
        ]
        for entry in book.entries
    ]  # fmt: skip
    before = ["", _("Balance before"), *[""] * 7, format_vnd(book.opening_vnd, sign=False)]
    sums = [format_vnd(sum_vnd, sign=False) for sum_vnd in (book.in_vnd, book.out_vnd, book.closing_vnd)]
    after = ["", _("Balance after"), *[""] * 5, *sums]
    title = _("Cash book")
    place = name_cash_place(asked.place) if asked.place else _("all places")
    subtitle = f"{shop_name} · {place} · {format_day(asked.first)} – {format_day(asked.last)}"
    table = make_table(heads, [before, *rows, after], (4, 4, 4, 5, 4, 4, 3, 3, 3, 3), wide=True)
    return render_document(title, subtitle, [table], foot=shop_name, wide=True)

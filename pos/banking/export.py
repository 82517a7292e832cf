"""banking/export.py — the transfers of some days as workbook and .csv: what each was for, and what is open."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ..documents.workbook import quote_formula, render_workbook
from ..kernel.clock import business_day
from ..kernel.formats import Translate, format_day, format_moment, format_vnd
from ..web.bank_terms import TRANSFER_USES
from ..web.cash_terms import name_cash_document
from .queries import (
    TransferRow,
    list_between,
    list_told_balances,
)
from .uses import TransferUse, list_uses_between


@dataclass(frozen=True, slots=True)
class TransferList:
    """The transfers of some days with all that an export says of them, read in one reading."""

    first: date
    last: date
    rows: Sequence[TransferRow]
    uses: Mapping[int, Sequence[TransferUse]]
    balances: Mapping[int, int]


def read_transfers(session: Session, first: date, last: date) -> TransferList:
    return TransferList(
        first, last, list_between(session, first, last), list_uses_between(session, first, last),
        list_told_balances(session, first, last),
    )  # fmt: skip


def export_workbook(transfers: TransferList, translate: Translate) -> bytes:
    """A sheet with a row a transfer."""
    rows = [
        [
            row.transfer.at if not row.transfer.is_day_only else format_day(business_day(row.transfer.at)),
            *cells,
        ]
        for row, cells in zip(transfers.rows, _list_cells(transfers, translate), strict=True)
    ]
    return render_workbook([(translate("Bank transfers"), _list_heads(translate), rows)])


def export_csv(transfers: TransferList, translate: Translate) -> str:
    """The same as text, for any program."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_list_heads(translate))
    for row, cells in zip(transfers.rows, _list_cells(transfers, translate), strict=True):
        at = row.transfer.at
        moment = format_day(business_day(at)) if row.transfer.is_day_only else format_moment(at)
        writer.writerow([moment, *(quote_formula(cell) if isinstance(cell, str) else cell for cell in cells)])
    return "\ufeff" + out.getvalue()


def _list_heads(translate: Translate) -> list[str]:
    _ = translate
    return [
        _("When, by the bank"), _("No."), _("Account"), _("In"), _("Out"), _("Bank's number"), _("Payment code"), _("Text"), _("What it was for"),
        _("Open"), _("Balance by the bank"), _("Told of on"),
    ]  # fmt: skip


def _list_cells(transfers: TransferList, translate: Translate) -> list[list[Any]]:
    """All but the first cell of each row."""
    return [
        [
            row.transfer.number, row.account.number, row.transfer.amount_vnd if row.transfer.direction == "in" else None,
            row.transfer.amount_vnd if row.transfer.direction == "out" else None, row.transfer.reference, row.transfer.purpose, row.text,
            "; ".join(_name_use(use, translate) for use in transfers.uses.get(row.transfer.number, ())),
            row.left_vnd or None, transfers.balances.get(row.transfer.number), format_day(row.transfer.business_day),
        ]
        for row in transfers.rows
    ]  # fmt: skip


def _name_use(use: TransferUse, translate: Translate) -> str:
    """'paid a basket 45.000 ₫, receipt 000123'."""
    name = f"{TRANSFER_USES[use.name]} {format_vnd(use.allocation.amount_vnd)}"
    if use.receipt is not None:
        receipt = translate("receipt %(number)s") % {"number": f"{use.receipt:06}"}
        return f"{name}, {receipt}"
    return f"{name}, {name_cash_document(use.document)}" if use.document else name

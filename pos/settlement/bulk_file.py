"""settlement/bulk_file.py — many transfers to producers as one file that the shop's bank reads: which columns, in which order.

Each bank wants another file, so its columns are kept by the bank's name. What stands in a file is begun, no more: it is paid when
the bank tells of it, or the manager says so.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..documents.workbook import render_workbook
from ..journal.record import record
from ..kernel.actor import Actor, require_manager
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..kernel.tables import get_row
from ..kernel.text import normalize_text
from ..payments.banks import name_bank
from ..producers.models import Producer
from .models import BulkFormat, PayoutOrder
from .payout_accounts import PayoutVault, TypedPayoutAccount, find_payout_account
from .payouts import confirm_transfer, is_account_other, list_open_orders

MOST_COLUMNS = 12
LONGEST_HEADING = 80


class BulkField(StrEnum):
    """What a column holds."""

    ROW_NUMBER = "row_number"
    ACCOUNT_NUMBER = "account_number"
    HOLDER = "holder"
    BANK_NAME = "bank_name"
    BANK_BIN = "bank_bin"
    AMOUNT = "amount"
    PURPOSE = "purpose"
    EMPTY = "empty"


NEEDED = (BulkField.ACCOUNT_NUMBER, BulkField.AMOUNT, BulkField.PURPOSE)


@dataclass(frozen=True, slots=True)
class BulkColumn:
    heading: str
    field: BulkField


DEFAULT_COLUMNS = (  # what most banks of Việt Nam ask for; used where no format is kept
    BulkColumn("STT", BulkField.ROW_NUMBER),
    BulkColumn("Số tài khoản", BulkField.ACCOUNT_NUMBER),
    BulkColumn("Tên người thụ hưởng", BulkField.HOLDER),
    BulkColumn("Ngân hàng thụ hưởng", BulkField.BANK_NAME),
    BulkColumn("Số tiền", BulkField.AMOUNT),
    BulkColumn("Nội dung chuyển tiền", BulkField.PURPOSE),
)


@dataclass(frozen=True, slots=True)
class BulkPayment:
    """A transfer as a row of the file."""

    account: TypedPayoutAccount
    amount_vnd: int
    purpose: str


def list_formats(session: Session) -> Sequence[BulkFormat]:
    return session.scalars(select(BulkFormat).order_by(BulkFormat.name)).all()


def get_format(session: Session, format_id: int) -> BulkFormat:
    return get_row(session, BulkFormat, format_id, "bulk_format_not_found")


def read_columns(kept: BulkFormat) -> list[BulkColumn]:
    return [BulkColumn(heading, BulkField(field)) for heading, field in json.loads(kept.columns)]


def save_format(
    session: Session, kept: BulkFormat | None, name: str, columns: Sequence[BulkColumn], *, by: Actor, at: datetime
) -> BulkFormat:  # fmt: skip
    """Keep a bank's columns, or change them.

    Raises Refused with all that is wrong (`bulk_name_missing`, `bulk_name_taken`, `bulk_heading_too_long`, `bulk_columns_short`: what no
    bank can do without; `bulk_columns_many`), NotAllowed (`manager_needed`).
    """
    require_manager(by, None)
    name = normalize_text(name)
    columns = [BulkColumn(normalize_text(column.heading), column.field) for column in columns]
    twin = session.scalars(select(BulkFormat).where(BulkFormat.name == name)).first()
    wrong = list(_list_wrong_columns(columns))
    if not name:
        wrong.append(Reason.make("bulk_name_missing"))
    if twin is not None and twin is not kept:
        wrong.append(Reason.make("bulk_name_taken", name=name))
    if wrong:
        raise Refused(*wrong)
    kept = kept or BulkFormat()
    kept.name, kept.columns = (
        name,
        json.dumps([(c.heading, c.field.value) for c in columns], ensure_ascii=False),
    )
    session.add(kept)
    session.flush()
    record(session, "bulk_format_saved", by=by, at=at, subject=kept, format=name, columns=len(columns))
    return kept


def _list_wrong_columns(columns: Sequence[BulkColumn]) -> list[Reason]:
    fields = {column.field for column in columns}
    wrong = []
    if not fields.issuperset(NEEDED):
        wrong.append(Reason.make("bulk_columns_short"))
    if len(columns) > MOST_COLUMNS:
        wrong.append(Reason.make("bulk_columns_many", most=MOST_COLUMNS))
    if any(len(column.heading) > LONGEST_HEADING for column in columns):
        wrong.append(Reason.make("bulk_heading_too_long", most=LONGEST_HEADING))
    return wrong


def drop_format(session: Session, kept: BulkFormat, *, by: Actor, at: datetime) -> None:
    """Forget a bank's columns. Raises NotAllowed (`manager_needed`)."""
    require_manager(by, None)
    record(session, "bulk_format_dropped", by=by, at=at, subject=kept, format=kept.name)
    session.delete(kept)


def collect_payments(
    session: Session, vault: PayoutVault, order_ids: Sequence[int], *, by: Actor, at: datetime
) -> list[BulkPayment]:
    """The transfers that were begun and are not sent, of these, as rows of a file; the journal keeps that they went into one.

    Raises Refused (`bulk_none`: none of them is open), and with all that is wrong `payout_account_unreadable`, `payout_account_other`:
    the producer's account is another by now; NotAllowed (`manager_needed`).
    """
    require_manager(by, None)
    orders = [order for order in list_open_orders(session) if order.id in set(order_ids)]
    if not orders:
        raise Refused.because("bulk_none")
    payments, wrong = [], []
    for order in orders:
        account = _find_account(session, vault, order)
        if isinstance(account, Reason):
            wrong.append(account)
        else:
            payments.append(BulkPayment(account, order.amount_vnd, order.code))
    if wrong:
        raise Refused(*wrong)
    for order in orders:
        order.filed_at = at
    total_vnd = sum(payment.amount_vnd for payment in payments)
    record(session, "bulk_file_made", by=by, at=at, count=len(payments), amount_vnd=total_vnd)
    return payments


def confirm_file(session: Session, order_ids: Sequence[int], *, by: Actor, at: datetime) -> int:
    """The bank took the file: these transfers that were begun are written down as sent; how many. Raises Refused (`bulk_none`)."""
    orders = [order for order in list_open_orders(session) if order.id in set(order_ids)]
    if not orders:
        raise Refused.because("bulk_none")
    for order in orders:
        confirm_transfer(session, order, by=by, at=at)
    return len(orders)


def _find_account(session: Session, vault: PayoutVault, order: PayoutOrder) -> TypedPayoutAccount | Reason:
    """The account to which the order was begun, or why it can't be had."""
    producer = session.get_one(Producer, order.producer_id)
    row = find_payout_account(session, producer.id)
    if row is None or is_account_other(order, row):
        return Reason.make("payout_account_other", producer=producer.name)
    return vault.find(row) or Reason.make("payout_account_unreadable", producer=producer.name)


def render_bulk_file(payments: Sequence[BulkPayment], columns: Sequence[BulkColumn]) -> bytes:
    """The workbook: sums as numbers, all else as text, so that no account loses its zeros."""
    rows = [
        [_find_cell(payment, n, column.field) for column in columns] for n, payment in enumerate(payments, 1)
    ]
    return render_workbook([("Chuyen tien", [column.heading for column in columns], rows)])


def _find_cell(payment: BulkPayment, n: int, field: BulkField) -> str | int | None:
    account = payment.account
    cells: dict[BulkField, str | int | None] = {
        BulkField.ROW_NUMBER: n, BulkField.ACCOUNT_NUMBER: account.number, BulkField.HOLDER: account.holder,
        BulkField.BANK_NAME: name_bank(account.bank_bin), BulkField.BANK_BIN: account.bank_bin, BulkField.AMOUNT: payment.amount_vnd,
        BulkField.PURPOSE: payment.purpose, BulkField.EMPTY: None,
    }  # fmt: skip
    return cells[field]

"""settlement/receipts.py — the receipt that a row of a producer's account is of, and its line as it was sold."""

from sqlalchemy.orm import Session

from ..sales.models import SaleLine
from .models import StatementRow
from .rows import OwedRow

SALE_LINE = "sale_line:"


def find_receipt_number(row: OwedRow | StatementRow) -> str:
    """'000017', of the sale itself; of what came back that of the receipt that it was sold on; "" for what is no sale."""
    key = find_sold_key(row)
    return f"{key[0]:06}" if key else ""


def name_receipt(source: str) -> str:
    """'sale_line:17.2' as the number of its receipt: '000017'."""
    return f"{_read_sold_key(source)[0]:06}"


def find_sold_key(row: OwedRow | StatementRow) -> tuple[int, int] | None:
    """Sale and line of 'sale_line:17.2'; of what came back those that it was sold on. None for what is no sale."""
    source = next((text for text in (row.back_to, row.source) if text and text.startswith(SALE_LINE)), None)
    return _read_sold_key(source) if source else None


def _read_sold_key(source: str) -> tuple[int, int]:
    sale_number, _dot, n = source.removeprefix(SALE_LINE).partition(".")
    return int(sale_number), int(n)


def find_sold_line(session: Session, row: OwedRow | StatementRow) -> SaleLine | None:
    """The line as it was sold; None for what is no sale."""
    key = find_sold_key(row)
    return session.get(SaleLine, key) if key else None

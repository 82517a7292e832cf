"""documents/workbook.py — sheets with bold headings as an .xlsx file."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ..kernel.clock import SHOP_ZONE
from ..kernel.slow_work import refuse_inside_unit_of_work

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

NARROWEST, WIDEST = 6, 48  # of a column, in figures
MEASURED = 200  # rows
Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]  # name, headings, rows


def render_workbook(sheets: Iterable[Sheet]) -> bytes:
    """The sheets in their order; headings stay in sight. No text that somebody typed becomes a formula."""
    refuse_inside_unit_of_work("making a workbook")
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, headings, rows in sheets:
        sheet: Worksheet = book.create_sheet(name)
        sheet.append(list(headings))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for row in rows:
            sheet.append([_cell_value(value) for value in row])
            for cell in sheet[sheet.max_row]:
                if cell.data_type == "f":
                    cell.data_type = "s"
        _fit_columns(sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fit_columns(sheet: "Worksheet") -> None:
    """As wide as the longest of its first rows, within reason."""
    for n, column in enumerate(sheet.iter_cols(max_row=min(sheet.max_row, MEASURED)), 1):
        longest = max(len(_format_cell(cell.value)) for cell in column)
        sheet.column_dimensions[get_column_letter(n)].width = min(max(longest + 2, NARROWEST), WIDEST)


def _format_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _cell_value(value: Any) -> Any:
    """A moment in the shop's own time, without the zone that Excel can't keep."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(SHOP_ZONE).replace(tzinfo=None)
    return value


def quote_formula(text: str) -> str:
    """A cell of a .csv file that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

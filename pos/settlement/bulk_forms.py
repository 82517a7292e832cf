"""settlement/bulk_forms.py — the columns of a bank's file of many transfers."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form as PlainForm
from wtforms import FormField, ValidationError

from ..web.forms import ChoiceField, Form, LineField, RowsField, needed
from .bulk_file import MOST_COLUMNS, BulkColumn, BulkField

FIELDS = {
    BulkField.ROW_NUMBER: _l("number of the row"),
    BulkField.ACCOUNT_NUMBER: _l("account number"),
    BulkField.HOLDER: _l("account holder"),
    BulkField.BANK_NAME: _l("name of the bank"),
    BulkField.BANK_BIN: _l("number of the bank (BIN)"),
    BulkField.AMOUNT: _l("amount"),
    BulkField.PURPOSE: _l("the payout's code"),
    BulkField.EMPTY: _l("stays empty"),
}
AT_FORMAT = {
    "bulk_name_missing": "name",
    "bulk_name_taken": "name",
    "bulk_columns_short": "columns",
    "bulk_columns_many": "columns",
    "bulk_heading_too_long": "columns",
}


class ColumnForm(PlainForm):
    """A column of the file. A row without anything is left out."""

    heading = LineField(_l("Heading"))
    field = ChoiceField(
        _l("Holds"), choices=[("", "–"), *((field.value, text) for field, text in FIELDS.items())]
    )

    def validate_field(self, field: ChoiceField) -> None:
        if self.heading.data and not field.data:
            raise ValidationError(_("What does this column hold? Choose it, or empty the heading."))


class BulkFormatForm(Form):
    name = LineField(_l("Bank"), [needed], description=_l("A name by which you find this format again."))
    columns = RowsField(FormField(ColumnForm), min_entries=MOST_COLUMNS, max_entries=MOST_COLUMNS)

    @property
    def typed_columns(self) -> list[BulkColumn]:
        """Those that hold something, in their order."""
        rows = [row.form for row in self.columns]
        return [
            BulkColumn(row.heading.data or "", BulkField(row.field.data)) for row in rows if row.field.data
        ]


def describe_columns(columns: Sequence[BulkColumn]) -> list[dict[str, str]]:
    """As the form's boxes begin, with room for more."""
    kept = [{"heading": column.heading, "field": column.field.value} for column in columns]
    return [*kept, *({"heading": "", "field": ""} for _n in range(MOST_COLUMNS - len(kept)))]

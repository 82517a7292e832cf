"""payments/statements/reasons.py — the sentences of what is wrong with a statement's file, or to be confirmed by a person."""

from flask_babel import lazy_gettext as _l

_MEND_ROW = _l("Look at this row in the bank's own pages, and enter it by hand if money came.")
_OWN_FILE = _l("Download the statement from the bank again, and don't change the file.")

REASONS = {
    "statement_no_heading": (
        _l("No row of this file names a day and amounts: the first %(rows)s rows of each sheet were searched."),
        _l("Choose the bank's statement of one account, or say which column is what."),
        "",
    ),
    "statement_heading_contradicts": (
        _l("The headings above %(cell)s contradict each other: “%(text)s”."),
        _l("Say which column is what."),
        "",
    ),
    "statement_heading_twice": (
        _l("Two columns have the same meaning: %(first)s and %(second)s, “%(text)s”."),
        _l("Say which column is what."),
        "",
    ),
    "statement_headings_differ": (
        _l("Row %(row)s has other headings than row %(first)s, at %(cell)s."),
        _l("Download one statement for each account, in one file each."),
        "",
    ),
    "statement_missing": (_l("No file was chosen."), _l("Choose the statement that you downloaded from the bank: .xlsx, .xls or .csv."), ""),
    "statement_unreadable": (
        _l("This file can't be read as a statement: %(why)s."),
        _l("Download it from the bank as Excel or CSV, not as PDF or picture, and don't change it."),
        "",
    ),
    "statement_long": (
        _l("This file has more than 30,000 rows."),
        _l("Download a shorter period, a month for instance, and read one after the other."),
        "",
    ),
    "statement_account_missing": (
        _l("The file does not say which account it is of."),
        _l("Choose the account, and the file once more."),
        "",
    ),
    "statement_account_other_shop": (
        _l("This statement is of account %(found)s, which is none of the shop's."),
        _l("Choose another file, or add the account first."),
        "",
    ),
    "statement_gone": (
        _l("This statement is not kept any more."),
        _l("Choose the file again: what is in the books already is passed over."),
        "",
    ),
    "statement_used_before": (
        _l("This very file was used on %(day)s by %(name)s, for account %(account)s, and it is read otherwise now. Nothing is written."),
        _l("Enter by hand what is missing, or download the statement again."),
        "",
    ),
    "statement_unconfirmed": (_l("This is to be confirmed first."), _l("Tick the box if it is meant so."), ""),
    "statement_mapping_missing": (_l("Nothing is kept of this bank's columns."), "", ""),
    "statement_mapping_unfit": (
        _l("The columns that were chosen don't fit this file: a day and an amount are needed."),
        _l("Say anew which column is what."),
        "",
    ),
    "statement_unsigned": (
        _l("Nothing tells which amounts of the column “%(heading)s” came and which left."),
        _l("Say what the column holds, or download a statement with debit and credit."),
        "",
    ),
    "statement_sheets_many": (
        _l("Several sheets of this file are statements: %(sheets)s."),
        _l("Keep one of them in the file and choose it again, then the next."),
        "",
    ),
    "statement_accounts_many": (
        _l("This file is of several accounts: %(accounts)s."),
        _l("Download one statement for each account, in one file each."),
        "",
    ),
    "statement_other_account": (
        _l("This statement is of account %(found)s, not of %(expected)s."),
        _l("Choose the account it is of, or another file."),
        "",
    ),
    "statement_account_unknown": (
        _l("The file does not say which account it is of."),
        _l("Confirm that it is this account's."),
        "",
    ),
    "statement_currency": (
        _l("This statement is in %(currency)s, not in đồng."),
        _l("Choose the statement of an account in đồng."),
        "",
    ),
    "statement_empty": (
        _l("There is no transfer in this file."),
        _l("Download it again for another period."),
        "",
    ),
    "statement_sums_differ": (
        _l("The sums don't add up: %(opening_vnd)s at the start, %(credits_vnd)s in, %(debits_vnd)s out, but %(closing_vnd)s at the end. "
           "The difference is %(difference_vnd)s."),
        _l("Rows may be missing. Download the statement again, or confirm that it is meant so."),
        "",
    ),
    "statement_totals_differ": (
        _l("Row %(row)s states %(stated_credits_vnd)s in and %(stated_debits_vnd)s out, but the rows read make %(credits_vnd)s and "
           "%(debits_vnd)s."),
        _l("Rows may be missing. Download the statement again, or confirm that it is meant so."),
        "",
    ),
    "statement_outside_period": (
        _l("Rows whose day is outside the statement's period, %(starts)s to %(ends)s: %(count)s. The first is row %(row)s."),
        _l("Day and month may have changed places. Say which stands first, or confirm that it is meant so."),
        "",
    ),
    "statement_month_first": (
        _l("Rows whose day can be read only if the month is written first: %(count)s. The first is row %(row)s."),
        _l("Say which stands first, day or month: other rows may be read as another day."),
        "",
    ),
    "statement_not_done": (
        _l("The transfer in row %(row)s is not said to be done: “%(text)s”."),
        _MEND_ROW,
        "",
    ),
    "statement_day_missing": (_l("Row %(row)s has no day."), _MEND_ROW, ""),
    "statement_day_unread": (_l("%(cell)s is no day or time that can be read: “%(text)s”."), _MEND_ROW, ""),
    "statement_amount_missing": (_l("Row %(row)s has no amount."), _MEND_ROW, ""),
    "statement_amount_unread": (_l("%(cell)s is no amount that can be read: “%(text)s”."), _MEND_ROW, ""),
    "statement_amount_fraction": (_l("%(cell)s has a fraction of a đồng: “%(text)s”."), _MEND_ROW, ""),
    "statement_amount_long": (_l("%(cell)s has more than 13 figures: “%(text)s”."), _MEND_ROW, ""),
    "statement_amount_script": (_l("%(cell)s has other figures than 0 to 9: “%(text)s”."), _OWN_FILE, ""),
    "statement_amount_negative": (_l("%(cell)s has a sign that this column does not have: “%(text)s”."), _MEND_ROW, ""),
    "statement_cell_currency": (_l("%(cell)s is in another currency than đồng: “%(text)s”."), _MEND_ROW, ""),
    "statement_side_unread": (_l("%(cell)s does not say whether the money came or left: “%(text)s”."), _MEND_ROW, ""),
    "statement_both_sides": (_l("Row %(row)s has money in and money out: %(first)s and %(second)s."), _MEND_ROW, ""),
}  # fmt: skip

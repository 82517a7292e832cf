"""payments/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

from .statements.reasons import REASONS as STATEMENT_REASONS

_NAPAS = _l("VietQR code of NAPAS (09/2021)")

REASONS = {
    "bank_bin_odd": (
        _l("A bank's number (BIN) has six digits."),
        _l("Choose the bank from the list."),
        _NAPAS,
    ),
    "bank_account_odd": (
        _l("An account number has 1 to 19 letters without accents or digits."),
        _l("Copy it from the bank's app, without spaces."),
        _NAPAS,
    ),
    "bank_card_odd": (
        _l("A card's number has digits alone, 19 at the most."),
        _l("Copy it from the card, without spaces."),
        _NAPAS,
    ),
    "transfer_amount_odd": (
        _l("A transfer is a whole amount above 0, of 13 digits at the most."),
        _l("Type the amount in đồng."),
        _NAPAS,
    ),
    "transfer_not_fast": (
        _l("A fast transfer is below %(limit_vnd)s."),
        _l("Let it be paid in two parts, or by another way."),
        _l("Fast transfers (24/7) of NAPAS"),
    ),
    "purpose_too_long": (
        _l("The text of the transfer is longer than %(most)s letters."),
        _l("Shorten it."),
        _NAPAS,
    ),
    "purpose_odd": (
        _l("The text of the transfer holds signs that a code can't hold."),
        _l("Use letters, digits and spaces alone."),
        _NAPAS,
    ),
    "code_label_odd": (
        _l(
            "Number of the bill, reference and till hold %(most)s letters without accents or digits at the most."
        ),
        _l("Shorten it, or leave other signs out."),
        _NAPAS,
    ),
    "code_labels_too_long": (
        _l("Text, number of the bill, reference and till are too long together: 99 signs at the most."),
        _l("Shorten one of them."),
        _NAPAS,
    ),
    "bank_account_not_found": (_l("There is no such bank account."), "", ""),
    "bank_account_known": (_l("This account is in the list already."), _l("Change it there."), ""),
    "bank_account_used": (
        _l("Codes with this number were shown, so it stays as it is."),
        _l("Add the other number as a new account, and tick here that this one is shown no more."),
        "",
    ),
    "holder_missing": (_l("Whose account is it?"), _l("Type the holder as the bank writes it."), ""),
    "payment_code_not_found": (_l("There is no such payment code."), "", ""),
    "transfer_of_other_account": (
        _l("What was told belongs to another account."),
        _l("Choose the account that the file or feed is of."),
        "",
    ),
    "report_joined": (
        _l("Somebody has said already which transfer it is."),
        _l("Look at the list again."),
        "",
    ),
    "not_a_twin": (_l("It can't be that transfer."), _l("Choose one of those that are shown."), ""),
    "secret_odd": (_l("That is no token."), _l("Copy it from the provider's page once more."), ""),
    "vietqr_other_letters": (
        _l("This is no VietQR code: it is too long, or holds signs that such a code can't hold."),
        _l("Scan the code again."),
        _NAPAS,
    ),
    "vietqr_lengths_wrong": (
        _l("This is no whole VietQR code: a length in it doesn't fit what follows."),
        _l("Scan it again; if that doesn't help, the code was made wrongly."),
        _NAPAS,
    ),
    "vietqr_too_long": (
        _l("Something stands behind the end of this VietQR code."),
        _l("Scan it again; if that doesn't help, the code was made wrongly."),
        _NAPAS,
    ),
    "vietqr_crc_wrong": (
        _l("This VietQR code is damaged: its check sum is wrong."),
        _l("Scan it again; if that doesn't help, the code was made wrongly."),
        _NAPAS,
    ),
    "vietqr_field_missing": (
        _l("This is no VietQR code: field %(tag)s is missing."),
        _l("Scan a code for a bank transfer."),
        _NAPAS,
    ),
    "vietqr_field_twice": (
        _l("This VietQR code has field %(tag)s twice."),
        _l("Scan it again; if that doesn't help, the code was made wrongly."),
        _NAPAS,
    ),
    "vietqr_foreign": (
        _l("This code is not for a transfer in đồng to a bank in Việt Nam."),
        _l("Scan a code for a bank transfer."),
        _NAPAS,
    ),
    "feed_row_odd": (_l("A line of the bank's feed can't be read."), _l("Look into the bank's app."), ""),
    "feed_row_lacks": (
        _l("A line of the bank's feed lacks “%(field)s”."),
        _l("Look for the transfer in the bank's app."),
        "",
    ),
    "feed_row_field_odd": (
        _l("A line of the bank's feed has something else in “%(field)s” than belongs there."),
        _l("Look for the transfer in the bank's app."),
        "",
    ),
    "feed_row_amount_odd": (
        _l("A line of the bank's feed has no whole amount in “%(field)s”."),
        _l("Look for the transfer in the bank's app."),
        "",
    ),
    "feed_row_time_odd": (
        _l("A line of the bank's feed has no proper time in “%(field)s”."),
        _l("Look for the transfer in the bank's app."),
        "",
    ),
    "feed_row_changed": (
        _l("A line of the bank's feed came again with another amount: “%(key)s”."),
        _l("Look for the transfer in the bank's app."),
        "",
    ),
    "feed_row_other_currency": (
        _l("A line of the bank's feed is in another currency: %(currency)s."),
        _l("Look for the transfer in the bank's app."),
        "",
    ),
    **STATEMENT_REASONS,
}

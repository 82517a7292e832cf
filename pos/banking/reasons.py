"""banking/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

from ..web.bank_terms import FEED_PROBLEMS

REASONS = {
    "transfer_not_found": (_l("There is no such transfer."), "", ""),
    "report_not_found": (_l("There is no such row."), "", ""),
    "transfer_used": (_l("It was said already what this transfer was for."), _l("Look at it again."), ""),
    "transfer_wrong_way": (
        _l("Money that came in is not money that went out."),
        _l("Choose another use."),
        "",
    ),
    "document_other_sum": (
        _l("It is not of the same sum, or not of the bank account."),
        _l("Choose another, or write a new document."),
        "",
    ),
    "claim_ended": (_l("Nothing is waited for there any more."), _l("Look at the list again."), ""),
    "debt_missing": (_l("Nothing is owed for this receipt."), _l("Choose another use."), ""),
    "debt_of_another": (
        _l("Another buyer owes for this receipt already."),
        _l("Choose that buyer, or let it go."),
        "",
    ),
    "use_missing": (_l("What was it for?"), _l("Choose one of the list."), ""),
    "feed_token_missing": (_l("A token of this account is missing."), _l("Paste it first."), ""),
    **{f"feed_{kind}": (sentence, remedy, "") for kind, (sentence, remedy) in FEED_PROBLEMS.items()},
}

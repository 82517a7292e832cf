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
    "document_used": (
        _l("Another transfer is that document already."),
        _l("Write a new document for this one."),
        "",
    ),
    "claim_ended": (_l("Nothing is waited for there any more."), _l("Look at the list again."), ""),
    "debt_missing": (_l("Nothing is owed for this receipt."), _l("Choose another use."), ""),
    "noted_amount_odd": (
        _l("A transfer is a whole amount above 0."),
        _l("Type the amount as the bank's app shows it."),
        "",
    ),
    "noted_time_odd": (_l("“%(typed)s” is no time of the day."), _l("Type it like 14:05."), ""),
    "noted_later": (
        _l("That is later than now."),
        _l("Type the day and time that the bank's app shows."),
        "",
    ),
    "noted_perhaps_known": (
        _l("A transfer of this amount is in the books on this day already."),
        _l("Say whether it is the one that you saw."),
        "",
    ),
    "twin_missing": (_l("Which transfer is it?"), _l("Choose one of the list."), ""),
    "use_missing": (_l("What was it for?"), _l("Choose one of the list."), ""),
    "feed_token_missing": (_l("A token of this account is missing."), _l("Paste it first."), ""),
    **{f"feed_{kind}": (sentence, remedy, "") for kind, (sentence, remedy) in FEED_PROBLEMS.items()},
}

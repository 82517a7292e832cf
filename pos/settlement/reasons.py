"""settlement/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "fee_out_of_range": (_l("A fee is from 0 to 10 %%."), _l("Type it in per cent, like 0,5."), ""),
    "recall_fault_known": (
        _l("It is written down already that this was the shop's own fault."),
        _l("Nothing more is needed."),
        "",
    ),
    "entry_not_found": (_l("There is no such entry."), "", ""),
    "entry_not_reversible": (
        _l("This entry isn't taken back here."),
        _l("A payout is taken back where its money comes back; an entry that takes another back stays."),
        "",
    ),
    "entry_reversed": (_l("Entry no. %(number)s was taken back already."), "", ""),
    "statement_not_found": (_l("There is no such statement."), "", ""),
    "statement_not_over": (
        _l("%(ends)s isn't over yet."),
        _l("A statement goes up to yesterday at the latest."),
        "",
    ),
    "statement_made": (_l("There is a statement up to %(ends)s already."), _l("Choose a later day."), ""),
    "statement_changed": (
        _l("The books changed since this draft was made."),
        _l("Make the drafts again and look at them once more."),
        "",
    ),
    "terms_of_another": (_l("These are terms with another producer."), "", ""),
    "terms_same": (_l("The lot is under these terms already."), "", ""),
}

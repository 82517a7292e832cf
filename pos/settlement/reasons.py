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
    "cash_not_round": (
        _l("In cash only whole thousands are handed over."),
        _l("Type a sum in whole thousands of đồng; the rest stays owed."),
        "",
    ),
    "over_balance": (
        _l("Only %(free_vnd)s is owed."),
        _l("Type a lower sum, or let a second person agree to an advance."),
        "",
    ),
    "deduction_over_balance": (
        _l("Only %(free_vnd)s is owed: the rest would be a debt of the producer."),
        _l("Type a lower sum, or let a second person agree to the debt."),
        "",
    ),
    "fee_dated_back": (
        _l("A fee from a day before today changes what producers got for sales that are made."),
        _l("Let a second person agree, or let it begin today."),
        "",
    ),
    "terms_dated_back": (
        _l(
            "%(producer)s: %(sales)s sales of services since %(starts)s, %(paid_vnd)s, had no terms and would be settled by these."
        ),
        _l("Let a second person agree on the producer's page, or let the terms begin tomorrow."),
        "",
    ),
    "corrections_undecided": (
        _l("A dispute about this lot was put right already."),
        _l("Choose whether that was for the same reason."),
        "",
    ),
    "payouts_wait": (
        _l("These books were restored from a backup."),
        _l(
            "First write down what was paid to producers since that backup, then say so on the page of settlement."
        ),
        "",
    ),
    "no_payout_account": (
        _l("No bank account of %(producer)s is known."),
        _l("Enter it on the producer's page, or pay in cash."),
        "",
    ),
    "payout_account_unreadable": (
        _l("The account of %(producer)s can't be read with this computer's key."),
        _l("Type it again on the producer's page."),
        "",
    ),
    "payout_ended": (_l("This payout was written down or dropped already."), "", ""),
    "payout_not_found": (_l("There is no such payout."), "", ""),
    "entry_not_payout": (_l("This entry is no payout."), "", ""),
    "dispute_text_missing": (_l("Say what is wrong."), "", ""),
    "dispute_too_long": (_l("At most %(most)s characters."), "", ""),
    "dispute_open": (_l("This line is disputed already; write below what was said."), "", ""),
    "dispute_ended": (_l("This dispute is ended."), _l("Dispute the line again if it is still wrong."), ""),
    "dispute_not_found": (_l("There is no such dispute."), "", ""),
    "statement_not_found": (_l("There is no such statement."), "", ""),
    "statement_not_over": (
        _l("%(ends)s isn't over yet."),
        _l("A statement goes up to yesterday (%(yesterday)s) at the latest."),
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
    "run_process_ended": (
        _l("The program that reckons statements ended too early."),
        _l("Begin again; what was written stays."),
        "",
    ),
    "bulk_none": (
        _l("None of the ticked transfers is waiting."),
        _l("Tick at least one that was begun."),
        "",
    ),
    "bulk_format_not_found": (_l("There is no such format."), "", ""),
    "bulk_name_missing": (_l("The format needs the bank's name."), "", ""),
    "bulk_name_taken": (_l("There is a format named %(name)s already."), _l("Change that one."), ""),
    "bulk_columns_short": (
        _l("No bank can do without the account number, the amount and the purpose."),
        _l("Give each of them a column."),
        "",
    ),
    "bulk_columns_many": (_l("At most %(most)s columns."), "", ""),
    "bulk_heading_too_long": (_l("A heading has at most %(most)s characters."), "", ""),
    "payout_account_other": (
        _l("The account of %(producer)s is another since this transfer was begun."),
        _l("Drop the transfer and begin it anew."),
        "",
    ),
}

"""sales/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "part_odd": (
        _l("It can pay from 1 đồng to %(most_vnd)s."),
        _l("Type what was really paid, and no more than is due."),
        "",
    ),
    "money_in_basket": (
        _l("Money was received for this basket already."),
        _l("Give it back first, or give the basket up with a manager."),
        "",
    ),
    "discount_approval_needed": (
        _l("Discounts above %(limit_bp)s of the goods need a manager."),
        _l("Let a manager choose their name and type their PIN where the discount is given."),
        "",
    ),
    "discount_needs_manager": (
        _l("A manager must agree to each discount."),
        _l("Let a manager choose their name and type their PIN where the discount is given."),
        "",
    ),
    "discount_too_much": (
        _l("No more than %(most_vnd)s can be taken off."),
        _l("Type a smaller amount."),
        "",
    ),
    "voucher_ended": (_l("The voucher was good until %(ends)s."), _l("It pays no more."), ""),
    "voucher_short": (_l("Only %(left_vnd)s are left on the voucher."), _l("Scan it again."), ""),
    "voucher_empty": (_l("Nothing is left on the voucher."), "", ""),
    "voucher_elsewhere": (
        _l("Another basket has taken the voucher."),
        _l("Finish that basket first, or put the voucher back from it."),
        "",
    ),
    "voucher_used": (
        _l("The voucher was used, or lies on a basket."),
        _l("Only one that nobody has used goes back."),
        "",
    ),
    "voucher_given": (_l("The voucher was given away: nothing was paid for it."), "", ""),
    "buyer_missing": (
        _l("There is no such buyer on account."),
        _l("Choose one from the list. A manager adds buyers under Buyers on account."),
        "",
    ),
    "buyer_known": (_l("There is a buyer of this name already."), _l("Add what tells them apart."), ""),
    "buyer_owes": (_l("%(owed_vnd)s are still owed."), _l("Let it be paid or let it go first."), ""),
    "limit_odd": (_l("How much may be owed in all?"), _l("Type an amount above 0."), ""),
    "account_limit": (
        _l("No more than %(limit_vnd)s may be owed; %(owed_vnd)s are owed already."),
        _l("Let some be paid first, or a manager raises the limit."),
        "",
    ),
    "transfer_not_received": (
        _l("No transfer has come for it."),
        _l("Show the code (F9) and wait, or let a manager confirm it."),
        "",
    ),
    "no_bank_account": (
        _l("The shop has no bank account to show."),
        _l("A manager adds one under Bank."),
        "",
    ),
    "nothing_to_pay": (_l("Nothing is left to pay by transfer."), _l("Look at the screen again."), ""),
    "transfer_needs_manager": (
        _l("Over %(limit_vnd)s a manager must say that the money has come."),
        _l("Let a manager look into the bank's app, choose their name and type their PIN."),
        "",
    ),
    "tender_odd": (_l("It can be paid in cash or by card."), "", ""),
    "debt_amount_odd": (
        _l("From 1 đồng to %(most_vnd)s can be paid."),
        _l("Type what was really paid."),
        "",
    ),
    "taking_not_found": (_l("There is no such money received."), "", ""),
    "given_back_perhaps": (
        _l(
            "The books were restored from a backup since: it may have been given back in the time that they don't know."
        ),
        _l("Look at the slips and the bank's statement, then tick that it was not."),
        "",
    ),
    "transfer_unproved": (
        _l("No account has told of this transfer: somebody typed it. Cash is not given for it."),
        _l("Read the bank's statement first, or send it back by transfer."),
        "",
    ),
    "taking_undone": (_l("It was given back or used already."), _l("Look at the screen again."), ""),
    "not_correctable": (_l("Only cash and card of a sale can be corrected."), "", ""),
    "correction_too_much": (
        _l("No more than %(most_vnd)s of this sale can be corrected so."),
        _l("Type what was really paid so."),
        "",
    ),
    "reference_missing": (
        _l("The number on the terminal's slip is missing, or longer than 40 characters."),
        _l("Type it as it stands on the slip."),
        "",
    ),
    "held_elsewhere": (
        _l("%(free)s are free; %(held)s are in the basket of %(station)s."),
        _l("Take what is free, or ask there; after twenty minutes it is free again."),
        "",
    ),
    "age_unknown": (
        _l("Nobody has asked yet how old the buyer is."),
        _l("Take the alcohol off and scan it again."),
        "",
    ),
    "extra_not_found": (_l("It is not on the manager's list."), "", ""),
    "not_last_sale": (
        _l(
            "Only the newest sale of this shift can be voided, within %(minutes)s minutes and before anything came back."
        ),
        _l("Take the goods back as a refund."),
        "",
    ),
    "approval_needed": (
        _l("Over %(limit_vnd)s a manager must approve."),
        _l("Let a manager choose their name and type their PIN."),
        "",
    ),
    "approval_needed_age": (
        _l("The sale is older than %(days)s days: a manager must approve."),
        _l("Let a manager choose their name and type their PIN."),
        "",
    ),
    "approval_needed_other": (
        _l("It was sold by %(cashier)s: a manager must approve."),
        _l("Let a manager choose their name and type their PIN."),
        "",
    ),
    "approval_needed_shift": (
        _l("With this the till has given back more than %(limit_vnd)s today: a manager must approve."),
        _l("Let a manager choose their name and type their PIN."),
        "",
    ),
    "given_too_much": (
        _l("Nobody hands over %(given_vnd)s for %(due_vnd)s."),
        _l("Type the sum again."),
        "",
    ),
    "basket_changed": (
        _l("The basket has changed meanwhile."),
        _l("Look at it again, then take the money."),
        "",
    ),
    "basket_empty": (_l("The basket is empty."), "", ""),
    "basket_gone": (_l("This basket is not here any more."), _l("Look at the screen again."), ""),
    "basket_not_found": (_l("There is no such basket."), "", ""),
    "line_gone": (_l("This line is not there any more."), _l("Look at the screen again."), ""),
    "no_quarantine": (_l("There is no quarantine place."), _l("The manager adds one under Places."), ""),
    "not_refundable": (_l("A refund can't be refunded."), "", ""),
    "refund_too_much": (_l("No more than %(left)s of it can come back."), _l("Look at the receipt."), ""),
    "sale_not_found": (_l("There is no such receipt."), _l("Check the number on the receipt."), ""),
    "tender_short": (_l("%(missing_vnd)s are missing."), _l("Type the whole sum handed over."), ""),
}

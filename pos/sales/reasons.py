"""sales/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "card_amount_odd": (
        _l("The card can pay from 1 đồng to %(most_vnd)s."),
        _l("Type what stands on the terminal's slip."),
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

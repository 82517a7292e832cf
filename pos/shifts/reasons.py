"""shifts/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "way_missing": (_l("Into the drawer, or out of it?"), _l("Choose one of the two."), ""),
    "dates_differ": (
        _l("A pack of lot %(lot)s was set aside: its code names other days than the books."),
        _l("Look at the pack. Correct the lot with a second person, or write the pack off."),
        "",
    ),
    "amount_odd": (_l("This is no amount of money."), _l("Type a whole number of đồng."), ""),
    "cash_document_not_found": (_l("There is no such document of the cash book."), "", ""),
    "category_odd": (
        _l("That is not what this cash can be for."),
        _l("Choose it anew: into or out of the drawer."),
        "",
    ),
    "cash_approval_needed": (
        _l("Beyond %(limit_vnd)s or %(moves)s times a day at this till a manager must approve."),
        _l("Let a manager choose their name and type their PIN."),
        "",
    ),
    "drawer_short": (_l("The drawer does not hold that much."), _l("Put cash in first, with a reason."), ""),
    "hand_over_to_self": (
        _l("Nobody hands the drawer over to themselves."),
        _l("Let who takes it choose their name and type their PIN."),
        "",
    ),
    "no_cash_difference": (_l("No cash is missing or over in this shift."), "", ""),
    "no_open_shift": (_l("No shift is open at this till."), _l("Count the float and open the shift."), ""),
    "shift_already_closed": (_l("This shift has been closed already."), "", ""),
    "shift_already_open": (_l("A shift is open at this till already."), "", ""),
    "shift_not_found": (_l("There is no such shift."), "", ""),
}

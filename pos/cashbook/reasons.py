"""cashbook/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "opening_below": (
        _l("The book has %(booked_vnd)s there already, more than you have typed."),
        _l("Count again. If it is right, type what the book has, then write a payment for what is short."),
        "",
    ),
    "opening_told": (
        _l("The opening balance was entered already."),
        _l("Put it right by a receipt or payment for what was counted over or short."),
        "",
    ),
    "place_odd": (_l("The cash book has no such place."), _l("Choose one of those on the list."), ""),
    "place_short": (_l("The safe does not hold that much."), _l("Look at its entries, or count it."), ""),
    "same_place": (_l("From and to are the same place."), _l("Choose another."), ""),
    "two_drawers": (
        _l("Cash does not go straight from one drawer to another."),
        _l("Write it to the safe first, and from there into the other drawer."),
        "",
    ),
}

"""counting/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "count_not_found": (_l("There is no such count."), "", ""),
    "tally_not_found": (_l("There is no such note of a count."), "", ""),
    "tally_taken_back": (_l("That was taken back already."), "", ""),
    "count_over": (_l("Count no. %(number)s is over."), _l("Begin another one."), ""),
    "count_moved": (
        _l(
            "%(product)s, lot %(lot)s, %(place)s: it was sold, moved, received or corrected while it was being counted."
        ),
        _l("Count this lot again, all of it at once."),
        "",
    ),
    "count_impossible": (
        _l("%(product)s, lot %(lot)s, %(place)s: more was sold since than was counted."),
        _l("Count this lot again."),
        "",
    ),
    "nothing_counted": (_l("Nothing was counted."), _l("Count first, or drop the count."), ""),
    "lot_unnamed": (_l("What stands on the pack?"), _l("Choose a lot, or type what the pack says."), ""),
    "place_missing": (_l("Where do you stand?"), _l("Choose the place first."), ""),
    "other_place": (_l("This count is of %(place)s."), _l("Begin another count for other places."), ""),
}

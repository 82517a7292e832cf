"""stock/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "nothing_to_stop": (_l("There are no goods to stop."), "", ""),
    "hold_not_found": (_l("There is no such stop."), "", ""),
    "made_in_future": (
        _l("It would be made on %(made)s, which has not come yet."),
        _l("Read the date on the pack again."),
        "",
    ),
    "already_released": (_l("This stop has been released already."), "", ""),
    "lot_not_found": (_l("There is no such lot."), "", ""),
    "made_after_end": (
        _l("It was made on %(made)s, after its end on %(ends)s."),
        _l("Check both dates."),
        "",
    ),
    "place_not_found": (_l("There is no such place."), "", ""),
    "place_taken": (_l("There is a place called %(name)s already."), "", ""),
    "reason_missing": (_l("The reason is missing."), _l("Say why in a few words."), ""),
}

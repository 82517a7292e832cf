"""recalls/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "drill_not_found": (_l("There is no such drill."), "", ""),
    "drill_place_twice": (_l("That place was answered already."), "", ""),
    "drill_over": (_l("This drill is over."), _l("Begin another one."), ""),
}

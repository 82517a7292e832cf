"""closings/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "notes_differ": (
        _l("The notes come to %(sum_vnd)s, not to the sum that was typed."),
        _l("Count again, or leave the sum empty: it is taken from the notes."),
        "",
    ),
    "closing_not_found": (_l("There is no closing of this number."), _l("Choose one from the list."), ""),
}

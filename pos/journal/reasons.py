"""journal/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "clock_went_back": (
        _l(
            "This computer's clock is behind: it says %(now)s, and the newest entry in the books is of %(last)s."
        ),
        _l("Set the clock right; or a manager confirms the date under Journal."),
        "",
    ),
}

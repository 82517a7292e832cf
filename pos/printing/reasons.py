"""printing/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "job_not_waiting": (
        _l("This is printed, or on its way."),
        _l("Look at the paper; a sale's receipt is printed again at the till."),
        "",
    ),
    "job_not_found": (_l("There is no such print job."), "", ""),
}

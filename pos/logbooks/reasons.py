"""logbooks/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "complaint_not_found": (_l("There is no such complaint."), "", ""),
    "cooler_not_found": (_l("There is no such cooler."), "", ""),
    "done_missing": (
        _l("%(name)s is out of its limits: what was done?"),
        _l("For example: goods moved to the other fridge, the door shut, the mechanic called."),
        "",
    ),
    "said_missing": (_l("There are no words yet."), _l("Write what was said."), ""),
    "temperature_odd": (_l("No fridge is that cold or that warm."), _l("Look at the thermometer again."), ""),
}

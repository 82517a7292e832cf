"""onboarding/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "shop_there": (_l("This data folder holds a shop already."), "", ""),
}

"""shop/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "no_shop": (_l("This data folder holds no shop yet."), "ocop-pos init", ""),
}

"""lan/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "no_certificate_yet": (_l("There is no certificate yet."), "ocop-pos run --lan", ""),
}

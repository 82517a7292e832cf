"""producers/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "commission_out_of_range": (_l("A commission is from 0 to 100 %%."), "", ""),
    "name_missing": (_l("The name is missing."), _l("Type a name."), ""),
    "producer_not_found": (_l("There is no such producer."), "", ""),
    "suspension_lifted": (
        _l("A suspension is not ended here: it holds since %(since)s."),
        _l("End it in the producer's dossier, with a second person."),
        "",
    ),
    "not_suspended": (_l("%(name)s is not suspended."), "", ""),
    "producer_twice": (_l("There is a producer called %(name)s already."), "", ""),
}

"""producers/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "commission_out_of_range": (_l("A commission is from 0 to 100 %%."), "", ""),
    "bands_odd": (
        _l("The bands must rise, and there are %(most)s at most."),
        _l("Each begins at a higher sum than the one before."),
        "",
    ),
    "least_payout_odd": (_l("The least payout is 0 or more."), _l("Type a sum in đồng."), ""),
    "days_to_pay_odd": (_l("From 0 to %(most)s days to pay."), "", ""),
    "name_missing": (_l("The name is missing."), _l("Type a name."), ""),
    "terms_not_found": (_l("There are no such terms of this producer."), "", ""),
    "producer_not_found": (_l("There is no such producer."), "", ""),
    "suspension_lifted": (
        _l("A suspension is not ended here: it holds since %(since)s."),
        _l("End it in the producer's dossier, with a second person."),
        "",
    ),
    "not_suspended": (_l("%(name)s is not suspended."), "", ""),
    "producer_twice": (_l("There is a producer called %(name)s already."), "", ""),
}

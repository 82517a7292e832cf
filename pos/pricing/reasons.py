"""pricing/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "discount_odd": (
        _l("A discount is a rate up to 100 %% or an amount above 0."),
        _l("Type one of the two, like 10 % or 5.000."),
        "",
    ),
    "price_reason_missing": (_l("Say why the price changes."), _l("The shop decides by it."), ""),
    "price_same": (_l("The product costs %(price_vnd)s already."), _l("Type another price."), ""),
    "proposal_not_found": (_l("There is no such proposal."), "", ""),
    "price_change_not_found": (_l("There is no such change of prices."), "", ""),
    "starts_in_past": (
        _l("%(starts)s is past: what was sold then had its own price."),
        _l("Choose today or a later day."),
        "",
    ),
    "already_reversed": (_l("This receiving has been taken back already."), "", ""),
    "lines_missing": (_l("There is not one line."), _l("Add at least one."), ""),
    "price_not_positive": (_l("A price is more than 0 ₫."), "", ""),
    "price_far_off": (
        _l("The old price is %(before_vnd)s, the new one %(price_vnd)s."),
        _l("If that is right, tick the box."),
        "",
    ),
    "price_doubtful": (
        _l("The price now is %(before_vnd)s, yours is %(price_vnd)s."),
        _l("Is that right, to the last nought? Then send it once more; else type another price."),
        "",
    ),
    "price_too_high": (_l("This price is not likely: %(price_vnd)s."), _l("Count the noughts."), ""),
}

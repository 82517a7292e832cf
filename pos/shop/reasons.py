"""shop/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "shop_code_odd": (
        _l("The code is 2 to 6 letters and figures, a letter first."),
        _l("Type one like MP or MP2."),
        "",
    ),
    "shop_code_fixed": (
        _l("Receipts bear the code %(code)s: it can't be changed any more."),
        _l("Leave it as it is."),
        "",
    ),
    "tax_status_past": (
        _l("What the shop is can be changed from today on: earlier sales keep what it was."),
        _l("Type today or a later day."),
        "",
    ),
    "turnover_odd": (
        _l("That turnover is no sum a shop takes in a year."),
        _l("Type the đồng, like 350.000.000."),
        "",
    ),
    "no_shop": (_l("This data folder holds no shop yet."), "ocop-pos init", ""),
}

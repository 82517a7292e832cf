"""vouchers/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "voucher_not_found": (
        _l("There is no such voucher."),
        _l("Scan it, or type all letters and figures after QT."),
        "",
    ),
    "voucher_value_odd": (
        _l("A voucher is worth whole thousands, from 1.000 ₫ to 10.000.000 ₫."),
        _l("Type such an amount."),
        "",
    ),
    "voucher_end_past": (_l("Its last day is past."), _l("Choose a later day."), ""),
    "voucher_sold": (
        _l("The voucher was paid for."),
        _l("Take it back at the till if nobody has used it."),
        "",
    ),
    "voucher_shut": (
        _l("Too many wrong codes were typed at this till: wait %(seconds)s seconds."),
        _l("Then scan the voucher."),
        "",
    ),
}

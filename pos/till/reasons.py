"""till/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "quantity_too_much": (
        _l("This is too much for one line: %(most)s at the most."),
        _l("Type how many the buyer takes."),
        "",
    ),
    "quantity_back_odd": (
        _l("This is no quantity that can be given back."),
        _l("Pieces are whole, like 2; a weight is like 0,450."),
        "",
    ),
    "nothing_found": (
        _l("Nothing here is called “%(words)s”, and no code is so."),
        _l("Type it otherwise, or touch the goods."),
        "",
    ),
    "display_not_found": (_l("There is no customer display at this address."), "", ""),
}

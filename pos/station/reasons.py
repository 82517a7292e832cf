"""station/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "printer_choice_odd": (
        _l("A printer can't be spoken to in this way."),
        _l("Choose a model, a way and letters from the lists."),
        "",
    ),
    "sample_unread": (
        _l("Sample %(sample)s did not come in whole."),
        _l("Scan both samples anew, first the left one, then the right one; make the screen brighter."),
        "",
    ),
    "samples_differ": (
        _l("Around the two samples the scanner sent different things."),
        _l("Scan both anew, and touch no key meanwhile."),
        "",
    ),
    "station_not_apart": (
        _l("The devices of this till hang on the shop's own computer."),
        _l("Set apart = true at its station in config.toml, if they are to hang on another."),
        "",
    ),
    "token_gone": (_l("This token is shown no more."), _l("Make a new one on the page of devices."), ""),
    "station_not_found": (_l("There is no such till in config.toml."), "", ""),
    "printer_not_found": (_l("There is no such printer."), "", ""),
}

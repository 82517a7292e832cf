"""identity/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "last_manager": (_l("The shop needs a manager."), _l("Add another one first."), ""),
    "login_taken": (_l("Somebody already signs in as %(login)s."), _l("Choose another name to sign in."), ""),
    "person_not_found": (_l("There is no such person."), "", ""),
    "pin_gone": (_l("This PIN is shown no more."), _l("Make a new one on the page of people."), ""),
    "pin_weak": (
        _l("This PIN is too easy to guess."),
        _l("6 to 12 figures, not counted up and not one repeated."),
        "",
    ),
    "pin_wrong": (
        _l("Name and PIN do not go together, or there were too many tries."),
        _l("Wait a moment and try again; a manager can give a new PIN."),
        "",
    ),
    "pin_shut": (
        _l("Too many wrong tries: for %(minutes)s more minutes no PIN of this account is looked at here."),
        _l("Wait until then; a manager can give a new PIN."),
        "",
    ),
    "not_a_manager": (_l("%(name)s is not a manager."), _l("Let a manager sign."), ""),
    "invitation_gone": (
        _l("This invitation no longer holds."),
        _l("It is used, withdrawn or older than a week. Ask the shop for a new one."),
        "",
    ),
    "invitation_not_found": (_l("There is no such invitation."), "", ""),
    "invitation_over": (_l("This invitation is used, withdrawn or too old already."), "", ""),
    "invitation_pin_wrong": (
        _l("This is not the PIN that the shop told you, or there were too many tries."),
        _l("Wait a moment and try again, or ask the shop for a new invitation."),
        "",
    ),
    "invitation_shown_no_more": (
        _l("The link of this invitation is shown no more."),
        _l("Withdraw it and make a new one."),
        "",
    ),
    "producer_missing": (_l("Which producer is it?"), _l("Choose one; only producers' people have one."), ""),
    "change_decided": (_l("This change is in force or withdrawn already."), "", ""),
    "change_not_found": (_l("There is no such change."), "", ""),
    "change_waits": (
        _l("Another change of it waits until tomorrow."),
        _l("Withdraw that one first, on the first page."),
        "",
    ),
    "second_person_new": (
        _l("The second person's account or PIN is newer than a week."),
        _l("Let somebody sign who has been here longer."),
        "",
    ),
    "second_person_needed": (_l("A second person must agree."), "", ""),
}

"""messages/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "mail_address_missing": (_l("Where should the e-mails go?"), _l("Type your e-mail address, or choose none."), ""),
    "mail_address_odd": (_l("This is no e-mail address."), _l("Type it like name@example.com."), ""),
    "mail_not_found": (_l("There is no such e-mail."), "", ""),
    "mail_not_given_up": (_l("This e-mail is on its way already."), "", ""),
    "message_empty": (_l("There are no words yet."), _l("Write what you want to say."), ""),
    "message_not_found": (_l("There is no such message."), "", ""),
    "message_too_long": (
        _l("This message is too long: %(most)s letters at the most."),
        _l("Shorten it, or send it in two."),
        "",
    ),
}  # fmt: skip

"""web/producer_terms.py — what the journal calls acts between the shop and its producers: invitations, messages, proposed prices."""

from flask_babel import lazy_gettext as _l

PRODUCER_KINDS = {
    "invitation_accepted": _l("invitation taken up"),
    "invitation_pin_wrong": _l("wrong PIN of an invitation"),
    "invitation_withdrawn": _l("invitation withdrawn"),
    "mail_chosen": _l("e-mails chosen"),
    "message_to_producer": _l("message to a producer"),
    "message_to_shop": _l("message of a producer"),
    "person_invited": _l("person of a producer invited"),
    "price_accepted": _l("proposed price accepted"),
    "price_declined": _l("proposed price declined"),
    "price_proposed": _l("price proposed by a producer"),
    "price_withdrawn": _l("proposed price taken back"),
}

"""web/journal_producer_terms.py — what the journal's kinds around producers' accounts, messages and prices are called by people."""

from flask_babel import lazy_gettext as _l

PRODUCER_KINDS = {
    "person_invited": _l("person of a producer invited"),
    "invitation_withdrawn": _l("invitation withdrawn"),
    "invitation_accepted": _l("invitation taken up"),
    "invitation_pin_wrong": _l("wrong PIN of an invitation"),
    "message_to_producer": _l("message to a producer"),
    "message_to_shop": _l("message of a producer"),
    "mail_chosen": _l("e-mails chosen"),
    "lot_terms_changed": _l("terms of a lot put right"),
    "payout_account_changed": _l("payout account changed"),
    "payout_begun": _l("transfer to a producer begun"),
    "payout_dropped": _l("transfer to a producer dropped"),
    "payouts_resumed": _l("payouts allowed again after a restore"),
    "dispute_opened": _l("line of a statement disputed"),
    "dispute_answered": _l("disputed line answered"),
    "producer_entry_written": _l("entry in a producer's account"),
    "statement_approved": _l("statement approved"),
    "price_proposed": _l("price proposed by a producer"),
    "price_accepted": _l("proposed price accepted"),
    "price_declined": _l("proposed price declined"),
}

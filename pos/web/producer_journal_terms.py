"""web/producer_journal_terms.py — what the journal's kinds are called that are about producers: their people, messages, accounts."""

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
    "tender_fee_set": _l("bank's fee set"),
    "recall_fault_recorded": _l("recall was the shop's own fault"),
    "producer_entry_written": _l("entry in a producer's account"),
    "statement_approved": _l("statement approved"),
    "bulk_format_saved": _l("bank's file format kept"),
    "bulk_format_dropped": _l("bank's file format forgotten"),
    "bulk_file_made": _l("file of transfers to producers made"),
}

"""web/settlement_sentences.py — how acts on producers' accounts are told: statements, entries, payouts, disputes."""

from flask_babel import lazy_gettext as _l

from .act_texts import Sentence

SETTLEMENT: dict[str, Sentence] = {
    "statement_approved": Sentence(
        (_l("%(who)s approved %(subject)s of %(producer)s: %(closing_vnd)s"),), (_l("to %(ends)s"),)
    ),
    "producer_entry_written": Sentence(
        (_l("%(who)s wrote %(subject)s in the account of %(producer)s: %(amount_vnd)s"),), ("%(entry_kind)s",)
    ),
    "payout_account_changed": Sentence(
        (_l("%(who)s changed the payout account of %(subject)s to %(account)s"),)
    ),
    "payout_begun": Sentence(
        (_l("%(who)s began a transfer of %(amount_vnd)s to %(subject)s"),), ("%(purpose)s", "%(account)s")
    ),
    "payout_dropped": Sentence(
        (_l("%(who)s dropped a transfer of %(amount_vnd)s to %(subject)s"),), ("%(purpose)s",)
    ),
    "payouts_resumed": Sentence((_l("%(who)s allowed payouts again after the restore"),)),
    "dispute_opened": Sentence((_l("%(who)s disputed line %(line)s of %(subject)s"),)),
    "dispute_answered": Sentence((_l("%(who)s answered the disputed line %(line)s of %(subject)s"),)),
    "bulk_format_saved": Sentence((_l("%(who)s kept how %(format)s wants its file of transfers"),)),
    "bulk_format_dropped": Sentence((_l("%(who)s forgot how %(format)s wants its file of transfers"),)),
    "bulk_file_made": Sentence(
        (_l("%(who)s made a file of %(count)s transfers to producers: %(amount_vnd)s together"),)
    ),
}

"""web/bank_sentences.py — how acts about bank transfers are told: codes, what came, what it was for, accounts."""

from flask_babel import lazy_gettext as _l

from .act_texts import Sentence

BANK: dict[str, Sentence] = {
    "payment_code_shown": Sentence((_l("%(who)s showed the code %(purpose)s for %(amount_vnd)s"),)),
    "transfers_received": Sentence(
        (_l("%(count)s transfers were told of on %(subject)s"),), (_l("%(amount_vnd)s came in"), "%(source)s")
    ),
    "transfer_typed": Sentence(
        (_l("%(who)s typed a transfer of %(amount_vnd)s on %(subject)s"),), ("%(transfer)s",)
    ),
    "transfer_joined": Sentence(
        (_l("%(who)s joined what another source told to %(subject)s"),), ("%(amount_vnd)s", "%(source)s")
    ),
    "transfer_taken": Sentence(
        (_l("%(amount_vnd)s came by transfer for %(subject)s"),),
        ("%(transfer)s", _l("over the due %(surplus_vnd)s")),
    ),
    "transfer_waits": Sentence(
        (_l("The money for %(subject)s came, but a person must finish it"),), ("%(waits)s",)
    ),
    "transfer_confirmed_by_hand": Sentence(
        (_l("%(who)s said that %(amount_vnd)s had come by transfer for %(subject)s"),)
    ),
    "transfer_to_send_back": Sentence(
        (_l("%(subject)s: %(amount_vnd)s are to be sent back by transfer"),),
        (_l("off what has not come yet %(lowered_vnd)s"),),
    ),
    "transfer_allocated": Sentence(
        (_l("%(who)s said what %(transfer)s was for: %(use)s"),), ("%(amount_vnd)s", "%(subject)s")
    ),
    "transfer_claim_ended": Sentence(
        (_l("%(who)s ended waiting for %(amount_vnd)s by transfer: %(use)s"),), ("%(sale)s",)
    ),
    "statement_used": Sentence(
        (_l("%(who)s read a statement of %(subject)s"),),
        (_l("from %(first_day)s"), _l("to %(last_day)s"), _l("%(lines_new)s new lines")),
    ),
    "bank_account_added": Sentence((_l("%(who)s added the bank account %(subject)s"),)),
    "bank_account_changed": Sentence((_l("%(who)s changed the bank account %(subject)s"),)),
    "feed_secret_pasted": Sentence((_l("%(who)s pasted a token for %(subject)s"),), ("%(secret)s",)),
}

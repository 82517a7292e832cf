"""web/money_sentences.py — how acts about money besides plain sales are told: discounts, vouchers, debts, what was corrected."""

from flask_babel import lazy_gettext as _l

from .act_texts import Sentence

_OF_SUBJECT = "%(subject)s"
_BY_TENDER = "%(tender)s"
MONEY: dict[str, Sentence] = {
    "discount_set": Sentence(
        (
            _l("%(who)s took %(amount_vnd)s off %(product)s in %(subject)s"),
            _l("%(who)s took %(amount_vnd)s off %(subject)s"),
        ),
        ("%(rate_bp)s", "%(discount)s"),
    ),
    "discount_removed": Sentence((_l("%(who)s took back a discount of %(subject)s"),), ("%(discount)s",)),
    "lot_marked_down": Sentence(
        (
            _l("%(who)s marked %(subject)s down by %(rate_bp)s"),
            _l("%(who)s ended the markdown of %(subject)s"),
        ),
        ("%(product)s",),
    ),
    "voucher_issued": Sentence((_l("%(who)s made %(subject)s of %(amount_vnd)s"),)),
    "voucher_sold": Sentence((_l("%(who)s sold %(subject)s for %(amount_vnd)s"),), (_BY_TENDER,)),
    "voucher_reserved": Sentence(
        (_l("%(who)s took %(voucher)s for %(subject)s"),), (_l("left on it %(amount_vnd)s"),)
    ),
    "voucher_released": Sentence((_l("%(who)s put %(voucher)s back from %(subject)s"),)),
    "voucher_cancelled": Sentence((_l("%(who)s cancelled %(subject)s"),), (_l("left on it %(amount_vnd)s"),)),
    "voucher_expired": Sentence(
        (_l("%(who)s let %(subject)s end: its last day is past"),), (_l("left on it %(amount_vnd)s"),)
    ),
    "voucher_unknown": Sentence((_l("%(who)s typed a voucher's code that there is not"),)),
    "money_taken": Sentence(
        (_l("%(who)s received %(amount_vnd)s beforehand for %(subject)s"),), (_BY_TENDER,)
    ),
    "money_given_back": Sentence(
        (_l("%(who)s gave back %(amount_vnd)s that was received beforehand"),), (_BY_TENDER, _OF_SUBJECT)
    ),
    "basket_given_up": Sentence((_l("%(who)s gave %(subject)s up"),), (_l("to give back %(amount_vnd)s"),)),
    "debt_paid": Sentence((_l("%(who)s received %(amount_vnd)s for the debt of %(sale)s"),), (_BY_TENDER,)),
    "debt_written_off": Sentence((_l("%(who)s let %(amount_vnd)s of the debt of %(sale)s go"),)),
    "tender_corrected": Sentence(
        (_l("%(who)s corrected %(subject)s: %(amount_vnd)s were %(tender)s"),),
    ),
    "buyer_added": Sentence(
        (_l("%(who)s added %(subject)s, who may buy on account"),), (_l("up to %(limit_vnd)s"),)
    ),
    "buyer_changed": Sentence((_l("%(who)s changed %(subject)s"),), (_l("up to %(limit_vnd)s"),)),
    "buyer_erased": Sentence((_l("%(who)s erased %(subject)s"),)),
}

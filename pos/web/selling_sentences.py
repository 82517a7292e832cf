"""web/selling_sentences.py — how the acts of a till are told: sales, baskets, the drawer, shifts, refusals."""

from flask_babel import lazy_gettext as _l

from .act_texts import Act, Sentence

_OF_SUBJECT = "%(subject)s"
_OF_LOT = "%(lot)s"
SELLING: dict[str, Sentence] = {
    "sold": Sentence(
        (_l("%(who)s made a sale, %(subject)s"), _l("%(who)s made a sale")),
        (
            _l("goods %(total_vnd)s"),
            _l("discounts %(discounts_vnd)s"),
            _l("by card %(card_vnd)s"),
            _l("by voucher %(voucher_vnd)s"),
            _l("on account %(account_vnd)s"),
        ),
    ),
    "refunded": Sentence(
        (_l("%(who)s gave back %(unsigned_paid_back_vnd)s of %(refunds)s"),),
        (
            _l("written as %(subject)s"),
            _l("on the card %(card_back_vnd)s"),
            _l("on the voucher %(voucher_back_vnd)s"),
            _l("off the debt %(account_back_vnd)s"),
        ),
    ),
    "voided": Sentence(
        (_l("%(who)s voided %(refunds)s and gave back %(unsigned_paid_back_vnd)s"),),
        (_l("written as %(subject)s"),),
    ),
    "reprinted": Sentence(
        (_l("%(who)s printed %(sale)s again"), _l("%(who)s printed %(subject)s again")),
        (_l("reprint no. %(copy)s"),),
    ),
    "line_voided": Sentence(
        (_l("%(who)s took off the line %(product)s"),), ("%(line_price)s", _OF_SUBJECT, "%(emptied)s")
    ),
    "line_lessened": Sentence(
        (_l("%(who)s lessened the line %(product)s from %(from_milli)s to %(to_milli)s"),),
        (_l("price %(price_vnd)s"), _OF_SUBJECT),
    ),
    "parked": Sentence((_l("%(who)s parked %(subject)s"),)),
    "taken_over": Sentence((_l("%(who)s took up the parked %(subject)s again"),)),
    "price_checked": Sentence((_l("%(who)s looked at the price of %(product)s"),)),
    "shelf_price_kept": Sentence((_l("%(who)s sold %(product)s at the shelf's price"),), (_OF_SUBJECT,)),
    "lot_compared": Sentence(
        (_l("%(who)s compared a pack of %(product)s: it is of %(lot)s"),), (_OF_SUBJECT,)
    ),
    "dates_differ": Sentence(
        (_l("%(who)s sold %(product)s though the pack's days differ from the books"),),
        (
            _OF_LOT,
            _l("made on, on the pack: %(printed_made)s"),
            _l("best before on the pack: %(printed_ends)s"),
            _OF_SUBJECT,
        ),
    ),
    "age_confirmed": Sentence((_l("%(who)s asked the buyer's age"),), (_OF_SUBJECT,)),
    "age_refused": Sentence(
        (
            _l("%(who)s did not sell %(product)s: the buyer is too young"),
            _l("%(who)s did not sell: the buyer is too young"),
        )
    ),
    "pack_set_aside": Sentence((_l("%(who)s set a pack of %(product)s aside"),), (_OF_LOT,)),
    "manager_called": Sentence(
        (_l("%(who)s called a manager for %(product)s"), _l("%(who)s called a manager"))
    ),
    "extra_added": Sentence((_l("%(who)s added the extra %(subject)s"),), (_l("price %(price_vnd)s"),)),
    "extra_changed": Sentence((_l("%(who)s changed the extra %(subject)s"),), (_l("price %(price_vnd)s"),)),
    "cash_moved": Sentence(
        (_l("%(who)s put %(unsigned_amount_vnd)s into the drawer"),),
        ("%(category)s", "%(cash_document)s", _OF_SUBJECT),
    ),
    "cash_document_written": Sentence(
        (_l("%(who)s wrote %(subject)s, %(amount_vnd)s"), _l("%(who)s wrote %(subject)s")),
        ("%(category)s", _l("fee %(fee_vnd)s")),
    ),
    "drawer_handed_over": Sentence(
        (_l("%(who)s handed the drawer of %(subject)s over to %(to_name)s"),),
        (_l("counted %(counted_vnd)s"), _l("in the books %(expected_vnd)s"), "%(cash_difference)s"),
    ),
    "drawer_opened": Sentence((_l("%(who)s opened the drawer without a sale"),), (_OF_SUBJECT,)),
    "drawer_tested": Sentence((_l("%(who)s tried out the drawer at the printer %(printer)s"),)),
    "count_differs": Sentence(
        (_l("%(who)s first counted %(counted_vnd)s in the drawer"),),
        (_l("in the books %(expected_vnd)s"), "%(cash_difference)s", _OF_SUBJECT),
    ),
    "difference_explained": Sentence(
        (
            _l("%(who)s told why the cash of %(subject)s is %(difference_vnd)s"),
            _l("%(who)s told why the cash of %(subject)s is missing or over"),
        )
    ),
    "shift_opened": Sentence(
        (_l("%(who)s opened %(subject)s"),),
        (
            _l("with a float of %(float_vnd)s"),
            _l("at the close before %(previous_counted_vnd)s"),
            _l("had stayed in the drawer %(stayed_vnd)s"),
            "%(difference_vnd)s",
        ),
    ),
    "shift_closed": Sentence(
        (_l("%(who)s closed %(subject)s"),),
        (
            _l("counted %(counted_vnd)s"),
            _l("in the books %(expected_vnd)s"),
            "%(cash_difference)s",
            _l("stays as the next float %(stays_vnd)s"),
        ),
    ),
    "refused": Sentence(
        (
            _l("%(who)s was refused for %(product)s: %(reasons)s"),
            _l("%(who)s was refused for the code %(scanned)s: %(reasons)s"),
            _l("%(who)s was refused: %(reasons)s"),
            _l("%(who)s was refused"),
        )
    ),
}
_CASH_OUT = Sentence(
    (_l("%(who)s took %(unsigned_amount_vnd)s out of the drawer"),),
    ("%(category)s", "%(cash_document)s", _OF_SUBJECT),
)


def choose_selling(act: Act) -> Sentence | None:
    """The sentence of a kind that is told in two ways; None for the others."""
    amount = act.details.get("amount_vnd")
    is_cash_out = act.kind == "cash_moved" and isinstance(amount, int) and amount < 0
    return _CASH_OUT if is_cash_out else None

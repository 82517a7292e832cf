"""web/goods_sentences.py — how acts on goods are told: products, prices, papers, lots, stock, counts, tags, recalls, lists."""

from flask_babel import lazy_gettext as _l

from .act_texts import Sentence

_OF_SUBJECT = "%(subject)s"
_OF_LOT = "%(lot)s"
_WHY = _l("reason: %(why)s")
_NOTE = _l("delivery note %(delivery_note)s")
_STARTS = _l("from %(starts)s on")
_PAPER_KIND = "%(kind)s"
_PRODUCTS: dict[str, Sentence] = {
    "product_added": Sentence((_l("%(who)s added the product %(subject)s"),)),
    "product_changed": Sentence((_l("%(who)s changed the product %(subject)s"),)),
    "producer_added": Sentence((_l("%(who)s added the producer %(subject)s"),)),
    "producer_changed": Sentence((_l("%(who)s changed the producer %(subject)s"),)),
    "terms_agreed": Sentence(
        (
            _l("%(who)s agreed terms with %(subject)s: for a commission of %(commission_bp)s"),
            _l("%(who)s agreed terms with %(subject)s: %(deal)s"),
            _l("%(who)s agreed terms with %(subject)s"),
        ),
        (_l("with %(commission_steps)s more steps above"), _STARTS),
    ),
    "lot_terms_changed": Sentence(
        (_l("%(who)s put the terms of %(subject)s of %(product)s right"),),
        (_l("difference %(amount_vnd)s"),),
    ),
    "services_given_terms": Sentence(
        (
            _l(
                "%(who)s gave services of %(subject)s that were sold without terms new ones: %(count)s lines, %(paid_vnd)s"
            ),
        ),
        (_STARTS,),
    ),
    "tender_fee_set": Sentence(
        (_l("%(who)s set what the bank takes of %(tender)s to %(rate_bp)s"),), (_STARTS,)
    ),
    "price_set": Sentence((_l("%(who)s set the price of %(subject)s to %(price_vnd)s"),), (_STARTS,)),
    "prices_set": Sentence((_l("%(who)s set %(count)s prices together"),), (_STARTS, _OF_SUBJECT)),
    "prices_taken_back": Sentence(
        (_l("%(who)s took back %(count)s prices that were set together"),), (_STARTS, _OF_SUBJECT)
    ),
    "price_proposed": Sentence(
        (_l("%(who)s proposed the price %(price_vnd)s for %(subject)s"),), (_STARTS, _l("reason: %(reason)s"))
    ),
    "price_withdrawn": Sentence((_l("%(who)s took back the proposed price %(price_vnd)s for %(subject)s"),)),
    "price_accepted": Sentence(
        (_l("%(who)s accepted the proposed price %(price_vnd)s for %(subject)s"),), (_STARTS,)
    ),
    "price_declined": Sentence(
        (_l("%(who)s declined the proposed price %(price_vnd)s for %(subject)s"),),
        (_l("reason: %(reason)s"),),
    ),
    "shelf_price_noted": Sentence(
        (
            _l("%(who)s noted the price on the shelf of %(subject)s: %(price_vnd)s"),
            _l("%(who)s noted %(shelf_price_count)s prices on the shelf"),
            _l("%(who)s noted prices on the shelf: %(prices_vnd)s"),
        )
    ),
    "fact_change_waits": Sentence(
        (_l("%(who)s changed %(changed_row)s, which waits until a second person agrees"),),
        (_l("otherwise in force on %(due_on)s"),),
    ),
    "fact_changed": Sentence((_l("%(who)s put the change of %(changed_row)s in force"),)),
    "fact_change_withdrawn": Sentence((_l("%(who)s withdrew the waiting change of %(changed_row)s"),)),
}
_PAPERS: dict[str, Sentence] = {
    "paper_added": Sentence((_l("%(who)s added %(subject)s"),), (_PAPER_KIND,)),
    "paper_changed": Sentence((_l("%(who)s changed %(subject)s"),), (_PAPER_KIND,)),
    "paper_revoked": Sentence(
        (_l("%(who)s wrote down that %(subject)s was withdrawn"),),
        (_l("on %(revoked_on)s"), _l("by %(revoked_by)s"), _PAPER_KIND),
    ),
    "paper_proposed": Sentence((_l("%(who)s sent in %(subject)s"),), (_PAPER_KIND,)),
    "paper_taken_over": Sentence((_l("%(who)s took over %(subject)s that was sent in"),), (_PAPER_KIND,)),
    "paper_declined": Sentence(
        (_l("%(who)s declined %(subject)s that was sent in"),),
        (_PAPER_KIND, _l("reason: %(declined_because)s")),
    ),
    "file_kept": Sentence((_l("%(who)s stored the %(subject)s"),)),
}
_STOCK: dict[str, Sentence] = {
    "lot_added": Sentence((_l("%(who)s added %(subject)s of %(product)s"), _l("%(who)s added %(subject)s"))),
    "lot_changed": Sentence(
        (_l("%(who)s changed %(subject)s of %(product)s"), _l("%(who)s changed %(subject)s"))
    ),
    "opening_stock": Sentence(
        (_l("%(who)s wrote down %(subject)s of %(product)s as in the shop when the books began"),)
    ),
    "opening_stock_reversed": Sentence(
        (_l("%(who)s took back the opening stock of %(product)s, %(subject)s"),)
    ),
    "place_added": Sentence((_l("%(who)s added the place %(subject)s"),)),
    "stopped": Sentence(
        (_l("%(who)s stopped %(stopped_goods)s"), _l("%(who)s stopped goods")), (_OF_SUBJECT,)
    ),
    "released": Sentence(
        (_l("%(who)s ended the stop of %(stopped_goods)s"), _l("%(who)s ended a stop")), (_OF_SUBJECT,)
    ),
    "recall_fault_recorded": Sentence(
        (
            _l("%(who)s wrote down that the stop of %(stopped_goods)s was the shop's own fault"),
            _l("%(who)s wrote down that a stop was the shop's own fault"),
        ),
        (_OF_SUBJECT,),
    ),
    "moved": Sentence(
        (_l("%(who)s moved %(quantity_milli)s of %(product)s from %(from_place)s to %(to_place)s"),),
        (_OF_SUBJECT,),
    ),
    "counted": Sentence(
        (_l("%(who)s counted %(counted_milli)s of %(product)s"),),
        (_OF_SUBJECT, _l("at %(place)s"), "%(stock_difference)s"),
    ),
    "written_off": Sentence(
        (_l("%(who)s wrote off %(quantity_milli)s of %(product)s"),), (_OF_LOT, "%(what)s", _OF_SUBJECT)
    ),
    "count_begun": Sentence((_l("%(who)s began the %(subject)s"),)),
    "count_posted": Sentence((_l("%(who)s posted the %(subject)s to the books"),)),
    "count_dropped": Sentence((_l("%(who)s dropped the %(subject)s"),)),
    "tallied": Sentence((_l("%(who)s noted what was counted"),), (_OF_SUBJECT,)),
    "sets_made": Sentence((_l("%(who)s made %(sets)s sets of %(product)s"),), (_OF_SUBJECT,)),
    "sets_taken_apart": Sentence((_l("%(who)s took %(sets)s sets of %(product)s apart"),), (_OF_SUBJECT,)),
}
_STOREROOM: dict[str, Sentence] = {
    "received": Sentence(
        (_l("%(who)s received goods from %(producer)s"), _l("%(who)s received goods")),
        (_l("delivery note %(note)s"), _OF_SUBJECT),
    ),
    "receiving_reversed": Sentence((_l("%(who)s took back the goods received with %(subject)s"),), (_WHY,)),
    "note_scanned": Sentence((_l("%(who)s added a scan of the delivery note to %(subject)s"),)),
    "check_kept": Sentence((_l("%(who)s wrote down the check at receiving: %(subject)s"),)),
    "delivery_announced": Sentence(
        (_l("%(who)s announced a delivery for %(comes_on)s"), _l("%(who)s announced a delivery")), (_NOTE,)
    ),
    "delivery_changed": Sentence(
        (
            _l("%(who)s changed the delivery announced for %(comes_on)s"),
            _l("%(who)s changed an announced delivery"),
        ),
        (_NOTE,),
    ),
    "delivery_withdrawn": Sentence(
        (
            _l("%(who)s withdrew the delivery announced for %(comes_on)s"),
            _l("%(who)s withdrew an announced delivery"),
        ),
        (_NOTE,),
    ),
    "imported": Sentence((_l("%(who)s read in the list %(source)s: %(rows)s rows"),)),
    "import_taken_back": Sentence((_l("%(who)s took back the list %(source)s: %(rows)s rows"),)),
}
_TAGS: dict[str, Sentence] = {
    "tags_printed": Sentence(
        (_l("%(who)s printed %(count)s tags"),), ("%(design)s", "%(about)s", _OF_SUBJECT)
    ),
    "tag_seen": Sentence(
        (
            _l("%(who)s saw the tag %(subject)s of %(product)s at its shelf"),
            _l("%(who)s saw %(tag_count)s tags at their shelves"),
        )
    ),
    "tag_taken_down": Sentence(
        (
            _l("%(who)s took down the tag %(subject)s of %(product)s"),
            _l("%(who)s took down %(tag_count)s tags"),
        )
    ),
    "drill_begun": Sentence((_l("%(who)s began the %(subject)s"),), ("%(stopped_goods)s",)),
    "drill_found": Sentence(
        (_l("%(who)s wrote down what was found in the %(subject)s"),), ("%(stopped_goods)s",)
    ),
    "drill_ended": Sentence((_l("%(who)s ended the %(subject)s"),), ("%(stopped_goods)s",)),
}
GOODS = _PRODUCTS | _PAPERS | _STOCK | _STOREROOM | _TAGS

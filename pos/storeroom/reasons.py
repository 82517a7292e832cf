"""storeroom/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "check_not_found": (_l("There is no such check."), "", ""),
    "check_missing": (_l("Not looked at yet: %(check)s."), _l("Answer every check of the line."), ""),
    "quality_failed": (
        _l("It did not pass: %(check)s."),
        _l("It goes back to the producer."),
        _l("the shop's own list of checks"),
    ),
    "sent_back": (_l("It goes back: %(why)s."), "", _l("the manager's word")),
    "day_past": (_l("%(day)s is past."), _l("Choose today or a later day."), ""),
    "delivery_not_found": (_l("There is no such announced delivery."), "", ""),
    "delivery_came": (_l("This delivery came in already."), "", ""),
    "delivery_withdrawn": (_l("This delivery was withdrawn already."), "", ""),
    "no_set": (_l("This product is no gift set."), "", ""),
    "parts_differ": (
        _l("%(product)s: the sets need %(needed)s, chosen are %(chosen)s."),
        _l("Correct the quantities of its lots."),
        "",
    ),
    "copies_odd": (_l("From 1 to 50 labels a lot."), "", ""),
    "limits_crossed": (_l("The lower limit must lie below the upper one."), "", ""),
    "lot_differs": (
        _l("Lot %(lot)s is known with other dates (made %(made)s, ends %(ends)s)."),
        _l("Check the pack: another date is another lot."),
        "",
    ),
    "lot_other_deal": (
        _l("Lot %(lot)s came under another deal before, and keeps it."),
        _l("Give what came now another lot number."),
        "",
    ),
    "lot_other_price": (
        _l("Lot %(lot)s came at a fixed price of %(agreed_vnd)s a unit, and keeps it."),
        _l("Type the same price, or give what came now another lot number."),
        "",
    ),
    "boxes_wrong": (
        _l("A quantity can't be read."),
        _l("It is said at its row; nothing was written off."),
        "",
    ),
    "partly_written_off": (
        _l("%(done)s rows are out of the books, %(left)s are not."),
        _l("Why is said at each row that is left."),
        "",
    ),
    "cost_missing": (
        _l("What does the producer get for one?"),
        _l("By the deal with them it is a sum a unit: type it."),
        "",
    ),
    "draft_gone": (
        _l("This draft is gone: it came in meanwhile, or was thrown away."),
        _l("Look into the list of receivings."),
        "",
    ),
    "draft_changed": (
        _l("This delivery was gone on with on another page meanwhile: some of it may be in already."),
        _l("Nothing was received twice. Open it anew under Receiving."),
        "",
    ),
    "announced_twice": (
        _l("A delivery with the note %(note)s is announced already."),
        _l("Change that one in the list of your deliveries, or type the number of this note."),
        "",
    ),
    "note_missing": (
        _l("The number of the delivery note is missing."),
        _l("Every delivery has one: type it."),
        "",
    ),
    "product_of_another_producer": (
        _l("It is not this producer's product."),
        _l("Make one receiving for each producer."),
        "",
    ),
    "receiving_not_found": (_l("There is no such receiving."), "", ""),
}

"""tags/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "nothing_to_tag": (
        _l("There is nothing to make tags for."),
        _l("Choose other goods; what hangs and is true needs no new tag."),
        "",
    ),
    "until_in_past": (_l("This day is over before the tag holds."), _l("Type a later day, or none."), ""),
    "tag_not_found": (_l("There is no such tag."), "", ""),
    "tag_batch_not_found": (_l("There is no such batch of tags."), "", ""),
    "old_price_none": (
        _l("The price of %(product)s was not lowered: there is no old price to strike through."),
        _l("Set the lower price first, from today on."),
        "Nghị định 81/2018/NĐ-CP, điều 7",
    ),
    "old_price_short": (
        _l(
            "The old price %(price_vnd)s of %(product)s was asked for %(days)s days only; it may be struck through after %(least)s."
        ),
        _l("Print a plain tag with the new price."),
        "Nghị định 81/2018/NĐ-CP, điều 7",
    ),
    "marked_down_too_far": (
        _l("%(product)s would be lowered by more than %(most)s %%."),
        _l("Ask more, or give it away."),
        "Nghị định 81/2018/NĐ-CP, điều 7 khoản 1",
    ),
    "product_archived": (_l("It is not sold here any more."), _l("Give it to the manager."), ""),
}

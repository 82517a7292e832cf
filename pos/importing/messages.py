"""importing/messages.py — a preview's codes in words."""

from flask_babel import lazy_gettext as _l

from .preview import RowPreview

SAYS = {
    "add": _l("will be added"),
    "add_but_inadmissible": _l("will be added, but may not be sold"),
    "change": _l("will be changed"),
    "same": _l("is in the books already"),
    "duplicate_row": _l("same as row %(text)s: passed over"),
    "ignored_total": _l("a total: passed over"),
    "gtin_taken": _l("barcode %(text)s belongs to another product: check which pack carries it"),
    "gtin_check_digit": _l("no barcode (its check digit is wrong): type all digits under the bars again"),
    "price_missing": _l("no price: type one"),
    "price_odd": _l("no sum of đồng: write it like 45.000"),
    "price_not_positive": _l("a price is more than 0: correct it"),
    "price_too_low": _l("not a likely price: were the three noughts lost? Write it like 45.000"),
    "differs_from_row": _l("says something else than row %(text)s of the same product: keep the right one"),
    "made_after_end": _l("ends before it was made: check both days"),
    "ends_before_start": _l("ends before it starts: check both days"),
    "issued_missing": _l("the day of the decision is missing: type it as on the paper"),
    "place_unknown": _l("no place is called %(text)s: add it under Places first"),
    "price_too_high": _l("not a likely price: count the noughts"),
    "stars_out_of_range": _l("stars are from 1 to 5: look at the decision"),
    "date_not_a_day": _l("no such day: write it like 24/11/2026"),
    "date_in_future": _l("this day has not come yet: look at the paper"),
    "unclear_end": _l(
        "is it the end of the paper or of the lot? Call the column Hiệu lực đến (paper) or HSD (lot)"
    ),
    "ends_beyond_term": _l(
        "a paper of this kind ends on %(text)s at the latest: read it again. Is it the end of a lot?"
    ),
    "end_would_move": _l(
        "the end of a paper in the books would move to %(text)s: tick the box if the paper says so"
    ),
    "products_missing": _l(
        "a paper of this kind needs its product, and %(text)s is none in the books: add it first"
    ),
    "lot_alike": _l("lot %(text)s is in the books: write its number the same way, or correct the lot there"),
    "sku_is_ours": _l("%(text)s is how this shop numbers its tags and receipts: give it another number"),
    "sku_taken": _l(
        "%(text)s is another product's number, but for its capitals: write it as there, or another"
    ),
    "needs_second_person": _l(
        "%(text)s concerns goods that were on the shelf: change it on its own page, with a second person"
    ),
    "formula": _l("a formula: paste its value instead"),
    "name_missing": _l("no name: type one"),
    "producer_missing": _l("no producer: type whose it is"),
    "product_unknown": _l("no such product in the books: add it first"),
    "number_missing": _l("no number: type it as it stands on the paper"),
    "number_odd": _l("no number that fits here"),
    "quantity_odd": _l("no quantity: write it like 12 or 0,450"),
    "no_lot": _l("no lot number: type one"),
    "group_unknown": _l("no such group"),
    "class_unknown": _l("no such class of goods"),
    "kind_unknown": _l("no such kind of goods"),
    "paper_kind_unknown": _l("no such kind of paper"),
}
_NEW_GOODS = _l("will be added; sold once its other papers are there")


def render_row(row: RowPreview) -> str:
    """What happens to a row. New goods need more papers than a sheet of goods tells of."""
    words = _NEW_GOODS if row.says == "add" and row.is_product else SAYS[row.says]
    return str(words).replace("%(text)s", row.text)

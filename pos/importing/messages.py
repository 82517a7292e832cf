"""importing/messages.py — a preview's codes in words."""

from flask_babel import lazy_gettext as _l

from .read_rows import RowPreview

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
    "replaced_by_row": _l("row %(text)s of the same product is right: passed over"),
    "made_after_end": _l("ends before it was made: check both days"),
    "ends_before_start": _l("ends before it starts: check both days"),
    "issued_missing": _l("the day of the decision is missing: type it as on the paper"),
    "place_unknown": _l("no place is called %(text)s: say above what it is"),
    "kind_missing": _l("what kind of goods is it? Choose it here or above"),
    "name_alike": _l("is it %(text)s, or another product? Choose here"),
    "not_goods": _l("a service or a set of other goods: passed over"),
    "not_sold": _l("not sold any more in that list: passed over"),
    "model_row": _l("the common name of the rows below: passed over"),
    "other_unit": _l("another unit of goods in this list: passed over"),
    "price_per_amount": _l("a price for a part of the goods: write that of one piece or one kilogram"),
    "commission_odd": _l("no commission: write it like 15"),
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
    "sold_no_more": _l(
        "%(text)s is archived, sold no more: take it back on its page first, or leave the row out"
    ),
    "unit_fixed": _l(
        "%(text)s came by another unit before, by piece or by weight, and stays so: mend the unit in the list, or add it as new goods"
    ),
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
NOTES = {
    "group_code_left": _l("its group is not one of ours: chosen by its kind"),
    "made_on_missing": _l(
        "no day of making: this lot can't be sold. Add the column NSX to the list, or type the day on the lot's page"
    ),
    "barcode_left": _l("its barcode is no code of GS1: not taken over"),
}
STATES = {
    "new": _l("new"),
    "changed": _l("changed"),
    "asked": _l("to be answered"),
    "refused": _l("refused"),
    "nothing": _l("nothing to do"),
}
FIELD_GROUPS = (
    (_l("Goods"), {
        "name_vi": _l("name"), "sku": _l("own number"), "barcode": _l("barcode"), "pack": _l("pack"), "unit": _l("sold by"),
        "net_content": _l("net content"), "group_code": _l("group"), "kind": _l("kind of goods"), "goods_class": _l("class of goods"),
        "name_en": _l("English name"), "storage": _l("storage"), "ingredients": _l("ingredients"), "allergens": _l("allergens"),
        "story_vi": _l("story"), "story_en": _l("story in English"), "alcohol": _l("alcohol by volume"), "label_entries": _l("label as checked"),
        "vat_category": _l("VAT"), "banned": _l("banned"), "picture": _l("file name of a picture"),
    }),
    (_l("Price and deal"), {
        "price": _l("selling price"), "price_starts": _l("price from"), "cost": _l("what it was bought for"), "commission": _l("commission in per cent"),
    }),
    (_l("Stock"), {
        "quantity": _l("quantity in stock"), "lot_number": _l("lot number"), "made_on": _l("made on"), "expires_on": _l("best before"),
        "place": _l("shelf"), "origin_place": _l("origin"), "delivery_note": _l("delivery note"), "held_because": _l("stopped because"),
    }),
    (_l("Producer"), {
        "producer_name": _l("producer"), "producer_address": _l("address"), "producer_phone": _l("phone"),
        "suspended_on": _l("suspended since"), "suspended_why": _l("why suspended"),
    }),
    (_l("Papers"), {
        "paper_number": _l("number of the paper"), "paper_issued": _l("day of issue"), "paper_ends": _l("end of the paper"),
        "paper_starts": _l("good from"), "stars": _l("stars"), "paper_issuer": _l("issuer"), "paper_kind": _l("kind of paper"),
        "name_written": _l("name as written there"), "revoked_on": _l("withdrawn on"), "revoked_by": _l("withdrawn by"),
    }),
    (_l("Of other programs"), {
        "variant_name": _l("name of the variant"), "variant_words": _l("what tells the variant"), "is_model": _l("common name only"), "goods_type": _l("type of article"), "is_sold": _l("still sold"),
        "other_unit_of": _l("another unit of"), "group_words": _l("group there"), "picture_address": _l("address of a picture (not fetched)"),
    }),
)  # fmt: skip
FIELD_WORDS = {name: words for _group, fields in FIELD_GROUPS for name, words in fields.items()}
QUESTIONS = {
    "two_columns": _l("Two columns could be this one. Which is right?"),
    "two_meanings": _l("This heading has two meanings. What is in this column?"),
    "price_unit": _l("Are these prices in đồng or in thousands?"),
    "quantity_unit": _l("How is this quantity counted?"),
    "weight_unit": _l("In what unit is this content?"),
    "days_swapped": _l(
        "Some of these dates are text, the others Excel's. Has Excel taken day for month in its own?"
    ),
    "day_order": _l("Which comes first in these dates, the day or the month?"),
}
HOWS = {
    "1000": _l("thousand đồng: 45 is 45.000 ₫"), "1": _l("as written: 45 is 45"), "1000000": _l("million đồng"), "kg": _l("kilograms: sold by weight"),
    "g": _l("grams"), "ml": "ml", "l": _l("litres"), "swap": _l("yes, turn its dates round: 11/05 becomes 05/11"), "dm": _l("the day first: 05/03 is the 5th of March"), "md": _l("the month: 05/03 is the 3rd of May"),
}  # fmt: skip
COLUMN_NOTES = {
    "month_last": _l("Only month and year are written: the last day of the month is meant."),
    "month_first": _l("Only month and year are written: the first day of the month is taken."),
}
_NEW_GOODS = _l("will be added; sold once its other papers are there")


def render_row(row: RowPreview) -> str:
    """What happens to a row. New goods need more papers than a sheet of goods tells of."""
    words = _NEW_GOODS if row.says == "add" and row.is_product else SAYS[row.says]
    return str(words).replace("%(text)s", row.text)

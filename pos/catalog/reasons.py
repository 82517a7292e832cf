"""catalog/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "set_empty": (_l("What does the set hold?"), _l("Name its products, one a line."), ""),
    "set_in_set": (
        _l("%(name)s can't be part of a set."),
        _l("A set holds goods, no other set and no service."),
        "",
    ),
    "gtin_check_digit": (
        _l("%(digits)s is no barcode: its check digit is wrong."),
        _l("Type all digits under the bars once more."),
        "",
    ),
    "gtin_taken": (
        _l("Barcode %(digits)s belongs to %(name)s."),
        _l("One code, one product: check which pack carries it."),
        "",
    ),
    "sku_is_ours": (
        _l("%(sku)s is how this shop numbers its price tags and receipts."),
        _l("Give the product another number."),
        "",
    ),
    "sku_taken": (
        _l("%(sku)s is the number of %(name)s, but for its capitals."),
        _l("Give the product another number."),
        "",
    ),
    "product_not_found": (_l("There is no such product."), "", ""),
    "product_twice": (
        _l("This producer already has %(name)s."),
        _l("Change that one, or name the pack."),
        "",
    ),
    "quantity_odd": (
        _l("This quantity can't be sold."),
        _l("Pieces are whole; a weight is more than nothing."),
        "",
    ),
}

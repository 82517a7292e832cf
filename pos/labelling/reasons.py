"""labelling/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

LETTER = "28/SCT-QLCN, 3/8/2020, 2.3"
OCOP = "148/QĐ-TTg, 1489/QĐ-TTg"

_MOVED = _l("100 is 10 mm; 0 leaves it where it is.")
REASONS = {
    "no_such_day": (_l("There is no day %(typed)s."), "", ""),
    "day_odd": (_l("This is no day or time."), _l("Type a day like 24/11/2026, a time like 14:30."), ""),
    "no_ocop_goods": (
        _l("No goods on the OCOP shelves have stars today."),
        _l("Receive OCOP goods with their decision first; then print the sign."),
        LETTER,
    ),
    "tag_design_not_found": (_l("There is no such kind of tag."), "", ""),
    "sheet_not_found": (_l("These tags don't go on that sheet."), _l("Choose one from the list."), ""),
    "sheet_start_odd": (
        _l("The sheet has the cells 1 to %(cells)s."),
        _l("Type the number of the first empty cell."),
        "",
    ),
    "sheet_right_odd": (_l("A page is moved by a whole number from -100 to 100."), _MOVED, ""),
    "sheet_down_odd": (_l("A page is moved by a whole number from -100 to 100."), _MOVED, ""),
    "tag_does_not_fit": (
        _l("On this tag %(part)s of %(product)s is too long."),
        _l("Shorten the name, or choose a larger kind of tag."),
        "",
    ),
    "no_tag_code": (
        _l("%(scanned)s is no price tag's code."),
        _l("Scan the square code on the tag, or type the code printed on it."),
        "",
    ),
    "tag_of_another_shelf": (_l("This tag belongs to another shelf: %(place)s."), _l("Hang it there."), ""),
    "colour_odd": (_l("This is no colour."), _l("Choose one from the field."), ""),
    "weight_odd": (_l("Type a weight like 0,450."), "", ""),
    "no_item_code": (
        _l("%(product)s has no number at the scale."),
        _l("On its page add the barcode of the scale's label with 00000 where the grams stand."),
        "",
    ),
}

"""importing/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "workbook_missing": (_l("No file was chosen."), _l("Choose the list: .xlsx, .xls or .csv."), ""),
    "workbook_heavy": (
        _l("This workbook takes too much time or memory to read."),
        _l("Save the sheet with the goods alone in a new workbook."),
        "",
    ),
    "preview_old": (
        _l("This preview is out of date."),
        _l("Choose the workbook again and look at it anew."),
        "",
    ),
    "import_process_ended": (
        _l("The program that was at work on the list was ended: too little memory, or somebody stopped it."),
        _l("Read the same list in again: it goes on with the rows that aren't written."),
        "",
    ),
    "import_broken_off": (
        _l("%(done)s of %(total)s rows are written, the others are not."),
        _l("Choose the same workbook again: what is written already is passed over."),
        "",
    ),
    "columns_unsure": (
        _l("What these columns mean is not clear: %(columns)s"),
        _l("Say what each is, then write."),
        "",
    ),
    "import_not_found": (_l("There is no such import."), "", ""),
    "import_closed": (
        _l("This import can't be taken back any more: it was already, or a day has gone by."),
        _l("Change what is wrong on its own page, or archive the goods."),
        "",
    ),
    "import_sold_from": (
        _l("Goods of this import were sold, moved or counted since: %(names)s."),
        _l("Take that back first, or change what is wrong on its own page."),
        "",
    ),
    "import_changed_since": (
        _l("Somebody has changed what this import changed: %(names)s."),
        _l("Change what is wrong on its own page."),
        "",
    ),
    "import_relied_on": (
        _l("Something else relies on what this import made: %(names)s."),
        _l("Take that back first, or change what is wrong on its own page."),
        "",
    ),
    "import_on_floor": (
        _l("Goods on the floor would be judged otherwise by it: %(names)s."),
        _l("Change that on its own page, with a second person."),
        "",
    ),
    "rows_changed": (
        _l("By your answers more rows are open now. Nothing was written yet."),
        _l("Look at them again, then write."),
        "",
    ),
    "answer_odd": (
        _l("“%(answer)s” names no column, field or kind of goods that there is."),
        _l("Write the heading as it is in the list, then = and what it is."),
        "",
    ),
    "workbook_odd": (
        _l("This file is no workbook that can be read: %(why)s"),
        _l("Save it as .xlsx and try again."),
        "",
    ),
}

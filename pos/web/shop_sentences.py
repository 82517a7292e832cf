"""web/shop_sentences.py — how the acts around the trade are told: the shop, people, devices, logbooks, backups, the books."""

from flask_babel import lazy_gettext as _l

from .act_texts import Sentence

_WHY = _l("because: %(why)s")
_SHOP: dict[str, Sentence] = {
    "shop_opened": Sentence((_l("%(who)s opened the shop %(subject)s"),)),
    "set_up": Sentence((_l("%(who)s finished the first steps of the shop %(subject)s"),)),
    "shop_identified": Sentence((_l("%(who)s gave the shop %(subject)s an identity of its own"),)),
    "policy_changed": Sentence((_l("%(who)s changed the policy of the shop %(subject)s"),)),
    "tax_status_told": Sentence(
        (_l("%(who)s told what the shop is to the tax office: %(status)s"),), (_l("from %(starts)s on"),)
    ),
    "opening_turnover_told": Sentence(
        (_l("%(who)s told the turnover of %(year)s before these books: %(amount_vnd)s"),)
    ),
    "clock_confirmed": Sentence((_l("%(who)s confirmed the date of the computer"),)),
    "closing_made": Sentence((_l("%(who)s closed the books: %(subject)s"),), ("%(signature)s",)),
    "seal_key_made": Sentence(
        (_l("%(who)s made key no. %(subject_number)s, which signs the closings of the books"),)
    ),
}
_PEOPLE: dict[str, Sentence] = {
    "person_added": Sentence(
        (_l("%(who)s added %(subject)s to the people of the shop"),), (_l("as %(role)s"),)
    ),
    "person_changed": Sentence((_l("%(who)s changed what is written of %(subject)s"),)),
    "person_left": Sentence((_l("%(who)s let %(subject)s go"),)),
    "person_returned": Sentence((_l("%(who)s took %(subject)s back"),)),
    "pin_changed": Sentence((_l("%(who)s changed their own PIN"),)),
    "pin_reset": Sentence((_l("%(who)s gave %(subject)s a new PIN"),)),
    "pin_wrong": Sentence(
        (_l("A wrong PIN was typed for %(subject)s"), _l("A wrong PIN was typed for a name that nobody has")),
        (_l("wrong tries today: %(failed)s"), _l("typed at %(door)s")),
    ),
    "person_invited": Sentence(
        (_l("%(who)s invited a person of %(subject)s (invitation no. %(invitation)s)"),)
    ),
    "invitation_withdrawn": Sentence(
        (_l("%(who)s withdrew invitation no. %(invitation)s of a person of %(subject)s"),)
    ),
    "invitation_accepted": Sentence((_l("%(who)s took up invitation no. %(invitation)s"),)),
    "invitation_pin_wrong": Sentence(
        (_l("A wrong PIN was typed for an invitation of %(subject)s"),), (_l("wrong tries: %(failed)s"),)
    ),
    "message_to_producer": Sentence((_l("%(who)s wrote to %(subject)s (message no. %(message)s)"),)),
    "message_to_shop": Sentence((_l("%(who)s of %(subject)s wrote to the shop (message no. %(message)s)"),)),
    "mail_chosen": Sentence((_l("%(who)s chose which e-mails to get"),)),
    "recovery_code_made": Sentence((_l("%(who)s made a recovery code"),)),
    "signed_in": Sentence((_l("%(who)s signed in"),)),
    "signed_out": Sentence((_l("%(who)s signed out"),)),
    "locked": Sentence((_l("%(who)s locked the screen"),)),
}
_DEVICES: dict[str, Sentence] = {
    "door_restarted": Sentence(
        (_l("%(who)s opened the way into the shop's computer anew: %(door)s"),), (_WHY,)
    ),
    "print_discarded": Sentence(
        (_l("%(who)s discarded the print job %(title)s of the printer %(printer)s"),),
    ),
    "slips_moved": Sentence(
        (_l("%(who)s moved %(slips)s print jobs from the printer %(from_printer)s to %(to_printer)s"),)
    ),
    "printer_chosen": Sentence((_l("%(who)s chose how the printer %(printer)s prints"),)),
    "printer_choice_ended": Sentence((_l("%(who)s set the printer %(printer)s back to its settings"),)),
    "scanner_taught": Sentence((_l("%(who)s taught the scanner of %(station)s"),)),
    "scanner_forgotten": Sentence((_l("%(who)s made the scanner of %(station)s forget what it was taught"),)),
    "display_address_made": Sentence(
        (_l("%(who)s made a new address for the customer display of %(station)s"),)
    ),
    "station_key_made": Sentence((_l("%(who)s made a key for the computer of %(station)s"),)),
    "station_key_ended": Sentence((_l("%(who)s ended the key of the computer of %(station)s"),)),
}
_LOGBOOKS: dict[str, Sentence] = {
    "complaint_taken": Sentence((_l("%(who)s took down the %(subject)s"),)),
    "complaint_answered": Sentence((_l("%(who)s answered the %(subject)s"),)),
    "cooler_kept": Sentence((_l("%(who)s wrote down the cooler %(subject)s"),)),
    "temperature_read": Sentence((_l("%(who)s read %(tenths)s at the cooler %(subject)s"),)),
}
_BOOKS: dict[str, Sentence] = {
    "backed_up": Sentence(
        (_l("%(who)s made the backup %(file)s"), _l("%(who)s made a backup")), (_l("in doubt: %(doubt)s"),)
    ),
    "backup_asked": Sentence((_l("%(who)s asked for a backup"),)),
    "backup_failed": Sentence(
        (
            _l("%(who)s could not make a backup in the folder %(folder)s"),
            _l("%(who)s could not make a backup"),
        ),
        (_WHY,),
    ),
    "books_proved": Sentence(
        (_l("%(who)s checked the books, faults: %(faults)s"),), (_l("the first at %(first)s"),)
    ),
    "head_kept": Sentence((_l("%(who)s kept the newest row of the journal outside the books"),)),
    "restored": Sentence((_l("%(who)s restored the books from the backup %(backup)s"),)),
    "states_sealed": Sentence((_l("%(who)s began to seal PINs and sign-ins"),)),
}
SHOP = _SHOP | _PEOPLE | _DEVICES | _LOGBOOKS | _BOOKS

"""web/reasons.py — a reason as people read it: what is wrong, what to do, which rule says so."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..kernel.formats import format_day, format_quantity, format_vnd_on_screen
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Reason

LETTER = "28/SCT-QLCN, 3/8/2020, 2.3"
OCOP = "148/QĐ-TTg, 1489/QĐ-TTg"


@dataclass(frozen=True, slots=True)
class ReasonText:
    """A reason in the reader's language."""

    code: str
    sentence: str
    remedy: str
    clause: str


CLASSES = {
    "ocop": _l("OCOP"),
    "cnnttb": _l("typical rural industrial product"),
    "cncl": _l("key industrial product"),
    "speciality": _l("regional speciality"),
    "safe_vegetable": _l("safe vegetables"),
}
PAPERS = {
    "recognition": _l("OCOP recognition decision"),
    "cnnttb": _l("rural industrial product certificate"),
    "cncl": _l("key industrial product decision"),
    "speciality": _l("speciality approval"),
    "safe_vegetable": _l("safe vegetable certificate"),
    "food_safety": _l("food safety paper"),
    "declaration": _l("self-declaration"),
    "registration": _l("product registration"),
    "cosmetic_notice": _l("cosmetic notice"),
    "quarantine": _l("quarantine paper"),
    "alcohol_licence": _l("maker's alcohol licence"),
    "label": _l("label sample"),
    "trace_stamp": _l("trace stamp"),
    "gtin_registration": _l("barcode registration"),
    "test_report": _l("test report"),
    "trade_mark": _l("trade mark"),
    "shop_registration": _l("shop's registration"),
    "shop_food_safety": _l("shop's food safety paper"),
    "shop_alcohol_licence": _l("shop's alcohol licence"),
    "shop_scale": _l("scale verification"),
}
LABEL_ENTRIES = {
    "name": _l("name of the goods"),
    "responsible": _l("responsible party and address"),
    "origin": _l("origin"),
    "quantity": _l("net content"),
    "made_on": _l("made on"),
    "ends_on": _l("best before"),
    "ingredients": _l("ingredients"),
    "use": _l("use and storage"),
    "warnings": _l("warnings"),
}
ZONES = {
    "ocop": _l("OCOP zone"),
    "other": _l("other zone"),
    "store": _l("store room"),
    "quarantine": _l("quarantine"),
}

FACTS_IN_WORDS = {
    "producer_id": _l("producer"),
    "origin_place": _l("place of origin"),
    "made_on": _l("made on"),
    "expires_on": _l("best before"),
    "delivery_note": _l("delivery note"),
    "kind": _l("kind"),
    "issued": _l("day of issue"),
    "starts": _l("good from"),
    "ends": _l("good until"),
    "covers": _l("products and stars"),
    "revoked_on": _l("withdrawn on"),
    "goods_class": _l("class of goods"),
    "alcohol_permille": _l("alcohol (‰)"),
    "banned": _l("on the list of banned goods"),
}

MOVES = {
    "received": _l("received"),
    "opening": _l("in the shop when the books began"),
    "moved": _l("moved"),
    "sold": _l("sold"),
    "returned": _l("came back from a buyer"),
    "voided": _l("sale undone"),
    "counted": _l("difference at a count"),
    "written_off": _l("written off"),
    "destroyed": _l("destroyed"),
    "to_producer": _l("given back to the producer"),
    "tasted": _l("tasted, a sample"),
    "reversed": _l("receiving taken back"),
    "kit_made": _l("set made"),
    "kit_part": _l("went into a set"),
    "kit_unmade": _l("set taken apart"),
    "kit_part_back": _l("came back out of a set"),
}

DEVICE_STATES = {  # code: (how it is, what to do)
    "": (_l("ready"), ""),
    "paper_low": (_l("the roll ends soon"), _l("Have a new roll at hand.")),
    "paper_out": (_l("out of paper"), _l("Put in a new roll, shiny side to the head, and close the cover.")),
    "cover_open": (_l("its cover is open"), _l("Close the cover until it clicks.")),
    "cutter_jammed": (_l("its knife is stuck"), _l("Switch it off, take out the paper, switch it on again.")),
    "printer_failed": (
        _l("it reports a fault"),
        _l("Switch it off and on. If it goes on: another printer takes its slips below."),
    ),
    "printer_unreachable": (
        _l("the printer does not answer"),
        _l("Switch it on; check cable, network and its address in config.toml."),
    ),
    "printer_broke_off": (_l("it broke off"), _l("What was begun is printed anew from the top, marked.")),
    "station_away": (
        _l("its computer does not answer"),
        _l("Switch on the computer of that till and its network; “ocop-pos station” must be running there."),
    ),
    "scanner_unreachable": (
        _l("the scanner is not there"),
        _l("Plug it in again; it is heard at once. Until then type the code, or use the camera."),
    ),
    "scale_unreachable": (
        _l("the scale says nothing"),
        _l("Switch it on and look at its cable. Until then type the weight."),
    ),
    "display_unreachable": (
        _l("the pole display is not there"),
        _l("Look at its cable and its power. Sales go on."),
    ),
    "labels_only": (
        _l("it prints labels only"),
        _l("Name another printer for receipts in config.toml, or move the slips to one."),
    ),
    "device_misconfigured": (
        _l("it is not set up"),
        _l("Correct its address in config.toml, then start ocop-pos again."),
    ),
}

# code: (what is wrong, what to do, which rule)
GATE = {
    "no_certificate": (
        _l("It has no paper of its class: %(goods_class)s."),
        _l("Enter the decision with its scan, or move the product out of this class."),
        LETTER,
    ),
    "too_few_stars": (
        _l("It has %(stars)s stars; this shop sells from %(least)s stars."),
        _l("Give the goods back to the producer."),
        f"{LETTER}; {OCOP}",
    ),
    "certificate_ended": (
        _l("Its certificate %(number)s ended on %(ended)s."),
        _l("The producer must apply again; give the goods back or set them aside until then."),
        f"{LETTER}; {OCOP}",
    ),
    "certificate_not_yet": (
        _l("Its certificate %(number)s is good only from %(starts)s."),
        _l("Wait for that day."),
        OCOP,
    ),
    "certificate_revoked": (
        _l("Its certificate %(number)s was withdrawn on %(revoked)s."),
        _l("Set the goods aside and give them back to the producer."),
        OCOP,
    ),
    "certificate_other_product": (
        _l("Certificate %(number)s names another product or producer: %(written)s."),
        _l("Compare the scan of the decision with the product, and correct the paper."),
        LETTER,
    ),
    "class_not_admitted": (
        _l("This shop does not sell goods of this class: %(goods_class)s."),
        _l("The manager decides in the shop's policy which classes are sold."),
        LETTER,
    ),
    "no_food_safety": (
        _l("There is no food safety paper."),
        _l("Ask the producer for the certificate or the commitment, and enter it."),
        f"{LETTER}; 55/2010/QH12",
    ),
    "food_safety_ended": (
        _l("Food safety paper %(number)s is not in force (ended %(ended)s)."),
        _l("Ask the producer for the new paper, and enter it."),
        f"{LETTER}; 55/2010/QH12",
    ),
    "no_declaration": (
        _l("This paper is missing or not in force: %(paper)s."),
        _l("Ask the producer for it, and enter its number."),
        "15/2018/NĐ-CP",
    ),
    "no_licence": (
        _l("For alcohol from 5.5° this is missing or not in force: %(paper)s."),
        _l("It may not be sold until the licence is entered."),
        "105/2017/NĐ-CP, 17/2020/NĐ-CP",
    ),
    "banned": (_l("It is on the list of banned goods."), _l("Hand the goods to the manager."), LETTER),
    "label_incomplete": (
        _l("Its label does not show: %(missing)s."),
        _l("Have it relabelled before it goes on the shelf."),
        "37/2026/NĐ-CP",
    ),
    "no_lot": (
        _l("It has no lot number."),
        _l("Receive it with a lot; the shop can make one from the delivery note."),
        _l("%(letter)s (the shop's own rule where the law does not ask)", letter=LETTER),
    ),
    "no_origin": (
        _l("Lot %(lot)s lacks its producer, place, day of making or delivery note."),
        _l("Complete the lot from the delivery note."),
        _l("%(letter)s (the shop's own rule where the law does not ask)", letter=LETTER),
    ),
    "trace_broken": (
        _l("Nobody knows how lot %(lot)s came into the shop."),
        _l("Find its delivery note and receive it; or have its stock corrected with an approval."),
        _l("%(letter)s (the shop's own rule where the law does not ask)", letter=LETTER),
    ),
    "expired": (
        _l("Lot %(lot)s was good until %(ended)s."),
        _l("Set it aside: it is written off or given back."),
        "55/2010/QH12, 5",
    ),
    "no_expiry": (
        _l("Lot %(lot)s has no expiry date."),
        _l("Read it on the pack and enter it."),
        "37/2026/NĐ-CP",
    ),
    "recalled": (
        _l("It has been stopped: %(because)s"),
        _l("Put it in the quarantine place and tell the manager."),
        "55/2010/QH12, 55",
    ),
    "no_price": (_l("It has no price today."), _l("The manager enters a price."), "16/2023/QH15, 29"),
    "not_shelf_price": (
        _l("The shelf shows %(shown_vnd)s, the till asks %(asked_vnd)s."),
        _l("The lower price counts for the buyer. The manager corrects the price or the tag."),
        "16/2023/QH15, 29",
    ),
    "not_on_hand": (
        _l("The books know of %(on_hand)s on the shelves; %(asked)s are asked for."),
        _l("The manager counts that lot; then it can be sold."),
        _l("the shop's own rule: what is sold must come from a known lot"),
    ),
    "wrong_zone": (
        _l("It stands in the wrong zone: %(zone)s."),
        _l("Move it: OCOP goods stand apart, under their own sign."),
        LETTER,
    ),
    "producer_suspended": (_l("Its producer is suspended."), _l("Ask the manager."), LETTER),
    "unknown_code": (
        _l("Nobody has registered the code %(scanned)s."),
        _l("Look at the pack; if it is the shop's, the manager registers the code with the product."),
        LETTER,
    ),
}  # fmt: skip

WARNINGS = {
    "certificate_ends_soon": (_l("certificate %(number)s ends on %(ends)s"), "", ""),
    "expires_soon": (_l("sell first: %(days)s days left"), "", ""),
}

OTHERS = {
    "price_change_not_found": (_l("There is no such change of prices."), "", ""),
    "starts_in_past": (_l("%(starts)s is past: what was sold then had its own price."), _l("Choose today or a later day."), ""),
    "check_not_found": (_l("There is no such check."), "", ""),
    "check_missing": (_l("Not looked at yet: %(check)s."), _l("Answer every check of the line."), ""),
    "quality_failed": (_l("It did not pass: %(check)s."), _l("It goes back to the producer."), _l("the shop's own list of checks")),
    "sent_back": (_l("It goes back: %(why)s."), "", _l("the manager's word")),
    "day_past": (_l("%(day)s is past."), _l("Choose today or a later day."), ""),
    "delivery_not_found": (_l("There is no such announced delivery."), "", ""),
    "delivery_came": (_l("This delivery came in already."), "", ""),
    "delivery_withdrawn": (_l("This delivery was withdrawn already."), "", ""),
    "drill_not_found": (_l("There is no such drill."), "", ""),
    "drill_place_twice": (_l("That place was answered already."), "", ""),
    "drill_over": (_l("This drill is over."), _l("Begin another one."), ""),
    "nothing_to_stop": (_l("There are no goods to stop."), "", ""),
    "set_empty": (_l("What does the set hold?"), _l("Name its products, one a line."), ""),
    "set_in_set": (_l("%(name)s can't be part of a set."), _l("A set holds goods, no other set and no service."), ""),
    "no_set": (_l("This product is no gift set."), "", ""),
    "parts_differ": (_l("%(product)s: the sets need %(needed)s, chosen are %(chosen)s."), _l("Correct the quantities of its lots."), ""),
    "decided_already": (_l("That was decided already."), "", ""),
    "held_elsewhere": (_l("%(free)s are free; %(held)s are in the basket of %(station)s."), _l("Take what is free, or ask there; after twenty minutes it is free again."), ""),
    "copies_odd": (_l("From 1 to 50 labels a lot."), "", ""),
    "dates_differ": (
        _l("A pack of lot %(lot)s was set aside: its code names other days than the books."),
        _l("Look at the pack. Correct the lot with a second person, or write the pack off."),
        "",
    ),
    "day_odd": (_l("This is no day or time."), _l("Type a day like 24/11/2026, a time like 14:30."), ""),
    "count_not_found": (_l("There is no such count."), "", ""),
    "tally_not_found": (_l("There is no such note of a count."), "", ""),
    "tally_taken_back": (_l("That was taken back already."), "", ""),
    "count_over": (_l("Count no. %(number)s is over."), _l("Begin another one."), ""),
    "count_moved": (_l("%(product)s, lot %(lot)s, %(place)s: it was sold, moved, received or corrected while it was being counted."), _l("Count this lot again, all of it at once."), ""),
    "count_impossible": (_l("%(product)s, lot %(lot)s, %(place)s: more was sold since than was counted."), _l("Count this lot again."), ""),
    "nothing_counted": (_l("Nothing was counted."), _l("Count first, or drop the count."), ""),
    "lot_unnamed": (_l("What stands on the pack?"), _l("Choose a lot, or type what the pack says."), ""),
    "place_missing": (_l("Where do you stand?"), _l("Choose the place first."), ""),
    "other_place": (_l("This count is of %(place)s."), _l("Begin another count for other places."), ""),
    "file_missing": (_l("No file was chosen."), _l("Choose the photo or scan."), ""),
    "hold_not_found": (_l("There is no such stop."), "", ""),
    "made_in_future": (_l("It would be made on %(made)s, which has not come yet."), _l("Read the date on the pack again."), ""),
    "complaint_not_found": (_l("There is no such complaint."), "", ""),
    "cooler_not_found": (_l("There is no such cooler."), "", ""),
    "done_missing": (
        _l("%(name)s is out of its limits: what was done?"),
        _l("For example: goods moved to the other fridge, the door shut, the mechanic called."),
        "",
    ),
    "limits_crossed": (_l("The lower limit must lie below the upper one."), "", ""),
    "said_missing": (_l("There are no words yet."), _l("Write what was said."), ""),
    "temperature_odd": (_l("No fridge is that cold or that warm."), _l("Look at the thermometer again."), ""),
    "no_certificate_yet": (_l("There is no certificate yet."), "ocop-pos run --lan", ""),
    "age_unknown": (_l("Nobody has asked yet how old the buyer is."), _l("Take the alcohol off and scan it again."), ""),
    "extra_not_found": (_l("It is not on the manager's list."), "", ""),
    "manager_needed": (_l("A manager must approve this."), _l("Let a manager type name and PIN."), ""),
    "not_last_sale": (
        _l("Only the newest sale of this shift can be voided, within %(minutes)s minutes and before anything came back."),
        _l("Take the goods back as a refund."),
        "",
    ),
    "already_released": (_l("This stop has been released already."), "", ""),
    "already_reversed": (_l("This receiving has been taken back already."), "", ""),
    "amount_odd": (_l("This is no amount of money."), _l("Type a whole number of đồng."), ""),
    "approval_needed": (
        _l("Over %(limit_vnd)s a manager must approve."),
        _l("Let a manager type name and PIN."),
        "",
    ),
    "approval_needed_age": (
        _l("The sale is older than %(days)s days: a manager must approve."),
        _l("Let a manager type name and PIN."),
        "",
    ),
    "approval_needed_other": (
        _l("It was sold by %(cashier)s: a manager must approve."),
        _l("Let a manager type name and PIN."),
        "",
    ),
    "approval_needed_shift": (
        _l("With this the till has given back more than %(limit_vnd)s today: a manager must approve."),
        _l("Let a manager type name and PIN."),
        "",
    ),
    "cash_approval_needed": (
        _l("Beyond %(limit_vnd)s or %(moves)s times a day at this till a manager must approve."),
        _l("Let a manager type name and PIN."),
        "",
    ),
    "given_too_much": (
        _l("Nobody hands over %(given_vnd)s for %(due_vnd)s."),
        _l("Type the sum again."),
        "",
    ),
    "basket_changed": (_l("The basket has changed meanwhile."), _l("Look at it again, then take the money."), ""),
    "basket_empty": (_l("The basket is empty."), "", ""),
    "basket_gone": (_l("This basket is not here any more."), _l("Look at the screen again."), ""),
    "basket_not_found": (_l("There is no such basket."), "", ""),
    "clock_went_back": (
        _l("This computer's clock stands before the newest entry in the books (%(last)s)."),
        _l("Set the clock right; or a manager confirms the date under Journal."),
        "",
    ),
    "bodies_too_many": (_l("Many large files are on their way just now."), _l("Send it again in half a minute."), ""),
    "body_too_large": (_l("This is more than can be sent at once: 22 MB, or 1 MB before signing in."), _l("Sign in, or send smaller files, one by one."), ""),
    "commission_out_of_range": (_l("A commission is from 0 to 100 %%."), "", ""),
    "csrf": (_l("This page is too old."), _l("Load it again and repeat."), ""),
    "decision_missing": (_l("Which decision withdrew it?"), _l("Type its number."), ""),
    "drawer_short": (_l("The drawer does not hold that much."), _l("Put cash in first, with a reason."), ""),
    "ends_beyond_term": (
        _l("It can't be good until %(ends)s: by law it ends on %(latest)s at the latest."),
        _l("Read the day of issue and the end on the paper again. Is it the end of a lot?"),
        "%(law)s",
    ),
    "issued_in_future": (_l("It was not issued on %(issued)s: that day has not come yet."), _l("Check the day on the paper."), ""),
    "products_missing": (
        _l("A paper of this kind is worth nothing without the products that it names."),
        _l("Enter each product that stands on it."),
        "",
    ),
    "covered_product_not_found": (
        _l("Line %(line)s: there is no product %(number)s."),
        _l("Type its number as on its page, like SP00012."),
        "",
    ),
    "covered_stars_odd": (_l("Line %(line)s: stars are from 1 to 5."), "", ""),
    "stars_missing": (
        _l("The stars of a product are missing."),
        _l("Type them as they stand on the decision: number of the product, stars, name."),
        "",
    ),
    "ends_before_start": (_l("It ends on %(ends)s, before it starts on %(starts)s."), _l("Check both dates."), ""),
    "file_not_found": (_l("There is no such file."), "", ""),
    "file_odd": (
        _l("This file is neither a picture nor a PDF that can be read."),
        _l("Take a photo (JPEG, PNG, WebP) or a PDF."),
        "",
    ),
    "workbook_heavy": (_l("This workbook takes too much time or memory to read."), _l("Save the sheet with the goods alone in a new workbook."), ""),
    "file_locked": (_l("This PDF asks for a password."), _l("Save it once more without a password, or take a photo of the paper."), ""),
    "file_many_pages": (_l("This PDF has more than 200 pages."), _l("Send the pages of this paper alone."), ""),
    "file_many_pixels": (_l("This picture has too many pixels."), _l("Take the photo with a lower resolution: 12 megapixels are enough for a paper."), ""),
    "file_heavy": (_l("This file takes too much time or memory to read."), _l("Take a photo of the paper, or scan it anew."), ""),
    "files_busy": (_l("Other files are being read just now."), _l("Choose the file again in half a minute."), ""),
    "files_too_often": (_l("No more than %(most)s files a minute can be sent."), _l("Wait a minute, then send the next one."), ""),
    "file_too_big": (_l("This file is larger than 20 MB."), _l("Scan it with fewer dots, or as grey."), ""),
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
    "issued_missing": (_l("The day of the decision is missing."), _l("Type it as it stands on the paper."), ""),
    "printer_choice_odd": (
        _l("A printer can't be spoken to in this way."),
        _l("Choose a model, a way and letters from the lists."),
        "",
    ),
    "sample_unread": (
        _l("Sample %(sample)s did not come in whole."),
        _l("Scan both samples anew, first the left one, then the right one; make the screen brighter."),
        "",
    ),
    "samples_differ": (
        _l("Around the two samples the scanner sent different things."),
        _l("Scan both anew, and touch no key meanwhile."),
        "",
    ),
    "nothing_to_tag": (_l("There is nothing to make tags for."), _l("Choose other goods; what hangs and is true needs no new tag."), ""),
    "until_in_past": (_l("This day is over before the tag holds."), _l("Type a later day, or none."), ""),
    "no_ocop_goods": (
        _l("No goods on the OCOP shelves have stars today."),
        _l("Receive OCOP goods with their decision first; then print the sign."),
        LETTER,
    ),
    "tag_not_found": (_l("There is no such tag."), "", ""),
    "tag_batch_not_found": (_l("There is no such batch of tags."), "", ""),
    "tag_design_not_found": (_l("There is no such kind of tag."), "", ""),
    "sheet_not_found": (_l("These tags don't go on that sheet."), _l("Choose one from the list."), ""),
    "sheet_start_odd": (_l("The sheet has the cells 1 to %(cells)s; a page is moved by 10 mm at most."), _l("Correct the numbers."), ""),
    "tag_does_not_fit": (
        _l("On this tag %(part)s of %(product)s is too long."),
        _l("Shorten the name, or choose a larger kind of tag."),
        "",
    ),
    "no_tag_code": (_l("%(scanned)s is no price tag's code."), _l("Scan the square code on the tag, or type TG- and its number."), ""),
    "tag_of_another_shelf": (_l("This tag belongs to another shelf: %(place)s."), _l("Hang it there."), ""),
    "old_price_none": (
        _l("The price of %(product)s was not lowered: there is no old price to strike through."),
        _l("Set the lower price first, from today on."),
        "Nghị định 81/2018/NĐ-CP, điều 7",
    ),
    "old_price_short": (
        _l("The old price %(price_vnd)s of %(product)s was asked for %(days)s days only; it may be struck through after %(least)s."),
        _l("Print a plain tag with the new price."),
        "Nghị định 81/2018/NĐ-CP, điều 7",
    ),
    "marked_down_too_far": (
        _l("%(product)s would be lowered by more than %(most)s %%."),
        _l("Ask more, or give it away."),
        "Nghị định 81/2018/NĐ-CP, điều 7 khoản 1",
    ),
    "colour_odd": (_l("This is no colour."), _l("Choose one from the field."), ""),
    "weight_odd": (_l("Type a weight like 0,450."), "", ""),
    "no_item_code": (
        _l("%(product)s has no number at the scale."),
        _l("On its page add the barcode of the scale's label with 00000 where the grams stand."),
        "",
    ),
    "station_not_apart": (
        _l("The devices of this till hang on the shop's own computer."),
        _l("Set apart = true at its station in config.toml, if they are to hang on another."),
        "",
    ),
    "station_not_found": (_l("There is no such till in config.toml."), "", ""),
    "printer_not_found": (_l("There is no such printer."), "", ""),
    "job_not_waiting": (_l("This slip is printed, or on its way."), _l("Look at the paper; a sale's slip is printed again at the till."), ""),
    "job_not_found": (_l("There is no such print job."), "", ""),
    "last_manager": (_l("The shop needs a manager."), _l("Add another one first."), ""),
    "line_gone": (_l("This line is not there any more."), _l("Look at the screen again."), ""),
    "lines_missing": (_l("There is not one line."), _l("Add at least one."), ""),
    "login_taken": (_l("Somebody already signs in as %(login)s."), _l("Choose another name to sign in."), ""),
    "lot_differs": (
        _l("Lot %(lot)s is known with other dates (made %(made)s, ends %(ends)s)."),
        _l("Check the pack: another date is another lot."),
        "",
    ),
    "lot_not_found": (_l("There is no such lot."), "", ""),
    "made_after_end": (_l("It was made on %(made)s, after its end on %(ends)s."), _l("Check both dates."), ""),
    "name_missing": (_l("The name is missing."), _l("Type a name."), ""),
    "no_open_shift": (_l("No shift is open at this till."), _l("Count the float and open the shift."), ""),
    "no_quarantine": (_l("There is no quarantine place."), _l("The manager adds one under Places."), ""),
    "no_shop": (_l("This data folder holds no shop yet."), "ocop-pos init", ""),
    "not_refundable": (_l("A refund can't be refunded."), "", ""),
    "not_your_page": (_l("This page is not for your role."), _l("Ask the manager."), ""),
    "note_missing": (_l("The number of the delivery note is missing."), _l("Every delivery has one: type it."), ""),
    "number_missing": (_l("The number is missing."), _l("Type it as it stands on the paper."), ""),
    "page_not_found": (_l("There is no such page."), "", ""),
    "paper_not_found": (_l("There is no such paper."), "", ""),
    "paper_twice": (
        _l("Paper %(number)s of this kind and producer is in the books already."),
        _l("Open it in the list of papers and change it there."),
        "",
    ),
    "person_not_found": (_l("There is no such person."), "", ""),
    "pin_weak": (
        _l("This PIN is too easy to guess."),
        _l("6 to 12 figures, not counted up and not one repeated."),
        "",
    ),
    "pin_wrong": (
        _l("Name and PIN do not go together, or there were too many tries."),
        _l("Wait a moment and try again; a manager can give a new PIN."),
        "",
    ),
    "place_not_found": (_l("There is no such place."), "", ""),
    "place_taken": (_l("There is a place called %(name)s already."), "", ""),
    "price_not_positive": (_l("A price is more than 0 ₫."), "", ""),
    "price_too_high": (_l("This price is not likely: %(price_vnd)s."), _l("Count the noughts."), ""),
    "producer_missing": (_l("Which producer is it?"), _l("Choose one; only producers' people have one."), ""),
    "producer_not_found": (_l("There is no such producer."), "", ""),
    "producer_twice": (_l("There is a producer called %(name)s already."), "", ""),
    "product_archived": (_l("It is not sold here any more."), _l("Give it to the manager."), ""),
    "product_not_found": (_l("There is no such product."), "", ""),
    "product_of_another_producer": (
        _l("It is not this producer's product."),
        _l("Make one receiving for each producer."),
        "",
    ),
    "product_twice": (_l("This producer already has %(name)s."), _l("Change that one, or name the pack."), ""),
    "quantity_too_much": (_l("This is too much for one line: %(most)s at the most."), _l("Type how many the buyer takes."), ""),
    "quantity_back_odd": (
        _l("This is no quantity that can be given back."),
        _l("Pieces are whole, like 2; a weight is like 0,450."),
        "",
    ),
    "quantity_odd": (
        _l("This quantity can't be sold."),
        _l("Pieces are whole; a weight is more than nothing."),
        "",
    ),
    "reason_missing": (_l("The reason is missing."), _l("Say why in a few words."), ""),
    "receiving_not_found": (_l("There is no such receiving."), "", ""),
    "refund_too_much": (_l("No more than %(left)s of it can come back."), _l("Look at the slip."), ""),
    "request_reused": (
        _l("This basket has been paid already (slip %(number)s)."),
        _l("Look at that slip; for more goods start a new basket."),
        "",
    ),
    "nothing_found": (_l("Nothing here is called “%(words)s”, and no code is so."), _l("Type it otherwise, or touch the goods."), ""),
    "sale_not_found": (_l("There is no such slip."), _l("Check the number on the slip."), ""),
    "shop_there": (_l("This data folder holds a shop already."), "", ""),
    "change_decided": (_l("This change is in force or withdrawn already."), "", ""),
    "change_not_found": (_l("There is no such change."), "", ""),
    "change_waits": (
        _l("Another change of it waits until tomorrow."),
        _l("Withdraw that one first, on the first page."),
        "",
    ),
    "second_person_new": (
        _l("The second person's account or PIN is newer than a week."),
        _l("Let somebody sign who has been here longer."),
        "",
    ),
    "second_person_needed": (_l("A second person must agree."), "", ""),
    "shift_already_closed": (_l("This shift has been closed already."), "", ""),
    "shift_already_open": (_l("A shift is open at this till already."), "", ""),
    "shift_not_found": (_l("There is no such shift."), "", ""),
    "stars_out_of_range": (_l("Stars are from 1 to 5."), "", ""),
    "text_too_long": (_l("This text is too long: %(most)s letters at the most."), _l("Shorten it."), ""),
    "tender_short": (_l("%(missing_vnd)s are missing."), _l("Type the whole sum handed over."), ""),
    "too_fast": (_l("Too many tries."), _l("Wait a minute."), ""),
    "preview_old": (_l("This preview is of an earlier day."), _l("Choose the workbook again and look at it anew."), ""),
    "workbook_odd": (_l("This file is no workbook that can be read: %(why)s"), _l("Save it as .xlsx and try again."), ""),
}  # fmt: skip

ALL = {**GATE, **WARNINGS, **OTHERS}


def render_reason(reason: Reason) -> ReasonText:
    """The reason in the language of this request. Where it belongs to a line, the product stands before it."""
    sentence, remedy, clause = ALL[reason.code]
    facts = {name: _format_fact(name, value) for name, value in reason.facts.items()}
    facts |= {
        f"{name}_vnd": format_vnd_on_screen(value)
        for name, value in reason.facts.items()
        if isinstance(value, int)
    }
    facts |= {
        name: format_vnd_on_screen(value)
        for name, value in reason.facts.items()
        if name.endswith("_vnd") and isinstance(value, int)
    }
    text = str(sentence) % _FactsWithDashes(facts)
    if "line" in reason.facts:
        text = (
            _("Line %(n)s, %(product)s:", n=reason.facts["line"], product=reason.facts.get("product", ""))
            + " "
            + text
        )
    if "part" in reason.facts:
        text = _("In the set, %(part)s:", part=reason.facts["part"]) + " " + text
    return ReasonText(
        reason.code,
        text,
        str(remedy),
        str(clause) % _FactsWithDashes(facts) if "%(" in str(clause) else str(clause),
    )


class _FactsWithDashes(dict[str, str]):
    """Facts of a reason; one that an older journal row didn't keep yet is a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


QUANTITIES = {"on_hand", "asked", "left", "free", "held"}  # facts in thousandths


def _format_fact(name: str, value: str | int | date | None) -> str:
    if isinstance(value, date):
        return format_day(value)
    if value is None:
        return "–"
    names = {"goods_class": CLASSES, "paper": PAPERS, "zone": ZONES}.get(name)
    if names is not None:
        return str(names.get(str(value), value))
    if name in QUANTITIES and isinstance(value, int):
        return format_quantity(value, Unit.PIECE if value % ONE == 0 else Unit.KG)
    if name == "missing":
        return ", ".join(str(LABEL_ENTRIES.get(entry, entry)) for entry in str(value).split())
    return str(value)

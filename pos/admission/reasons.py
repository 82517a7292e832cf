"""admission/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

LETTER = "28/SCT-QLCN, 3/8/2020, 2.3"
OCOP = "148/QĐ-TTg, 1489/QĐ-TTg"

# What the gate says: shown in red at the till, journaled and on the manager's list.
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
}

WARNINGS = {
    "certificate_ends_soon": (_l("certificate %(number)s ends on %(ends)s"), "", ""),
    "expires_today": (_l("sell first: its last day"), "", ""),
    "expires_soon": (_l("sell first: %(days)s days left"), "", ""),
}

REASONS = {
    "same_number_differs": (
        _l("Two rows have the number %(number)s and other days."),
        _l("One paper has one day of issue and one end: correct one of them."),
        "",
    ),
    "no_place_at_all": (
        _l("There is no place for %(product)s yet."),
        _l("Add a shelf or a storeroom under Places."),
        "",
    ),
    **GATE,
    **WARNINGS,
    "decided_already": (_l("That was decided already."), "", ""),
    "file_missing": (_l("No file was chosen."), _l("Choose the photo or scan."), ""),
    "decision_missing": (_l("Which decision withdrew it?"), _l("Type its number."), ""),
    "ends_beyond_term": (
        _l("It can't be good until %(ends)s: by law it ends on %(latest)s at the latest."),
        _l("Read the day of issue and the end on the paper again. Is it the end of a lot?"),
        "%(law)s",
    ),
    "issued_in_future": (
        _l("It was not issued on %(issued)s: that day has not come yet."),
        _l("Check the day on the paper."),
        "",
    ),
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
    "ends_before_start": (
        _l("It ends on %(ends)s, before it starts on %(starts)s."),
        _l("Check both dates."),
        "",
    ),
    "issued_missing": (
        _l("The day of the decision is missing."),
        _l("Type it as it stands on the paper."),
        "",
    ),
    "number_missing": (_l("The number is missing."), _l("Type it as it stands on the paper."), ""),
    "paper_not_found": (_l("There is no such paper."), "", ""),
    "unit_fixed": (
        _l("%(product)s came or was sold by this unit already: it stays."),
        _l("To sell it the other way, add it as a new product and archive this one."),
        "",
    ),
    "paper_twice": (
        _l("Paper %(number)s of this kind and producer is in the books already."),
        _l("Open it in the list of papers and change it there."),
        "",
    ),
    "stars_out_of_range": (_l("Stars are from 1 to 5."), "", ""),
}


def _is_to_come(facts: Mapping[str, Any], today: date) -> bool:
    """Is it told of a day that is still to come?"""
    ended = facts.get("ended")
    return isinstance(ended, date) and ended >= today


def _is_unchecked(facts: Mapping[str, Any], _today: date) -> bool:
    """No label lacks even the goods' name: nobody has looked at it yet."""
    return "name" in str(facts.get("missing", "")).split()


# Another sentence and remedy for the same code, where the facts are of this kind.
VARIANTS: dict[str, tuple[Callable[[Mapping[str, Any], date], bool], Any, Any]] = {
    "no_origin": (
        lambda facts, _on: bool(facts.get("lacks")),
        _l("Lot %(lot)s lacks: %(lacks)s."),
        _l("Type it: the address on the producer's page, the rest at the lot or its delivery."),
    ),
    "certificate_ended": (
        _is_to_come,
        _l("Its certificate %(number)s will end on %(ended)s."),
        _l("Renew it in time, and enter the new number."),
    ),
    "expired": (
        _is_to_come,
        _l("Lot %(lot)s will be past its end: it is good until %(ended)s."),
        _l("Sell it first, or at a lower price."),
    ),
    "label_incomplete": (
        _is_unchecked,
        _l("Its label has not been compared with the list yet."),
        _l("Look at the pack and tick what its label shows."),
    ),
}

"""web/terms.py — words for the codes that the books keep: classes, papers, places, moves, devices."""

from flask_babel import lazy_gettext as _l

CLASSES = {
    "ocop": _l("OCOP"),
    "cnnttb": _l("typical rural industrial product"),
    "cncl": _l("key industrial product"),
    "speciality": _l("regional speciality"),
    "safe_vegetable": _l("safe vegetables"),
}

PAPER_STATES = {
    "missing": _l("missing"), "withdrawn": _l("withdrawn"), "ended": _l("ended"), "not_yet": _l("not in force yet"),
    "other_product": _l("names another product"), "few_stars": _l("too few stars"), "undated": _l("no day: it doesn't count"),
    "soon": _l("end soon"), "good": _l("in force"),
}  # fmt: skip

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

GOODS_KINDS = {
    "packaged_food": _l("packaged food, tea, honey"),
    "fresh_food": _l("fresh or unpacked food"),
    "alcohol": _l("alcohol"),
    "functional_food": _l("functional food"),
    "cosmetic": _l("cosmetics"),
    "craft": _l("crafts, textiles, ornamental plants"),
    "live_animal": _l("live animals"),
    "service": _l("tourism service, ticket"),
    "kit": _l("gift set made of other products"),
}

VAT = {
    "standard": _l("standard rate"),
    "not_reduced": _l("not reduced (alcohol …)"),
    "farm_goods": _l("raw farm goods"),
    "not_subject": _l("not subject to VAT"),
}

TAX_STATUSES = {
    "household_exempt": _l("household business, up to 1 billion đ a year"),
    "household": _l("household business, above 1 billion đ a year"),
    "organisation_direct": _l("cooperative or company, VAT by the direct method"),
    "organisation_credit": _l("cooperative or company, VAT by the credit method"),
}

DEALS = {
    "consignment": _l("for a commission"),
    "fixed_price": _l("at a fixed sum"),
    "firm": _l("firm purchase"),
}

UNITS = {"piece": _l("piece"), "kg": "kg", "g": "g", "ml": "ml"}

TAG_DESIGNS = {
    "shelf": _l("Shelf tag"),
    "sticker": _l("Sticker"),
    "markdown": _l("Markdown"),
    "weight": _l("Weight label"),
    "lot": _l("Lot label"),
    "gift_card": _l("Gift-set card"),
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

ORIGIN_PARTS = {
    "maker": _l("its producer"),
    "place": _l("the producer's address"),
    "made_on": _l("the day of making"),
    "note": _l("the delivery note"),
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
    "stars": _l("stars"),
    "name_written": _l("name as written"),
    "goods_class": _l("class of goods"),
    "alcohol_permille": _l("alcohol (‰)"),
    "banned": _l("on the list of banned goods"),
    "label_entries": _l("what is seen on the label"),
    "name_vi": _l("name"),
    "pack": _l("pack"),
    "suspended_on": _l("suspended since"),
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
        _l("Switch it off and on. If it goes on: let another printer take what waits, below."),
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
        _l("Name another printer for receipts in config.toml, or move what waits to one."),
    ),
    "device_misconfigured": (
        _l("it is not set up"),
        _l("Correct its address in config.toml, then start ocop-pos again."),
    ),
}
PRINT_MODES = {  # how a print job is sent to its printer
    "auto": _l("as fits the line"),
    "picture": _l("as a picture: every letter right"),
    "text": _l("as text: fast, letters as the printer has them"),
}

TENDERS = {  # how a sale was paid
    "account": _l("On account"),
    "voucher": _l("Gift voucher"),
    "card": _l("Card"),
    "transfer": _l("Bank transfer"),
    "cash": _l("Cash"),
    "written_off": _l("Let go"),
}

DISCOUNTS = {
    "markdown": _l("Lot marked down"),
    "line": _l("Line discount"),
    "staff": _l("Staff discount"),
    "basket": _l("Basket discount"),
    "voucher": _l("Given voucher"),
}

VOUCHER_KINDS = {"sold": _l("sold by the shop"), "given": _l("given away")}
VOUCHER_MOVES = {
    "issued": _l("made"),
    "used": _l("used"),
    "returned": _l("came back with goods"),
    "expired": _l("ended"),
    "cancelled": _l("cancelled"),
}

"""admission/forms.py — a paper, its end, the shop's policy, a product's price."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import NumberRange, Optional

from ..catalog.forms import KINDS
from ..identity.forms import SecondPersonForm
from ..kernel.quantity import Content, Unit
from ..law.rates import vat_categories
from ..web.forms import (
    MOST,
    ChoiceField,
    DayField,
    Form,
    IdChoiceField,
    LineField,
    ManyChoices,
    PercentField,
    QuantityField,
    VndField,
    chosen,
    needed,
)
from ..web.terms import CLASSES, LABEL_ENTRIES, PAPERS, VAT

ASKED_BESIDES = ("test_report", "trace_stamp", "gtin_registration", "label", "trade_mark")


class ProductForm(SecondPersonForm):
    name_vi = LineField(_l("Name"), [needed])
    pack = LineField(_l("Pack"), description=_l("As on the shelf: 250 g, chai 500 ml, hộp 12."))
    name_en = LineField(_l("Name in English"))
    producer_id = IdChoiceField(_l("Producer"), [chosen])
    group_code = ChoiceField(_l("Group"), [chosen])
    goods_class = ChoiceField(_l("Class"), [chosen], choices=list(CLASSES.items()))
    kind = ChoiceField(_l("Kind of goods"), [chosen], choices=[(k.value, v) for k, v in KINDS.items()])
    unit = ChoiceField(
        _l("Sold by"), [chosen], choices=[(Unit.PIECE.value, _l("piece")), (Unit.KG.value, _l("kilogram"))]
    )
    barcodes = TextAreaField(
        _l("Barcodes"),
        [MOST],
        description=_l("One a line; for a box of 12: the code, a space, 12."),
        render_kw={"rows": 3},
    )
    recipe = TextAreaField(
        _l("A gift set holds"),
        [MOST],
        description=_l("One a line: product number, a space, how many."),
        render_kw={"rows": 4},
    )
    net_content_milli = QuantityField(_l("Net content"))
    net_content_unit = ChoiceField(
        _l("of"),
        choices=[(Content.G.value, "g"), (Content.ML.value, "ml"), (Content.PIECE.value, _l("pieces"))],
    )
    alcohol_permille = QuantityField(_l("Alcohol in % vol"), description=_l("Empty for goods without."))
    vat_category = ChoiceField(_l("VAT"), [chosen], choices=[(c, VAT[c]) for c in vat_categories()])
    shelf_place_id = IdChoiceField(_l("Place on the shelf"))
    storage = LineField(_l("Storage"))
    ingredients = TextAreaField(_l("Ingredients"), [MOST])
    allergens = LineField(_l("Allergens"))
    label_entries = ManyChoices(
        _l("Seen on the label"), choices=list(LABEL_ENTRIES.items()),
        description=_l("Compare the pack with this list; what its kind of goods must show is checked by the gate."),
    )  # fmt: skip
    story_vi = TextAreaField(_l("Story in Vietnamese"), [MOST])
    story_en = TextAreaField(_l("Story in English"), [MOST])
    picture = FileField(_l("Picture"), render_kw={"accept": "image/*"})
    on_tiles = BooleanField(_l("Shown among the tiles without code"))
    banned = BooleanField(_l("On the list of banned goods"))
    archived = BooleanField(_l("Sold no more"))

    sections = (
        (_l("What it is"), ("name_vi", "pack", "name_en", "producer_id", "group_code", "goods_class", "kind", "unit",
                            "vat_category", "shelf_place_id", "barcodes")),
        (_l("Content and label"), ("net_content_milli", "net_content_unit", "alcohol_permille", "storage", "ingredients",
                                   "allergens", "label_entries", "recipe")),
        (_l("Story and picture"), ("story_vi", "story_en", "picture")),
        (_l("At the till"), ("on_tiles", "banned", "archived")),
    )  # fmt: skip


class PaperForm(SecondPersonForm):
    kind = ChoiceField(_l("Kind of paper"), [chosen], choices=list(PAPERS.items()))
    number = LineField(_l("Number"), [needed])
    issuer = LineField(_l("Issued by"))
    issued = DayField(_l("Day of issue"), near="past")
    starts = DayField(_l("Good from"), near="past", description=_l("Empty: the day of issue."))
    ends = DayField(
        _l("Good until"),
        description=_l(
            "Empty: the last day that the law gives its kind, if it gives one; you are told which."
        ),
    )
    producer_id = IdChoiceField(_l("Producer"), description=_l("Empty: a paper of the shop itself."))
    products = TextAreaField(
        _l("Products it names"), [MOST],
        description=_l("One a line: number, stars, name as written, like: SP00012, 4 sao, Chè lam gừng. Only for papers that name products."),
    )  # fmt: skip
    note = LineField(_l("Remark"))
    file = FileField(_l("Scan (PDF or picture)"), render_kw={"accept": "application/pdf,image/*"})


class MissingPaperForm(PlainForm):
    """A paper that is still needed, as far as it is typed. One that wasn't begun is left out."""

    number = LineField(_l("Number"))
    issuer = LineField(_l("Issued by"))
    issued = DayField(_l("Day of issue"), near="past")
    ends = DayField(_l("Good until"))
    stars = ChoiceField(_l("Stars"), choices=[("", "–"), *((str(n), f"{n} ★") for n in range(1, 6))])
    file_id = IdChoiceField(_l("Scan"))
    known_issuer = known_stars = (
        ""  # of the paper that ended, or a list: offered, and no beginning by themselves
    )

    @property
    def is_begun(self) -> bool:
        typed = (self.number, self.issued, self.ends)
        is_other = any(
            (box.data or "") not in ("", known)
            for box, known in ((self.issuer, self.known_issuer), (self.stars, self.known_stars))
        )
        return is_other or any(box.data or box.process_errors for box in typed)

    def offer_known(self, issuer: str, stars: int | None, *, is_sent: bool) -> None:
        """Who issued the paper that ended mostly issues the next one; stars known from it or from a list are most likely its own."""
        self.known_issuer, self.known_stars = issuer, str(stars or "")
        if not is_sent:
            self.issuer.data, self.stars.data = self.known_issuer, self.known_stars


class RevokeForm(SecondPersonForm):
    on = DayField(_l("Withdrawn on"), [needed], near="past")
    decision = LineField(_l("By decision"), [needed])


class PolicyForm(Form):
    name = LineField(_l("Name of the shop"), [needed])
    address = LineField(_l("Address"))
    hotline = LineField(_l("Hotline"))
    returns_rule = LineField(_l("Returns rule on the receipt"))
    classes = ManyChoices(_l("Classes of goods admitted"), choices=list(CLASSES.items()))
    papers = ManyChoices(
        _l("Papers asked besides what the law asks"),
        choices=[
            (f"{c}:{k}", _l("%(goods)s: %(paper)s", goods=CLASSES[c], paper=PAPERS[k]))
            for c in CLASSES
            for k in ASKED_BESIDES
        ],
    )
    min_stars = IntegerField(_l("Least OCOP stars"), [NumberRange(3, 5)])
    warning_days = IntegerField(_l("Warn so many days before an end"), [NumberRange(1, 180)])
    sell_only_at_shelf_price = BooleanField(
        _l("Ask the cashier when the shelf shows a lower price; else the lower one is asked at once")
    )
    cashiers_receive = BooleanField(_l("Cashiers receive, move and count, with a manager's approval"))
    alcohol_two_people = BooleanField(_l("Alcohol is received by two people"))
    refund_limit_vnd = VndField(_l("A cashier gives back up to"), [chosen])
    refund_shift_limit_vnd = VndField(_l("A cashier gives back at one till in one day up to"))
    refund_days = IntegerField(
        _l("A cashier gives back what was sold in the last days"), [Optional(), NumberRange(0, 365)]
    )
    refund_others = BooleanField(_l("A cashier gives back what another cashier sold"))
    cash_move_limit_vnd = VndField(
        _l("A cashier puts in and takes out without a sale, at one till in one day, up to"),
        description=_l("Above these a manager approves."),
    )
    cash_rounding_vnd = ChoiceField(
        _l("Cash is rounded down to"),
        [chosen],
        choices=[("0", _l("not at all")), ("500", "500 ₫"), ("1000", "1.000 ₫")],
    )

    transfer_limit_vnd = VndField(
        _l("A cashier alone says that a bank transfer has come, up to"),
        description=_l("0: only the account's feed, a statement, or a manager who looked. A screenshot proves nothing."),
    )  # fmt: skip

    discount_limit_bp = PercentField(_l("A cashier takes off a basket up to (per cent of the goods)"))
    staff_discount_bp = PercentField(
        _l("Discount for the shop's own people (per cent)"), description=_l("Empty: there is none.")
    )
    voucher_days = IntegerField(
        _l("A gift voucher is good for so many days"), [Optional(), NumberRange(1, 3650)],
        description=_l("Tax and invoice follow when a voucher is used, not when it is sold: the goods and their rate are known then."),
    )  # fmt: skip

    price_code_prefix = ChoiceField(
        _l("Labels of the shop's scale that carry a price"),
        choices=[
            ("", _l("none: all carry grams")),
            *((str(n), _l("those that begin with %(n)s", n=n)) for n in range(20, 30)),
        ],
    )
    price_code_step_vnd = ChoiceField(
        _l("One step of such a price"),
        choices=[("0", "1 ₫"), ("10", "10 ₫"), ("100", "100 ₫"), ("1000", "1.000 ₫")],
    )

    sections = (
        (_l("The shop"), ("name", "address", "hotline", "returns_rule")),
        (_l("What may be sold"), ("classes", "min_stars", "warning_days", "sell_only_at_shelf_price")),
        (_l("Papers asked besides what the law asks"), ("papers",)),
        (_l("What cashiers do alone"), ("cashiers_receive", "alcohol_two_people", "refund_limit_vnd", "refund_shift_limit_vnd",
                                        "refund_days", "refund_others", "cash_move_limit_vnd", "transfer_limit_vnd")),
        (_l("Discounts and gift vouchers"), ("discount_limit_bp", "staff_discount_bp", "voucher_days")),
        (_l("Cash and the shop's scale"), ("cash_rounding_vnd", "price_code_prefix", "price_code_step_vnd")),
    )  # fmt: skip


class PriceForm(Form):
    """`confirmed_vnd` carries the price that was asked about, so that a tick never stands for another one."""

    price_vnd = VndField(_l("Price"), [chosen])
    starts = DayField(_l("From"), [needed], near="nearest")
    confirmed_vnd = LineField()
    asks_to_confirm = False

    def is_confirmed(self) -> bool:
        return bool(self.confirmed_vnd.data == str(self.price_vnd.data))


class ShelfPriceForm(Form):
    price_vnd = VndField(_l("The shelf's tag shows"), [chosen])


class LabelForm(SecondPersonForm):
    label_entries = ManyChoices(_l("Seen on the label"), choices=list(LABEL_ENTRIES.items()))


class LiftSuspensionForm(SecondPersonForm):
    """Nothing but who agrees: goods of a suspended producer are sold again."""

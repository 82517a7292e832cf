"""catalog/forms.py — a product."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from ..kernel.quantity import Content, Unit
from ..law.rates import vat_categories
from ..web.forms import MOST, ChoiceField, Form, IdChoiceField, LineField, QuantityField, chosen, needed
from ..web.reasons import CLASSES, LABEL_ENTRIES
from .models import GoodsKind

KINDS = {
    GoodsKind.PACKAGED_FOOD: _l("packaged processed food, tea, honey"),
    GoodsKind.FRESH_FOOD: _l("fresh or unpacked food"),
    GoodsKind.ALCOHOL: _l("alcohol"),
    GoodsKind.FUNCTIONAL_FOOD: _l("functional food"),
    GoodsKind.COSMETIC: _l("cosmetics"),
    GoodsKind.CRAFT: _l("crafts, textiles, ornamental plants"),
    GoodsKind.LIVE_ANIMAL: _l("live animals"),
    GoodsKind.SERVICE: _l("tourism service, ticket"),
    GoodsKind.KIT: _l("gift set made of other products"),
}
VAT = {
    "standard": _l("standard rate"),
    "not_reduced": _l("not reduced (alcohol …)"),
    "farm_goods": _l("raw farm goods"),
    "not_subject": _l("not subject to VAT"),
}


class ManyChoices(SelectMultipleField):
    """Boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProductForm(Form):
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


class PhotoForm(Form):
    picture = FileField(_l("Picture"), [chosen], render_kw={"accept": "image/*", "capture": "environment"})

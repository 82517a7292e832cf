"""catalog/forms.py — what forms about products share."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from ..web.forms import Form, chosen
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


class PhotoForm(Form):
    picture = FileField(_l("Picture"), [chosen], render_kw={"accept": "image/*", "capture": "environment"})

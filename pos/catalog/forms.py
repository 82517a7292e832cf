"""catalog/forms.py — what forms about products share."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from ..web.forms import Form, file_needed
from ..web.terms import GOODS_KINDS
from .models import GoodsKind

KINDS = {GoodsKind(code): words for code, words in GOODS_KINDS.items()}


class PhotoForm(Form):
    picture = FileField(
        _l("Picture"), [file_needed], render_kw={"accept": "image/*", "capture": "environment"}
    )

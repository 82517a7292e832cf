"""recalls/forms.py — that a recall was the shop's own fault, signed by two."""

from flask_babel import lazy_gettext as _l

from ..identity.forms import WitnessedForm
from ..web.forms import LineField, needed


class FaultForm(WitnessedForm):
    reason = LineField(_l("What went wrong in the shop?"), [needed])

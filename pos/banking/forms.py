"""banking/forms.py — a bank account, a token of its feed."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField

from ..identity.forms import SecondPersonForm
from ..web.forms import ChoiceField, LineField, chosen, needed

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class AccountForm(SecondPersonForm):
    bank_bin = ChoiceField(_l("Bank"), [chosen])
    number = LineField(_l("Account number"), [needed], render_kw=DIGITS, description=_l("BIDV and MSB: the number of the virtual account that the feed hears of."))  # fmt: skip
    holder = LineField(_l("Holder, as the bank writes it"), [needed])
    station = ChoiceField(_l("Shown at"))
    feed = ChoiceField(_l("Who tells when money comes"))
    archived = BooleanField(_l("Is shown no more"))


class SecretForm(SecondPersonForm):
    name = ChoiceField(_l("Which one"), [chosen])
    secret = PasswordField(_l("Token"), [needed], render_kw={"autocomplete": "off"})

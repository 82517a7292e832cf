"""banking/forms.py — a bank account, a token of its feed."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField

from ..identity.forms import SecondPersonForm
from ..web.forms import ChoiceField, DayField, LineField, VndField, chosen, needed

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class AccountForm(SecondPersonForm):
    bank_bin = ChoiceField(_l("Bank"), [chosen])
    number = LineField(_l("Account number"), [needed], render_kw=DIGITS, description=_l("BIDV and MSB: the number of the virtual account that the feed hears of."))  # fmt: skip
    holder = LineField(_l("Holder, as the bank writes it"), [needed])
    station = ChoiceField(_l("Shown at"))
    feed = ChoiceField(_l("Who tells when money comes"))
    archived = BooleanField(_l("Is shown no more"))


class NoteForm(SecondPersonForm):
    """A transfer that two people saw in the bank's app. `known` is asked only where one like it is in the books."""

    account = ChoiceField(_l("Account"), [chosen])
    direction = ChoiceField(_l("Way"), [chosen])
    amount = VndField(_l("Amount"), [chosen], render_kw=DIGITS)
    day = DayField(_l("Day"), [needed], near="past")
    time = LineField(_l("Time, as the bank's app shows it"), [needed], render_kw={"autocomplete": "off"})
    reference = LineField(_l("Bank's number (if the app shows one)"), render_kw={"autocomplete": "off"})
    text = LineField(_l("Text, or the payment code"), render_kw={"autocomplete": "off"}, description=_l("A payment code in it pays its basket."))  # fmt: skip
    known = ChoiceField(_l("Is it one of these?"))


class SecretForm(SecondPersonForm):
    name = ChoiceField(_l("Which one"), [chosen])
    secret = PasswordField(_l("Token"), [needed], render_kw={"autocomplete": "off"})

"""messages/forms.py — a message that is written, and what a person wants by e-mail."""

import secrets

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, TextAreaField

from ..web.forms import ChoiceField, Form, LineField, chosen, needed
from .models import DigestPace
from .write import LONGEST_TEXT


class MessageForm(Form):
    once = HiddenField(default=lambda: secrets.token_urlsafe(8))
    text = TextAreaField(_l("Message"), [needed], render_kw={"rows": 4, "maxlength": LONGEST_TEXT})


class MailChoiceForm(Form):
    address = LineField(
        _l("E-mail address"), render_kw={"type": "email", "inputmode": "email", "autocomplete": "email"}
    )
    each_message = BooleanField(_l("Send me each message of the shop by e-mail"))
    digest = ChoiceField(
        _l("Summary by e-mail"),
        [chosen],
        choices=[
            (DigestPace.NONE.value, _l("no summary")),
            (DigestPace.DAILY.value, _l("every day")),
            (DigestPace.WEEKLY.value, _l("every week, on Monday morning")),
        ],
    )
    language = ChoiceField(
        _l("Language of the e-mails"), [chosen], choices=[("vi", "Tiếng Việt"), ("en", "English")]
    )


AT_TEXT = {"message_empty": "text", "message_too_long": "text"}
AT_ADDRESS = {"mail_address_odd": "address", "mail_address_missing": "address"}

"""web/form_text.py — what no text holds is left out of a form before anybody reads it."""

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

NUL = "\0"  # PostgreSQL keeps no text with it, and no person types it


class ShopRequest(Request):
    """A request whose form's texts are without NUL."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        form: ImmutableMultiDict[str, str] = self.__dict__["form"]
        if any(NUL in value for _name, value in form.items(multi=True)):
            self.__dict__["form"] = ImmutableMultiDict(
                (name, value.replace(NUL, "")) for name, value in form.items(multi=True)
            )

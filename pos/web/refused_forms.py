"""web/refused_forms.py — a form of a page is refused: the page comes back as it is now, the error at its box, what was typed.

For forms that are sent to another address than their page's. The page is read as by GET, so that its other forms stay
as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, request, url_for
from flask.typing import ResponseReturnValue

from ..kernel.errors import NotFound, ShopError
from .kept_uploads import keep_uploads
from .reasons import load_gate_codes, render_reason

NEVER_SHOWN_AGAIN = {"csrf_token", "once", "pin"}


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """What was sent to `address`, and what is wrong with it, by box."""

    address: str
    typed: Mapping[str, str]
    faults: Mapping[str, str]

    def is_of(self, address: str, marks: Mapping[str, Any]) -> bool:
        """Was it this form? `marks`: hidden fields that tell it from others of the same address."""
        return self.address == address and all(
            self.typed.get(name, "") == str(value) for name, value in marks.items()
        )


def find_refused_form(address: str, **marks: Any) -> RefusedForm:
    """The form of this address, where it is the one that was refused; else one in which nothing was typed."""
    refused: RefusedForm | None = g.get("refused_form")
    if refused is not None and refused.is_of(address, marks):
        return refused
    return RefusedForm(address, {}, {})


def fill_refused_form(form: Any, address: str) -> Any:
    """The form with what was typed and what is wrong, where it was sent to this address and refused."""
    refused = find_refused_form(address)
    for field in form:
        if field.name in refused.typed:
            field.process(None, data=refused.typed[field.name])
            field.raw_data = [refused.typed[field.name]]  # what a number's field shows, be it one or not
        if field.name in refused.faults:
            field.errors = [refused.faults[field.name]]
    return form


def list_form_faults(form: Any) -> dict[str, str]:
    """What a form that doesn't validate has found, by box."""
    return {name: " ".join(map(str, errors)) for name, errors in form.errors.items() if name}


def list_reason_faults(error: ShopError, box: str, places: Mapping[str, str]) -> dict[str, str]:
    """The reasons by box: where `places` names one for the code, else at `box`."""
    faults: dict[str, str] = {}
    for reason in error.reasons:
        words = render_reason(reason)
        name, text = places.get(reason.code, box), f"{words.sentence} {words.remedy}".strip()
        faults[name] = f"{faults[name]} {text}" if name in faults else text
    return faults


def show_again(
    endpoint: str, faults: Mapping[str, str], status: int = 422, **values: Any
) -> ResponseReturnValue:
    """The page of a form, read anew, with what is wrong in the form and what was typed."""
    typed = {name: value for name, value in request.values.items() if name not in NEVER_SHOWN_AGAIN}
    g.refused_form = RefusedForm(request.path, typed, keep_uploads() | dict(faults))
    address = urlsplit(url_for(endpoint, **values))
    environ = request.environ | {
        "REQUEST_METHOD": "GET", "PATH_INFO": address.path, "QUERY_STRING": address.query, "CONTENT_LENGTH": "0",
        "CONTENT_TYPE": "", "wsgi.input": BytesIO(),
    }  # fmt: skip
    with current_app.request_context(environ):
        page: Any = current_app.view_functions[endpoint](**values)
        return page, status


def returns_to(
    endpoint: str, box: str, **places: str
) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """What is refused comes back on the page of `endpoint`, at the box that `places` names for its code, else at `box`.

    What is not there any more, and what the gate refuses (it is journaled), keep their own page.
    """

    def mark(act: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(act)
        def answer(**arguments: Any) -> ResponseReturnValue:
            try:
                return act(**arguments)
            except ShopError as no:
                if isinstance(no, NotFound) or any(reason.code in load_gate_codes() for reason in no.reasons):
                    raise
                needed = next(current_app.url_map.iter_rules(endpoint)).arguments
                values = {name: value for name, value in arguments.items() if name in needed}
                return show_again(endpoint, list_reason_faults(no, box, places), no.status, **values)

        return answer

    return mark

"""web/day_views.py — what a typed day is taken for, so that the page can write it out before anything is saved."""

from flask import Blueprint, Flask, jsonify, request
from flask.typing import ResponseReturnValue

from ..kernel.formats import format_day
from .forms import read_typed_day
from .rights import requires_role

blueprint = Blueprint("days", __name__)


@blueprint.get("/day")
@requires_role()
def write_out() -> ResponseReturnValue:
    """The day as dd/mm/yyyy; "" for what is no day. `near` and `month` as in `forms.py: DayField`."""
    day = read_typed_day(
        request.args.get("typed", ""),
        near=request.args.get("near", ""),
        month_ok=bool(request.args.get("month")),
    )
    return jsonify(day=format_day(day))


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)

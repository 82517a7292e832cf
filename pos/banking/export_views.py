"""banking/export_views.py — a day's or a month's transfers as a file."""

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..kernel.actor import Role
from ..kernel.clock import month_end
from ..kernel.database import open_reading
from ..web.context import current_day
from ..web.download import send_download
from ..web.rights import requires_role
from ..web.spans import read_address_day
from .export import export_csv, export_workbook, read_transfers
from .views import blueprint


@blueprint.get("/transfers.<any(xlsx, csv):ending>")
@requires_role(Role.MANAGER)
def download_transfers(ending: str) -> ResponseReturnValue:
    """`day`: of a day, or with `span=month` of its month."""
    first, last = _read_span()
    with open_reading() as session:
        transfers = read_transfers(session, first, last)
    name = f"bank-{first.isoformat()}{'' if first == last else f'-{last.isoformat()}'}.{ending}"
    return send_download(export_csv(transfers, _) if ending == "csv" else export_workbook(transfers, _), name)


def _read_span() -> tuple[date, date]:
    day = read_address_day(request.args.get("day", "").strip(), current_day()) or current_day()
    if request.args.get("span") == "month":
        return day.replace(day=1), month_end(day.year, day.month)
    return day, day

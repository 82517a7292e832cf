"""reports/sold_views.py — what was sold, its receipts, and what was done at the tills besides; as pages, workbook, .csv and PDF."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import date

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from ..documents.pdf import make_table, render_document
from ..documents.workbook import quote_formula, render_workbook
from ..journal.told_rows import RowTeller
from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..kernel.formats import format_day, format_moment, format_quantity, format_vnd
from ..shifts.queries import CashierActs, list_acts_between, sum_by_cashier
from ..shop.models import get_shop
from ..web.context import current_day, current_time
from ..web.download import send_download
from ..web.forms import explain_odd_day
from ..web.numbers import parse_row_id
from ..web.rights import requires_role
from ..web.spans import list_spans, read_address_day
from ..web.terms import TENDERS
from .sold import LONGEST, SoldTable, list_receipts_of, read_by_hour, read_sold
from .sold_lines import SoldBy, SoldFilter, SoldSums
from .views import blueprint

BY = {
    SoldBy.PRODUCT: _l("Product"), SoldBy.DAY: _l("Day"), SoldBy.WEEK: _l("Week"), SoldBy.MONTH: _l("Month"),
    SoldBy.HOUR: _l("Hour"), SoldBy.GROUP: _l("Group"), SoldBy.PRODUCER: _l("Producer"),
    SoldBy.CASHIER: _l("Cashier"), SoldBy.TENDER: _l("Paid by"),
}  # fmt: skip
WEEKDAYS = (_l("Mon"), _l("Tue"), _l("Wed"), _l("Thu"), _l("Fri"), _l("Sat"), _l("Sun"))
ASKED = ("first", "last", "product", "extra", "group", "producer", "cashier", "tender", "discount", "shift")
OFTEN = 3  # of one kind of act by one cashier, and twice as often as by the others: marked


def read_filter(asked: MultiDict[str, str], today: date) -> tuple[SoldFilter, str]:
    """What the address asks for, and what is wrong with its days ("": nothing). Last week, where it names none."""
    texts = [asked.get(name, "").strip() for name in ("first", "last")]
    _name, week_first, week_last = list_spans(today)[3]
    days = [
        read_address_day(text, today) if text else default
        for text, default in zip(texts, (week_first, week_last), strict=True)
    ]
    fault = next((explain_odd_day(text) for text, day in zip(texts, days, strict=True) if day is None), "")
    first, last = (day or today for day in days)
    if not fault and (first > last or last - first > LONGEST):
        fault = str(_("The first day lies after the last one, or more than ten years before it."))
    ids = {name: asked.get(name, type=parse_row_id) for name in ("product", "extra", "producer", "shift")}
    return SoldFilter(
        first, last, ids["product"], ids["extra"], asked.get("group") or None, ids["producer"], asked.get("cashier") or None,
        asked.get("tender") or None, asked.get("discount") or None, ids["shift"],
    ), fault  # fmt: skip


def _read_by() -> SoldBy:
    text = request.args.get("by", "")
    return SoldBy(text) if text in set(SoldBy) else SoldBy.PRODUCT


@blueprint.get("/sold")
@requires_role(Role.MANAGER)
def show_sold() -> ResponseReturnValue:
    """What was sold in a span of days, divided by one thing, beside the span before."""
    by, today = _read_by(), current_day()
    asked, fault = read_filter(request.args, today)
    with open_reading() as session:
        table = read_sold(session, asked, by) if not fault else SoldTable([], SoldSums(), 0)
        shop = get_shop(session)
        hours = read_by_hour(session, asked) if by is SoldBy.HOUR and not fault else None
    if (wanted := request.args.get("as", "")) in _FILES and not fault:
        return _FILES[wanted](table, asked, by, shop.name)
    kept = _keep_asked("by")
    return render_template(
        "reports/sold.html", table=table, asked=asked, by=by, fault=fault, BY=BY, spans=list_spans(today), kept=kept, hours=hours,
        WEEKDAYS=WEEKDAYS, before=asked.span_before(), TENDERS=TENDERS, is_narrow=_is_narrow(asked),
    )  # fmt: skip


@blueprint.get("/sold/receipts")
@requires_role(Role.MANAGER)
def list_sold_receipts() -> ResponseReturnValue:
    """The receipts that a figure is made of."""
    asked, fault = read_filter(request.args, current_day())
    before = request.args.get("before", type=parse_row_id)
    with open_reading() as session:
        rows = list(list_receipts_of(session, asked, before=before)) if not fault else []
        return render_template(
            "reports/sold_receipts.html", rows=rows, asked=asked, fault=fault, shop=get_shop(session),
            kept=_keep_asked("by"),
        )  # fmt: skip


@blueprint.get("/sold/acts")
@requires_role(Role.MANAGER)
def show_till_acts() -> ResponseReturnValue:
    """Voids, refunds, lines taken off, cash moves and what else was done at the tills, by cashier; what stands out is marked."""
    today = current_day()
    asked, fault = read_filter(request.args, today)
    with open_reading() as session:
        acts = list_acts_between(session, asked.first, asked.last) if not fault else []
        kind, teller = request.args.get("kind", ""), RowTeller(session)
        shown = [(act, teller.tell(act.row)) for act in acts if kind in {"", act.kind}]
    cashiers = sum_by_cashier(acts)
    return render_template(
        "reports/till_acts.html", acts=shown, asked=asked, fault=fault,
        cashiers=cashiers, odd=find_odd_acts(cashiers), kinds=sorted({act.kind for act in acts}), kind=kind, spans=list_spans(today),
    )  # fmt: skip


def find_odd_acts(cashiers: Sequence[CashierActs]) -> set[tuple[str, str]]:
    """Who did what at least three times and more than twice as often as the others on average: (name, kind)."""
    whole: Counter[str] = Counter()
    for each in cashiers:
        whole.update(each.times)
    others = max(1, len(cashiers) - 1)
    return {
        (each.who, kind)
        for each in cashiers
        for kind, times in each.times.items()
        if len(cashiers) > 1 and times >= OFTEN and times > 2 * (whole[kind] - times) / others
    }


def _keep_asked(*more: str) -> dict[str, str]:
    """What the address asks for, for the links on the page: nothing that it may not ask for."""
    return {name: request.args[name] for name in (*ASKED, *more) if request.args.get(name)}


def _is_narrow(asked: SoldFilter) -> bool:
    return asked != SoldFilter(asked.first, asked.last)


def _list_cells(table: SoldTable, by: SoldBy) -> tuple[list[str], list[list[str | int]]]:
    """Headings and rows for a file: amounts as numbers."""
    heads = [
        str(BY[by]),
        str(_("Number of sales")),
        str(_("Came back")),
        str(_("Taken in all")),
        str(_("Span before")),
    ]
    rows: list[list[str | int]] = [
        [_name_row(row.name, by), row.sums.receipts, row.sums.refunded_vnd, row.sums.paid_vnd, row.before_vnd]
        for row in table.rows
    ]
    if by is SoldBy.PRODUCT:
        heads.insert(1, str(_("Quantity")))
        for cells, row in zip(rows, table.rows, strict=True):
            cells.insert(1, format_quantity(row.sums.quantity_milli or 0, row.unit or "piece"))
    return heads, rows


def _name_row(name: str, by: SoldBy) -> str:
    if by in {SoldBy.DAY, SoldBy.WEEK}:
        return format_day(date.fromisoformat(name))
    if by is SoldBy.MONTH:
        return f"{date.fromisoformat(name):%m/%Y}"
    return str(TENDERS.get(name, name)) if by is SoldBy.TENDER else name


blueprint.add_app_template_filter(_name_row, "sold_name")


def _file_name(asked: SoldFilter, by: SoldBy, ending: str) -> str:
    return f"da-ban-{by.value}-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}.{ending}"


def _send_workbook(table: SoldTable, asked: SoldFilter, by: SoldBy, _shop: str) -> Response:
    heads, rows = _list_cells(table, by)
    return send_download(render_workbook([(str(_("Sold")), heads, rows)]), _file_name(asked, by, "xlsx"))


def _send_csv(table: SoldTable, asked: SoldFilter, by: SoldBy, _shop: str) -> Response:
    heads, rows = _list_cells(table, by)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([quote_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return send_download("\ufeff" + out.getvalue(), _file_name(asked, by, "csv"))


def _send_pdf(table: SoldTable, asked: SoldFilter, by: SoldBy, shop: str) -> Response:
    heads, rows = _list_cells(table, by)
    money = {"paid": heads[-2], "before": heads[-1], "back": heads[-3]}
    texts = [
        [
            format_vnd(cell) if isinstance(cell, int) and heads[n] in money.values() else str(cell)
            for n, cell in enumerate(row)
        ]
        for row in rows
    ]
    span = f"{format_day(asked.first)} – {format_day(asked.last)}"
    title = _("Sold, by %(what)s", what=str(BY[by]).lower())
    story = [make_table(heads, texts, (4, *[1] * (len(heads) - 1)))]
    pdf = render_document(title, f"{span} · {format_moment(current_time())}", story, foot=shop)
    return send_download(pdf, _file_name(asked, by, "pdf"))


_FILES = {"xlsx": _send_workbook, "csv": _send_csv, "pdf": _send_pdf}

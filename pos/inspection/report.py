"""inspection/report.py — the inspection page as one PDF, with every scan behind it; and the price list for the wall."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from flask_babel import gettext as _

from ..admission.dossier import DossierCell, PaperState
from ..admission.models import Paper
from ..documents.pdf import StoppedText, make_heading, make_paragraph, make_table, render_document
from ..files.models import StoredFile
from ..kernel.formats import format_day, format_degrees, format_moment, format_quantity, format_vnd
from ..logbooks.coolers import LogDay
from ..shop.models import Shop
from ..web.reasons import render_reason
from ..web.terms import PAPER_STATES, PAPERS
from .annexes import AnnexedFile, AnnexList
from .floor import FloorGoods, ListedPrice


def render_inspection(
    shop: Shop,
    goods: Sequence[FloorGoods],
    dossier: Sequence[Paper],
    coolers: Sequence[LogDay],
    files: dict[int, StoredFile],
    folder: Path,
    on: date,
    printed: str,
) -> tuple[bytes, list[AnnexedFile]]:
    """Goods on the floor → lot, purchase document, papers, price; the shop's own papers; the coolers' log.

    The pages, and the files to put behind them: those are drawn once no transaction is open.
    """
    annex = AnnexList(folder)
    heads = [_("Goods"), _("Lot"), _("Purchase document"), _("Papers"), _("Listed price")]
    rows = [_goods_row(item, annex, files) for item in goods]
    story = [
        make_paragraph(_("Numbers in brackets name the annexes: the scans behind these pages."), soft=True),
        *make_heading(_("The shop's own papers")),
        make_table([_("Paper"), _("Number"), _("Issued by"), _("Good until")],
              [_dossier_row(paper, annex, files, on) for paper in dossier], [4, 4, 4, 3], wide=True),
        *make_heading(_("Goods on the floor (%(count)s lots)", count=len(goods))),
        make_table(heads, rows, [6, 4, 4, 10, 3], wide=True),
    ]  # fmt: skip
    if coolers:
        story += [
            *make_heading(_("Coolers: the log of the last 30 days")),
            make_table([_("Day"), _("Cooler"), _("Limits"), _("Readings"), _("What was done")],
                  [_cooler_row(row) for row in coolers], [3, 4, 4, 5, 8], wide=True),
        ]  # fmt: skip
    document = render_document(
        _("Inspection file"), f"{shop.name} · {shop.address} · {printed}", story, foot=shop.name, wide=True
    )
    return document, annex.files


def _goods_row(item: FloorGoods, annex: AnnexList, files: dict[int, StoredFile]) -> list[str]:
    stars = _("OCOP %(count)s stars", count=item.stars) if item.stars else ""
    facts = "\n".join(filter(None, (item.product.name, stars, item.producer)))
    if not item.verdict.admitted:
        facts = StoppedText(
            facts + "\n" + " ".join(render_reason(reason).sentence for reason in item.verdict.refusals)
        )
    lot = "\n".join(
        filter(None, (
            item.lot.number,
            _("made on %(day)s", day=format_day(item.lot.made_on)) if item.lot.made_on else "",
            _("good until %(day)s", day=format_day(item.lot.expires_on)) if item.lot.expires_on else "",
            f"{format_quantity(item.quantity_milli, item.product.unit)} · {item.place}",
        ))
    )  # fmt: skip
    return [facts, lot, _note(item, annex), _papers(item.papers, annex, files), _price(item)]


def _note(item: FloorGoods, annex: AnnexList) -> str:
    if item.receiving is None:
        return StoppedText(_("none"))
    number, dated = item.receiving.delivery_note, format_day(item.receiving.note_date)
    scans = " ".join(
        annex.refer(scan, _("delivery note %(number)s of %(day)s", number=number, day=dated))
        for scan in item.note_scans
    )
    return f"{number}\n{dated} {scans}".strip()


def _papers(cells: Sequence[DossierCell], annex: AnnexList, files: dict[int, StoredFile]) -> str:
    lines = []
    for cell in cells:
        paper = cell.paper
        if paper is None:
            continue
        ends = _("until %(day)s", day=format_day(cell.ends)) if cell.ends else ""
        out = "" if cell.state in {PaperState.GOOD, PaperState.SOON} else str(PAPER_STATES[cell.state])
        kind = str(PAPERS[paper.kind])
        scan = annex.refer(files.get(paper.file_id or 0), f"{kind} {paper.number}")
        lines.append(
            " ".join(filter(None, (f"{kind} {paper.number}", ends, f"({out})" if out else "", scan)))
        )
    return "\n".join(lines) or StoppedText(_("none"))


def _price(item: FloorGoods) -> str:
    if item.price_vnd is None:
        return StoppedText(_("no price"))
    return format_vnd(item.price_vnd) + (" / kg" if item.product.unit == "kg" else "")


def _dossier_row(paper: Paper, annex: AnnexList, files: dict[int, StoredFile], on: date) -> list[str]:
    kind = str(PAPERS[paper.kind])
    scan = annex.refer(files.get(paper.file_id or 0), f"{kind} {paper.number}")
    ends = format_day(paper.ends) or _("no end stated")
    return [
        f"{kind} {scan}",
        paper.number,
        paper.issuer,
        StoppedText(ends) if paper.ends and paper.ends < on else ends,
    ]


def _cooler_row(row: LogDay) -> list[str]:
    read = ", ".join(
        f"{format_degrees(item.tenths)} ({format_moment(item.at)[-5:]})" for item in row.readings
    )
    limits = f"{format_degrees(row.cooler.least_tenths)} … {format_degrees(row.cooler.most_tenths)}"
    done = "; ".join(item.done for item in row.readings if item.done)
    return [format_day(row.day), row.cooler.name, limits, read or StoppedText(_("none")), done]


def render_price_list(
    shop: Shop, lines: Sequence[ListedPrice], groups: dict[str, str], on: date, *, has_vat: bool
) -> bytes:
    """The list for the wall: by group, name, producer, stars, price of a piece or kilogram; whether tax is in it, where there is any."""
    story = []
    for code in dict.fromkeys(line.product.group_code for line in lines):
        rows = [
            [line.product.name, line.producer, _("%(count)s stars", count=line.stars) if line.stars else "",
             format_vnd(line.price_vnd), "kg" if line.product.unit == "kg" else line.product.pack or _("piece")]
            for line in lines
            if line.product.group_code == code
        ]  # fmt: skip
        heads = [_("Goods"), _("Producer"), "OCOP", _("Price"), _("For one")]
        story += [*make_heading(groups.get(code, code)), make_table(heads, rows, [9, 6, 2, 4, 4])]
    named = {"shop": shop.name, "day": format_day(on)}
    head = (
        _("%(shop)s · from %(day)s · prices in đồng, tax included", **named)
        if has_vat
        else _("%(shop)s · from %(day)s · prices in đồng", **named)
    )
    return render_document(_("Price list"), head, story, foot=f"{shop.name} · {shop.address}")

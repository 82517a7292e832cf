"""inspection/views.py — the page Đoàn kiểm tra, the same as a PDF, and the price list."""

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.papers import papers_of
from ..catalog.products import groups
from ..documents.annex import with_annex
from ..files.models import StoredFile
from ..house.complaints import complaints
from ..house.coolers import coolers, log
from ..kernel.actor import Role
from ..kernel.database import reading
from ..kernel.words import moment
from ..shop.models import get_shop
from ..web.download import download
from ..web.now import config, now, today
from ..web.pages import language
from ..web.rights import allowed
from .annexes import draw_annexes, unreadable
from .floor import on_floor, price_list
from .report import inspection_pdf, price_list_pdf

pages = Blueprint("inspection", __name__)
LOG_DAYS = timedelta(days=29)


@pages.get("/inspection")
@allowed(Role.MANAGER, Role.VIEWER)
def show() -> ResponseReturnValue:
    """Goods on the floor now, each with its lot, note, papers and price."""
    with reading() as session:
        goods = on_floor(session, today())
        return render_template(
            "inspection/floor.html", goods=goods, stopped=[one for one in goods if not one.verdict.admitted],
            dossier=papers_of(session), on=today(), open_complaints=len(complaints(session, open_only=True)),
            has_coolers=bool(coolers(session)),
        )  # fmt: skip


@pages.get("/inspection.pdf")
@allowed(Role.MANAGER, Role.VIEWER)
def as_pdf() -> ResponseReturnValue:
    with reading() as session:
        goods, dossier = on_floor(session, today()), papers_of(session)
        wanted = {paper.file_id for one in goods for paper in one.papers} | {
            paper.file_id for paper in dossier
        }
        document, files = inspection_pdf(
            get_shop(session), goods, dossier, log(session, today() - LOG_DAYS, today()), _files(session, wanted),
            Path(config().data.folder), today(), moment(now()),
        )  # fmt: skip
    pdf = with_annex(document, draw_annexes(files), unreadable())
    return download(pdf, f"doan-kiem-tra-{today():%Y%m%d}.pdf")


def _files(session: Session, ids: set[int | None]) -> dict[int, StoredFile]:
    return {
        file.id: file for file in session.scalars(select(StoredFile).where(StoredFile.id.in_(ids - {None})))
    }


def _group_names(session: Session) -> dict[str, str]:
    return {group.code: group.name_en if language() == "en" else group.name_vi for group in groups(session)}


@pages.get("/price-list")
@allowed(Role.MANAGER, Role.CASHIER, Role.VIEWER)
def prices() -> ResponseReturnValue:
    with reading() as session:
        lines, names = price_list(session, today()), _group_names(session)
    return render_template("inspection/prices.html", lines=lines, groups=names, on=today())


@pages.get("/price-list.pdf")
@allowed(Role.MANAGER, Role.CASHIER, Role.VIEWER)
def prices_as_pdf() -> ResponseReturnValue:
    with reading() as session:
        pdf = price_list_pdf(get_shop(session), price_list(session, today()), _group_names(session), today())
    return download(pdf, f"bang-niem-yet-{today():%Y%m%d}.pdf")

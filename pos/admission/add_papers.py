"""admission/add_papers.py — many new papers at once, by the same rules as one: in few statements however many they are."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import false, select
from sqlalchemy.orm import Session

from ..journal.record import JournalAct, record_acts, row_name
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.inserts import fill_defaults, insert_rows, insert_values
from ..kernel.tables import Base
from ..kernel.text import fold_text
from .models import Paper, PaperCover
from .papers import CoveredProduct, complete_paper


def add_papers(
    session: Session, new: Sequence[tuple[Paper, Sequence[CoveredProduct]]], *, by: Actor, at: datetime
) -> Sequence[Paper]:
    """Keep new papers with the products that they name, each with its own act; returned in their order.

    Raises Refused as `save_paper` does.
    """
    if not new:
        return []
    _refuse_twins(session, [paper for paper, _covers in new])
    for paper, covers in new:
        complete_paper(paper, covers, business_day(at))
        fill_defaults(paper)
    papers = insert_rows(session, [paper for paper, _covers in new])
    named = [sorted(covers, key=lambda cover: cover.product_id) for _paper, covers in new]
    rows = [
        {"paper_id": paper.id, "product_id": cover.product_id, "stars": cover.stars, "name_written": cover.name_written}
        for paper, covers in zip(papers, named, strict=True)
        for cover in covers
    ]  # fmt: skip
    if rows:
        insert_values(session, PaperCover, rows)
    acts = []
    for paper, covers in zip(papers, named, strict=True):
        listed = [[cover.product_id, cover.stars, cover.name_written] for cover in covers]
        acts.append(
            JournalAct.make(
                "paper_added",
                row_name(paper),
                {"facts": {row_name(paper): Base.facts(paper) | {"covers": listed}}},
            )
        )
    record_acts(session, acts, by=by, at=at)
    return papers


def _refuse_twins(session: Session, papers: Sequence[Paper]) -> None:
    """A paper is entered once: whoever enters it again with a later end would change it without a second person."""
    kinds, makers = {paper.kind for paper in papers}, {paper.producer_id for paper in papers}
    of_makers = Paper.producer_id.in_(makers - {None}) | (
        Paper.producer_id.is_(None) if None in makers else false()
    )
    query = select(Paper.kind, Paper.producer_id, Paper.number).where(Paper.kind.in_(kinds), of_makers)
    known = {(kind, producer_id, fold_text(number)) for kind, producer_id, number in session.execute(query)}
    for paper in papers:
        key = paper.kind, paper.producer_id, fold_text(paper.number)
        if key in known:
            raise Refused.because("paper_twice", number=paper.number)
        known.add(key)

"""admission/queries.py — readings of the papers for the screens; what the gate reads is in `admission/goods.py`."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from ..catalog.models import Product
from ..catalog.queries import list_product_ids
from ..journal.models import JournalRow
from ..journal.queries import list_kind_since
from .models import Paper, PaperCover, PaperKind


def list_papers_by_end(
    session: Session,
    *,
    producer_id: int | None = None,
    is_shops_own: bool = False,
    kind: str = "",
    words: str = "",
    only: Sequence[int] = (),
    offset: int = 0,
    limit: int = 100,
) -> Sequence[Paper]:
    """Papers, what ends first first and what has no end last; of a producer or of the shop itself, of a kind,
    with `words` in the number, the issuer or the remark; of some numbers in the books (`only`), where any are given.
    """
    query = (
        select(Paper).options(selectinload(Paper.covers)).order_by(Paper.ends.is_(None), Paper.ends, Paper.id)
    )
    if is_shops_own:
        query = query.where(Paper.producer_id.is_(None))
    elif producer_id:
        query = query.where(Paper.producer_id == producer_id)
    if kind:
        query = query.where(Paper.kind == kind)
    if only:
        query = query.where(Paper.id.in_(only))
    if words:
        query = query.where(
            or_(*(c.icontains(words, autoescape=True) for c in (Paper.number, Paper.issuer, Paper.note)))
        )
    return session.scalars(query.offset(offset).limit(limit)).all()


def list_papers_ending(session: Session, first: date, last: date, limit: int = 20) -> Sequence[Paper]:
    """Papers that end between two days, both included, and were not withdrawn."""
    query = select(Paper).where(Paper.ends.between(first, last), Paper.revoked_on.is_(None))
    return session.scalars(query.order_by(Paper.ends).limit(limit)).all()


def list_ended_papers(session: Session, on: date, limit: int = 30) -> Sequence[Paper]:
    """Papers whose end is past and that were not withdrawn, the newest end first."""
    query = select(Paper).where(Paper.ends < on, Paper.revoked_on.is_(None))
    return session.scalars(query.order_by(Paper.ends.desc()).limit(limit)).all()


def list_added_papers(session: Session, since: datetime) -> list[tuple[JournalRow, Paper]]:
    """Papers that people entered since a moment, each with its act: a number that nobody issued makes goods sell, too."""
    acts = [row for row in list_kind_since(session, "paper_added", since) if row.actor_id is not None]
    papers = {f"paper:{paper.id}": paper for paper in session.scalars(
        select(Paper).where(Paper.id.in_([int((row.subject or "").partition(":")[2]) for row in acts]))
    )}  # fmt: skip
    return [(row, papers[row.subject]) for row in acts if row.subject and row.subject in papers]


def list_goods_of_paper(session: Session, paper: Paper) -> Sequence[int]:
    """The products that a paper stands for: those it names, else all of its producer's."""
    named = [cover.product_id for cover in paper.covers]
    return named or (list_product_ids(session, paper.producer_id) if paper.producer_id else ())


def find_label_picture_id(session: Session, product: Product) -> int | None:
    """The file of the newest label sample that names the product; else of the product's own photo."""
    sample = session.scalars(
        select(Paper.file_id)
        .where(
            Paper.kind == PaperKind.LABEL,
            Paper.covers.any(PaperCover.product_id == product.id),
            Paper.file_id.is_not(None),
        )
        .order_by(Paper.id.desc())
    ).first()
    return sample or product.picture_id

"""admission/papers.py — keeping the papers of the dossier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ..catalog.models import GoodsKind, Product
from ..journal.record import record
from ..kernel.actor import SYSTEM, Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..kernel.tables import get_row
from ..kernel.text import fold_text
from ..law.paper_terms import find_term, is_undated, latest_end, lawful_end, limited_kinds
from .models import NAMES_PRODUCTS, Paper, PaperCover, PaperKind


@dataclass(frozen=True, slots=True)
class CoveredProduct:
    """A product that a paper names."""

    product_id: int
    stars: int | None = None
    name_written: str = ""


def get_paper(session: Session, paper_id: int) -> Paper:
    return get_row(session, Paper, paper_id, "paper_not_found")


def list_papers(
    session: Session, *, producer_id: int | None = None, product_id: int | None = None
) -> Sequence[Paper]:
    """A producer's papers, or those that name a product; the shop's own with neither. Newest end first."""
    query = select(Paper).order_by(Paper.kind, Paper.ends.desc(), Paper.id.desc())
    if product_id is not None:
        query = query.where(Paper.covers.any(PaperCover.product_id == product_id))
    else:
        query = query.where(Paper.producer_id == producer_id if producer_id else Paper.producer_id.is_(None))
    return session.scalars(query).all()


def list_papers_by_product(session: Session, products: Sequence[Product]) -> dict[int, list[Paper]]:
    """The papers of each product by its id: those that name it, and its producer's that stand for all goods."""
    ids, makers = {p.id for p in products}, {p.producer_id for p in products}
    found: dict[int, list[Paper]] = {id_: [] for id_ in ids}
    query = (
        select(Paper).options(selectinload(Paper.covers)).order_by(Paper.kind, Paper.ends.desc(), Paper.id)
    )
    for paper in session.scalars(query.where(Paper.covers.any(PaperCover.product_id.in_(ids)))):
        for cover in paper.covers:
            if cover.product_id in found:
                found[cover.product_id].append(paper)
    general = query.where(Paper.producer_id.in_(makers), ~Paper.covers.any())
    for paper in session.scalars(general.where(Paper.kind.not_in(NAMES_PRODUCTS))):
        for product in {p.id: p for p in products}.values():
            if product.producer_id == paper.producer_id and _applies_to(paper, product):
                found[product.id].append(paper)
    return found


def _applies_to(paper: Paper, product: Product) -> bool:
    """A maker's licence for alcohol says nothing of their noodles."""
    return paper.kind != PaperKind.ALCOHOL_LICENCE or product.kind == GoodsKind.ALCOHOL


def refuse_beyond_term(
    kind: PaperKind, issued: date | None, starts: date | None, ends: date | None, on: date
) -> None:
    """Raises Refused (`issued_in_future`, `ends_beyond_term`) for a paper that is to hold longer than its kind may by law."""
    if reasons := _find_term_faults(kind, issued, starts, ends, on):
        raise Refused(*reasons)


def _find_term_faults(
    kind: PaperKind, issued: date | None, starts: date | None, ends: date | None, on: date
) -> list[Reason]:
    if issued is not None and issued > on:
        return [Reason.make("issued_in_future", issued=issued)]
    latest = latest_end(kind.value, issued, starts, on)
    if ends is not None and latest is not None and ends > latest:
        term = find_term(kind.value, issued or on)
        return [Reason.make("ends_beyond_term", ends=ends, latest=latest, law=term.source if term else "")]
    return []


def find_paper_faults(fields: Mapping[str, Any], covers: Sequence[CoveredProduct], on: date) -> list[Reason]:
    """All that is wrong with a paper of these fields (`kind`, `number`, `issued`, `starts`, `ends`), so that it is said at once."""
    kind, issued = PaperKind(fields["kind"]), fields["issued"]
    reasons = []
    if not fields["number"].strip():
        reasons.append(Reason.make("number_missing"))
    undated = is_undated(kind.value, issued, fields["starts"], fields["ends"])
    if undated or (kind is PaperKind.RECOGNITION and issued is None):
        reasons.append(Reason.make("issued_missing"))
    if any(cover.stars is not None and not 1 <= cover.stars <= 5 for cover in covers):
        reasons.append(Reason.make("stars_out_of_range"))
    starts = fields["starts"] or issued
    ends = fields["ends"] or lawful_end(kind.value, issued, fields["starts"], None, on)
    if starts and ends and ends < starts:
        reasons.append(Reason.make("ends_before_start", starts=starts, ends=ends))
    reasons += _find_term_faults(kind, issued, starts, ends, on)
    if kind in NAMES_PRODUCTS and not covers:
        reasons.append(Reason.make("products_missing"))
    return reasons


def complete_paper(paper: Paper, covers: Sequence[CoveredProduct], on: date) -> None:
    """Fill in a start and an end that aren't given, as `save_paper` says. Raises Refused (what `find_paper_faults` finds)."""
    facts = {name: getattr(paper, name) for name in ("kind", "number", "issued", "starts", "ends")}
    if reasons := find_paper_faults(facts, covers, on):
        raise Refused(*reasons)
    if paper.ends is None:
        paper.ends = lawful_end(paper.kind, paper.issued, paper.starts, None, on)
    paper.starts = paper.starts or paper.issued


def save_paper(
    session: Session, paper: Paper, covers: Sequence[CoveredProduct], *, by: Actor, at: datetime
) -> Paper:
    """Keep a new or changed paper; its earlier state stays in the journal.

    A start that isn't given is the day of issue, an end that isn't given the last day of the term that the law sets, if any.
    Raises Refused (`number_missing`, `issued_missing`, `issued_in_future`, `ends_before_start`, `ends_beyond_term`,
    `stars_out_of_range`, `paper_twice`, and `products_missing` for a kind that is worth nothing without the products it names).
    """
    complete_paper(paper, covers, business_day(at))
    is_new = paper.id is None
    if is_new:
        _refuse_twin(session, paper)
    session.add(paper)
    covers_by_product = {cover.product_id: cover for cover in paper.covers}
    paper.covers = [_make_cover(covers_by_product.get(cover.product_id), cover) for cover in covers]
    session.flush()
    record(session, "paper_added" if is_new else "paper_changed", by=by, at=at, subject=paper, facts=[paper])
    return paper


def list_without_end(session: Session) -> Sequence[Paper]:
    """The papers that state no end though the law limits their kind, and have a day to count it from."""
    query = select(Paper).where(Paper.ends.is_(None), Paper.kind.in_(limited_kinds()))
    return session.scalars(query.where(Paper.issued.is_not(None) | Paper.starts.is_not(None))).all()


def enter_lawful_ends(session: Session, at: datetime) -> None:
    """Give those papers their end: an earlier version kept them without, and what lists papers by their end missed them."""
    for paper in list_without_end(session):
        paper.ends = lawful_end(paper.kind, paper.issued, paper.starts, None, business_day(at))
        record(session, "paper_changed", by=SYSTEM, at=at, subject=paper, facts=[paper])


def find_paper(session: Session, kind: str, producer_id: int | None, number: str) -> Paper | None:
    """The paper of this kind, producer and number, however its accents, case and signs are written."""
    wanted = fold_text(number)
    papers = session.scalars(select(Paper).where(Paper.kind == kind, Paper.producer_id == producer_id))
    return next((paper for paper in papers if fold_text(paper.number) == wanted), None)


def _refuse_twin(session: Session, paper: Paper) -> None:
    """A paper is entered once: whoever enters it again with a later end would change it without a second person."""
    with session.no_autoflush:
        if find_paper(session, paper.kind, paper.producer_id, paper.number) is not None:
            raise Refused.because("paper_twice", number=paper.number)


def _make_cover(row: PaperCover | None, cover: CoveredProduct) -> PaperCover:
    row = row or PaperCover(product_id=cover.product_id)
    row.stars, row.name_written = cover.stars, cover.name_written
    return row


def mark_revoked(session: Session, paper: Paper, *, on: date, decision: str, by: Actor, at: datetime) -> None:
    """Mark a paper as withdrawn by its issuer, from a day on. Raises Refused (`decision_missing`)."""
    if not decision.strip():
        raise Refused.because("decision_missing")
    paper.revoked_on, paper.revoked_by = on, decision.strip()
    record(session, "paper_revoked", by=by, at=at, subject=paper, facts=[paper])

"""admission/dossier.py — what papers a producer's goods need, which are there, and what ends when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import GoodsClass, GoodsKind, Product
from ..catalog.products import list_products
from ..kernel.clock import add_months
from ..law.paper_terms import lawful_end
from ..shop.models import get_shop
from .gate import CLASS_PAPER, LICENSED_FROM_PERMILLE, NEEDS, PaperFacts, Policy
from .models import Paper, PaperCover, PaperKind
from .papers import list_papers_by_product
from .policy import make_policy

MONTHS = 12


class PaperState(StrEnum):
    GOOD = "good"
    SOON = "soon"
    ENDED = "ended"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class DossierCell:
    """One kind of paper of one product: the best there is, its state, and its last day by the gate's own rule."""

    kind: PaperKind
    paper: Paper | None
    state: PaperState
    ends: date | None = None


def list_needed_kinds(product: Product, policy: Policy) -> list[PaperKind]:
    """The kinds that goods of this kind and class need, by law and by the shop's policy."""
    kind, goods_class = GoodsKind(product.kind), GoodsClass(product.goods_class)
    if kind is GoodsKind.KIT:
        return []
    needs = NEEDS[kind]
    is_strong = not 0 < product.alcohol_permille < LICENSED_FROM_PERMILLE
    found = [CLASS_PAPER[goods_class], needs.food_safety, needs.declaration,
             PaperKind.ALCOHOL_LICENCE if needs.licence and is_strong else None,
             *sorted(k for c, k in policy.papers if c is goods_class)]  # fmt: skip
    return list(dict.fromkeys(k for k in found if k is not None))


def list_dossier_rows(
    session: Session, producer_id: int, on: date
) -> list[tuple[Product, list[DossierCell]]]:
    """A row a product of the producer, a cell a kind of paper that it needs."""
    products = list_products(session, producer_id)
    if not products:
        return []
    policy, papers = make_policy(get_shop(session)), list_papers_by_product(session, products)
    return [
        (
            product,
            [
                make_dossier_cell(kind, papers[product.id], policy.warning_days, on)
                for kind in list_needed_kinds(product, policy)
            ],
        )
        for product in products
    ]


def make_dossier_cell(kind: PaperKind, papers: Sequence[Paper], warning_days: int, on: date) -> DossierCell:
    """How one kind of paper stands among the papers that apply to a product."""
    mine = [
        (paper, _lawful_end(paper, on)) for paper in papers if paper.kind == kind and not paper.is_undated
    ]
    if not mine:
        return DossierCell(kind, None, PaperState.MISSING)
    last_first = mine[::-1]  # of two that are as good, the one listed last
    best, ends = max(last_first, key=lambda it: (_is_in_force(it[0], it[1], on), it[1] or date.max))
    if not _is_in_force(best, ends, on):
        return DossierCell(kind, best, PaperState.ENDED, ends)
    is_soon = ends is not None and (ends - on).days <= warning_days
    return DossierCell(kind, best, PaperState.SOON if is_soon else PaperState.GOOD, ends)


def _is_in_force(paper: Paper, ends: date | None, on: date) -> bool:
    """By the gate's own rule, and until the end that the gate holds it to."""
    facts = PaperFacts(PaperKind(paper.kind), paper.number, paper.starts, ends, paper.revoked_on)
    return facts.is_in_force(on)


def _lawful_end(paper: Paper, on: date) -> date | None:
    return lawful_end(paper.kind, paper.issued, paper.starts, paper.ends, on)


def list_endings_by_month(session: Session, today: date) -> list[tuple[date, Sequence[Paper]]]:
    """The papers that end in each of the next months, month by month; a paper that a later one replaced is left out."""
    until = add_months(today.replace(day=1), MONTHS)
    papers = session.scalars(
        select(Paper)
        .where(Paper.ends >= today, Paper.ends < until, Paper.revoked_on.is_(None))
        .order_by(Paper.ends, Paper.id)
    ).all()
    months: dict[date, list[Paper]] = defaultdict(list)
    for paper in papers:
        if paper.ends is not None and not _is_replaced(session, paper):
            months[paper.ends.replace(day=1)].append(paper)
    return [(first := add_months(today.replace(day=1), n), months[first]) for n in range(MONTHS)]


def list_covered_names(session: Session, papers: Sequence[Paper]) -> dict[int, str]:
    """The products that each paper names, by the paper's id; none for a paper of all that its producer makes."""
    rows = session.execute(
        select(PaperCover.paper_id, Product)
        .join(Product, Product.id == PaperCover.product_id)
        .where(PaperCover.paper_id.in_([paper.id for paper in papers]))
        .order_by(Product.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for paper_id, product in rows:
        found[paper_id].append(product.name)
    return {paper_id: ", ".join(named) for paper_id, named in found.items()}


def _is_replaced(session: Session, paper: Paper) -> bool:
    """Is there a later paper of the same kind that stands for all that this one stands for?"""
    later = session.scalars(
        select(Paper).where(
            Paper.kind == paper.kind, Paper.producer_id == paper.producer_id, Paper.id != paper.id,
            Paper.revoked_on.is_(None), (Paper.ends > paper.ends) | Paper.ends.is_(None),
        )
    )  # fmt: skip
    mine = {cover.product_id for cover in paper.covers}
    return any(
        mine <= {cover.product_id for cover in other.covers}
        for other in later
        if bool(other.covers) == bool(mine)
    )

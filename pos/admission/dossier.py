"""admission/dossier.py — what papers a producer's goods need, which are there, and what ends when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import GoodsClass, GoodsKind, Product
from ..catalog.products import list_products
from ..kernel.clock import add_months
from ..law.paper_terms import lawful_end
from ..shop.models import get_shop
from .gate import (
    CLASS_PAPER,
    LICENSED_FROM_PERMILLE,
    NEEDS,
    Goods,
    PaperFacts,
    Policy,
    list_faults_of_days,
    list_paper_faults,
)
from .models import Paper, PaperCover, PaperKind
from .papers import list_papers_by_product
from .policy import make_policy

MONTHS = 12


class PaperState(StrEnum):
    """How a paper stands, by the gate's own word on it."""

    GOOD = "good"
    SOON = "soon"
    FEW_STARS = "few_stars"
    OTHER_PRODUCT = "other_product"
    NOT_YET = "not_yet"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"
    UNDATED = "undated"


_STATES = {
    "certificate_revoked": PaperState.WITHDRAWN, "certificate_ended": PaperState.ENDED, "certificate_not_yet": PaperState.NOT_YET,
    "certificate_other_product": PaperState.OTHER_PRODUCT, "too_few_stars": PaperState.FEW_STARS,
}  # fmt: skip


_IN_FORCE = (PaperState.GOOD, PaperState.SOON)


@dataclass(frozen=True, slots=True)
class DossierCell:
    """One kind of paper of one product: the best there is, its state, and its last day by the gate's own rule.

    `faults`: how many the gate finds with it.
    """

    kind: PaperKind
    paper: Paper | None
    state: PaperState
    ends: date | None = None
    faults: int = 0


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
                make_dossier_cell(kind, papers[product.id], policy, on, product)
                for kind in list_needed_kinds(product, policy)
            ],
        )
        for product in products
    ]


def make_dossier_cell(
    kind: PaperKind, papers: Sequence[Paper], policy: Policy, on: date, product: Product | None = None
) -> DossierCell:
    """How one kind of paper stands among the papers that apply to a product, or to the shop itself.

    Of several, the one that the gate would name: with the fewest faults, one that has begun first, then the newest.
    """
    cells = [
        judge_paper(paper, policy, on, product)
        for paper in papers
        if paper.kind == kind and not paper.is_undated
    ]
    if not cells:
        return DossierCell(kind, None, PaperState.MISSING)
    newest_first = sorted(cells, key=_paper_age, reverse=True)
    return min(newest_first, key=lambda cell: (cell.faults, _is_late_start(cell, product)))


def judge_paper(paper: Paper, policy: Policy, on: date, product: Product | None = None) -> DossierCell:
    """How one paper stands for a product that it applies to; without a product, by its days alone."""
    kind, ends = PaperKind(paper.kind), lawful_end(paper.kind, paper.issued, paper.starts, paper.ends, on)
    if paper.is_undated:  # the gate leaves it out
        return DossierCell(kind, paper, PaperState.UNDATED)
    facts = PaperFacts(kind, paper.number, paper.starts, ends, paper.revoked_on, paper.producer_id)
    if product is None:
        faults = tuple(list_faults_of_days(facts, on))
    else:
        cover = next((cover for cover in paper.covers if cover.product_id == product.id), None)
        if cover is not None:
            facts = replace(facts, stars=cover.stars, name_written=cover.name_written or "")
        faults = list_paper_faults(_make_goods(product), facts, policy, on)
    if faults:
        return DossierCell(kind, paper, _STATES[faults[0].code], ends, len(faults))
    is_soon = ends is not None and (ends - on).days <= policy.warning_days
    return DossierCell(kind, paper, PaperState.SOON if is_soon else PaperState.GOOD, ends)


def _make_goods(product: Product) -> Goods:
    """What the gate compares with a paper."""
    return Goods(
        name=product.name, pack=product.pack, goods_class=GoodsClass(product.goods_class), kind=GoodsKind(product.kind),
        producer_id=product.producer_id, papers=(), lot=None, price_vnd=None,
    )  # fmt: skip


def _paper_age(cell: DossierCell) -> tuple[date, str]:
    return cell.ends or date.max, cell.paper.number if cell.paper else ""


def _is_late_start(cell: DossierCell, product: Product | None) -> bool:
    """Of papers that are no certificate, the gate names one that has begun before one that has not."""
    is_certificate = product is not None and cell.kind is CLASS_PAPER[GoodsClass(product.goods_class)]
    return not is_certificate and cell.state is PaperState.NOT_YET


def list_endings_by_month(session: Session, today: date) -> list[tuple[date, Sequence[Paper]]]:
    """The papers that end in each of the next months, month by month; a paper that a later one replaced is left out."""
    until = add_months(today.replace(day=1), MONTHS)
    papers = session.scalars(
        select(Paper)
        .where(Paper.ends >= today, Paper.ends < until, Paper.revoked_on.is_(None))
        .order_by(Paper.ends, Paper.id)
    ).all()
    months: dict[date, list[Paper]] = defaultdict(list)
    for paper in list_unreplaced(session, papers, today):
        if paper.ends is not None:
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


def list_unreplaced(session: Session, papers: Sequence[Paper], on: date) -> list[Paper]:
    """Those of some papers that nothing has taken the place of, in their order."""
    by_product = _list_papers_beside(session, papers)
    policy = make_policy(get_shop(session))
    return [paper for paper in papers if not _is_replaced(session, paper, by_product, policy, on)]


def _list_papers_beside(session: Session, papers: Sequence[Paper]) -> list[tuple[Product, list[Paper]]]:
    """The products that some papers stand for, each with all papers that apply to it."""
    named = {cover.product_id for paper in papers for cover in paper.covers}
    makers = {paper.producer_id for paper in papers if not paper.covers}
    products = session.scalars(
        select(Product).where(~Product.archived, Product.id.in_(named) | Product.producer_id.in_(makers))
    ).all()
    found = list_papers_by_product(session, products)
    return [(product, found[product.id]) for product in products]


def _is_replaced(
    session: Session,
    paper: Paper,
    by_product: Sequence[tuple[Product, list[Paper]]],
    policy: Policy,
    on: date,
) -> bool:
    """Is all that a paper stands for held by others of its kind, today or on the day after its end, whichever is later?"""
    day = max(on, paper.ends + timedelta(days=1)) if paper.ends else on
    beside = [(product, papers) for product, papers in by_product if paper in papers]
    if not beside:  # the shop's own, or of a producer whose goods are not known yet
        query = select(Paper).where(
            Paper.kind == paper.kind, Paper.producer_id == paper.producer_id, ~Paper.covers.any()
        )
        others = () if paper.covers else session.scalars(query).all()
        return _has_good_paper(others, paper, policy, day)
    return all(_has_good_paper(papers, paper, policy, day, product) for product, papers in beside)


def _has_good_paper(
    papers: Sequence[Paper], but: Paper, policy: Policy, day: date, product: Product | None = None
) -> bool:
    """Is one of these, of the same kind as `but` and another, without a fault on a day?"""
    others = (paper for paper in papers if paper.kind == but.kind and paper.id != but.id)
    return any(judge_paper(other, policy, day, product).state in _IN_FORCE for other in others)

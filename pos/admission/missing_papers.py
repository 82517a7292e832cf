"""admission/missing_papers.py — the papers that the shop's goods still need, and entering many of them at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import GoodsKind, Product
from ..identity.models import FactChange
from ..kernel.actor import Actor
from ..kernel.errors import Refused, ShopError
from ..kernel.reason import Reason
from ..kernel.text import fold_text
from ..producers.models import Producer
from ..shop.models import get_shop
from .change_paper import change_paper
from .dossier import DossierCell, PaperState, list_needed_kinds, make_dossier_cell
from .gate import LICENSED_FROM_PERMILLE, NEEDS
from .models import NAMES_PRODUCTS, Paper, PaperKind
from .papers import (
    CoveredProduct,
    find_paper,
    find_paper_faults,
    list_papers,
    list_papers_by_product,
    save_paper,
)
from .policy import make_policy
from .told_stars import find_told_stars

LACKING = (
    PaperState.MISSING, PaperState.WITHDRAWN, PaperState.ENDED, PaperState.NOT_YET, PaperState.OTHER_PRODUCT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MissingPaper:
    """A paper that is needed and not in force. `products`: one for a kind that names products, else all that wait for it.

    `producer`: None for a paper of the shop itself. `standing`: of the one that is there, why it is not in force.
    `told_stars`: what a list that was read in said of the product, where no decision has said more.
    """

    kind: PaperKind
    producer: Producer | None
    products: tuple[Product, ...]
    standing: DossierCell | None = None
    told_stars: int | None = None

    @property
    def row_key(self) -> str:
        """What tells it from others, in the names of a form's boxes: 'recognition-12-45', 'food_safety-12', 'shop_scale'."""
        parts = [self.kind.value]
        if self.producer is not None:
            parts.append(str(self.producer.id))
        if self.kind in NAMES_PRODUCTS:
            parts.append(str(self.products[0].id))
        return "-".join(parts)

    @property
    def likely_issuer(self) -> str:
        """Who issued the paper that is there, and most likely issues the next."""
        return self.standing.paper.issuer if self.standing and self.standing.paper else ""

    @property
    def likely_stars(self) -> int | None:
        """The stars of the decision that is there, else those of a list."""
        if not self.asks_stars:
            return None
        covers = self.standing.paper.covers if self.standing and self.standing.paper else []
        ids = {product.id for product in self.products}
        return next(
            (cover.stars for cover in covers if cover.product_id in ids and cover.stars), self.told_stars
        )

    def stands_for(self, paper_ids: Collection[int]) -> bool:
        """Is the paper that is there one of these?"""
        paper = self.standing.paper if self.standing else None
        return paper is not None and paper.id in paper_ids

    @property
    def asks_stars(self) -> bool:
        return self.kind is PaperKind.RECOGNITION


def list_missing_papers(session: Session, on: date) -> list[MissingPaper]:
    """By producer, what stands for all goods first; the shop's own at the end."""
    rows = session.execute(
        select(Product, Producer)
        .join(Producer, Producer.id == Product.producer_id)
        .where(~Product.archived)
        .order_by(Producer.search_key, Product.search_key)
    ).all()
    policy = make_policy(get_shop(session))
    papers = list_papers_by_product(session, [product for product, _producer in rows])
    told = find_told_stars(session, list(papers))
    found: dict[str, MissingPaper] = {}
    for product, producer in rows:
        for kind in list_needed_kinds(product, policy):
            cell = make_dossier_cell(kind, papers[product.id], policy, on, product)
            if cell.state in LACKING:
                standing = cell if cell.paper else None
                lacking = MissingPaper(kind, producer, (product,), standing, told.get(product.id))
                before = found.get(lacking.row_key)
                found[lacking.row_key] = MissingPaper(kind, producer, (*before.products, product), standing) if before else lacking  # fmt: skip
    listed = sorted(found.values(), key=_list_order)  # fmt: skip
    return [*listed, *_list_missing_of_shop(session, [product for product, _producer in rows], on)]


def _list_order(item: MissingPaper) -> tuple[str, bool, int]:
    """By producer; of one, what stands for all goods first, then kind by kind."""
    producer = item.producer.search_key if item.producer else ""
    return producer, item.kind in NAMES_PRODUCTS, list(PaperKind).index(item.kind)


def _list_missing_of_shop(session: Session, products: Sequence[Product], on: date) -> list[MissingPaper]:
    """The shop's own licence, where it sells what asks for one (decree 105/2017)."""
    strong = tuple(
        product for product in products
        if NEEDS[GoodsKind(product.kind)].licence and not 0 < product.alcohol_permille < LICENSED_FROM_PERMILLE
    )  # fmt: skip
    cell = make_dossier_cell(
        PaperKind.SHOP_ALCOHOL_LICENCE, list_papers(session), make_policy(get_shop(session)), on
    )
    if not strong or cell.state not in LACKING:
        return []
    return [MissingPaper(PaperKind.SHOP_ALCOHOL_LICENCE, None, strong, cell if cell.paper else None)]


@dataclass(frozen=True, slots=True)
class TypedPaper:
    """What was typed of one missing paper."""

    missing: MissingPaper
    number: str
    issuer: str
    issued: date | None
    ends: date | None
    stars: int | None
    file_id: int | None

    def make_fields(self) -> dict[str, object]:
        producer = self.missing.producer
        return {
            "kind": self.missing.kind, "number": self.number, "issuer": self.issuer, "issued": self.issued, "starts": None, "ends": self.ends,
            "producer_id": producer.id if producer else None, "file_id": self.file_id, "note": "",
        }  # fmt: skip

    def list_covers(self) -> list[CoveredProduct]:
        if self.missing.kind not in NAMES_PRODUCTS:
            return []
        return [CoveredProduct(self.missing.products[0].id, self.stars)]


@dataclass(slots=True)
class EnteredPapers:
    """`saved`: how many papers were written; `waiting`: changes of known ones that wait for a second person or a day;
    `faults`: what is wrong with the others, by `MissingPaper.row_key`.
    """

    saved: int = 0
    waiting: list[FactChange] = field(default_factory=list)
    faults: dict[str, list[Reason]] = field(default_factory=dict)


def enter_papers(session: Session, typed: Sequence[TypedPaper], *, by: Actor, at: datetime, on: date) -> EnteredPapers:  # fmt: skip
    """Write the papers that are sound; those of one number, kind and producer are one paper that names several products.

    A paper of that number that is in the books already gets the product besides. What is wrong with the rest is returned.
    """
    entered = EnteredPapers()
    together: dict[tuple[str, int | None, str], list[TypedPaper]] = {}
    for item in typed:
        if faults := _list_faults(item, on):
            entered.faults[item.missing.row_key] = faults
            continue
        producer = item.missing.producer
        together.setdefault(
            (item.missing.kind.value, producer.id if producer else None, fold_text(item.number)), []
        ).append(item)
    for items in together.values():
        try:
            waiting = _write(session, items, by=by, at=at)
        except ShopError as no:
            entered.faults |= {item.missing.row_key: list(no.reasons) for item in items}
        else:
            if waiting is None:
                entered.saved += 1
            else:
                entered.waiting.append(waiting)
    return entered


def _list_faults(item: TypedPaper, on: date) -> list[Reason]:
    faults = find_paper_faults(item.make_fields(), item.list_covers(), on)
    if item.missing.asks_stars and item.stars is None:
        faults.append(Reason.make("stars_missing"))
    return faults


def _write(session: Session, items: Sequence[TypedPaper], *, by: Actor, at: datetime) -> FactChange | None:
    """One paper; returns its change where that waits. Raises Refused (`same_number_differs`) where its rows disagree about its days."""
    first = items[0]
    if any((item.issued, item.ends) != (first.issued, first.ends) for item in items):
        raise Refused.because("same_number_differs", number=first.number)
    covers = [cover for item in items for cover in item.list_covers()]
    fields = first.make_fields() | {"file_id": next((item.file_id for item in items if item.file_id), None)}
    producer = first.missing.producer
    known = find_paper(session, first.missing.kind.value, producer.id if producer else None, first.number)
    if known is None:
        save_paper(session, Paper(**fields), covers, by=by, at=at)
        return None
    if (known.issued, known.ends) != (first.issued, first.ends or known.ends):
        raise Refused.because("paper_twice", number=known.number)
    before = [CoveredProduct(cover.product_id, cover.stars, cover.name_written) for cover in known.covers]
    new = {cover.product_id for cover in covers} - {cover.product_id for cover in before}
    if known.revoked_on is not None or len(new) != len(covers) or not covers:
        raise Refused.because(
            "paper_twice", number=known.number
        )  # it ended, was withdrawn, or stands for them already
    kept = {name: getattr(known, name) for name in fields} | {"file_id": fields["file_id"] or known.file_id}
    change = change_paper(session, known, kept, [*before, *covers], by=by, at=at)
    return change if change is not None and change.applied_at is None else None


_KIND_WORDS = {
    PaperKind.FOOD_SAFETY: ("attp", "an toan thuc pham", "vsattp", "du dieu kien", "csddk"),
    PaperKind.RECOGNITION: ("ocop", "cong nhan", "qd", "quyet dinh", "chung nhan"),
    PaperKind.DECLARATION: ("tu cong bo", "tcb", "cong bo", "ban cong bo"),
    PaperKind.ALCOHOL_LICENCE: ("ruou", "san xuat ruou"),
    PaperKind.SHOP_ALCOHOL_LICENCE: ("ban le ruou", "ban ruou"),
    PaperKind.COSMETIC_NOTICE: ("my pham", "phieu cong bo"),
    PaperKind.QUARANTINE: ("kiem dich", "thu y"),
}


# What many producers' names share, and tells none from another.
_COMMON = frozenset(
    [
        "ho",
        "ong",
        "ba",
        "co",
        "anh",
        "chi",
        "san",
        "xuat",
        "co",
        "so",
        "hop",
        "tac",
        "xa",
        "htx",
        "to",
        "hop",
        "tac",
        "cong",
        "ty",
        "tnhh",
        "mau",
        "nguyen",
        "thi",
        "van",
        "tran",
        "le",
        "pham",
    ]
)


def match_scans(missing: Sequence[MissingPaper], names: Collection[tuple[int, str]]) -> dict[str, int]:
    """Which scan is which paper's, by the words of its file's name: the scan's id by `MissingPaper.row_key`.

    A scan stands for a row whose product its name says, else for those whose producer it says, by the words that tell them
    from other producers ("ATTP Hộ Lan" is of "Hộ bà Nguyễn Thị Lan"); for no row where it says neither, or another kind of
    paper. A scan that names the product comes before one that names the producer alone. `names`: ids and file names.
    """
    best: dict[str, tuple[int, int]] = {}
    for file_id, name in names:
        words = fold_text(name.rsplit(".", 1)[0].replace("_", " ").replace("-", " ")).split()
        scores = {item.row_key: _rate_name(words, item, missing) for item in missing}
        highest = max(scores.values(), default=0)
        for key, score in scores.items():
            if score and score == highest and score > best.get(key, (0, 0))[0]:
                best[key] = (score, file_id)
    return {key: file_id for key, (_score, file_id) in best.items()}


def _rate_name(words: Sequence[str], item: MissingPaper, missing: Sequence[MissingPaper]) -> int:
    """How well a file's name fits: a product's name tells most, a producer's next, a kind's words last."""
    text = f" {' '.join(words)} "
    kinds = sum(f" {word} " in text for word in _KIND_WORDS.get(item.kind, ()))
    others = any(f" {word} " in text for kind, known in _KIND_WORDS.items() if kind is not item.kind for word in known)  # fmt: skip
    if not kinds and others:
        return 0
    product = item.kind in NAMES_PRODUCTS and f" {fold_text(item.products[0].name_vi)} " in text
    named = len(_list_telling_words(item.producer, missing) & set(words)) if item.producer is not None else 0
    if not (product or named):
        return 0
    return 20 * product + 2 * named + kinds


def _list_telling_words(producer: Producer, missing: Sequence[MissingPaper]) -> set[str]:
    """The words of a producer's name that no other producer of the list has."""
    own = set(fold_text(producer.name).split()) - _COMMON
    others = {fold_text(item.producer.name) for item in missing if item.producer is not None} - {
        fold_text(producer.name)
    }
    return own - {word for name in others for word in name.split()}

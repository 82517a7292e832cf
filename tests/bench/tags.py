"""Tags by the thousand: on sheets of labels, looked at one by one, and which of those that hang are true."""

import resource
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from hardware.labels import pdf, picture, sheets
from pos.admission.models import Paper, PaperCover
from pos.admission.papers import mark_revoked
from pos.catalog.models import Product
from pos.kernel.actor import SYSTEM
from pos.kernel.clock import business_day
from pos.kernel.database import db, open_reading, unit_of_work
from pos.pricing.prices import set_price
from pos.stock.lots import place_hold
from pos.stock.models import Lot, Place
from pos.tags.content import list_tag_contents
from pos.tags.designs import TagStyle
from pos.tags.models import Design, Tag, TagBatch, TagSeen
from pos.tags.print_tags import print_tags
from pos.tags.render import make_labels
from pos.tags.truth import find_truth
from pos.tags.truth_cache import find_cached_truth

from .figures import Figure, milliseconds, p50, timed
from .shop import app_over
from .sizes import LOTS_A_PRODUCT, Sizes

SHEET = sheets.TEMPLATES["24-70x37"]
MOST_SHEET_S, MOST_LOOK_MS, MOST_TRUTH_MS = 10, 150, 200
TAGS_A_PRODUCT = LOTS_A_PRODUCT
AT = datetime.now(UTC)
TODAY = business_day(AT)
LOOK = TagStyle("Điểm OCOP đo tốc độ", str, "https://trace.example.com")


def measure(few: Path, many: Path, sizes: Sizes) -> list[Figure]:
    """The truth of two shops, one with ten times as many tags; a thousand tags drawn in the larger one."""
    small, large = _truth_ms(few, sizes), _truth_ms(many, sizes)
    figures = [
        Figure(
            "which hanging tags are true, a tenth of them, at first (a day's, or the program's), p50",
            small.anew,
            "ms",
        ),
        Figure(f"which of {sizes.lots_on_hand:,} hanging tags are true, at first, p50", large.anew, "ms"),
        Figure("growth of that, a tag", large.anew / 10, "ms", 1.3, small.anew),
        Figure(
            "the list after twelve prices, a revoked certificate and a recall, p50",
            large.mended,
            "ms",
            MOST_TRUTH_MS,
        ),
        Figure("growth of that, a tag", large.mended / 10, "ms", 1.3, small.mended),
        Figure("the list asked again, nothing written since, p50", large.kept, "ms", MOST_TRUTH_MS),
    ]
    return figures + _drawn(many, sizes)


@dataclass(frozen=True)
class Measured:
    """Milliseconds of the list: at first, after a morning's changes, and asked again."""

    anew: float
    mended: float
    kept: float


def _truth_ms(folder: Path, sizes: Sizes) -> Measured:
    app = app_over(folder)
    with app.app_context():
        with unit_of_work() as session:
            _hang(session)
        anew, mended, kept = [], [], []
        with open_reading() as session:
            find_cached_truth(session, TODAY)
        for n in range(sizes.views):
            with unit_of_work() as session:
                _change(session, n)
            with open_reading() as session:
                mended.append(milliseconds(lambda: find_cached_truth(session, TODAY)))
                kept.append(milliseconds(lambda: find_cached_truth(session, TODAY)))
                anew.append(milliseconds(lambda: find_truth(session, TODAY)))
        db.engine.dispose()
    return Measured(p50(anew), p50(mended), p50(kept))


def _change(session: Session, n: int) -> None:
    """A morning's work: twelve prices rise, a certificate is revoked, a lot is recalled."""
    at = datetime.now(UTC)
    others = (
        session.scalar(select(func.count()).select_from(Product)) or 0
    ) - 12  # a quick run has few products
    first = 13 * n % max(1, others)
    products = session.scalars(select(Product).order_by(Product.id).offset(first).limit(12)).all()
    for product in products:
        set_price(session, product, 90_000 + n, starts=TODAY, by=SYSTEM, at=at)
    covered = select(PaperCover.paper_id).where(PaperCover.product_id == products[0].id)
    paper = session.scalars(select(Paper).where(Paper.id.in_(covered)).order_by(Paper.id).limit(1)).one()
    mark_revoked(session, paper, on=TODAY, decision="x", by=SYSTEM, at=at)
    lot_id = session.scalars(select(Lot.id).where(Lot.product_id == products[1].id)).first()
    place_hold(session, lot_id=lot_id, reason="x", by=SYSTEM, at=at)


def _hang(session: Session) -> None:
    """As printing and hanging would leave them, poured in as whole rows."""
    products = session.scalars(select(Product.id)).all()
    places = session.scalars(select(Place.id)).all()
    answer_text = list_tag_contents(session, products, TODAY)
    session.add(TagBatch(at=AT, by_name="", about="all", output="x", key="bench"))
    session.flush()
    rows = [
        {
            "batch_id": 1, "design": Design.SHELF, "product_id": item.product_id, "place_id": places[n % len(places)],
            "name": item.name, "price_vnd": item.price_vnd, "stars": item.stars, "certificate": item.certificate,
            "certificate_ends": item.certificate_ends, "zone": item.zone, "unit_price_vnd": item.unit_price_vnd,
            "maker": item.maker, "code": item.code, "trace_code": f"{item.product_id}-{n}", "starts": TODAY, "is_reprint": False,
        }
        for item in answer_text.values() for n in range(TAGS_A_PRODUCT)
    ]  # fmt: skip
    session.execute(insert(Tag), rows)
    ids = session.scalars(select(Tag.id)).all()
    session.execute(insert(TagSeen), [{"tag_id": id_, "hangs": True, "at": AT, "by_name": ""} for id_ in ids])


def _drawn(folder: Path, sizes: Sizes) -> list[Figure]:
    app = app_over(folder)
    with app.app_context(), unit_of_work() as session:
        ids = session.scalars(select(Product.id).limit(sizes.tags)).all()
        batch = print_tags(session, ids, Design.SHELF, about="all", output="x", key="drawn", by=SYSTEM, at=AT)
        cards = make_labels(session, batch.tags, LOOK)
    looks = [milliseconds(lambda: picture.render_png(card)) for card in cards[:50]]  # noqa: B023
    taken, _content = timed(lambda: pdf.render_sheet(cards, SHEET))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    per_thousand = taken / 1000 * 1000 / len(cards)
    return [
        Figure("a thousand shelf tags as a PDF", per_thousand, "s", MOST_SHEET_S),
        Figure("most memory of this run until then (all measurements)", memory, "MB"),
        Figure("a tag looked at before it is printed, p50", p50(looks), "ms", MOST_LOOK_MS),
    ]

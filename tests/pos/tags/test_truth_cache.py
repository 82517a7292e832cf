"""The list of untrue tags that is kept in memory is the one that the books give, after whatever a working day writes."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.admission.models import Paper, PaperCover
from pos.admission.papers import CoveredProduct, mark_revoked, save_paper
from pos.catalog.models import GoodsKind, Product
from pos.catalog.products import save_product
from pos.config import Care
from pos.kernel.actor import Actor, Approval
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import ShopError
from pos.kernel.tables import Base
from pos.maintenance.care import NightlyCare
from pos.pricing.prices import set_price
from pos.producers.models import Producer
from pos.producers.terms import save_producer
from pos.sales.basket import add_goods
from pos.sales.pay import pay_basket
from pos.sales.questions import WhichLot
from pos.stock.lots import end_hold, place_hold
from pos.stock.models import Hold, Lot, MoveKind, OnHand, Place, Zone
from pos.storeroom.kits import ComponentUse, list_components, make_sets
from pos.storeroom.move import move_stock
from pos.storeroom.write_off import write_off
from pos.tags import truth_cache as kept
from pos.tags.models import Tag
from pos.tags.shelf import hang_tag, note_taken_down
from pos.tags.truth import TagTruth, find_truth
from pos.tags.truth_cache import find_cached_truth
from tests.builders import an_open_shift, priced, print_all
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

SECOND = Approval(Actor(99, "Chị Kiểm", MANAGER.role), "thấy", MORNING)
Act = Callable[[Session, Product, int], None]


def lots_of(session: Session, product: Product) -> Sequence[Lot]:
    return session.scalars(select(Lot).where(Lot.product_id == product.id).order_by(Lot.id)).all()


def waiting(session: Session, product: Product, n: int) -> OnHand:
    found = session.scalars(
        select(OnHand).join(Lot).where(Lot.product_id == product.id, OnHand.quantity_milli > 0)
    ).all()
    return found[n % len(found)]


def price(session: Session, product: Product, n: int) -> None:
    set_price(session, product, 10_000 + 1000 * n, starts=TODAY, by=MANAGER, at=MORNING)


def stopped(session: Session, product: Product, n: int) -> None:
    lots = lots_of(session, product)
    place_hold(session, lot_id=lots[n % len(lots)].id, reason="x", by=MANAGER, at=MORNING)


def product_stopped(session: Session, product: Product, n: int) -> None:
    place_hold(session, product_id=product.id, reason="x", by=MANAGER, at=MORNING)


def released(session: Session, product: Product, n: int) -> None:
    holds = session.scalars(select(Hold).where(Hold.releases_id.is_(None)).order_by(Hold.id)).all()
    end_hold(session, holds[n % len(holds)], reason="x", approval=SECOND, by=MANAGER, at=MORNING)


def written_off(session: Session, product: Product, n: int) -> None:
    item = waiting(session, product, n)
    write_off(session, session.get_one(Lot, item.lot_id), item.place_id, item.quantity_milli, MoveKind.DESTROYED,
              reason="x", photo=None, approval=SECOND, by=MANAGER, at=MORNING)  # fmt: skip


def put_away(session: Session, product: Product, n: int) -> None:
    item, store = (
        waiting(session, product, n),
        session.scalars(select(Place).where(Place.zone == Zone.STORE)).one(),
    )
    move_stock(session, session.get_one(Lot, item.lot_id), item.place_id, store.id, item.quantity_milli,
         by=MANAGER, at=MORNING)  # fmt: skip


def named(session: Session, product: Product, n: int) -> None:
    product.name_vi, product.name_en = f"{product.name_vi} loại {n}", f"Name {n}"
    save_product(session, product, (), by=MANAGER, at=MORNING)


def sold_no_more(session: Session, product: Product, n: int) -> None:
    product.archived = not product.archived
    save_product(session, product, (), by=MANAGER, at=MORNING)


def maker(session: Session, product: Product, n: int) -> None:
    maker = session.get_one(Producer, product.producer_id)
    maker.suspended_on = TODAY if maker.suspended_on is None and n % 4 == 0 else None
    maker.address = f"Xóm {n}"
    save_producer(session, maker, by=MANAGER, at=MORNING)


def printed(session: Session, product: Product, n: int) -> None:
    print_all(session, [product.id], key=f"{n}")


def hung(session: Session, product: Product, n: int) -> None:
    tags = session.scalars(select(Tag).where(Tag.product_id == product.id).order_by(Tag.id)).all()
    hang_tag(session, [tags[-1]], by=MANAGER, at=MORNING)


def taken_down(session: Session, product: Product, n: int) -> None:
    tags = session.scalars(select(Tag).where(Tag.product_id == product.id).order_by(Tag.id)).all()
    note_taken_down(session, tags[-1], by=MANAGER, at=MORNING)


def sold(session: Session, product: Product, n: int) -> None:
    basket = add_goods(session, STATION, product.id, 1000, at=MORNING)
    pay_basket(session, basket.id, basket.version, 10_000_000, station=STATION, by=CASHIER, at=MORNING)


def packed(session: Session, product: Product, n: int) -> None:
    """A gift set of the first goods of the OCOP shelf, its tag hung up."""
    part = session.get_one(Product, 1)
    kit = Product(producer_id=part.producer_id, name_vi="Giỏ quà thử", group_code=part.group_code, goods_class="ocop",
                  kind=GoodsKind.KIT, unit="piece", shelf_place_id=part.shelf_place_id)  # fmt: skip
    save_product(session, kit, [], recipe={part.id: 2000}, by=MANAGER, at=MORNING)
    price(session, kit, 150)
    assert kit.shelf_place_id is not None
    taken = [
        ComponentUse(each.lot.id, each.place.id, each.suggested_milli)
        for _part, _needed, found in list_components(session, kit, 1) for each in found
    ]  # fmt: skip
    make_sets(session, kit, 1, taken, kit.shelf_place_id, by=MANAGER, at=MORNING)
    printed(session, kit, n)
    hung(session, kit, n)


def part_stopped(session: Session, product: Product, n: int) -> None:
    """Goods that lie in a gift set: its tag must come down too."""
    product_stopped(session, session.get_one(Product, 1), n)


def paper(session: Session, product: Product, n: int) -> None:
    papers = session.scalars(select(Paper).where(Paper.producer_id == product.producer_id)).all()
    mark_revoked(session, papers[n % len(papers)], on=TODAY, decision="QĐ", by=MANAGER, at=MORNING)


def uncovered(session: Session, product: Product, n: int) -> None:
    """A certificate that no longer names it: only its earlier state in the journal says whom that concerns."""
    query = select(Paper).join(PaperCover).where(PaperCover.product_id == product.id)
    item = session.scalars(query.order_by(Paper.id)).first()
    assert item is not None
    rest = [
        CoveredProduct(c.product_id, c.stars, c.name_written)
        for c in item.covers
        if c.product_id != product.id
    ]
    save_paper(session, item, rest or [CoveredProduct(2, 4, "")], by=MANAGER, at=MORNING)


def shop_paper(session: Session, product: Product, n: int) -> None:
    """The shop's own licence: whose goods it lets through isn't looked up."""
    item = session.scalars(select(Paper).where(Paper.producer_id.is_(None)).order_by(Paper.id)).first()
    assert item is not None
    mark_revoked(session, item, on=TODAY, decision="QĐ", by=MANAGER, at=MORNING)


DAILY: tuple[Act, ...] = (
    price, stopped, released, released, written_off, put_away, named, sold_no_more, maker, printed, hung, taken_down,
    sold, sold, sold,
)  # fmt: skip
PLANNED: dict[int, Act] = {0: packed, 5: part_stopped, 6: released, 30: paper, 40: uncovered, 60: shop_paper}


def plain(found: TagTruth) -> tuple[object, ...]:
    return (
        [(item.tag.id, item.why, item.ready, item.place, item.refusals) for item in found.hanging],
        [(item.saying, item.ready) for item in found.missing],
    )


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2))])
def test_the_kept_truth_is_the_truth_whatever_is_written(
    tagged: Shop, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each of many acts the list that is kept is the one reckoned anew, and few products were asked for it."""
    asked_all: list[bool] = []

    def watched(session: Session, on: object, *, products: set[int] | None = None) -> TagTruth:
        asked_all.append(products is None)
        return find_truth(session, TODAY, products=products)

    monkeypatch.setattr(kept, "find_truth", watched)
    chance, done = random.Random(seed), Counter[str]()
    with unit_of_work() as session:
        an_open_shift(session)
        ids = session.scalars(select(Product.id).order_by(Product.id)).all()
    for n in range(80):
        act = PLANNED.get(n) or chance.choice(DAILY)
        with suppress(ShopError, WhichLot, IndexError, ZeroDivisionError), unit_of_work() as session:
            act(session, session.get_one(Product, chance.choice(ids)), n)
            done[act.__name__] += 1
        with open_reading() as session:
            assert plain(find_cached_truth(session, TODAY)) == plain(find_truth(session, TODAY)), (
                n,
                act.__name__,
            )
    assert len(done) >= 14, done
    assert asked_all.count(True) == 2  # at first, and for the shop's paper


def test_the_day_s_first_look_is_made_before_somebody_looks(
    tagged: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    care = NightlyCare(db.engine, tagged.folder, tagged.folder, Care(), tagged.clock)
    care.start()
    care.stop()

    def none(*_: object, **__: object) -> TagTruth:
        raise AssertionError("reckoned again")

    monkeypatch.setattr(kept, "find_truth", none)
    with open_reading() as session:
        assert plain(find_cached_truth(session, TODAY)) == plain(find_truth(session, TODAY))


def test_a_truth_of_other_books_or_another_day_is_not_kept(tagged: Shop) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with unit_of_work() as session:
        priced(session, 1, 19_000)
        assert find_cached_truth(session, TODAY).untrue
        session.rollback()  # it was never written after all
    with unit_of_work() as session:
        priced(session, 2, 99_000, starts=tomorrow)
    with open_reading() as session:
        assert not find_cached_truth(session, TODAY).untrue
        assert plain(find_cached_truth(session, tomorrow)) == plain(find_truth(session, tomorrow))
        assert 2 in {item.tag.product_id for item in find_cached_truth(session, tomorrow).untrue}


def test_each_table_is_known_to_speak_of_tags_or_not() -> None:
    """A new table asks its author: whom does it concern? Of these any row may concern every tag."""
    assert set(Base.metadata.tables) - kept.SPEAK_OF.keys() - kept.SAY_NOTHING == {
        "paper", "paper_cover", "place", "shop", "product_group", "barcode", "kit_part", "on_hand",
    }  # fmt: skip
    assert not kept.SPEAK_OF.keys() & kept.SAY_NOTHING

"""Lists and batches take the same number of statements however long they are: a look at each row is no list."""

import re

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from pos.catalog.models import KitPart
from pos.counting.differences import list_differences, list_unknown_lots
from pos.counting.post import post_count
from pos.counting.tally import add_tally, add_unknown_tally, begin_count, get_count
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.pricing.prices import find_shelf_price
from pos.producers.models import Bearer, Deal, Producer
from pos.producers.terms import find_terms, find_terms_of_all, record_terms, save_producer
from pos.stock.models import Lot, MoveKind, StockMove
from pos.stock.moves import StockStep, post_moves
from pos.tags.content import list_tag_contents
from pos.tags.designs import TagStyle
from pos.tags.models import Design, Tag, TagSeen
from pos.tags.print_tags import print_tags
from pos.tags.render import make_labels
from pos.tags.shelf import hang_tag
from tests.builders import a_delivery, a_maker, a_product, counted_statements, priced
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.counting.test_differences import SEEN

FEW, MANY = 5, 50


def test_the_producers_list(village: Shop) -> None:
    boss = village.client("manager")
    boss.get("/producers")  # the first page of a process asks whether the shop is set up

    def add(first: int, last: int) -> None:
        with unit_of_work() as session:
            for n in range(first, last):
                maker = save_producer(session, Producer(name=f"Hộ đếm {n:03}"), by=MANAGER, at=MORNING)
                for starts, bp in ((TODAY, 1000 + n), (TODAY, 2000 + n)):  # the newer of one day holds
                    record_terms(
                        session, maker, starts=starts, deal=Deal.CONSIGNMENT, commission_bp=bp,
                        spoilage_borne_by=Bearer.SHOP, markdown_borne_by=Bearer.SHOP, by=MANAGER, at=MORNING,
                    )  # fmt: skip

    def statements() -> int:
        with counted_statements() as sent:
            page = boss.get("/producers?q=ho dem").text
        assert "Hộ đếm 000" in page
        return len(sent)

    add(0, FEW)
    few = statements()
    add(FEW, MANY)
    assert statements() == few
    with open_reading() as session:
        ids = list(session.scalars(select(Producer.id)))
        by_one = {id_: terms for id_ in ids if (terms := find_terms(session, id_, TODAY)) is not None}
        assert {id_: terms.id for id_, terms in find_terms_of_all(session, TODAY).items()} == {
            id_: terms.id for id_, terms in by_one.items()
        }


def some_products(session: Session, how_many: int) -> list[int]:
    maker = a_maker(session, "Hộ nhiều hàng")
    products = [a_product(session, maker, 800 + n, name=f"Kẹo đếm {n}") for n in range(how_many)]
    for product in products:
        a_delivery(session, maker, product)
    return [product.id for product in products]


@pytest.mark.parametrize("design", [Design.SHELF, Design.GIFT_CARD, Design.MARKDOWN])
def test_printing_and_drawing_tags(shop: Shop, design: Design) -> None:
    with unit_of_work() as session:
        ids = some_products(session, MANY)
        if design is Design.MARKDOWN:  # first asked 45,000 twenty days ago: none may be struck through yet
            for id_ in ids[:-1]:
                priced(session, id_, 40_000)
        if design is Design.GIFT_CARD:
            for id_ in ids[1:]:
                session.add(KitPart(kit_id=id_, part_id=ids[0], quantity_milli=2 * ONE))

    def statements(wanted: list[int]) -> int:
        with unit_of_work() as session, counted_statements() as sent:
            if design is Design.MARKDOWN:
                with pytest.raises(Exception, match="old_price"):
                    print_tags(session, wanted, design, about="x", output="x", key=f"{len(wanted)}", by=MANAGER, at=MORNING)  # fmt: skip
                return len(sent)
            printed = print_tags(
                session, wanted, design, about="x", output="x", key=f"{len(wanted)}", by=MANAGER, at=MORNING
            )
            assert [tag.product_id for tag, _says in printed.tags] == wanted
            make_labels(session, printed.tags, TagStyle("Điểm thử", str, ""))
            return len(sent)

    assert statements(ids[:FEW]) == statements(ids)
    if design is Design.SHELF:
        with open_reading() as session:
            again = session.scalars(select(Tag.is_reprint).order_by(Tag.id)).all()
            assert list(again) == [False] * FEW + [True] * FEW + [False] * (MANY - FEW)
            assert verify_books(session) == []


def test_refused_goods_with_many_lots_are_judged_together(shop: Shop) -> None:
    """The lot that ends last may be stopped while an older one may be tagged: all others are asked at once."""
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ nhiều lô")
        products = [a_product(session, maker, 800 + n, name=f"Kẹo lô {n}") for n in range(MANY)]
        for product in products:
            for n in range(2):
                a_delivery(session, maker, product, lot=f"{product.id}-{n}")
        for product in products:
            product.label_entries = ""  # every lot is refused
        ids = [product.id for product in products]

    def statements(wanted: list[int]) -> int:
        with open_reading() as session, counted_statements() as sent:
            says = list_tag_contents(session, wanted, TODAY)
            assert all(says[id_].refusals for id_ in wanted)
        return len(sent)

    assert statements(ids[:FEW]) == statements(ids)


def test_hanging_tags(any_shop: Shop) -> None:
    with unit_of_work() as session:
        ids = some_products(session, FEW + MANY)

    def statements(wanted: list[int], key: str) -> int:
        with unit_of_work() as session:
            tags = [tag for tag, _says in print_tags(
                session, wanted, Design.SHELF, about="x", output="x", key=key, by=MANAGER, at=MORNING
            ).tags]  # fmt: skip
            session.flush()
            with counted_statements() as sent:
                hang_tag(session, tags, by=MANAGER, at=MORNING)
            return len(sent)

    first = (statements(ids[:FEW], "a"), statements(ids[FEW:], "b"))
    assert first[0] == first[1]
    with unit_of_work() as session:
        for id_ in ids:
            priced(session, id_, 48_000)
    assert statements(ids[:FEW], "c") == statements(ids[FEW:], "d")
    with open_reading() as session:
        assert {find_shelf_price(session, id_) for id_ in ids} == {48_000}
        last = session.execute(
            select(TagSeen.tag_id, TagSeen.hangs).where(
                TagSeen.id.in_(select(func.max(TagSeen.id)).group_by(TagSeen.tag_id))
            )
        )
        assert sorted(hangs for _tag, hangs in last) == [False] * (FEW + MANY) + [True] * (FEW + MANY)
        assert verify_books(session) == []


def test_two_tags_of_one_place_hung_together_leave_the_later_one(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (id_,) = some_products(session, 1)
        tags = []
        for key, price_vnd in (("a", 50_000), ("b", 60_000)):
            priced(session, id_, price_vnd)
            tags += [tag for tag, _says in print_tags(
                session, [id_], Design.SHELF, about="x", output="x", key=key, by=MANAGER, at=MORNING
            ).tags]  # fmt: skip
        hang_tag(session, tags, by=MANAGER, at=MORNING)
        noticed = session.execute(select(TagSeen.tag_id, TagSeen.hangs).order_by(TagSeen.id)).tuples().all()
        first, second = (tag.id for tag in tags)
        assert list(noticed) == [(first, True), (first, False), (second, True)]
        assert find_shelf_price(session, id_) == 60_000
    with open_reading() as session:
        assert verify_books(session) == []


def a_count(lots: int, *, moves_before: int = 0) -> int:
    """A cycle count of so many lots, half of them tallied, and as many packs whose lot nobody knows."""
    with unit_of_work() as session:
        maker = a_maker(session, f"Hộ kiểm {lots} {moves_before}")
        product = a_product(session, maker, 700 + lots + moves_before, name=f"Kẹo kiểm {lots} {moves_before}")
        shelf = product.shelf_place_id or 0
        made = [a_delivery(session, maker, product, lot=f"{lots}-{moves_before}-{n}") for n in range(lots)]
        for _ in range(moves_before):
            for sign in (1, -1):
                post_moves(session, [StockStep(lot.id, shelf, MoveKind.MOVED, sign * ONE, "x") for lot in made], MORNING)  # fmt: skip
        where = [(lot.id, shelf) for lot in made]
        count = begin_count(session, lots=where, by=MANAGER, at=MORNING)
        for n, lot in enumerate(made):
            if n % 2:
                add_tally(session, count, lot, shelf, 9 * ONE, by=MANAGER, at=MORNING)
            add_unknown_tally(session, count, product, f"lạ {n}", shelf, ONE, by=MANAGER, at=MORNING)
        return count.number


def test_a_counts_differences(shop: Shop) -> None:
    def statements(number: int, lots: int) -> int:
        with open_reading() as session, counted_statements() as sent:
            count = get_count(session, number)
            found = list_differences(session, count)
            assert sorted(single.difference_milli for single in found if single.is_found) == [-ONE] * (
                lots // 2
            )
            assert len(list_unknown_lots(session, count)) == lots
        return len(sent)

    assert statements(a_count(FEW), FEW) == statements(a_count(MANY), MANY)


def test_a_count_reads_no_move_of_long_ago(shop: Shop) -> None:
    """The lots of years moved hundreds of times: what each scan of a count reads is what happened since it began."""
    number = a_count(FEW, moves_before=MANY)
    loaded: list[StockMove] = []
    event.listen(StockMove, "load", lambda move, _context: loaded.append(move))
    with open_reading() as session:
        assert (session.scalar(select(func.count()).select_from(StockMove)) or 0) > 2 * FEW * MANY
        found = list_differences(session, get_count(session, number))
        assert {single.expected_milli for single in found} == {10 * ONE}
    assert loaded == []


def test_beginning_and_posting_a_count(shop: Shop) -> None:
    def statements(lots: int) -> tuple[int, int]:
        number = a_count(lots)
        with unit_of_work() as session:
            where = [(lot.id, lot_place) for lot, lot_place in session.execute(
                select(Lot, StockMove.place_id).join(StockMove, StockMove.lot_id == Lot.id).where(Lot.number.like(f"{lots}-%"))
            )]  # fmt: skip
            with counted_statements() as sent:
                begin_count(session, lots=where, by=MANAGER, at=MORNING)
            begun = len(sent)
        with unit_of_work() as session, counted_statements() as sent:
            post_count(session, get_count(session, number), is_missing_gone=False, reason="kiểm kê", approval=SEEN,
                       by=MANAGER, at=MORNING)  # fmt: skip
        return begun, len([single for single in sent if not re.match("BEGIN|COMMIT", single)])

    assert statements(FEW) == statements(MANY)
    with open_reading() as session:
        assert verify_books(session) == []

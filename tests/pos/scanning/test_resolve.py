"""What a text means in the shop: one place for every screen."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.catalog.products import find_by_own_code, save_product
from pos.counting.candidates import find_candidates, list_lots_to_choose
from pos.demo.codes import gtin13
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.own_codes import format_receipt_code, format_tag_code
from pos.producers.models import Producer
from pos.scanning.resolve import resolve_goods, resolve_scan
from pos.stock.models import Lot
from pos.tags.models import Design, Tag
from pos.tags.print_tags import print_tags
from pos.trace.journey import find_lots
from tests.builders import a_delivery, a_maker, a_product, print_all
from tests.conftest import MANAGER, MORNING, TODAY, Shop

ENDS = TODAY + timedelta(days=20)


@pytest.fixture
def goods(shop: Shop) -> int:
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker, 7)
        a_delivery(session, maker, product, lot="L1", ends=ENDS)
        return product.id


def renamed(product_id: int, own_code: str) -> None:
    with unit_of_work() as session:
        session.get_one(Product, product_id).sku = own_code


@pytest.mark.parametrize("own_code", ["mo-01", "PT001", "TG-2", "A/b c", "12345670", "x" * 48, "pt"])
def test_a_shops_own_code_is_scanned_whatever_its_prefix_or_case(goods: int, own_code: str) -> None:
    renamed(goods, own_code)
    with open_reading() as session:
        for text in (own_code, own_code.upper(), own_code.lower(), f" {own_code}\r\n"):
            assert [item.product.id for item in resolve_goods(session, text)] == [goods]
            assert [product.id for product in find_candidates(session, text).products] == [goods]
            assert [lot.number for lot in find_lots(session, text)] == ["L1"]


def test_a_code_of_two_meanings_tells_both(goods: int) -> None:
    renamed(goods, "PT-000012")
    with open_reading() as session:
        result = resolve_scan(session, "pt-000012")
    assert result.receipt == 12
    assert [item.product.id for item in result.items] == [goods]


def test_own_codes_that_differ_in_their_capitals_are_told_apart(goods: int) -> None:
    with unit_of_work() as session:
        maker = session.get_one(Producer, session.get_one(Product, goods).producer_id)
        other = a_product(session, maker, 8, name="Kẹo lạc").id
        session.get_one(Product, goods).sku, session.get_one(Product, other).sku = "AB1", "ab1"
    with open_reading() as session:
        for text, meant in (("AB1", {goods}), ("ab1", {other}), ("Ab1", {goods, other})):
            assert {product.id for product in resolve_scan(session, text).products} == meant
        assert find_by_own_code(session, "aB1") is None, "nobody can tell which"


@pytest.mark.parametrize("own_code", ["TG-{}", "tg-{}"])
def test_a_product_numbered_like_a_tag_hides_no_tag(goods: int, own_code: str) -> None:
    with unit_of_work() as session:
        tag = print_all(session, [goods]) and session.scalars(select(Tag)).first()
        assert tag is not None
        maker = session.get_one(Producer, session.get_one(Product, goods).producer_id)
        other = a_product(session, maker, 8, name="Kẹo lạc")
        other.sku = own_code.format(tag.id)
        session.flush()
        assert {p.id for p in resolve_scan(session, f"TG-{tag.id}").products} == {goods, other.id}


@pytest.mark.parametrize(("sku", "reason"), [
    ("TG-9", "sku_is_ours"), ("tg123456", "sku_is_ours"), ("PT-000004", "sku_is_ours"), ("pt7", "sku_is_ours"),
    ("Ab1", "sku_taken"), ("ẩm-1", "sku_taken"),
])  # fmt: skip
def test_no_new_product_is_numbered_like_another_thing(goods: int, sku: str, reason: str) -> None:
    renamed(goods, "AB1" if sku == "Ab1" else "ẨM-1")
    with unit_of_work() as session:
        maker = session.get_one(Producer, session.get_one(Product, goods).producer_id)
        new = Product(name_vi="Kẹo", producer_id=maker.id, group_code="food", sku=sku)
        with pytest.raises(Refused) as no:
            save_product(session, new, [], by=MANAGER, at=MORNING)
        assert [each.code for each in no.value.reasons] == [reason]
        session.rollback()


def test_receipts_and_tags_by_their_own_codes(shop: Shop, goods: int) -> None:
    with open_reading() as session:
        assert resolve_scan(session, format_receipt_code(46)).receipt == 46
        assert resolve_scan(session, "pt46").receipt == 46
        unknown = resolve_scan(session, format_tag_code(999))
        assert (unknown.tag, list(unknown.items)) == (None, [])
        with pytest.raises(Refused) as caught:
            resolve_goods(session, "TG-999")
    assert caught.value.reasons[0].code == "unknown_code"


def test_a_tag_is_itself_and_its_goods(goods: int) -> None:
    with unit_of_work() as session:
        printed = print_tags(
            session,
            [goods],
            Design.SHELF,
            about="x",
            output="x",
            key="k",
            by=MANAGER,
            at=MORNING,
            starts=TODAY,
        )
        tag_id = printed.tags[0][0].id
    with open_reading() as session:
        result = resolve_scan(session, format_tag_code(tag_id).lower())
        assert result.tag is session.get_one(Tag, tag_id)
        assert [item.product.id for item in result.items] == [goods]


def elements(session: Session, product_id: int, rest: str) -> str:
    return f"01{session.get_one(Product, product_id).barcodes[0].gtin}{rest}"


def test_every_date_of_a_code_comes_along(goods: int) -> None:
    with open_reading() as session:
        code = elements(session, goods, f"11{TODAY:%y%m%d}17{ENDS:%y%m%d}")
        (item,) = resolve_goods(session, code)
        lot = session.scalars(select(Lot)).one()
        assert (item.lot_id, item.ends_on, item.made_on) == (lot.id, ENDS, TODAY)
        assert [lot.number for lot in find_lots(session, code)] == ["L1"]
        other = elements(session, goods, f"17{TODAY + timedelta(days=9):%y%m%d}")
        assert find_lots(session, other) == []
        with pytest.raises(Refused):
            resolve_goods(session, other)


def test_a_counter_chooses_among_the_lots_of_the_days_that_the_code_names(goods: int) -> None:
    with unit_of_work() as session:
        product = session.get_one(Product, goods)
        maker = session.get_one(Producer, product.producer_id)
        for lot, ends in (("L2", ENDS), ("L3", ENDS + timedelta(days=9))):
            a_delivery(session, maker, product, lot=lot, ends=ends)
    with open_reading() as session:
        found = find_candidates(session, elements(session, goods, f"17{ENDS:%y%m%d}"))
        assert (found.lot, found.ends_on) == (None, ENDS)
        chosen = list_lots_to_choose(session, goods, found.ends_on, found.made_on)
        assert [lot.number for lot in chosen] == ["L1", "L2"]
        assert len(list_lots_to_choose(session, goods, TODAY)) == 3, "no lot has it: a person looks at all"


def test_a_lost_separator_makes_no_false_lot(goods: int) -> None:
    with open_reading() as session:
        (item,) = resolve_goods(session, elements(session, goods, f"10L1{'17'}{ENDS:%y%m%d}"))
        assert (item.is_run_together, item.lot_id, item.ends_on) == (True, None, ENDS)
        assert find_candidates(session, elements(session, goods, f"10L117{ENDS:%y%m%d}")).lot is None
        for first, then in ((ENDS, ENDS - timedelta(days=3)), (ENDS - timedelta(days=3), ENDS)):
            (item,) = resolve_goods(session, elements(session, goods, f"17{first:%y%m%d}10L115{then:%y%m%d}"))
            assert item.ends_on == ENDS - timedelta(days=3), "the earlier of both ends counts"


def test_a_lot_that_really_ends_so_is_that_lot(goods: int) -> None:
    with unit_of_work() as session:
        product = session.get_one(Product, goods)
        number = f"L117{ENDS:%y%m%d}"
        session.add(
            Lot(product_id=goods, number=number, producer_id=product.producer_id, trace_code="abcdefgh123")
        )
    with open_reading() as session:
        (item,) = resolve_goods(session, elements(session, goods, f"10{number}"))
        assert item.is_run_together is False
        assert session.get_one(Lot, item.lot_id).number == number


def test_a_code_that_nobody_registered_is_said(goods: int) -> None:
    with open_reading() as session:
        for text in (gtin13(404), "SP99999", "TG-2", "", "\x1d", "01"):
            with pytest.raises(Refused) as caught:
                resolve_goods(session, text)
            assert [reason.code for reason in caught.value.reasons] == ["unknown_code"]

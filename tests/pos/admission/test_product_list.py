"""The list of products: each with its price, stock and the paper that stands worst; filtered, sorted, paged."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from pos.admission.dossier import PaperState, judge_paper, list_dossier_rows
from pos.admission.gate import Act
from pos.admission.goods import judge_products
from pos.admission.models import Paper
from pos.admission.papers import mark_revoked
from pos.admission.policy import make_policy
from pos.admission.product_list import ProductFilter, list_shop_products
from pos.catalog.models import GoodsKind, Product
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.pricing.prices import find_price
from pos.shop.models import get_shop
from pos.stock.models import Lot, OnHand
from tests.builders import a_delivery, a_maker, a_product, counted_statements
from tests.conftest import MANAGER, MORNING, TODAY, Shop


def test_each_product_stands_with_its_own_price_stock_and_papers(village: Shop) -> None:
    with open_reading() as session:
        listed = list_shop_products(session, ProductFilter(), TODAY, limit=10_000)
        assert len(listed) == len(session.scalars(select(Product.id)).all())
        for item in listed:
            on_hand = session.scalars(select(OnHand.quantity_milli).join(Lot).where(Lot.product_id == item.product.id)).all()  # fmt: skip
            assert item.on_hand_milli == sum(on_hand)
            assert item.price_vnd == find_price(session, item.product.id, TODAY)
        names = [item.product.search_key for item in listed if not item.product.archived]
        assert names == sorted(names)


@pytest.mark.parametrize("sort", ["price", "stock", "producer"])
@pytest.mark.parametrize("is_descending", [True, False])
def test_it_is_sorted(village: Shop, sort: str, is_descending: bool) -> None:
    with open_reading() as session:
        listed = list_shop_products(
            session, ProductFilter(sort=sort, is_descending=is_descending), TODAY, limit=10_000
        )
        values = {
            "price": [item.price_vnd for item in listed if item.price_vnd is not None and not item.product.archived],
            "stock": [item.on_hand_milli for item in listed if not item.product.archived],
            "producer": [item.producer.lower() for item in listed if not item.product.archived],
        }[sort]  # fmt: skip
        if sort != "producer":
            assert values == sorted(values, reverse=is_descending)
        assert len(values) > 10


def test_the_worst_paper_is_told_and_filtered_by(village: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ danh mục mẫu")
        products = [a_product(session, maker, 960 + n, name=f"Kẹo danh mục {n}") for n in range(3)]
        a_delivery(session, maker, products[0], 7 * ONE)
        paper = session.scalars(select(Paper).where(Paper.number == f"{products[1].sku}/recognition")).one()
        mark_revoked(session, paper, on=TODAY - timedelta(days=1), decision="QĐ-1", by=MANAGER, at=MORNING)
        soon = session.scalars(select(Paper).where(Paper.number == f"{products[2].sku}/declaration")).one()
        soon.ends = TODAY + timedelta(days=5)
        ids = [product.id for product in products]
    with open_reading() as session:
        for state, expected in (
            (PaperState.GOOD, ids[0]),
            (PaperState.WITHDRAWN, ids[1]),
            (PaperState.SOON, ids[2]),
        ):
            asked = ProductFilter(words="kẹo danh mục", paper=state.value)
            assert [item.product.id for item in list_shop_products(session, asked, TODAY)] == [expected]
        in_stock = ProductFilter(words="keo danh muc", stock="some")
        assert [(item.product.id, item.on_hand_milli) for item in list_shop_products(session, in_stock, TODAY)] == [(ids[0], 7 * ONE)]  # fmt: skip
        not_in_stock = ProductFilter(words="keo danh muc", stock="none")
        assert [item.product.id for item in list_shop_products(session, not_in_stock, TODAY)] == ids[1:]


def test_more_products_ask_no_more_statements(village: Shop) -> None:
    with open_reading() as session:
        list_shop_products(session, ProductFilter(), TODAY, limit=1)  # the shop's row is read once
        counts = []
        for limit in (3, 60):
            with counted_statements() as statements:
                list_shop_products(session, ProductFilter(), TODAY, limit=limit)
            counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_page_keeps_what_was_asked_and_bears_odd_questions(village: Shop) -> None:
    boss = village.client("manager")
    page = boss.get("/products?q=che&paper=good&stock=some&sort=price&desc=1").text
    assert 'value="good" selected' in page
    assert 'value="some" selected' in page
    assert re.search(r"Giá[^<]*▼", page)
    for odd in (
        "paper=zzz",
        "sort=zzz",
        "stock=zzz",
        "producer=abc",
        "page=-3",
        "page=99999",
        "q=%00",
        "desc=x",
    ):
        assert boss.get(f"/products?{odd}").status_code in {200, 404}
    assert village.client("viewer").get("/products").status_code == 200


def test_list_dossier_and_inspection_say_of_a_paper_what_the_till_says(village: Shop) -> None:
    """A paper that starts later, one of another product, and one of the village's sound ones; the gate's word is the measure."""
    states = {
        "certificate_not_yet": PaperState.NOT_YET, "certificate_other_product": PaperState.OTHER_PRODUCT,
        "certificate_ended": PaperState.ENDED, "certificate_revoked": PaperState.WITHDRAWN, "too_few_stars": PaperState.FEW_STARS,
    }  # fmt: skip
    found = set()
    with open_reading() as session:
        policy = make_policy(get_shop(session))
        listed = [
            item
            for item in list_shop_products(session, ProductFilter(), TODAY, limit=10_000)
            if item.product.kind != GoodsKind.KIT
        ]
        verdicts = judge_products(session, [item.product.id for item in listed], Act.SELL, TODAY)
        for item in listed:
            faults = {reason.code for reason in verdicts[item.product.id].refusals} & set(states)
            rows = dict(list_dossier_rows(session, item.product.producer_id, TODAY))
            cell = rows[item.product][0]  # the certificate of its class
            if faults:
                assert cell.state in {states[code] for code in faults}, item.product.name
                assert item.paper
                assert item.paper.state not in {PaperState.GOOD, PaperState.SOON}
                found |= faults
            else:
                assert cell.state in {PaperState.GOOD, PaperState.SOON, PaperState.MISSING}, item.product.name
            assert (
                cell.paper is None or judge_paper(cell.paper, policy, TODAY, item.product).state is cell.state
            )
    assert {"certificate_not_yet", "certificate_other_product", "certificate_ended"} <= found
    boss = village.client("manager")
    for name, words in (("Bánh cốm", "mới có hiệu lực"), ("Bánh chưng", "ghi tên sản phẩm khác")):
        assert words in boss.get("/products", query_string={"q": name}).text
        assert words in boss.get("/inspection", query_string={"q": name}).text

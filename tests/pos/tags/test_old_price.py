"""The price that a markdown strikes through: one that buyers were really asked, for long enough, and not too far above."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from pos.kernel.database import unit_of_work
from pos.kernel.errors import Refused
from pos.pricing.models import Price
from pos.tags.models import Design
from pos.tags.old_price import find_old_price
from pos.tags.print_tags import print_tags
from tests.builders import a_delivery, a_maker, a_product
from tests.conftest import MANAGER, MORNING, TODAY, Shop


def price_since(session: Session, product_id: int, days: int, price_vnd: int) -> None:
    before = timedelta(days=days)
    session.add(Price(product_id=product_id, price_vnd=price_vnd, starts=TODAY - before, at=MORNING - before))
    session.flush()


@pytest.mark.parametrize(
    ("prices", "answer_text"),
    [
        ([(60, 50_000), (0, 40_000)], 50_000),
        ([(30, 50_000), (0, 40_000)], 50_000),
        ([(29, 50_000), (0, 40_000)], "old_price_short"),
        ([(90, 60_000), (60, 50_000), (20, 50_000), (0, 40_000)], 50_000),
        ([(60, 40_000), (3, 90_000), (0, 40_000)], "old_price_short"),  # raised for three days to be struck
        ([(60, 40_000), (0, 50_000)], "old_price_none"),
        ([(60, 50_000)], "old_price_none"),
        ([(60, 50_000), (0, 24_000)], "marked_down_too_far"),
        ([(60, 50_000), (0, 25_000)], 50_000),
    ],
)
def test_a_struck_price_was_really_asked_and_for_long_enough(
    shop: Shop, prices: list[tuple[int, int]], answer_text: int | str
) -> None:
    with unit_of_work() as session:
        product = a_product(session, a_maker(session))
        session.execute(text("DROP TRIGGER price_no_delete"))
        session.execute(text("DELETE FROM price"))
        for days, price_vnd in prices:
            price_since(session, product.id, days, price_vnd)
        if isinstance(answer_text, int):
            assert find_old_price(session, product, TODAY) == answer_text
        else:
            with pytest.raises(Refused, match=answer_text):
                find_old_price(session, product, TODAY)


def test_a_price_that_was_entered_today_for_long_ago_was_never_asked(shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_product(session, a_maker(session))
        for days, price_vnd in ((40, 90_000), (3, 90_000), (0, 60_000)):
            session.add(
                Price(
                    product_id=product.id,
                    price_vnd=price_vnd,
                    starts=TODAY - timedelta(days=days),
                    at=MORNING,
                )
            )
        session.flush()
        with pytest.raises(Refused, match="old_price"):
            find_old_price(session, product, TODAY)


def test_one_product_without_an_old_price_spoils_no_batch_of_markdowns(shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        lowered, same = a_product(session, maker), a_product(session, maker, 2)
        for product in (lowered, same):
            a_delivery(session, maker, product)
        session.execute(text("DROP TRIGGER price_no_delete"))
        session.execute(text("DELETE FROM price"))
        for product in (lowered, same):
            price_since(session, product.id, 60, 50_000)
        price_since(session, lowered.id, 0, 40_000)
        ids = [lowered.id, same.id]
        printed = print_tags(
            session, ids, Design.MARKDOWN, about="x", output="x", key="m", by=MANAGER, at=MORNING
        )
        assert [(tag.product_id, tag.old_price_vnd) for tag, _ in printed.tags] == [(lowered.id, 50_000)]
        assert [item.reasons[0].code for item in printed.refused] == ["old_price_none"]
        yesterday = TODAY - timedelta(days=1)
        with pytest.raises(Refused, match="until_in_past"):
            print_tags(
                session,
                ids,
                Design.SHELF,
                about="x",
                output="x",
                key="u",
                until=yesterday,
                by=MANAGER,
                at=MORNING,
            )

"""A lot stays its bringer's when its product is given another maker: what is owed goes with the lot, whatever comes back or is lost afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from pos.admission.models import Paper
from pos.catalog.models import Product
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.settlement.owed import read_account
from pos.stock.queries import select_lots_of
from tests.builders import a_maker, an_open_shift
from tests.conftest import MORNING, TODAY, Shop

from .account_steps import agree, bring_back, deliver, goods_under, lose, sell
from .test_statements import freeze

HOUR = timedelta(hours=1)


def give_to(session: Session, product: Product, maker: Producer) -> None:
    """With its papers, as two people agreed it; who may agree is another test's."""
    session.execute(
        update(Paper).where(Paper.producer_id == product.producer_id).values(producer_id=maker.id)
    )
    product.producer_id = maker.id
    session.flush()


def owed(session: Session, *makers: Producer) -> list[int]:
    return [read_account(session, maker.id).closing_vnd for maker in makers]


@pytest.mark.parametrize("is_settled", [False, True])
def test_what_is_owed_for_a_lot_stays_with_whoever_brought_it(any_shop: Shop, is_settled: bool) -> None:
    """At 20 %: two jars of 50.000 sold and one lost, then one brought back and one lost; then the new maker brings a lot at 10 %."""
    with unit_of_work() as session:
        maker, product, lot = goods_under(session, 50_000, 2_000)
        other = a_maker(session, "Hộ B")
        an_open_shift(session)
        sale = sell(session, (product, 2 * ONE), lot=lot)
        lose(session, lot, 1, at=MORNING + HOUR)
        assert owed(session, maker, other) == [120_000, 0]
        if is_settled:
            freeze(session, maker, TODAY)
        give_to(session, product, other)
        later = MORNING + timedelta(days=2 if is_settled else 0, hours=2)
        assert owed(session, maker, other) == [120_000, 0]
        bring_back(session, sale, at=later)
        assert owed(session, maker, other) == [80_000, 0]
        lose(session, lot, 1, at=later + 2 * HOUR)
        assert owed(session, maker, other) == [120_000, 0]
        agree(session, other, 1_000, at=later + 2 * HOUR)
        new = deliver(session, product, 10, lot="MOI", at=later + 3 * HOUR)
        sell(session, (product, ONE), at=later + 4 * HOUR, lot=new)
        assert owed(session, maker, other) == [120_000, 45_000]
    with open_reading() as session:
        # The change was no act of the journal: that alone is found.
        assert {finding.check for finding in verify_books(session)} == {"version"}


def test_a_lot_that_names_nobody_goes_by_its_product(any_shop: Shop) -> None:
    with unit_of_work() as session:
        maker, product, lot = goods_under(session, 50_000, 2_000)
        other = a_maker(session, "Hộ B")
        found: Any = lambda maker: list(session.scalars(select_lots_of(maker.id)))  # noqa: E731
        give_to(session, product, other)
        assert (found(maker), found(other)) == ([lot.id], [])
        lot.producer_id = None
        session.flush()
        assert (found(maker), found(other)) == ([], [lot.id])

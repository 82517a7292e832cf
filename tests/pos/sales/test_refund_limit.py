"""A cashier's limit counts all refunds of a sale."""

import pytest
from sqlalchemy import select

from pos.kernel.actor import Approval
from pos.kernel.database import unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.quantity import ONE
from pos.sales.models import Sale
from pos.sales.refund import refund_sale
from pos.shop.models import get_shop
from tests.builders import a_sale, a_stocked_shop
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

APPROVED = Approval(MANAGER, "đồng ý", MORNING)


def test_a_cashiers_refund_limit_counts_all_refunds_of_a_sale(shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        get_shop(session).refund_limit_vnd = 100_000
        sale = a_sale(session, product, 5 * ONE)
        refund_sale(
            session, sale, {1: 2 * ONE}, reason="x", request="1", station=STATION, by=CASHIER, at=MORNING
        )
        with pytest.raises(NotAllowed, match="approval_needed"):
            refund_sale(
                session, sale, {1: ONE}, reason="x", request="2", station=STATION, by=CASHIER, at=MORNING
            )
        refund_sale(
            session,
            sale,
            {1: ONE},
            reason="x",
            request="2",
            station=STATION,
            by=CASHIER,
            at=MORNING,
            approval=APPROVED,
        )


def test_a_quantity_that_cannot_come_back_is_called_so_by_the_use_case_too(village: Shop) -> None:
    with unit_of_work() as session:
        sale = session.scalars(
            select(Sale).where(Sale.refunds.is_(None)).order_by(Sale.number.desc())
        ).first()
        assert sale is not None
        with pytest.raises(Refused) as refused:
            refund_sale(
                session, sale, {1: -1_000}, reason="vỡ", request="odd", station=STATION, by=MANAGER, at=MORNING
            )  # fmt: skip
    assert [reason.code for reason in refused.value.reasons] == ["quantity_back_odd"]

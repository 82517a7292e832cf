"""A cashier's limit counts all refunds of a sale."""

import pytest

from pos.kernel.actor import Approval
from pos.kernel.database import unit_of_work
from pos.kernel.errors import NotAllowed
from pos.kernel.quantity import ONE
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

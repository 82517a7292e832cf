"""What somebody typed and the account's feed has not told of is on Today until it does."""

from datetime import timedelta

from pos.kernel.database import unit_of_work
from pos.payments.receive import list_by_hand_alone
from pos.payments.signals import BY_HAND
from pos.reports.today import list_today_tasks
from tests.conftest import MORNING, TODAY, Shop
from tests.pos.sales.transfer_steps import a_signal, an_account, later, receive_all


def test_it_goes_when_the_feed_tells_of_it(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_account(session, feed="sepay")
        receive_all(session, a_signal(50_000, source=BY_HAND, reference="FT7"))
        assert [row.amount_vnd for row in list_by_hand_alone(session, MORNING - timedelta(days=1))] == [
            50_000
        ]
        assert "typed_alone" in {task.kind for task in list_today_tasks(session, TODAY, later(5))}
        receive_all(session, a_signal(50_000, reference="FT7"))
        assert list(list_by_hand_alone(session, MORNING - timedelta(days=1))) == []


def test_where_nobody_tells_it_is_no_task(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_account(session)
        receive_all(session, a_signal(50_000, source=BY_HAND))
        assert list(list_by_hand_alone(session, MORNING - timedelta(days=1))) == []

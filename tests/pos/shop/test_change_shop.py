"""A change of the shop's row: the new state whole in the journal, and the books still prove themselves."""

from sqlalchemy import select

from pos.journal.models import JournalRow
from pos.journal.payload import read_facts
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.shop.change_shop import change_shop, finish_set_up
from pos.shop.models import get_shop
from tests.conftest import MANAGER, MORNING, Shop


def test_each_state_of_the_shop_stays_in_the_journal(shop: Shop) -> None:
    for name in ("Cửa hàng một", "Cửa hàng hai"):
        with unit_of_work() as session:
            change_shop(session, {"name": name, "min_stars": 4}, by=MANAGER, at=MORNING)
    with unit_of_work() as session:
        finish_set_up(session, by=MANAGER, at=MORNING)
    with open_reading() as session:
        rows = session.scalars(
            select(JournalRow).where(JournalRow.subject == "shop:1").order_by(JournalRow.seq)
        ).all()
        kept = [(row.kind, read_facts(row.payload)["shop:1"]) for row in rows][-3:]
        assert [(kind, facts["name"], facts["min_stars"], facts["is_set_up"]) for kind, facts in kept] == [
            ("policy_changed", "Cửa hàng một", 4, False), ("policy_changed", "Cửa hàng hai", 4, False),
            ("set_up", "Cửa hàng hai", 4, True),
        ]  # fmt: skip
        assert get_shop(session).name == "Cửa hàng hai"
        assert verify_books(session) == []

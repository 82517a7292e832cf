"""A recall that was the shop's own fault: what was destroyed under it is owed, once."""

from datetime import timedelta

import pytest

from pos.journal.models import JournalRow
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, NotFound, Refused
from pos.maintenance.verify import verify_books
from pos.producers.models import Deal
from pos.producers.terms import list_terms
from pos.settlement.lot_terms import change_lot_terms
from pos.settlement.owed import read_account
from pos.settlement.recall_fault import record_recall_fault
from pos.stock.lots import end_hold, place_hold, place_holds
from pos.stock.models import Hold, MoveKind
from tests.conftest import CASHIER, MANAGER, MORNING, Shop

from .account_steps import SEEN, deliver, goods_under, lose, owed_of

HOUR = timedelta(hours=1)


def test_what_was_destroyed_under_it_is_owed_by_one_row_and_once(any_shop: Shop) -> None:
    """Two jars of 50.000 at 20 % are destroyed under the stop, one was before it: 40.000 and 80.000."""
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 50_000)
        lose(session, lot, 1, MoveKind.DESTROYED)
        hold = place_hold(session, lot_id=lot.id, reason="nấm mốc", by=MANAGER, at=MORNING + HOUR)
        lose(session, lot, 2, MoveKind.DESTROYED, at=MORNING + 2 * HOUR)
    with open_reading() as session:
        assert owed_of(session, producer) == [("destroyed", 40_000), ("recalled", 0)]
    with unit_of_work() as session:
        held = session.get_one(Hold, hold.id)
        record_recall_fault(session, held, "để nóng", approval=SEEN, by=MANAGER, at=MORNING + 3 * HOUR)
    with open_reading() as session:
        expected = [("destroyed", 40_000), ("recalled", 0), ("recall_fault", 80_000)]
        assert owed_of(session, producer) == expected
    with unit_of_work() as session, pytest.raises(Refused, match="recall_fault_known"):
        record_recall_fault(session, session.get_one(Hold, hold.id), "lại", approval=SEEN, by=MANAGER, at=MORNING + 4 * HOUR)  # fmt: skip
    with open_reading() as session:
        assert owed_of(session, producer) == expected
        assert verify_books(session) == []


def test_it_is_of_every_stop_that_was_set_together(any_shop: Shop) -> None:
    """A jar each of two products of a producer: 40.000 and 16.000."""
    with unit_of_work() as session:
        first, product, lot = goods_under(session, 50_000)
        second, other, other_lot = goods_under(session, 20_000, n=2)
        holds = place_holds(session, [product.id, other.id], reason="nước bẩn", by=MANAGER, at=MORNING + HOUR)
        for each in (lot, other_lot):
            lose(session, each, 1, MoveKind.DESTROYED, at=MORNING + 2 * HOUR)
        rows = record_recall_fault(session, holds[1], "để nóng", approval=SEEN, by=MANAGER, at=MORNING + 3 * HOUR)  # fmt: skip
        assert {row.hold_id for row in rows} == {hold.id for hold in holds}
        assert (rows[0].witness, rows[0].reason) == (SEEN.by.name, "để nóng")
    with open_reading() as session:
        assert owed_of(session, first) == [("recalled", 0), ("recall_fault", 40_000)]
        assert owed_of(session, second) == [("recalled", 0), ("recall_fault", 16_000)]


def test_bought_goods_are_the_shops_anyhow_and_goods_without_terms_wait_for_some(any_shop: Shop) -> None:
    with unit_of_work() as session:
        seller, _product, bought = goods_under(session, 50_000, deal=Deal.FIRM, cost_vnd=30_000)
        maker, _other, lot = goods_under(session, 20_000, n=2)
        lot.terms_id = None
        holds = [
            place_hold(session, lot_id=each.id, reason="nấm mốc", by=MANAGER, at=MORNING)
            for each in (bought, lot)
        ]
        for each in (bought, lot):
            lose(session, each, 1, MoveKind.DESTROYED, at=MORNING + HOUR)
        for hold in holds:
            record_recall_fault(session, hold, "để nóng", approval=SEEN, by=MANAGER, at=MORNING + 2 * HOUR)
        assert [kind for kind, _vnd in owed_of(session, seller)] == ["bought"]
        assert owed_of(session, maker) == []
        left_out = read_account(session, maker.id).left_out
        assert [row.kind for row in left_out] == ["destroyed", "recall_fault"]
        terms = list_terms(session, maker.id)[0]
        change_lot_terms(session, lot, terms, "quên", approval=SEEN, by=MANAGER, at=MORNING + 3 * HOUR)
        assert owed_of(session, maker) == [("recalled", 0), ("recall_fault", 16_000)]


def test_two_people_write_it_down_with_a_reason_and_of_a_stop_alone(any_shop: Shop) -> None:
    with unit_of_work() as session:
        _producer, product, _lot = goods_under(session, 50_000)
        lot = deliver(session, product, lot="L9")
        hold = place_hold(session, lot_id=lot.id, reason="nấm mốc", by=MANAGER, at=MORNING)
        with pytest.raises(Refused, match="reason_missing"):
            record_recall_fault(session, hold, "  ", approval=SEEN, by=MANAGER, at=MORNING)
        with pytest.raises(NotAllowed):
            record_recall_fault(session, hold, "để nóng", approval=SEEN, by=CASHIER, at=MORNING)
        end = end_hold(session, hold, reason="lành", by=MANAGER, approval=SEEN, at=MORNING)
        with pytest.raises(NotFound):
            record_recall_fault(session, end, "để nóng", approval=SEEN, by=MANAGER, at=MORNING)
        record_recall_fault(session, hold, "để nóng", approval=SEEN, by=MANAGER, at=MORNING)
        kinds = [row.kind for row in session.query(JournalRow).order_by(JournalRow.seq)]
    assert kinds[-1] == "recall_fault_recorded"

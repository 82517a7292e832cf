"""A producer disputes a line: both write, the shop ends it or puts it right in the next period; nothing is lost."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pos.kernel.actor import Actor, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, NotFound, Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.settlement.disputes import answer_dispute, list_notes, list_open_disputes, open_dispute
from pos.settlement.entries import reverse_entry
from pos.settlement.lot_terms import list_disputed_corrections
from pos.settlement.owed import read_account
from pos.stock.models import Lot
from tests.builders import an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .account_steps import SEEN, goods_under, sell
from .test_statements import freeze

LATER = MORNING + timedelta(days=2)


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def put_right_once(
    session: Session, price_vnd: int, commission_bp: int, correction_vnd: int
) -> tuple[Producer, Lot]:
    """One piece sold on a statement, whose line was disputed and put right by a sum: the producer, and its lot."""
    producer, product, lot = goods_under(session, price_vnd, commission_bp)
    an_open_shift(session)
    sell(session, (product, ONE))
    statement = freeze(session, producer, TODAY)
    dispute = open_dispute(session, statement, 1, "Sai hoa hồng.", by=MANAGER, at=LATER)
    answer_dispute(
        session, dispute, "Đúng.", correction_vnd=correction_vnd, approval=SEEN, by=MANAGER, at=LATER
    )
    return producer, lot


def test_a_disputed_line_is_put_right_by_an_entry_that_points_to_it(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        maker = Actor(None, "Bà Mẫu", Role.PRODUCER, producer_id=producer.id)
        an_open_shift(session)
        sale = sell(session, (product, 2 * ONE))
        statement = freeze(session, producer, TODAY)
        dispute = open_dispute(session, statement, 1, " Chỉ bán một hộp? ", by=maker, at=LATER)
        with pytest.raises(Refused) as twice:
            open_dispute(session, statement, 1, "lần nữa", by=maker, at=LATER)
        assert codes(twice) == {"dispute_open"}
        answer_dispute(session, dispute, "Để xem lại.", by=MANAGER, at=LATER)
        answer_dispute(session, dispute, "Cảm ơn.", by=maker, at=LATER)
        with pytest.raises(Refused) as alone:
            answer_dispute(session, dispute, "Đúng vậy.", correction_vnd=-40_000, by=MANAGER, at=LATER)
        assert codes(alone) == {"second_person_needed"}
        answer_dispute(
            session, dispute, "Đúng vậy.", correction_vnd=-40_000, approval=SEEN, by=MANAGER, at=LATER
        )
        with pytest.raises(Refused) as ended:
            answer_dispute(session, dispute, "Còn nữa.", by=maker, at=LATER)
        assert codes(ended) == {"dispute_ended"}
        assert [(note.is_producers, note.text) for note in list_notes(session, dispute)] == [
            (True, "Chỉ bán một hộp?"), (False, "Để xem lại."), (True, "Cảm ơn."), (False, "Đúng vậy."),
        ]  # fmt: skip
        (row,) = read_account(session, producer.id).rows
        assert (row.kind, row.owed_vnd, row.back_to) == ("correction", -40_000, f"sale_line:{sale.number}.1")
        assert list_open_disputes(session) == []
        open_dispute(session, statement, 1, "Vẫn sai.", by=maker, at=LATER)
    with open_reading() as session:
        assert verify_books(session) == []


def test_only_the_shop_ends_a_dispute(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000)
        maker = Actor(None, "Bà Mẫu", Role.PRODUCER, producer_id=producer.id)
        an_open_shift(session)
        sell(session, (product, ONE))
        statement = freeze(session, producer, TODAY)
        dispute = open_dispute(session, statement, 1, "Sai.", by=maker, at=LATER)
        for more in ({"is_end": True}, {"correction_vnd": 5_000, "approval": SEEN}):
            with pytest.raises(NotAllowed):
                answer_dispute(session, dispute, "Xong.", by=maker, at=LATER, **more)  # type: ignore[arg-type]
        answer_dispute(session, dispute, "Đúng rồi.", is_end=True, by=MANAGER, at=LATER)
        assert list_open_disputes(session) == []


@pytest.mark.parametrize(
    ("text", "code"), [("  ", "dispute_text_missing"), ("x" * 2_001, "dispute_too_long")]
)
def test_a_dispute_says_something_and_not_too_much(shop: Shop, text: str, code: str) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000)
        an_open_shift(session)
        sell(session, (product, ONE))
        statement = freeze(session, producer, TODAY)
        with pytest.raises(Refused) as caught:
            open_dispute(session, statement, 1, text, by=MANAGER, at=LATER)
        assert codes(caught) == {code}
        with pytest.raises(NotFound):
            open_dispute(session, statement, 2, "Dòng nào?", by=MANAGER, at=LATER)


def test_what_a_dispute_put_right_about_a_lot_is_known_when_its_terms_are_put_right(shop: Shop) -> None:
    """Else the same mistake is paid for twice; what was taken back since is none of it."""
    with unit_of_work() as session:
        _producer, lot = put_right_once(session, 100_000, 5_000, 30_000)
        (entry,) = list_disputed_corrections(session, lot)
        assert entry.amount_vnd == 30_000
        reverse_entry(session, entry, "sửa thỏa thuận của lô", approval=SEEN, by=MANAGER, at=LATER)
        assert list_disputed_corrections(session, lot) == []

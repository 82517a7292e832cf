"""Producers are told of what concerns their account, in the same unit of work: statements, money, another account, an answer."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.identity.models import Person
from pos.identity.people import add_person
from pos.kernel.actor import Actor, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.messages.mark_read import mark_thread_read
from pos.messages.models import Message
from pos.messages.queries import find_told, list_unread_ids
from pos.producers.models import Producer
from pos.settlement.disputes import answer_dispute, open_dispute
from pos.settlement.models import Statement
from pos.settlement.payout_accounts import PayoutVault, TypedPayoutAccount, save_payout_account
from pos.settlement.payouts import begin_transfer, confirm_transfer, pay_in_cash
from pos.settlement.statements import approve_statement, describe_statement, prepare_statement
from tests.builders import an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .account_steps import SEEN, goods_under, sell
from .test_statements import freeze

BY: dict[str, Any] = {"by": MANAGER, "at": MORNING}
LATER = MORNING + timedelta(days=2)


def told_codes(session: Session, producer: Producer) -> list[str]:
    query = select(Message.code).where(Message.producer_id == producer.id, Message.is_from_shop)
    return list(session.scalars(query.order_by(Message.id)))


def test_the_producer_is_told_of_each_act(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 500_000, 2_000)
        maker = Actor(None, "Bà Mẫu", Role.PRODUCER, producer_id=producer.id)
        an_open_shift(session)
        sell(session, (product, ONE))
        account = TypedPayoutAccount("970405", "0012003004005", "HO MAU")
        save_payout_account(session, PayoutVault(any_shop.folder), producer, account, approval=SEEN, **BY)
        pay_in_cash(session, producer, "drawer:Quầy 1", 100_000, "", **BY)
        order = begin_transfer(session, producer, 200_000, "", **BY)
        assert told_codes(session, producer) == ["payout_account_changed", "paid_out"], "begun is not paid"
        confirm_transfer(session, order, **BY)
        statement = freeze(session, producer, TODAY)
        dispute = open_dispute(session, statement, 1, "Sai rồi.", by=maker, at=LATER)
        answer_dispute(session, dispute, "Xin xem lại.", by=maker, at=LATER)
        answer_dispute(session, dispute, "Đúng vậy.", is_end=True, by=MANAGER, at=LATER)
        assert told_codes(session, producer) == [
            "payout_account_changed", "paid_out", "paid_out", "statement_ready", "dispute_answered",
        ]  # fmt: skip
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_statement_says_when_it_was_told_and_who_read_it(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        other, _product, _lot = goods_under(session, 50_000, 2_000, n=2)
        an_open_shift(session)
        sell(session, (product, ONE))
        person, _pin = add_person(
            session, "Bà Mẫu", Role.PRODUCER, by=MANAGER, at=MORNING, producer_id=producer.id
        )
        statement = freeze(session, producer, TODAY)
        told = find_told(session, producer.id, describe_statement(statement))
        assert told is not None
        assert (told.message.at, told.readers) == (statement.at, ())
        assert find_told(session, other.id, describe_statement(statement)) is None
        reader = session.get_one(Person, person.id).actor()
        mark_thread_read(
            session, producer.id, list_unread_ids(session, producer.id, reader), by=reader, at=LATER
        )
        told = find_told(session, producer.id, describe_statement(statement))
        assert told is not None
        assert told.readers == (("Bà Mẫu", LATER),)


def test_the_statements_page_says_so_and_sends_where_nobody_was_told(village: Shop) -> None:
    yesterday = TODAY - timedelta(days=1)
    with unit_of_work() as session:
        for producer in session.scalars(select(Producer).order_by(Producer.id).limit(2)).all():
            prepared = prepare_statement(session, producer.id, yesterday, MORNING)
            approve_statement(session, producer, prepared, **BY)
        first, second = session.scalars(select(Statement.number).order_by(Statement.number)).all()
        untold = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
        session.delete(untold)
    manager = village.client("manager")
    assert "Đã báo cho chủ thể" in manager.get(f"/settlement/statements/{first}").text
    assert "Chủ thể chưa được báo" in manager.get(f"/settlement/statements/{second}").text
    for _again in range(2):
        assert manager.post(f"/settlement/statements/{second}/send").status_code == 302
    assert "Đã báo cho chủ thể" in manager.get(f"/settlement/statements/{second}").text
    with open_reading() as session:
        assert len(session.scalars(select(Message.id).where(Message.code == "statement_ready")).all()) == 2

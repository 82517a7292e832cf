"""Producers are told of what concerns their account, in the same unit of work: statements, money, another account, an answer."""

from datetime import timedelta
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.identity.models import Person
from pos.identity.people import add_person
from pos.kernel.actor import Actor, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.formats import format_vnd_on_screen
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.messages.mark_read import mark_thread_read
from pos.messages.models import Message
from pos.messages.new_terms import agree_terms
from pos.messages.queries import find_told, list_unread_ids
from pos.messages.terms import render_message
from pos.producers.models import Bearer, Deal, Producer
from pos.settlement.disputes import answer_dispute, open_dispute
from pos.settlement.lot_terms import change_lot_terms
from pos.settlement.models import Dispute, Statement
from pos.settlement.payout_accounts import PayoutVault, TypedPayoutAccount, save_payout_account
from pos.settlement.payouts import begin_transfer, confirm_transfer, pay_in_cash
from pos.settlement.statements import approve_statement, describe_statement, prepare_statement
from tests.builders import an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.portal.test_account_pages import a_browser

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


def test_new_terms_and_a_correction_are_told_with_their_sums(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 50_000, 2_000)
        maker = Actor(None, "Bà Mẫu", Role.PRODUCER, producer_id=producer.id)
        an_open_shift(session)
        sell(session, (product, ONE))
        agreed = agree_terms(
            session, producer, starts=TODAY, deal=Deal.CONSIGNMENT, commission_bp=2_500, bands=[(10_000_000, 2_000)],
            spoilage_borne_by=Bearer.PRODUCER, markdown_borne_by=Bearer.SHOP, **BY,
        )  # fmt: skip
        change_lot_terms(session, lot, agreed, "nhập nhầm", approval=SEEN, **BY)
        dispute = open_dispute(session, freeze(session, producer, TODAY), 1, "Sai rồi.", by=maker, at=LATER)
        answer_dispute(session, dispute, "Đúng.", correction_vnd=13_500, approval=SEEN, by=MANAGER, at=LATER)
        messages = session.scalars(
            select(Message).where(Message.producer_id == producer.id).order_by(Message.id)
        ).all()
        with shop.app.test_request_context(), force_locale("vi"):
            terms, lot_terms, _statement, answered = (render_message(each) for each in messages)
    assert "24/11/2026" in terms
    assert "25 %" in terms
    assert "trên 10.000.000 ₫: 20 %" in terms
    assert "-2.500 ₫" in lot_terms.replace("−", "-")
    assert "+13.500 ₫" in answered


def test_the_dispute_says_by_how_much_on_both_sides_and_the_row_is_disputed_no_more(village: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, 2_000, n=91)
        maker, producer_id = Actor(None, "Bà Mẫu", Role.PRODUCER, producer_id=producer.id), producer.id
        an_open_shift(session)
        receipt = sell(session, (product, 2 * ONE)).number
        number = freeze(session, producer, TODAY).number
        dispute = open_dispute(session, session.get_one(Statement, number), 1, "Sai rồi.", by=maker, at=LATER)
        dispute_number = dispute.number
    village.clock.advance(days=2)
    boss, mine = village.client("manager"), a_browser(village, producer_id)
    form = boss.get(f"/settlement/disputes/{dispute_number}").text
    assert form.index("Sai rồi.") < form.index('name="text"')
    assert f"{receipt:06}" in form
    assert f"× {format_vnd_on_screen(50_000)}" in form
    assert (
        "data-fills='{&#34;amount&#34;" in form
        or 'data-fills=\'{"amount": "80.000", "sign": "less"}\'' in form
    )
    wrong = boss.post(f"/settlement/disputes/{dispute_number}", data={"text": "", "sign": "less", "amount": "", "login": "", "pin": ""}).text  # fmt: skip
    for box in ("text", "amount", "login"):
        assert f'id="{box}-no"' in wrong, box
    assert "đang khiếu nại" in boss.get(f"/settlement/statements/{number}").text
    with unit_of_work() as session:
        answer_dispute(session, session.get_one(Dispute, dispute_number), "Đúng.", correction_vnd=13_500, approval=SEEN, by=MANAGER, at=LATER)  # fmt: skip
    page = boss.get(f"/settlement/statements/{number}").text
    assert f"+{format_vnd_on_screen(13_500)}" in page
    assert "đang khiếu nại" not in page
    assert f"+{format_vnd_on_screen(13_500)}" in mine.get(f"/mine/disputes/{dispute_number}").text
    assert "đã kết thúc" in mine.get(f"/mine/statements/{number}").text

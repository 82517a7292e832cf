"""What nobody does alone with a producer's money: a debt by deduction, a fee or terms dated back, a second payment for one mistake."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.catalog.models import GoodsKind
from pos.identity.people import add_person
from pos.journal.models import JournalRow
from pos.kernel.actor import SYSTEM, Approval, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.messages.models import Message
from pos.messages.terms import render_message
from pos.producers.models import Bearer, Deal, Producer
from pos.producers.terms import find_terms, save_producer
from pos.sales.models import TenderKind
from pos.settlement.dated_back import agree_dated_terms, find_services_without_terms
from pos.settlement.deductions import record_deduction
from pos.settlement.fees import list_tender_fees, record_tender_fee
from pos.settlement.lot_terms import change_lot_terms
from pos.settlement.models import EntryKind
from pos.settlement.owed import read_account
from pos.settlement.payout_accounts import PayoutVault, save_payout_account
from pos.settlement.payouts import begin_transfer
from pos.stock.models import Lot
from tests.builders import a_product, an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .account_steps import SEEN, agree, goods_under, sell
from .test_disputes import put_right_once
from .test_payouts import ACCOUNT

BY: dict[str, Any] = {"by": MANAGER, "at": MORNING}
LATER = MORNING + timedelta(days=2)
ALONE = Approval(MANAGER, "", MORNING)  # there is somebody else who could agree
TERMS: dict[str, Any] = {
    "deal": Deal.CONSIGNMENT, "commission_bp": 1_000, "spoilage_borne_by": Bearer.SHOP, "markdown_borne_by": Bearer.SHOP,
}  # fmt: skip


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def approvers(session: Session, kind: str) -> list[str | None]:
    """Who agreed to each act of a kind, as the journal has it."""
    query = select(JournalRow.payload).where(JournalRow.kind == kind).order_by(JournalRow.seq)
    return [json.loads(payload).get("approved_by") for payload in session.scalars(query)]


@pytest.mark.parametrize("begun_vnd", [0, 30_000])
def test_a_deduction_above_what_is_free_is_agreed_to(any_shop: Shop, begun_vnd: int) -> None:
    """40.000 is owed; what is on its way to the producer is free no more."""
    with unit_of_work() as session:
        add_person(session, "Mai", Role.CASHIER, **BY)
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        an_open_shift(session)
        sell(session, (product, ONE))
        if begun_vnd:
            save_payout_account(session, PayoutVault(any_shop.folder), producer, ACCOUNT, approval=SEEN, **BY)
            begin_transfer(session, producer, begun_vnd, "", **BY)
        free_vnd = 40_000 - begun_vnd
        with pytest.raises(Refused) as over:
            record_deduction(session, producer, EntryKind.SHELF_RENT, free_vnd + 1, "kệ", **BY)
        (reason,) = over.value.reasons
        assert (reason.code, reason.facts["free_vnd"]) == ("deduction_over_balance", free_vnd)
        with pytest.raises(Refused) as alone:
            record_deduction(
                session, producer, EntryKind.SHELF_RENT, free_vnd + 1, "kệ", approval=ALONE, **BY
            )
        assert codes(alone) == {"second_person_needed"}
        record_deduction(session, producer, EntryKind.SHELF_RENT, free_vnd, "kệ", **BY)
        debt = record_deduction(session, producer, EntryKind.OFFSET, 1_000, "mua hàng", approval=SEEN, **BY)
        assert debt.approved_by == SEEN.by.name
        assert read_account(session, producer.id).closing_vnd == begun_vnd - 1_000
        assert approvers(session, "producer_entry_written") == [None, SEEN.by.name]


@pytest.mark.parametrize(("days", "needs_second"), [(-400, True), (-1, True), (0, False), (3, False)])
def test_a_fee_from_a_day_before_today_is_agreed_to(shop: Shop, days: int, needs_second: bool) -> None:
    starts = TODAY + timedelta(days=days)
    with unit_of_work() as session:
        add_person(session, "Mai", Role.CASHIER, **BY)
        if needs_second:
            for agreed, code in ((None, "fee_dated_back"), (ALONE, "second_person_needed")):
                with pytest.raises(Refused) as caught:
                    record_tender_fee(session, TenderKind.CARD, 150, starts=starts, approval=agreed, **BY)
                assert codes(caught) == {code}
        agreed = SEEN if needs_second else None
        record_tender_fee(session, TenderKind.CARD, 150, starts=starts, approval=agreed, **BY)
        assert [fee.starts for fee in list_tender_fees(session)] == [starts]
        assert approvers(session, "tender_fee_set") == [SEEN.by.name if needs_second else None]


def a_guide(session: Session) -> Producer:
    """Somebody who agreed to nothing and whose tour of 100.000 was sold twice, on two days."""
    guide = Producer(name="Hộ dẫn đường", address="thôn")
    save_producer(session, guide, by=SYSTEM, at=MORNING)
    tour = a_product(session, guide, 1, price_vnd=100_000, name="Dẫn tham quan làng", kind=GoodsKind.SERVICE)
    an_open_shift(session)
    sell(session, (tour, ONE))
    sell(session, (tour, ONE), at=MORNING + timedelta(days=1))
    return guide


@pytest.mark.parametrize(("from_day", "lines"), [(-5, 2), (0, 2), (1, 1), (2, 0)])
def test_terms_that_settle_services_sold_without_any_are_agreed_to(
    any_shop: Shop, from_day: int, lines: int
) -> None:
    starts = TODAY + timedelta(days=from_day)
    with unit_of_work() as session:
        add_person(session, "Mai", Role.CASHIER, **BY)
        guide = a_guide(session)
        more: Any = TERMS | {"starts": starts, "by": MANAGER, "at": LATER}
        assert find_services_without_terms(session, guide.id, starts).lines == lines
        if lines:
            for agreed, code in ((None, "terms_dated_back"), (ALONE, "second_person_needed")):
                with pytest.raises(Refused) as caught:
                    agree_dated_terms(session, guide, approval=agreed, **more)
                assert codes(caught) == {code}
        agree_dated_terms(session, guide, approval=SEEN if lines else None, **more)
        assert read_account(session, guide.id).closing_vnd == lines * 90_000
        assert approvers(session, "services_given_terms") == [SEEN.by.name] * bool(lines)
        # What has terms keeps them: others from the same day change nothing, and nobody needs to agree.
        agree_dated_terms(session, guide, **(more | {"commission_bp": 9_000}))
        assert read_account(session, guide.id).closing_vnd == lines * 90_000
        assert find_services_without_terms(session, guide.id, TODAY).lines == 2 - lines


@pytest.mark.parametrize(("takes_back", "closing_vnd"), [(True, 45_000), (False, 50_000)])
def test_one_mistake_is_not_paid_for_twice(any_shop: Shop, takes_back: bool, closing_vnd: int) -> None:
    with unit_of_work() as session:
        producer, lot = put_right_once(session, 50_000, 2_000, 5_000)
        agree(session, producer, 1_000, at=LATER)
        right = find_terms(session, producer.id, TODAY)
        assert right is not None
        more: Any = {"approval": SEEN, "by": MANAGER, "at": LATER}
        with pytest.raises(Refused) as undecided:
            change_lot_terms(session, lot, right, "ghi nhầm", **more)
        assert codes(undecided) == {"corrections_undecided"}
        change_lot_terms(session, lot, right, "ghi nhầm", takes_back=takes_back, **more)
        assert read_account(session, producer.id).closing_vnd == closing_vnd
        told = session.scalars(select(Message).where(Message.code == "lot_terms_changed")).one()
        assert ("+5.000" in render_message(told)) is not takes_back
    with open_reading() as session:
        assert verify_books(session) == []
    with unit_of_work() as session:  # what was taken back asks nothing again
        lot = session.get_one(Lot, lot.id)
        agree(session, session.get_one(Producer, producer.id), 3_000, at=LATER)
        other = find_terms(session, producer.id, TODAY)
        assert other is not None
        if takes_back:
            change_lot_terms(session, lot, other, "vẫn nhầm", **more)
            assert read_account(session, producer.id).closing_vnd == 35_000

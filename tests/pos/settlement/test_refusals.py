"""What the acts on a producer's account refuse, and the readings that say that nothing is there."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pos.kernel.database import unit_of_work
from pos.kernel.errors import NotFound, Refused
from pos.kernel.quantity import ONE
from pos.payments.models import BankTransfer
from pos.producers.terms import find_terms
from pos.sales.models import TenderKind
from pos.settlement.deductions import record_deduction
from pos.settlement.disputes import get_dispute
from pos.settlement.entries import (
    get_entry,
    list_entries,
    record_correction,
    reverse_entry,
)
from pos.settlement.fees import list_line_fees, record_tender_fee
from pos.settlement.lot_terms import change_lot_terms, find_lot_terms, list_term_changes
from pos.settlement.match_payouts import settle_payout
from pos.settlement.models import EntryKind, ProducerEntry
from pos.settlement.payout_accounts import PayoutVault, TypedPayoutAccount, save_payout_account
from pos.settlement.payouts import (
    begin_transfer,
    confirm_transfer,
    pay_in_cash,
    resume_payouts,
    take_payout_back,
)
from pos.settlement.statements import (
    find_statement_by_code,
    get_statement,
    list_statements,
    prepare_statement,
)
from pos.settlement.worth import find_commission_vnd
from tests.builders import an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.sales.transfer_steps import an_account

from .account_steps import SEEN, agree, goods_under, sell
from .test_statements import freeze

BY: dict[str, Any] = {"by": MANAGER, "at": MORNING}
DRAWER = "drawer:Quầy 1"


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def test_entries_refuse_what_is_none_of_theirs(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product, _lot = goods_under(session, 50_000, 2_000)
        with pytest.raises(ValueError, match="transfer"):
            record_deduction(session, producer, EntryKind.TRANSFER, 1_000, "x", **BY)
        with pytest.raises(ValueError, match="cash"):
            record_correction(session, producer, 1_000, "x", approval=SEEN, kind=EntryKind.CASH, **BY)
        with pytest.raises(Refused) as silent:
            record_deduction(session, producer, EntryKind.PACKAGING, 1_000, " ", approval=SEEN, **BY)
        assert codes(silent) == {"reason_missing"}
        with pytest.raises(Refused) as nothing:
            record_deduction(session, producer, EntryKind.PACKAGING, 0, "túi", **BY)
        assert codes(nothing) == {"amount_odd"}
        entry = record_deduction(session, producer, EntryKind.PACKAGING, 1_000, "túi", approval=SEEN, **BY)
        assert list_entries(session, producer.id) == [get_entry(session, entry.number)]
        back = reverse_entry(session, entry, "nhầm", approval=SEEN, **BY)
        for odd, code in ((back, "entry_not_reversible"), (entry, "entry_reversed")):
            with pytest.raises(Refused) as again:
                reverse_entry(session, odd, "nhầm", approval=SEEN, **BY)
            assert codes(again) == {code}


def test_payouts_refuse_what_can_not_be_sent_or_come_back(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 500_000, 2_000)
        an_open_shift(session)
        sell(session, (product, ONE))
        with pytest.raises(Refused) as unknown:
            begin_transfer(session, producer, 1_000, "", **BY)
        assert codes(unknown) == {"no_payout_account"}
        with pytest.raises(Refused) as nothing:
            pay_in_cash(session, producer, DRAWER, 0, "", **BY)
        assert codes(nothing) == {"amount_odd"}
        paid = pay_in_cash(session, producer, DRAWER, 100_000, "", **BY)
        back = take_payout_back(session, paid, "trả lại", approval=SEEN, **BY)
        for odd, code in ((back, "entry_not_payout"), (paid, "entry_reversed")):
            with pytest.raises(Refused) as again:
                take_payout_back(session, odd, "trả lại", approval=SEEN, **BY)
            assert codes(again) == {code}


def test_a_told_payout_is_settled_once_and_by_the_very_sum(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 500_000, 2_000)
        an_open_shift(session)
        sell(session, (product, ONE))
        an_account(session)
        account = TypedPayoutAccount("970405", "0012003004005", "HO MAU")
        save_payout_account(session, PayoutVault(shop.folder), producer, account, approval=SEEN, **BY)
        order = begin_transfer(session, producer, 300_000, "", **BY)
        assert settle_payout(session, order.id, 999, MORNING) is None, "no such transfer"
        assert settle_payout(session, 999, 999, MORNING) is None, "no such order"
        assert session.scalars(select(BankTransfer)).all() == []
        confirm_transfer(session, order, **BY)
        assert len(session.scalars(select(ProducerEntry)).all()) == 1


def test_payouts_go_on_after_a_restore_only_with_a_reason(shop: Shop) -> None:
    with unit_of_work() as session, pytest.raises(Refused) as silent:
        resume_payouts(session, " ", approval=SEEN, **BY)
    assert codes(silent) == {"reason_missing"}


def test_a_rate_without_a_producer_who_bears_it_costs_nobody(shop: Shop) -> None:
    with unit_of_work() as session:
        goods_under(session, 50_000, 2_000)
        for kind, rate_bp in ((TenderKind.CASH, 10), (TenderKind.CARD, 1_001), (TenderKind.CARD, -1)):
            with pytest.raises(Refused) as odd:
                record_tender_fee(session, kind, rate_bp, starts=TODAY, **BY)
            assert codes(odd) == {"fee_out_of_range"}
        assert list_line_fees(session, [1], []) == {}


def test_a_lots_terms_are_put_right_by_the_producers_own_other_ones(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 50_000, 2_000)
        other, _product, _lot = goods_under(session, 50_000, 1_000, n=2)
        terms, others = find_terms(session, producer.id, TODAY), find_terms(session, other.id, TODAY)
        assert terms is not None and others is not None  # noqa: PT018  both were agreed
        assert find_lot_terms(session, lot) == terms
        assert list_term_changes(session, lot) == []
        for odd, code in ((others, "terms_of_another"), (terms, "terms_same")):
            with pytest.raises(Refused) as caught:
                change_lot_terms(session, lot, odd, "nhầm", approval=SEEN, **BY)
            assert codes(caught) == {code}
        agree(session, producer, 1_000)
        right = find_terms(session, producer.id, TODAY)
        assert right is not None
        with pytest.raises(Refused) as silent:
            change_lot_terms(session, lot, right, " ", approval=SEEN, **BY)
        assert codes(silent) == {"reason_missing"}
        change = change_lot_terms(session, lot, right, "nhầm", approval=SEEN, **BY)
        assert list_term_changes(session, lot) == [change]
        assert find_lot_terms(session, lot) == right


def test_a_statement_is_found_by_its_number_its_producer_and_its_papers_code(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        other, _product, _lot = goods_under(session, 50_000, 2_000, n=2)
        assert prepare_statement(session, other.id, TODAY, MORNING + timedelta(days=1)).is_empty
        an_open_shift(session)
        sell(session, (product, ONE))
        statement = freeze(session, producer, TODAY)
        assert get_statement(session, statement.number) is statement
        assert find_statement_by_code(session, statement.check_code) is statement
        assert find_statement_by_code(session, "x") is None
        assert list_statements(session) == list_statements(session, producer.id) == [statement]
        assert list_statements(session, other.id) == []
        with pytest.raises(NotFound):
            get_dispute(session, 1)


def test_no_bands_take_no_commission() -> None:
    assert find_commission_vnd(50_000, ()) == 0

"""Statements freeze a period: each row once, balances that chain, what comes later on the next; on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused, Stale
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.producers.terms import find_terms
from pos.settlement.deductions import record_deduction
from pos.settlement.entries import record_correction, reverse_entry
from pos.settlement.lot_terms import change_lot_terms, find_difference_vnd
from pos.settlement.models import EntryKind, Statement
from pos.settlement.owed import read_account
from pos.settlement.statements import approve_statement, list_statement_rows, prepare_statement
from pos.stock.models import Lot
from tests.builders import an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.maintenance.test_verify import tamper

from .account_steps import SEEN, agree, bring_back, goods_under, lose, sell

MILLION = 1_000_000
BY: dict[str, Any] = {"by": MANAGER, "at": MORNING}


def freeze(session: Session, producer: Producer, ends: date, days: int = 1) -> Statement:
    """The statement up to a day, made so many days after it."""
    at = MORNING + (ends - TODAY) + timedelta(days=days)
    return approve_statement(
        session, producer, prepare_statement(session, producer.id, ends, at), by=MANAGER, at=at
    )


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def test_what_comes_back_after_a_statement_is_on_the_next_and_points_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        an_open_shift(session)
        sale = sell(session, (product, 2 * ONE))
        first = freeze(session, producer, TODAY)
        assert (first.opening_vnd, first.goods_vnd, first.closing_vnd) == (0, 80_000, 80_000)
        bring_back(session, sale, at=MORNING + timedelta(days=1))
        second = freeze(session, producer, TODAY + timedelta(days=1))
        (row,) = list_statement_rows(session, second.number)
        assert (row.kind, row.owed_vnd, row.back_to) == ("refunded", -40_000, f"sale_line:{sale.number}.1")
        assert (second.opening_vnd, second.closing_vnd) == (80_000, 40_000)
        assert second.starts == first.ends + timedelta(days=1)
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_refund_after_freezing_gives_back_the_bands_of_its_own_sale(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, MILLION, 2_000, [(10 * MILLION, 1_500)])
        an_open_shift(session)
        sale = sell(session, (product, 12 * ONE))
        freeze(session, producer, TODAY)
        bring_back(session, sale, 6 * ONE, at=MORNING + timedelta(days=1))
        sell(session, (product, ONE), at=MORNING + timedelta(days=1))
        rows = read_account(session, producer.id).rows
        assert [row.worth.commission_vnd for row in rows] == [-1_150_000, 150_000], (
            "the month is filled already"
        )


def test_only_days_that_are_over_are_frozen_and_each_once(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000)
        an_open_shift(session)
        sell(session, (product, ONE))
        with pytest.raises(Refused) as early:
            prepare_statement(session, producer.id, TODAY, MORNING)
        assert codes(early) == {"statement_not_over"}
        freeze(session, producer, TODAY)
        with pytest.raises(Refused) as again:
            prepare_statement(session, producer.id, TODAY, MORNING + timedelta(days=2))
        assert codes(again) == {"statement_made"}


def test_what_was_made_ready_is_not_written_over_what_happened_since(any_shop: Shop) -> None:
    later = MORNING + timedelta(days=1)
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 50_000)
        an_open_shift(session)
        sell(session, (product, ONE))
        prepared = prepare_statement(session, producer.id, TODAY, later)
        agree(session, producer, 500, at=later)
        terms = find_terms(session, producer.id, TODAY)
        assert terms is not None
        change_lot_terms(session, lot, terms, "ghi nhầm", approval=SEEN, by=MANAGER, at=later)
        with pytest.raises(Stale) as caught:
            approve_statement(session, producer, prepared, by=MANAGER, at=later)
        assert codes(caught) == {"statement_changed"}


def test_a_sale_of_today_does_not_hinder_the_statement_of_yesterday(any_shop: Shop) -> None:
    later = MORNING + timedelta(days=1)
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000)
        an_open_shift(session)
        sell(session, (product, ONE))
        prepared = prepare_statement(session, producer.id, TODAY, later)
        sell(session, (product, ONE), at=later)
        assert approve_statement(session, producer, prepared, by=MANAGER, at=later).rows_count == 1
        assert len(read_account(session, producer.id).rows) == 1


def test_deductions_and_corrections_stand_in_the_account_and_are_taken_back_by_their_mirror(
    any_shop: Shop,
) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        an_open_shift(session)
        sell(session, (product, ONE))
        rent = record_deduction(session, producer, EntryKind.SHELF_RENT, 30_000, "thuê kệ", **BY)
        record_correction(session, producer, 7_000, "sai giá", approval=SEEN, **BY)
        statement = freeze(session, producer, TODAY)
        assert (statement.goods_vnd, statement.entries_vnd, statement.closing_vnd) == (
            40_000,
            -23_000,
            17_000,
        )
        later = {"by": MANAGER, "at": MORNING + timedelta(days=1)}
        reverse_entry(session, rent, "thu nhầm", approval=SEEN, **later)
        with pytest.raises(Refused) as twice:
            reverse_entry(session, rent, "thu nhầm", approval=SEEN, **later)
        assert codes(twice) == {"entry_reversed"}
        assert read_account(session, producer.id).closing_vnd == 47_000
    with open_reading() as session:
        assert verify_books(session) == []


@pytest.mark.parametrize("amount_vnd", [0, -5, 10**15])
def test_a_deduction_is_a_sum_above_nothing(shop: Shop, amount_vnd: int) -> None:
    with unit_of_work() as session:
        producer, _product, _lot = goods_under(session, 50_000)
        with pytest.raises(Refused) as caught:
            record_deduction(session, producer, EntryKind.PACKAGING, amount_vnd, "bao bì", **BY)
        assert codes(caught) == {"amount_odd"}


def test_wrong_terms_are_put_right_by_an_entry_and_hold_from_then_on(any_shop: Shop) -> None:
    later = MORNING + timedelta(days=1)
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 50_000, 2_000)
        an_open_shift(session)
        sell(session, (product, 2 * ONE))
        freeze(session, producer, TODAY)
        sale = sell(session, (product, ONE), at=later)
        agree(session, producer, 1_000, at=later)
        terms = find_terms(session, producer.id, TODAY)
        assert terms is not None
        assert find_difference_vnd(session, lot, terms) == 15_000
        change_lot_terms(
            session, lot, terms, "ghi nhầm", approval=SEEN, by=MANAGER, at=later + timedelta(minutes=1)
        )
        sell(session, (product, ONE), at=later + timedelta(minutes=2))
        bring_back(session, sale, at=later + timedelta(minutes=3))
        rows = [(str(row.kind), row.owed_vnd) for row in read_account(session, producer.id).rows]
        assert rows == [("sold", 40_000), ("terms", 15_000), ("sold", 45_000), ("refunded", -45_000)]
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_was_under_no_terms_is_on_the_first_statement_after_there_are_some(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 50_000, 2_000)
        an_open_shift(session)
        forget_terms(session, lot)
        sell(session, (product, ONE))
        first = freeze(session, producer, TODAY)
        assert (first.rows_count, first.closing_vnd) == (0, 0)
        assert [row.gross_vnd for row in read_account(session, producer.id).left_out] == [50_000]
        later = MORNING + timedelta(days=1)
        terms = find_terms(session, producer.id, TODAY)
        assert terms is not None
        change_lot_terms(session, lot, terms, "quên điều khoản", approval=SEEN, by=MANAGER, at=later)
        second = freeze(session, producer, TODAY + timedelta(days=1))
        assert (second.rows_count, second.closing_vnd) == (1, 40_000)
        assert freeze(session, producer, TODAY + timedelta(days=2)).rows_count == 0


def forget_terms(session: Session, lot: Lot) -> None:
    """As goods came whose producer had no terms yet."""
    lot.terms_id = None
    session.flush()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE statement_row SET owed_vnd = owed_vnd + 1000",
        "UPDATE statement_row SET commission_vnd = 0",
        "UPDATE statement SET closing_vnd = closing_vnd + 1000",
        "UPDATE producer_entry SET amount_vnd = -1",
        "UPDATE sale_line SET amount_vnd = amount_vnd * 2",
    ],
)
def test_verify_finds_what_was_changed_by_hand(shop: Shop, change: str) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        an_open_shift(session)
        sell(session, (product, ONE))
        record_deduction(session, producer, EntryKind.SHELF_RENT, 30_000, "thuê kệ", **BY)
        freeze(session, producer, TODAY)
    tamper(change)
    with open_reading() as session:
        kinds = {finding.check for finding in verify_books(session)}
    assert "seal" in kinds
    assert "statement" in kinds


def test_a_loss_after_a_statement_knows_how_far_the_month_was_filled(any_shop: Shop) -> None:
    """Nothing was sold since; what the statement froze of the month counts all the same."""
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, MILLION, 2_000, [(MILLION, 1_000)])
        an_open_shift(session)
        sell(session, (product, ONE))
        freeze(session, producer, TODAY)
        lose(session, lot, 1, at=MORNING + timedelta(days=1))
        (row,) = read_account(session, producer.id).rows
        assert (row.worth.commission_vnd, row.owed_vnd) == (100_000, 900_000)

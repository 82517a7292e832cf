"""Each đồng of a sale is the producer's or the shop's (and the state's, within its price), once; whatever the terms and what comes back."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.producers.models import Cost, Deal
from pos.sales.models import DiscountKind
from pos.settlement.rows import format_parts, parse_parts
from pos.settlement.worth import (
    COST_OF_DISCOUNT,
    AgreedTerms,
    Band,
    SoldGoods,
    Worth,
    find_base_vnd,
    find_loss_worth,
    find_worth,
    keep_part,
    round_half_up,
    split_goods,
    split_over_bands,
)

MILLION = 1_000_000
ONE = Fraction(1000)
amounts = st.integers(0, 20 * MILLION)
rates = st.integers(0, 10_000)


@st.composite
def goods(draw: st.DrawFn) -> SoldGoods:
    """A sold line with any discounts that leave something or nothing of it."""
    gross_vnd = draw(st.integers(1, 5 * MILLION))
    left_vnd, off_vnd = gross_vnd, {}
    for kind in DiscountKind:
        part_vnd = draw(st.integers(0, left_vnd)) if draw(st.booleans()) else 0
        if part_vnd:
            off_vnd[kind], left_vnd = part_vnd, left_vnd - part_vnd
    return SoldGoods(Fraction(draw(st.integers(1, 50_000))), gross_vnd, off_vnd)


@st.composite
def agreed(draw: st.DrawFn) -> AgreedTerms:
    starts = sorted(draw(st.sets(st.integers(1, 10 * MILLION), max_size=4)))
    bands = tuple(Band(vnd, draw(rates)) for vnd in (0, *starts))
    deal = draw(st.sampled_from(Deal))
    borne = draw(st.frozensets(st.sampled_from(Cost)))
    return AgreedTerms(1, deal, bands if deal is Deal.CONSIGNMENT else (), borne)


@given(goods(), agreed(), amounts, st.integers(0, 5 * MILLION))
def test_what_a_buyer_pays_is_the_producers_and_the_shops(
    sold: SoldGoods, terms: AgreedTerms, filled_vnd: int, price_vnd: int
) -> None:
    parts = split_over_bands(terms.bands, filled_vnd, find_base_vnd(sold, terms))
    worth = find_worth(sold, terms, parts, price_vnd)
    shop_bears = sum(
        vnd for kind, vnd in sold.off_vnd.items() if COST_OF_DISCOUNT[kind] not in terms.borne_by_producer
    )
    paid_vnd = sold.gross_vnd - sum(sold.off_vnd.values())
    assert paid_vnd == worth.owed_vnd + worth.commission_vnd - shop_bears
    assert worth.owed_vnd >= 0
    if terms.deal is Deal.CONSIGNMENT:
        assert 0 <= worth.commission_vnd <= worth.gross_vnd - worth.borne_vnd
        assert sum(vnd for vnd, _bp in parts) == worth.gross_vnd - worth.borne_vnd
    if terms.deal is Deal.FIRM:
        assert worth.owed_vnd == 0


@given(goods(), agreed(), amounts, st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_what_comes_back_in_any_steps_takes_all_of_it_back(
    sold: SoldGoods, terms: AgreedTerms, filled_vnd: int, steps: list[int]
) -> None:
    parts = split_over_bands(terms.bands, filled_vnd, find_base_vnd(sold, terms))
    whole, gone = sum(steps), 0
    total = before = find_worth(sold, terms, parts, 1_000)
    for step in steps:
        gone += step
        left = find_worth(keep_part(sold, Fraction(whole - gone, whole)), terms, parts, 1_000)
        total += left - before
        before = left
    assert total == Worth()


@given(goods(), st.lists(st.integers(1, 500_000), min_size=1, max_size=6))
def test_a_gift_sets_lots_share_its_price_and_each_discount_to_the_dong(
    sold: SoldGoods, weights: list[int]
) -> None:
    split = split_goods(sold, weights, [Fraction(1)] * len(weights))
    assert sum(each.gross_vnd for each in split) == sold.gross_vnd
    for kind in DiscountKind:
        assert sum(each.off_vnd.get(kind, 0) for each in split) == sold.off_vnd.get(kind, 0)
    assert all(sum(each.off_vnd.values()) <= each.gross_vnd for each in split)


@given(agreed(), st.lists(st.integers(0, 3 * MILLION), max_size=8))
def test_a_months_bands_cost_the_same_in_any_number_of_sales(terms: AgreedTerms, sales: list[int]) -> None:
    """The bands are marginal: what all sales fill together is what one sale of their sum would."""
    filled, by_band = 0, {}
    for vnd in sales:
        for part_vnd, bp in split_over_bands(terms.bands, filled, vnd):
            by_band[bp] = by_band.get(bp, 0) + part_vnd
        filled += vnd
    whole: dict[int, int] = {}
    for part_vnd, bp in split_over_bands(terms.bands, 0, filled):
        whole[bp] = whole.get(bp, 0) + part_vnd
    assert by_band == whole


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(Fraction(1, 2), 1), (Fraction(3, 2), 2), (Fraction(149, 100), 1), (Fraction(0), 0)],
)
def test_a_half_counts_upwards(value: Fraction, rounded: int) -> None:
    assert round_half_up(value) == rounded


def test_12_million_in_two_bands() -> None:
    bands = (Band(0, 2_000), Band(10 * MILLION, 1_500))
    parts = split_over_bands(bands, 0, 12 * MILLION)
    assert parts == ((10 * MILLION, 2_000), (2 * MILLION, 1_500))
    assert parse_parts(format_parts(parts)) == parts
    assert parse_parts(format_parts(())) == ()


def test_a_lost_jar_costs_the_bands_that_the_month_had_reached() -> None:
    terms = AgreedTerms(1, Deal.CONSIGNMENT, (Band(0, 2_000), Band(MILLION, 1_000)))
    assert find_loss_worth(50_000, ONE, terms, 0).owed_vnd == 40_000
    assert find_loss_worth(50_000, ONE, terms, MILLION).owed_vnd == 45_000
    assert find_loss_worth(50_000, ONE, terms, MILLION - 25_000).owed_vnd == 42_500

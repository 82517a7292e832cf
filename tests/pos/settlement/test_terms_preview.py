"""What new terms change, said beforehand: which lots keep theirs, what a jar earns, when others take over."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.producers.models import Bearer, Deal, Producer, ProducerTerms, TermsBand
from pos.producers.terms import draft_terms, find_terms
from pos.producers.terms_in_words import describe_terms, list_steps, name_deal
from pos.settlement.lot_terms import change_lot_terms
from pos.settlement.terms_preview import EXAMPLE_VND, list_example, preview_terms
from pos.settlement.worth import WHOLE_BP
from tests.builders import FIRST, an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .account_steps import SEEN, agree, deliver, goods_under, sell

BEARERS = {"spoilage_borne_by": Bearer.PRODUCER, "markdown_borne_by": Bearer.SHOP}


def same(text: str) -> str:
    return text


def drafted(producer: Producer, **agreed: object) -> object:
    return draft_terms(producer, at=MORNING, **BEARERS | agreed)  # type: ignore[arg-type]


def test_a_jar_and_the_lots_that_keep_their_terms(any_shop: Shop) -> None:
    """From 20 % to 20 % and 15 % above 10 million: a jar of 100.000 earns 80.000, above it 85.000."""
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 50_000)
        an_open_shift(session)
        gone = deliver(session, product, 1, lot="L2")
        sell(session, (product, ONE), lot=gone)
    with open_reading() as session:
        new = drafted(
            producer, starts=TODAY - timedelta(days=3), deal=Deal.CONSIGNMENT, commission_bp=2_000, bands=[(10_000_000, 1_500)]
        )  # fmt: skip
        changes = preview_terms(session, new, TODAY, same)  # type: ignore[arg-type]
        assert changes.before is not None
        assert [vnd for _part, vnd in changes.before.example] == [80_000]
        assert [vnd for _part, vnd in changes.after.example] == [80_000, 85_000]
        assert [(row.lot.id, row.on_hand_milli) for row in changes.open_lots] == [(lot.id, 1_000 * ONE)]
        assert changes.open_lots[0].deal == "for a commission of 20 %"
        assert (changes.holds_from, changes.until) == (TODAY, None), "what came in already keeps its terms"
        assert find_terms(session, producer.id, TODAY).commission_bp == 2_000  # type: ignore[union-attr]
        assert session.query(TermsBand).count() == 0, "nothing is saved by looking"


def test_later_terms_take_over_and_a_lot_that_was_put_right_says_so(any_shop: Shop) -> None:
    later = TODAY + timedelta(days=20)
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 50_000)
        agree(session, producer, 1_000, starts=later)
        right = session.query(ProducerTerms).filter_by(producer_id=producer.id, starts=later).one()
        change_lot_terms(session, lot, right, "nhầm", approval=SEEN, by=MANAGER, at=MORNING)
    with open_reading() as session:
        new = drafted(producer, starts=TODAY + timedelta(days=5), deal=Deal.FIXED_PRICE, commission_bp=0)
        changes = preview_terms(session, new, TODAY, same)  # type: ignore[arg-type]
        assert changes.until == later
        assert changes.holds_from == TODAY + timedelta(days=5)
        assert list(changes.after.example) == []
        assert (changes.open_lots[0].deal, changes.open_lots[0].agreed_from) == (
            "for a commission of 10 %",
            later,
        )


RATES = st.lists(st.integers(0, WHOLE_BP), min_size=1, max_size=6)


@given(RATES)
def test_an_example_is_the_rest_of_the_commission_in_each_step(rates: list[int]) -> None:
    first, *above = rates
    terms = ProducerTerms(id=1, deal="consignment", commission_bp=first, starts=FIRST)
    bands = [TermsBand(from_vnd=(n + 1) * 10_000_000, commission_bp=bp) for n, bp in enumerate(above)]
    example = list_example(terms, bands, same)
    assert [vnd for _part, vnd in example] == [EXAMPLE_VND - EXAMPLE_VND * bp // WHOLE_BP for bp in rates]
    assert [part for part, _vnd in example] == [part for part, _rate in list_steps(terms, bands, same)]


def test_words_name_each_cost_once_and_nothing_where_all_is_the_shops() -> None:
    terms = ProducerTerms(
        deal="consignment", commission_bp=1250, spoilage_borne_by="producer", markdown_borne_by="shop", fee_borne_by="producer", starts=FIRST
    )  # fmt: skip
    bands = [TermsBand(from_vnd=10_000_000, commission_bp=1_000)]
    assert name_deal(terms, bands, same) == "for a commission of 12,5 %, above 10.000.000 ₫: 10 %"
    firm = ProducerTerms(deal="firm", commission_bp=0, starts=FIRST)
    assert describe_terms(firm, (), same).facts == []

"""The gate: each code at its boundary, and that no defect ever opens it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.admission.gate import Act, Goods, Policy, judge, stars_in_force, zone_of
from pos.admission.labels import REQUIRED, list_missing_entries
from pos.admission.models import PaperKind
from pos.catalog.models import GoodsClass, GoodsKind
from pos.law.paper_terms import latest_end
from pos.stock.models import Zone
from tests.builders import a_lot, a_paper, goods
from tests.conftest import TODAY

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
POLICY = Policy()
ALL = tuple(Act)


def with_paper(kind: PaperKind, **more: Any) -> Goods:
    """Good goods whose paper of one kind is changed."""
    whole = goods()
    return replace(whole, papers=tuple(replace(p, **more) if p.kind is kind else p for p in whole.papers))


def without_paper(kind: PaperKind) -> Goods:
    whole = goods()
    return replace(whole, papers=tuple(p for p in whole.papers if p.kind is not kind))


def alcohol(*papers: PaperKind, permille: int = 55) -> Goods:
    return goods(
        kind=GoodsKind.ALCOHOL, alcohol_permille=permille, papers=(*goods().papers, *map(a_paper, papers))
    )


BOTH_LICENCES = (PaperKind.ALCOHOL_LICENCE, PaperKind.SHOP_ALCOHOL_LICENCE)
OTHER_CLASSES = Policy(classes=frozenset(GoodsClass))

A_PART = goods(name="Kẹo lạc", price_vnd=None, zone=None)


def a_set(*parts: Goods, **more: Any) -> Goods:
    """A gift set of good components unless others are given; it has no papers of its own."""
    return goods(name="Set quà", kind=GoodsKind.KIT, papers=(), parts=parts or (A_PART,), **more)


CASES = {  # goods, the code expected (None: admitted), the acts that refuse
    "in order": (goods(), None, ALL),
    "a set": (a_set(), None, ALL),
    "a set without its parts' lots": (replace(a_set(), parts=()), "trace_broken", ALL),
    "a set of ended goods": (a_set(replace(A_PART, lot=a_lot(expires_on=YESTERDAY))), "expired", ALL),
    "a set with a stopped lot": (a_set(A_PART, replace(A_PART, lot=a_lot(held_because="dị vật"))), "recalled", ALL),
    "a set whose part has no certificate": (a_set(replace(A_PART, papers=())), "no_certificate", ALL),
    "a set without price": (a_set(price_vnd=None), "no_price", ALL),
    "other goods in an OCOP set": (a_set(replace(A_PART, goods_class=GoodsClass.SPECIALITY)), "wrong_zone", ALL),
    "no recognition": (without_paper(PaperKind.RECOGNITION), "no_certificate", ALL),
    "two stars": (with_paper(PaperKind.RECOGNITION, stars=2), "too_few_stars", ALL),
    "three stars": (with_paper(PaperKind.RECOGNITION, stars=3), None, ALL),
    "no stars written": (with_paper(PaperKind.RECOGNITION, stars=None), "too_few_stars", ALL),
    "certificate's last day": (with_paper(PaperKind.RECOGNITION, ends=TODAY), None, ALL),
    "the day after": (with_paper(PaperKind.RECOGNITION, ends=YESTERDAY), "certificate_ended", ALL),
    "certificate's first day": (with_paper(PaperKind.RECOGNITION, starts=TODAY), None, ALL),
    "the day before": (with_paper(PaperKind.RECOGNITION, starts=TOMORROW), "certificate_not_yet", ALL),
    "withdrawn today": (with_paper(PaperKind.RECOGNITION, revoked_on=TODAY), "certificate_revoked", ALL),
    "withdrawn from tomorrow": (with_paper(PaperKind.RECOGNITION, revoked_on=TOMORROW), None, ALL),
    "another maker's paper": (with_paper(PaperKind.RECOGNITION, producer_id=2), "certificate_other_product", ALL),
    "another name": (with_paper(PaperKind.RECOGNITION, name_written="Kẹo lạc"), "certificate_other_product", ALL),
    "a shorter name": (with_paper(PaperKind.RECOGNITION, name_written="CHÈ LAM"), None, ALL),
    "class not on the list": (goods(goods_class=GoodsClass.SPECIALITY), "class_not_admitted", ALL),
    "no food safety": (without_paper(PaperKind.FOOD_SAFETY), "no_food_safety", ALL),
    "food safety's last day": (with_paper(PaperKind.FOOD_SAFETY, ends=TODAY), None, ALL),
    "food safety ended": (with_paper(PaperKind.FOOD_SAFETY, ends=YESTERDAY), "food_safety_ended", ALL),
    "food safety withdrawn": (with_paper(PaperKind.FOOD_SAFETY, revoked_on=TODAY), "food_safety_ended", ALL),
    "no declaration": (without_paper(PaperKind.DECLARATION), "no_declaration", ALL),
    "declaration ended": (with_paper(PaperKind.DECLARATION, ends=YESTERDAY), "no_declaration", ALL),
    "alcohol with both licences": (alcohol(*BOTH_LICENCES), None, ALL),
    "alcohol without the maker's": (alcohol(PaperKind.SHOP_ALCOHOL_LICENCE), "no_licence", ALL),
    "alcohol without the shop's": (alcohol(PaperKind.ALCOHOL_LICENCE), "no_licence", ALL),
    "under 5.5 degrees": (alcohol(permille=54), None, ALL),
    "banned": (goods(banned=True), "banned", ALL),
    "label": (goods(missing_label_entries=("origin",)), "label_incomplete", (Act.TAG, Act.SHELVE, Act.SELL)),
    "no lot": (goods(lot=None), "no_lot", ALL),
    "blank lot number": (goods(lot=a_lot(number=" ")), "no_lot", ALL),
    "lot without maker": (goods(lot=a_lot(producer_id=None)), "no_origin", ALL),
    "lot without made-on": (goods(lot=a_lot(made_on=None)), "no_origin", ALL),
    "lot without place": (goods(lot=a_lot(origin_place="")), "no_origin", ALL),
    "lot without note": (goods(lot=a_lot(delivery_note="")), "no_origin", ALL),
    "chain broken": (goods(lot=a_lot(chain_whole=False)), "trace_broken", ALL),
    "expiry day itself": (goods(lot=a_lot(expires_on=TODAY)), None, ALL),
    "day after expiry": (goods(lot=a_lot(expires_on=YESTERDAY)), "expired", ALL),
    "no expiry": (goods(lot=a_lot(expires_on=None)), "no_expiry", ALL),
    "lot stopped": (goods(lot=a_lot(held_because="phồng")), "recalled", ALL),
    "product stopped": (goods(held_because="phồng"), "recalled", ALL),
    "no price": (goods(price_vnd=None), "no_price", ALL),
    "shelf shows less": (goods(shelf_price_vnd=44_999), "not_shelf_price", (Act.SELL,)),
    "shelf shows the same": (goods(shelf_price_vnd=45_000), None, ALL),
    "one more than there is": (goods(asked_milli=10_001), "not_on_hand", (Act.SELL,)),
    "the last one": (goods(asked_milli=10_000), None, ALL),
    "wrong zone": (goods(zone=Zone.OTHER), "wrong_zone", ALL),
    "store room": (goods(zone=Zone.STORE), None, ALL),
    "maker suspended": (goods(producer_suspended=True), "producer_suspended", ALL),
    "unknown": (goods(known=False), "unknown_code", ALL),
}  # fmt: skip


@pytest.mark.parametrize("act", ALL)
@pytest.mark.parametrize(("case", "code", "acts"), CASES.values(), ids=CASES)
def test_each_code_at_its_boundary(case: Goods, code: str | None, acts: tuple[Act, ...], act: Act) -> None:
    codes = {reason.code for reason in judge(case, act, POLICY, TODAY).refusals}
    if code is None:
        assert codes == set()
    elif act in acts:
        assert code in codes
    else:
        assert code not in codes


def test_the_table_has_every_code_of_the_gate() -> None:
    from pos.admission.reasons import GATE

    assert {code for _, code, _ in CASES.values() if code} == set(GATE)


KINDS = {  # kind: the codes that bare goods of it are refused for
    GoodsKind.PACKAGED_FOOD: {"no_food_safety", "no_declaration", "no_expiry", "no_lot"},
    GoodsKind.FRESH_FOOD: {"no_food_safety", "no_expiry", "no_lot"},
    GoodsKind.ALCOHOL: {"no_food_safety", "no_declaration", "no_licence", "no_lot"},
    GoodsKind.FUNCTIONAL_FOOD: {"no_food_safety", "no_declaration", "no_expiry", "no_lot"},
    GoodsKind.COSMETIC: {"no_declaration", "no_expiry", "no_lot"},
    GoodsKind.CRAFT: {"no_lot"},
    GoodsKind.LIVE_ANIMAL: {"no_food_safety", "no_lot"},
    GoodsKind.SERVICE: set(),
    GoodsKind.KIT: {"no_lot", "trace_broken"},  # its parts are what it needs
}


@pytest.mark.parametrize("kind", GoodsKind)
def test_what_each_kind_of_goods_needs(kind: GoodsKind) -> None:
    recognised = (a_paper(),)
    bare = goods(kind=kind, papers=recognised, lot=None, alcohol_permille=300)
    with_lot = replace(bare, lot=a_lot(expires_on=None))
    output = judge(bare, Act.SELL, POLICY, TODAY).refusals + judge(with_lot, Act.SELL, POLICY, TODAY).refusals
    assert {reason.code for reason in output} == KINDS[kind]


def test_other_classes_need_their_own_paper_and_stand_apart() -> None:
    speciality = goods(goods_class=GoodsClass.SPECIALITY, zone=Zone.OTHER)
    assert {r.code for r in judge(speciality, Act.SELL, OTHER_CLASSES, TODAY).refusals} == {"no_certificate"}
    approved = replace(speciality, papers=(*speciality.papers, a_paper(PaperKind.SPECIALITY)))
    assert judge(approved, Act.SELL, OTHER_CLASSES, TODAY).admitted
    assert zone_of(GoodsClass.SPECIALITY) is Zone.OTHER


def test_a_renewed_certificate_stands_in_for_the_ended_one() -> None:
    old, new = a_paper(ends=YESTERDAY, number="old"), a_paper(starts=TODAY, number="new", stars=5)
    renewed = goods(papers=(old, new, *goods().papers[1:]))
    assert judge(renewed, Act.SELL, POLICY, TODAY).admitted
    assert stars_in_force(renewed, TODAY) == 5
    assert stars_in_force(renewed, YESTERDAY) == 4


def test_of_several_faulty_papers_the_least_faulty_is_named() -> None:
    ended, hopeless = (
        a_paper(ends=YESTERDAY, number="A"),
        a_paper(ends=YESTERDAY, stars=1, producer_id=9, number="B"),
    )
    (reason,) = judge(goods(papers=(hopeless, ended, *goods().papers[1:])), Act.SELL, POLICY, TODAY).refusals
    assert (reason.code, reason.facts["number"]) == ("certificate_ended", "A")


def test_warnings_never_refuse() -> None:
    soon = with_paper(PaperKind.RECOGNITION, ends=TODAY + timedelta(days=30))
    verdict = judge(soon, Act.SELL, POLICY, TODAY)
    assert verdict.admitted
    assert {w.code for w in verdict.warnings} == {"certificate_ends_soon", "expires_soon"}
    assert [w.code for w in judge(goods(lot=a_lot(expires_on=TODAY)), Act.SELL, POLICY, TODAY).warnings] == ["expires_today"]  # fmt: skip
    assert not judge(
        goods(lot=a_lot(expires_on=TODAY + timedelta(days=31))), Act.SELL, POLICY, TODAY
    ).warnings


def test_shelf_price_is_only_the_policys_affair() -> None:
    lenient = Policy(sell_only_at_shelf_price=False)
    assert judge(goods(shelf_price_vnd=1), Act.SELL, lenient, TODAY).admitted


DEFECTS = {
    "banned": {"banned": True}, "suspended": {"producer_suspended": True}, "held": {"held_because": "x"},
    "unpriced": {"price_vnd": None}, "unlabelled": {"missing_label_entries": ("name",)}, "no papers": {"papers": ()},
    "no lot": {"lot": None}, "wrong zone": {"zone": Zone.OTHER}, "asks too much": {"asked_milli": 99_999},
    "class": {"goods_class": GoodsClass.CNCL}, "unknown": {"known": False},
}  # fmt: skip
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
papers = st.lists(
    st.builds(
        a_paper,
        st.sampled_from(PaperKind),
        starts=days,
        ends=st.one_of(st.none(), days),
        stars=st.integers(1, 5),
    ),
    max_size=6,
).map(tuple)
any_goods = st.builds(
    goods, kind=st.sampled_from(GoodsKind), papers=papers, banned=st.booleans(), alcohol_permille=st.integers(0, 400),
    lot=st.one_of(st.none(), st.builds(a_lot, expires_on=st.one_of(st.none(), days))), zone=st.sampled_from(Zone),
    price_vnd=st.one_of(st.none(), st.integers(1, 10**6)), asked_milli=st.integers(0, 20_000),
)  # fmt: skip


@given(any_goods, st.sampled_from(Act), days, st.sampled_from(sorted(DEFECTS)))
def test_adding_a_defect_never_turns_refused_into_admitted(
    several: Goods, act: Act, on: date, defect: str
) -> None:
    before = judge(several, act, POLICY, on)
    after = judge(replace(several, **DEFECTS[defect]), act, POLICY, on)
    assert before.admitted or not after.admitted


@given(any_goods, st.sampled_from(Act), days)
def test_the_gate_is_total_and_says_each_reason_with_its_facts(several: Goods, act: Act, on: date) -> None:
    from pos.admission.reasons import GATE

    for reason in judge(several, act, POLICY, on).refusals:
        assert reason.code in GATE


def test_how_long_a_paper_is_good() -> None:
    assert latest_end(PaperKind.RECOGNITION, date(2025, 3, 5), None, date(2025, 3, 5)) == date(2028, 3, 5)
    assert latest_end(PaperKind.RECOGNITION, date(2024, 2, 29), None, date(2024, 2, 29)) == date(2027, 2, 28)
    assert latest_end(PaperKind.CNNTTB, date(2025, 7, 1), None, date(2025, 7, 1)) == date(2028, 12, 31)
    assert latest_end(PaperKind.TEST_REPORT, date(2025, 7, 1), None, date(2025, 7, 1)) is None


def test_mandatory_label_entries() -> None:
    assert list_missing_entries(GoodsKind.CRAFT, "name responsible") == ("origin",)
    assert list_missing_entries(GoodsKind.FRESH_FOOD, "") == ()
    assert list_missing_entries(GoodsKind.COSMETIC, " ".join(REQUIRED[GoodsKind.COSMETIC])) == ()

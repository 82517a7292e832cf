"""Tags: what they may say, when they become untrue, and that the list is what the books say, by another's reckoning."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pos.admission.gate import Act
from pos.admission.goods import GoodsQuery, judge_goods
from pos.admission.models import Paper, PaperCover, PaperKind
from pos.admission.papers import mark_revoked
from pos.catalog.models import Product
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.maintenance.verify import verify_books
from pos.pricing.bulk import set_prices
from pos.pricing.models import ShelfPrice
from pos.pricing.prices import find_shelf_price, set_price
from pos.stock.lots import place_hold
from pos.stock.models import Lot, OnHand
from pos.tags.content import list_tag_contents
from pos.tags.models import Design, Tag, TagBatch
from pos.tags.print_tags import get_tag, print_tags
from pos.tags.shelf import hang_tag, note_seen_tag, note_taken_down
from pos.tags.truth import find_truth, list_changed_products, list_untruths
from tests.builders import priced, print_all
from tests.conftest import MANAGER, MORNING, TODAY, Shop


def test_every_shelf_is_true_at_first(tagged: Shop) -> None:
    with open_reading() as session:
        found = find_truth(session, TODAY)
        assert (len(found.untrue), len(found.missing), found.true_bp) == (0, 0, 10_000)
        assert verify_books(session) == []


def test_a_price_rise_an_ended_paper_and_a_recall_make_the_list(tagged: Shop) -> None:
    """Must show 1: the list is what plain SQL says, written without a look at the rules."""
    with unit_of_work() as session:
        hanging = find_truth(session, TODAY).hanging
        risen = [item.tag.product_id for item in hanging[:12]]
        prices = {item.tag.product_id: item.tag.price_vnd for item in hanging}
        set_prices(
            session,
            [(id_, prices[id_] + 1000) for id_ in risen],
            starts=TODAY,
            note="",
            by=MANAGER,
            at=MORNING,
        )
        stopped = hanging[20].tag.product_id
        place_hold(session, product_id=stopped, reason="phồng", by=MANAGER, at=MORNING)
    ended = end_one_certificate(tagged, not_of={*risen, stopped})
    with open_reading() as session:
        found = find_truth(session, TODAY)
        assert {item.tag.id: set(item.why) for item in found.untrue} == by_plain_sql(session)
        assert {item.tag.product_id for item in found.untrue} == {*risen, stopped, *ended}
        assert {item.tag.product_id for item in found.untrue if item.needs_taking_down} == {stopped, *ended}
        assert set(list_changed_products(found)) == set(risen)


def end_one_certificate(shop: Shop, not_of: set[int]) -> list[int]:
    """The paper of one product is revoked as of today; the products that it named."""
    with unit_of_work() as session:
        named = session.execute(
            select(Paper.id, PaperCover.product_id)
            .join(PaperCover, PaperCover.paper_id == Paper.id)
            .join(Tag, Tag.product_id == PaperCover.product_id)
            .where(Paper.kind == PaperKind.RECOGNITION, PaperCover.product_id.not_in(not_of))
            .order_by(Paper.id.desc())
        ).first()
        assert named is not None
        mark_revoked(
            session, session.get_one(Paper, named[0]), on=TODAY, decision="QĐ thử", by=MANAGER, at=MORNING
        )
        return list(session.scalars(select(PaperCover.product_id).where(PaperCover.paper_id == named[0])))


PLAIN = text("""
WITH price_now AS (
  SELECT p.product_id, p.price_vnd FROM price p
  WHERE p.id = (SELECT q.id FROM price q WHERE q.product_id = p.product_id AND q.starts <= :on ORDER BY q.starts DESC, q.id DESC LIMIT 1)
), paper_now AS (
  SELECT c.product_id FROM paper_cover c JOIN paper p ON p.id = c.paper_id
  WHERE p.kind = 'recognition' AND (p.starts IS NULL OR p.starts <= :on) AND (p.ends IS NULL OR p.ends >= :on)
    AND (p.revoked_on IS NULL OR p.revoked_on > :on)
), held AS (
  SELECT h.product_id FROM hold h WHERE h.product_id IS NOT NULL AND h.releases_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM hold r WHERE r.releases_id = h.id)
)
SELECT t.id, CASE
  WHEN t.product_id IN (SELECT product_id FROM held) THEN 'stopped'
  WHEN d.kind <> 'kit' AND t.product_id NOT IN (SELECT product_id FROM paper_now) AND d.goods_class = 'ocop' THEN 'stopped'
  WHEN t.price_vnd <> n.price_vnd THEN 'price' END AS why
FROM tag t JOIN product d ON d.id = t.product_id JOIN price_now n ON n.product_id = t.product_id
""")


def by_plain_sql(session: Session) -> dict[int, set[str]]:
    return {row.id: {row.why} for row in session.execute(PLAIN, {"on": TODAY}) if row.why}


def test_a_new_tag_hung_up_takes_the_old_ones_place(tagged: Shop) -> None:
    with unit_of_work() as session:
        product = session.get_one(Product, 1)
        set_price(session, product, 99_000, starts=TODAY, by=MANAGER, at=MORNING)
        (old,) = find_truth(session, TODAY).untrue
        ((new, _),) = print_all(session, [1], key="new").tags
        (waiting,) = find_truth(session, TODAY).untrue
        assert (waiting.tag.id, waiting.ready) == (old.tag.id, new.id)
        assert list_changed_products(find_truth(session, TODAY)) == []  # printed already
        assert note_seen_tag(session, get_tag(session, old.tag.id), by=MANAGER, at=MORNING) == ("price",)
        assert note_seen_tag(session, new, by=MANAGER, at=MORNING) == ()
        assert find_truth(session, TODAY).untrue == []
        assert session.scalars(select(ShelfPrice.price_vnd).order_by(ShelfPrice.id.desc())).first() == 99_000


def test_a_price_of_tomorrow_is_tagged_today_and_true_tomorrow(tagged: Shop) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with unit_of_work() as session:
        set_price(session, session.get_one(Product, 1), 99_000, starts=tomorrow, by=MANAGER, at=MORNING)
        ((new, _),) = print_all(session, [1], key="tomorrow", starts=tomorrow).tags
        assert new.price_vnd == 99_000
        assert note_seen_tag(session, new, by=MANAGER, at=MORNING) == ("early", "price")
        assert find_truth(session, TODAY).untrue == []
        (gone,) = [item for item in find_truth(session, tomorrow).untrue if item.tag.product_id == 1]
        assert (gone.why, gone.ready) == (("price",), new.id)
        hang_tag(session, [new], by=MANAGER, at=MORNING)
        assert session.scalars(select(ShelfPrice.price_vnd).order_by(ShelfPrice.id.desc())).first() == 99_000
        assert not [item for item in find_truth(session, tomorrow).untrue if item.tag.product_id == 1]


def test_the_gate_gives_no_tag_to_what_may_not_be_sold(village: Shop) -> None:
    with unit_of_work() as session:
        printed = print_all(session)
        inadmissible = {
            id_
            for id_, says in list_tag_contents(
                session, [p.id for p in session.scalars(select(Product))], TODAY
            ).items()
            if says.refusals
        }
        assert inadmissible
        assert len(printed.refused) >= len(inadmissible)
        assert not inadmissible & {tag.product_id for tag, _ in printed.tags}
        with pytest.raises(Refused):
            print_all(session, sorted(inadmissible)[:3], key="none")
        assert all(
            tag.stars == 0
            for tag, says in printed.tags
            if session.get_one(Product, tag.product_id).goods_class != "ocop"
        )


def test_the_same_request_twice_is_one_batch_and_the_same_tag_again_a_reprint(tagged: Shop) -> None:
    with unit_of_work() as session:
        first, again, other = (
            print_all(session, [1, 2], key="k"),
            print_all(session, [1, 2], key="k"),
            print_all(session, [1], key="l"),
        )
        assert first.batch.id == again.batch.id
        assert [tag.id for tag, _ in first.tags] == [tag.id for tag, _ in again.tags]
        assert all(tag.is_reprint for tag, _ in (*first.tags, *other.tags))
        assert session.scalars(select(Tag.is_reprint).where(Tag.batch_id == 1)).all().count(True) == 0
        assert len(session.scalars(select(TagBatch)).all()) == 3


def test_a_replaced_tag_does_not_come_back_when_the_newer_one_goes(tagged: Shop) -> None:
    """Or its cheaper price would be the shelf's again, and the till would sell at it."""
    with unit_of_work() as session:
        old = find_truth(session, TODAY).hanging[0].tag
        product = session.get_one(Product, old.product_id)
        set_price(session, product, old.price_vnd + 20_000, starts=TODAY, by=MANAGER, at=MORNING)
        ((new, _says),) = print_all(session, [product.id], key="dearer").tags
        hang_tag(session, [new], by=MANAGER, at=MORNING)
        assert find_shelf_price(session, product.id) == new.price_vnd
        note_taken_down(session, new, by=MANAGER, at=MORNING)
        assert find_shelf_price(session, product.id) is None
        found = find_truth(session, TODAY)
        assert product.id not in {item.tag.product_id for item in found.hanging}
        assert [item.saying.product_id for item in found.missing] == [product.id]


def test_what_was_taken_down_is_missing(tagged: Shop) -> None:
    with unit_of_work() as session:
        tag = find_truth(session, TODAY).hanging[0].tag
        note_taken_down(session, get_tag(session, tag.id), by=MANAGER, at=MORNING)
        found = find_truth(session, TODAY)
        assert [item.saying.product_id for item in found.missing] == [tag.product_id]
        assert found.true_bp < 10_000


def test_each_thing_that_a_tag_says_can_become_untrue(tagged: Shop) -> None:
    with open_reading() as session:
        tag = find_truth(session, TODAY).hanging[0].tag
        now = list_tag_contents(session, [tag.product_id], TODAY)[tag.product_id]
    assert list_untruths(tag, now, TODAY) == ()
    other: dict[str, tuple[str, object]] = {
        "price": ("price_vnd", 1), "name": ("name", "x"), "certificate": ("certificate", "x"), "stars": ("stars", 1),
        "zone": ("zone", "other"), "moved": ("place_id", 99), "maker": ("maker", "x"), "code": ("code", "x"),
    }  # fmt: skip
    for code, (field, value) in other.items():
        assert list_untruths(tag, replace(now, **{field: value}), TODAY) == (code,)  # type: ignore[arg-type]
    assert list_untruths(tag, replace(now, certificate_ends=date(2031, 1, 1)), TODAY) == ("certificate",)
    assert list_untruths(tag, None, TODAY) == ("not_sold",)


def test_a_recalled_lot_leaves_the_tag_while_another_is_admissible(tagged: Shop) -> None:
    with unit_of_work() as session:
        lots = session.scalars(select(Lot).where(Lot.product_id == 1)).all()
        for lot in lots[:-1]:
            place_hold(session, lot_id=lot.id, reason="x", by=MANAGER, at=MORNING)
        assert not [item for item in find_truth(session, TODAY).untrue if item.tag.product_id == 1]
        place_hold(session, lot_id=lots[-1].id, reason="x", by=MANAGER, at=MORNING)
        assert [item.why for item in find_truth(session, TODAY).untrue if item.tag.product_id == 1] == [
            ("stopped",)
        ]


def ask(session: Session, product_id: int) -> set[str]:
    """What the till says of one piece: the codes of the gate."""
    lot = session.scalars(
        select(Lot).join(OnHand).where(Lot.product_id == product_id, OnHand.quantity_milli > 0)
    ).first()
    assert lot is not None
    place = session.scalars(
        select(OnHand.place_id).where(OnHand.lot_id == lot.id, OnHand.quantity_milli > 0)
    ).first()
    (verdict,) = judge_goods(session, [GoodsQuery(product_id, lot.id, place, 1000)], Act.SELL, TODAY)
    return {reason.code for reason in verdict.refusals}


def test_the_till_asks_no_more_than_any_tag_that_hangs(tagged: Shop) -> None:
    """Whether it is true, early or replaced: the lowest that a buyer can point at; none hangs, none binds."""
    tomorrow = TODAY + timedelta(days=1)
    with unit_of_work() as session:
        product = session.get_one(Product, 1)
        set_price(session, product, 35_000, starts=tomorrow, by=MANAGER, at=MORNING)
        ((early, _),) = print_all(session, [1], key="early", starts=tomorrow).tags
        hang_tag(session, [early], by=MANAGER, at=MORNING)
        assert ask(session, 1) == {"not_shelf_price"}
        note_taken_down(session, early, by=MANAGER, at=MORNING)
        first = session.scalars(select(Tag).where(Tag.product_id == 1)).first()
        assert note_seen_tag(session, first, by=MANAGER, at=MORNING) == ()
        assert ask(session, 1) == set()
        assert first.id in {item.tag.id for item in find_truth(session, TODAY).hanging}
        set_price(session, product, 60_000, starts=TODAY, by=MANAGER, at=MORNING)
        assert ask(session, 1) == {"not_shelf_price"}
        note_taken_down(session, first, by=MANAGER, at=MORNING)
        assert ask(session, 1) == set()


def test_a_rise_set_for_tomorrow_and_hung_today_sells_on_both_days(tagged: Shop) -> None:
    with unit_of_work() as session:
        tomorrow = TODAY + timedelta(days=1)
        priced(session, 1, 99_000, starts=tomorrow)
        ((early, _),) = print_all(session, [1], key="early", starts=tomorrow).tags
        hang_tag(session, [early], by=MANAGER, at=MORNING)
        assert ask(session, 1) == set()
        assert session.scalars(select(ShelfPrice.price_vnd).order_by(ShelfPrice.id.desc())).first() == 99_000


def test_a_lots_label_asks_for_that_lot(tagged: Shop) -> None:
    with unit_of_work() as session:
        bad, *_good = session.scalars(
            select(Lot).join(OnHand).where(Lot.product_id == 1, OnHand.quantity_milli > 0)
        ).all()
        place_hold(session, lot_id=bad.id, reason="phồng", by=MANAGER, at=MORNING)
        with pytest.raises(Refused, match="recalled"):
            print_tags(
                session,
                [1],
                Design.LOT,
                about="x",
                output="x",
                key="lot",
                lot_id=bad.id,
                by=MANAGER,
                at=MORNING,
            )

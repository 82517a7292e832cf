"""A delivery is received in parts, put aside and gone on with; the deal is asked with the first one; days typed any way."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import ClassVar

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from pos.admission.default_place import find_default_place
from pos.admission.models import Paper, PaperKind
from pos.admission.papers import save_paper
from pos.catalog.models import GoodsClass, Product
from pos.kernel.clock import add_months
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.parsers import is_day_and_month, read_day, read_latest_day, read_nearest_day
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer, ProducerTerms
from pos.producers.terms import find_terms, save_producer
from pos.shop.models import get_shop
from pos.stock.models import Lot, OnHand, Place, Zone
from pos.storeroom.checks import save_check
from pos.storeroom.drafts import list_drafts, read_draft, split_fields
from pos.storeroom.models import QualityCheck, ReceivingDraft
from tests.builders import a_maker, a_product
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.web.test_deliveries import Door, a_note, line
from tests.web.test_papers_desk import a_pdf, a_photo


@pytest.fixture
def door(village: Shop) -> Door:
    return Door(village)


def drafts() -> list[ReceivingDraft]:
    with open_reading() as session:
        return list(list_drafts(session))


def tokens(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="([\w-]+-kept)" value="([^"]+)"', page))


def test_a_delivery_is_put_aside_with_all_that_was_typed_and_gone_on_with(door: Door) -> None:
    with unit_of_work() as session:
        check_id = save_check(session, QualityCheck(name="Bao bì nguyên vẹn"), by=MANAGER, at=MORNING).id
    odd = line(1, door.products[1], "T1") | {"lines-1-expires_on": "hôm nào", "lines-1-quantity_milli": ""}
    typed = a_note(line(0, door.products[0], "T0", place_id="3"), odd) | {f"lines-0-check-{check_id}": "bad"}
    files = {"scan": (BytesIO(a_pdf()), "phieu.pdf"), "lines-0-photo": (BytesIO(a_photo()), "anh.jpg")}
    sent = door.boss.post(door.address, data=typed | files | {"draft": "1", "delivery_note": "PG-dở"})
    assert sent.location == "/receiving"
    (draft,) = drafts()
    listed = door.boss.get("/receiving").text
    address = re.search(rf'href="({door.address}\?goes_on={draft.id})"', listed).group(1)  # type: ignore[union-attr]
    page = door.boss.get(address).text
    for text in ('value="PG-dở"', 'value="hôm nào"', 'value="T0"', "phieu.pdf", "anh.jpg"):
        assert text in page
    assert re.search(r'value="bad" checked', page)
    assert set(tokens(page)) == {"scan-kept", "lines-0-photo-kept"}
    good = a_note(line(0, door.products[0], "T0")) | {f"lines-0-check-{check_id}": "good"}
    done = door.boss.post(address, data=good | tokens(page) | {"save": "1"})
    assert done.status_code == 302
    assert not drafts()
    assert door.on_hand() == {"T0": 5}
    assert "phieu.pdf" in door.boss.get(done.location).text
    assert door.boss.get(address).status_code == 404, "it came in"
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_is_ready_comes_in_and_the_rest_waits(door: Door) -> None:
    with unit_of_work() as session:
        check_id = save_check(session, QualityCheck(name="Bao bì nguyên vẹn"), by=MANAGER, at=MORNING).id
    ended = line(1, door.products[1], "T1", ends=TODAY - timedelta(days=1))
    unread = line(2, door.products[2], "T2") | {"lines-2-made_on": "99/99/2026"}
    lines = [line(0, door.products[0], "T0"), ended, unread, line(3, door.products[4], "T5")]
    checks = {f"lines-{n}-check-{check_id}": "good" for n in (0, 1, 2)}
    typed = a_note(*lines) | checks
    page = door.boss.post(door.address, data=typed | {"save": "1"}).text
    assert 'name="rest"' in page
    photo = {"lines-1-photo": (BytesIO(a_photo()), "mot.jpg")}
    done = door.boss.post(door.address, data=typed | photo | {"rest": "1"})
    assert "/receiving/" in done.location
    assert door.on_hand() == {"T0": 5}, "T5 wasn't looked at"
    (draft,) = drafts()
    fields, files = read_draft(draft)
    lots = {name: value for name, value in fields if name.endswith("lot_number")}
    assert lots == {"lines-0-lot_number": "T1", "lines-1-lot_number": "T2", "lines-2-lot_number": "T5"}
    assert list(files) == ["lines-0-photo"]
    assert dict(fields)["delivery_note"] == "PG-7"


def hidden(page: str) -> dict[str, str]:
    """What a page sends besides the boxes: its own key, and which draft it shows."""
    return {name: value for name in ("once", "draft_mark") if (value := "".join(re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)[:1]))}  # fmt: skip


def test_what_is_ready_comes_in_once_however_many_old_pages_are_open(door: Door) -> None:
    """The second press on an old page is refused in words: the same page again, the same with more typed, another page of the draft."""
    ready = line(0, door.products[0], "T0")
    unread = line(1, door.products[1], "T1") | {"lines-1-made_on": "99/99/2026"}
    first = a_note(ready, unread) | hidden(door.boss.get(door.address).text)
    page = door.boss.post(door.address, data=first | {"save": "1"}).text
    assert hidden(page)["once"] == first["once"]
    done = door.boss.post(door.address, data=first | {"rest": "1"})
    again = door.boss.post(door.address, data=first | {"rest": "1"}, follow_redirects=True)
    assert again.request.path == done.location
    assert "không nhập lần hai" in again.text
    mended = door.boss.post(door.address, data=first | line(1, door.products[1], "T1") | {"save": "1"})
    assert "đã gửi rồi" in mended.text
    assert door.on_hand() == {"T0": 5}
    (draft,) = drafts()

    address = f"{door.address}?goes_on={draft.id}"
    pages = [hidden(door.boss.get(address).text) for _tab in range(2)]
    assert pages[0]["once"] != pages[1]["once"]
    two = a_note(
        line(0, door.products[1], "T1"), line(1, door.products[2], "T2") | {"lines-1-made_on": "99/99/2026"}
    )
    assert door.boss.post(address, data=two | pages[0] | {"rest": "1"}).status_code == 302
    for button in ("rest", "save", "draft"):
        old = door.boss.post(address, data=two | pages[1] | {button: "1"})
        if button != "save":
            assert "ở trang khác" in old.text
        assert hidden(old.text) == pages[1], "the page stays an old one"
    assert door.on_hand() == {"T0": 5, "T1": 5}
    (left,) = drafts()
    assert "T1" not in left.typed
    with open_reading() as session:
        assert verify_books(session) == []


def test_nothing_ready_is_nothing_received(door: Door) -> None:
    typed = a_note(line(0, door.products[0], "T0", pieces=""))
    page = door.boss.post(door.address, data=typed | {"rest": "1"})
    assert page.status_code == 200
    assert 'value="T0"' in page.text
    assert door.on_hand() == {}
    assert not drafts()


def test_a_draft_belongs_to_its_producer_and_is_thrown_away_once(door: Door) -> None:
    door.boss.post(door.address, data=a_note(line(0, door.products[0], "T0")) | {"draft": "1"})
    (draft,) = drafts()
    with unit_of_work() as session:
        other = a_maker(session, "Hộ khác mẫu").id
    assert door.boss.get(f"/receiving/new/{other}?goes_on={draft.id}").status_code == 404
    assert door.boss.get(f"{door.address}?goes_on=999").status_code == 404
    assert door.shop.client("producer").post(f"/receiving/drafts/{draft.id}/discard").status_code == 403
    assert door.boss.post(f"/receiving/drafts/{draft.id}/discard").status_code == 302
    assert door.boss.post(f"/receiving/drafts/{draft.id}/discard").status_code == 404


def test_a_pin_is_in_no_draft(door: Door) -> None:
    with unit_of_work() as session:
        get_shop(session).cashiers_receive = True
    cashier = door.shop.client("cashier")
    typed = a_note(line(0, door.products[0], "T0")) | {"login": "quan-ly-mau", "pin": "246813", "draft": "1"}
    assert cashier.post(door.address, data=typed).location == "/receiving"
    (draft,) = drafts()
    assert "246813" not in draft.typed
    with unit_of_work() as session:
        session.get_one(ReceivingDraft, draft.id)
        get_shop(session).cashiers_receive = False
    assert cashier.get(f"{door.address}?goes_on={draft.id}").status_code == 403


@pytest.mark.parametrize("names", [[], ["lines-0"], ["lines-7", "lines-1"]])
def test_lines_are_numbered_anew(names: list[str]) -> None:
    fields = [("delivery_note", "x"), *((f"lines-{n}-lot_number", f"L{n}") for n in (0, 1, 7)), ("lines-17-lot_number", "L17")]  # fmt: skip
    rest = dict(split_fields(fields, names))
    assert rest.pop("delivery_note") == "x"
    assert rest == {f"lines-{n}-lot_number": f"L{name.split('-')[1]}" for n, name in enumerate(names)}


class TestTheDeal:
    """What the producer gets is asked with the first delivery."""

    DEAL: ClassVar = {
        "deal-deal": "consignment", "deal-commission_bp": "15", "deal-spoilage_borne_by": "shop", "deal-markdown_borne_by": "producer",
    }  # fmt: skip

    @pytest.fixture
    def stranger(self, door: Door) -> tuple[FlaskClient, str, Product]:
        """A producer without terms whose product may be received."""
        with unit_of_work() as session:
            maker = save_producer(
                session, Producer(name="Hộ chưa thỏa thuận", address="thôn mẫu"), by=MANAGER, at=MORNING
            )
            issued = TODAY - timedelta(days=100)
            paper = Paper(kind=PaperKind.FOOD_SAFETY, number="ATTP-9", issued=issued, producer_id=maker.id)
            save_paper(session, paper, [], by=MANAGER, at=MORNING)
            product = a_product(session, maker, 990, name="Kẹo mới")
            return door.boss, f"/receiving/new/{maker.id}", product

    def test_it_is_asked_and_the_lot_keeps_it(self, stranger: tuple[FlaskClient, str, Product]) -> None:
        boss, address, product = stranger
        assert 'name="deal-deal"' in boss.get(address).text
        typed = a_note(line(0, product, "T0"))
        for odd in ({}, self.DEAL | {"deal-commission_bp": ""}, self.DEAL | {"deal-deal": "zzz"}):
            page = boss.post(address, data=typed | odd)
            assert page.status_code == 200, odd
            assert re.search(r'id="deal-\w+-no"', page.text), odd
        assert boss.post(address, data=typed | self.DEAL).status_code == 302
        with open_reading() as session:
            lot = session.scalars(select(Lot).where(Lot.product_id == product.id)).one()
            assert lot.terms_id is not None
            terms = session.get_one(ProducerTerms, lot.terms_id)
            assert (terms.deal, terms.commission_bp, terms.markdown_borne_by) == (
                "consignment",
                1500,
                "producer",
            )
        assert 'name="deal-deal"' not in boss.get(address).text

    def test_it_may_be_left_for_later_and_today_says_so(
        self, stranger: tuple[FlaskClient, str, Product]
    ) -> None:
        boss, address, product = stranger
        assert (
            boss.post(address, data=a_note(line(0, product, "T0")) | {"deal-deal": "later"}).status_code
            == 302
        )
        with open_reading() as session:
            assert find_terms(session, product.producer_id, TODAY) is None
        assert "Hộ chưa thỏa thuận" in boss.get("/today").text

    def test_a_fixed_sum_is_asked_at_each_line(self, stranger: tuple[FlaskClient, str, Product]) -> None:
        boss, address, product = stranger
        deal = self.DEAL | {"deal-deal": "fixed_price"}
        page = boss.post(address, data=a_note(line(0, product, "T0")) | deal)
        assert 'id="lines-0-unit_cost_vnd-no"' in page.text
        with open_reading() as session:
            assert find_terms(session, product.producer_id, TODAY) is None, "nothing of it was written"
        done = boss.post(address, data=a_note(line(0, product, "T0", unit_cost_vnd="30.000")) | deal)
        assert done.status_code == 302
        live = boss.get(f"{address}/verdict", query_string={"n": "1"} | line(1, product, "T1")).text
        assert "notice ok" not in live
        live = boss.get(f"{address}/verdict", query_string={"n": "1"} | line(1, product, "T1", unit_cost_vnd="1000")).text  # fmt: skip
        assert "notice ok" in live


def test_where_the_goods_are_made_is_asked_where_nobody_knows(door: Door) -> None:
    with unit_of_work() as session:
        session.get_one(Producer, door.maker_id).address = ""
    page = door.boss.get(door.address).text
    assert 'name="origin-address"' in page
    typed = a_note(line(0, door.products[0], "T0"))
    page = door.boss.post(door.address, data=typed).text
    assert 'id="origin-address-no"' in page
    assert "notice no" not in page, "the goods are not at fault"
    assert (
        door.boss.post(door.address, data=typed | {"origin-address": "thôn mẫu, xã mẫu"}).status_code == 302
    )
    with open_reading() as session:
        assert session.get_one(Producer, door.maker_id).address == "thôn mẫu, xã mẫu"
        assert session.scalars(select(Lot).where(Lot.number == "T0", Lot.product_id == door.products[0].id)).one().origin_place == "thôn mẫu, xã mẫu"  # fmt: skip
    assert 'name="origin-address"' not in door.boss.get(door.address).text


def test_what_a_lot_lacks_is_named(door: Door) -> None:
    live = door.boss.get(
        f"{door.address}/verdict",
        query_string={"n": "0"} | line(0, door.products[0], "T0") | {"lines-0-made_on": ""},
    ).text
    assert "còn thiếu: ngày sản xuất" in live
    assert "địa chỉ" not in live.split("còn thiếu:")[1].split(".")[0]


@pytest.mark.parametrize(
    ("goods_class", "zone"), [(GoodsClass.OCOP, Zone.OCOP), (GoodsClass.SPECIALITY, Zone.OTHER)]
)
def test_goods_without_a_shelf_go_where_their_class_belongs(
    shop: Shop, goods_class: GoodsClass, zone: Zone
) -> None:
    with unit_of_work() as session:
        product = a_product(session, a_maker(session), 1)
        product.shelf_place_id, product.goods_class = None, goods_class.value
        assert Zone(find_default_place(session, product).zone) is zone
        for place in session.scalars(select(Place).where(Place.zone == zone.value)):
            place.zone = Zone.QUARANTINE.value
        assert Zone(find_default_place(session, product).zone) is Zone.STORE
        for place in session.scalars(select(Place)):
            place.zone = Zone.QUARANTINE.value
        with pytest.raises(Refused) as no:
            find_default_place(session, product)
        assert no.value.reasons[0].code == "no_place_at_all"
        session.rollback()


def test_imported_goods_without_a_shelf_are_received(door: Door) -> None:
    with unit_of_work() as session:
        session.get_one(Product, door.products[0].id).shelf_place_id = None
    done = door.boss.post(door.address, data=a_note(line(0, door.products[0], "T0")))
    assert done.status_code == 302
    with open_reading() as session:
        place_id = session.scalars(select(OnHand.place_id).join(Lot).where(Lot.number == "T0", Lot.product_id == door.products[0].id)).one()  # fmt: skip
        assert session.get_one(Place, place_id).zone == Zone.OCOP.value


def test_a_lot_known_with_other_days_is_said_while_it_is_typed(door: Door) -> None:
    door.boss.post(door.address, data=a_note(line(0, door.products[0], "T0")))
    other = line(0, door.products[0], "T0") | {"lines-0-expires_on": "31/12/2027"}
    live = door.boss.get(f"{door.address}/verdict", query_string={"n": "0"} | other).text
    assert "notice ok" not in live
    assert "T0" in live
    page = door.boss.post(door.address, data=a_note(other)).text
    assert 'id="lines-0-lot_number-no"' in page


class TestTypedDays:
    @given(st.dates(date(1999, 1, 1), date(2098, 12, 31)))
    def test_each_way_of_writing_is_the_same_day(self, value: date) -> None:
        ways = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d"]
        if value.year >= 2000:
            ways += ["%d/%m/%y", "%d-%m-%y", "%d%m%y"]
        for way in ways:
            assert read_day(value.strftime(way)) == value, way

    @given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
    def test_without_a_year_it_is_the_latest_or_the_nearest(self, value: date, today: date) -> None:
        typed = f"{value.day}/{value.month}"
        latest, nearest = read_latest_day(typed, today), read_nearest_day(typed, today)
        assert latest is not None
        assert latest <= today
        assert (latest.day, latest.month) == (value.day, value.month)
        if typed != "29/2":
            assert nearest is not None
            assert (nearest.day, nearest.month) == (value.day, value.month)
            assert latest > add_months(today, -12) or latest == add_months(today, -12)
            assert abs((nearest - today).days) <= 183

    @pytest.mark.parametrize(
        "typed", ["31/02", "00/11", "12/00", "99/99", "1", "", "20/11/", "2011202", "201120266"]
    )
    def test_what_is_no_day(self, typed: str) -> None:
        assert read_latest_day(typed, TODAY) is None
        assert read_nearest_day(typed, TODAY) is None

    def test_a_day_of_leap_years_far_away_is_asked_with_its_year(self) -> None:
        assert read_nearest_day("29/02", TODAY) is None
        assert read_nearest_day("29/02", date(2028, 1, 10)) == date(2028, 2, 29)

    def test_a_month_and_its_year_is_no_day_of_a_month(self) -> None:
        assert not is_day_and_month("11/26")
        assert read_nearest_day("11/26", TODAY, month_ok=True) == date(2026, 11, 30)
        assert read_nearest_day("11/2026", TODAY, month_ok=True) == date(2026, 11, 30)
        assert read_nearest_day("11/12", TODAY, month_ok=True) == date(2026, 12, 11)

    def test_goods_that_ended_are_not_made_good_by_a_year_that_was_left_out(self, door: Door) -> None:
        typed = line(0, door.products[0], "T0") | {"lines-0-expires_on": "20/10", "lines-0-made_on": "1/9"}
        page = door.boss.post(door.address, data=a_note(typed)).text
        assert 'value="20/10"' in page or 'value="20/10/2026"' in page
        assert door.on_hand() == {}
        assert "notice no" in page

    @pytest.mark.parametrize(
        ("asked", "day"),
        [("typed=20/11&near=past", "20/11/2026"), ("typed=25/11&near=past", "25/11/2025"), ("typed=25/12&near=nearest", "25/12/2026"),
         ("typed=20112026&near=", "20/11/2026"), ("typed=20/11&near=", ""), ("typed=11/2026&month=1", "30/11/2026"),
         ("typed=zzz", ""), ("", ""), ("typed=" + "9" * 500, "")],
    )  # fmt: skip
    def test_a_day_is_written_out(self, village: Shop, asked: str, day: str) -> None:
        assert village.client("manager").get(f"/day?{asked}").json == {"day": day}
        assert village.app.test_client().get("/day?typed=1/1/2026").status_code == 302

"""No money moves and no drawer opens without a trace on the manager's pages."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hardware.slips.slip import Kick, Slip
from pos.catalog.models import Product
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading, unit_of_work
from pos.printing.models import PrintJob
from pos.sales.extras import save_extra
from pos.sales.models import Extra, Sale
from pos.shifts.queries import list_acts_since_close
from tests.conftest import MANAGER, MORNING, STATION, Shop

BAG = "Túi vải"


def an_extra(price_vnd: int) -> int:
    with unit_of_work() as session:
        extra = Extra(name_vi=BAG, name_en="Bag", price_vnd=price_vnd, vat_category="standard")
        return save_extra(session, extra, by=MANAGER, at=MORNING).id


def some_goods() -> int:
    with open_reading() as session:
        query = select(Product.id).where(
            Product.unit == "piece", ~Product.archived, Product.kind != "alcohol"
        )
        return session.scalars(query.order_by(Product.id)).first() or 0


def journaled(kind: str) -> list[dict[str, Any]]:
    with open_reading() as session:
        rows = session.scalars(
            select(JournalRow.payload).where(JournalRow.kind == kind).order_by(JournalRow.seq)
        )
        return [json.loads(payload) for payload in rows]


def open_it(till: FlaskClient, float_vnd: int = 500_000) -> int:
    """Opens a shift and says its number."""
    assert till.post("/till/shift/open", data={"float": str(float_vnd)}).status_code == 200
    with open_reading() as session:
        return int(session.scalars(select(JournalRow.subject).where(JournalRow.kind == "shift_opened")
                                   .order_by(JournalRow.seq.desc())).first()[6:])  # fmt: skip


def closed(till: FlaskClient, counted_vnd: int = 500_000) -> None:
    counted = {"counted": str(counted_vnd)}
    page = till.post("/till/shift/close", data=counted)
    assert page.status_code == 200
    if asked := re.search(r'name="difference" value="(-?\d+)"', page.text):
        page = till.post("/till/shift/close", data=counted | {"difference": asked[1]})
    assert 'data-panel="shift_closed"' in page.text


def paid(till: FlaskClient, given_vnd: int) -> int:
    """Pays what lies there and says the sale's number."""
    from pos.sales.basket import find_open_basket

    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        asked = {"basket_id": basket.id, "version": basket.version, "given": str(given_vnd), "sure": "1"}
    assert till.post("/till/pay", data=asked).status_code == 200
    with open_reading() as session:
        return session.scalars(select(Sale.number).order_by(Sale.number.desc())).first() or 0


def slips_of(sale: int) -> list[Slip]:
    with open_reading() as session:
        jobs = session.scalars(
            select(PrintJob).where(PrintJob.subject == f"sale:{sale}").order_by(PrintJob.id)
        )
        return [Slip.decoded(job.slip) for job in jobs]


def opens_drawer(slip: Slip) -> bool:
    return any(isinstance(row, Kick) for row in slip.rows)


def is_marked(slip: Slip, copy: int) -> bool:
    return f"IN LẠI lần {copy}" in slip.encoded()


# ── less of a line


@pytest.mark.parametrize("how", [{"quantity": "1"}, {"step": "-1"}])
def test_less_of_an_extra_is_on_the_shifts_page(village: Shop, how: dict[str, str]) -> None:
    till, boss = village.client("cashier"), village.client("manager")
    extra, number = an_extra(2_000), open_it(till)
    for _ in range(10):
        till.post(f"/till/extra/{extra}")
    assert till.post("/till/line/1/quantity", data=how).status_code == 200
    left = 1 if "quantity" in how else 9
    (act,) = journaled("line_lessened")
    assert (act["product"], act["from_milli"], act["to_milli"], act["price_vnd"]) == (
        BAG,
        10_000,
        left * 1000,
        2_000,
    )
    page = boss.get(f"/shifts/{number}").text
    assert f"giảm dòng {BAG} từ 10 xuống {left}, giá 2.000" in page
    assert page.count(f'<td class="num">{(10 - left) * 2}.000') == 2, (
        "in its line, and added up for the cashier"
    )
    till.post("/till/line/1/quantity", data={"step": "1"})
    assert len(journaled("line_lessened")) == 1, "more of it takes nothing off"


def test_less_of_goods_is_told_with_what_it_was_worth(village: Shop) -> None:
    till, boss = village.client("cashier"), village.client("manager")
    number, product = open_it(till), some_goods()
    till.post(f"/till/add/{product}", data={"quantity": "4"})
    till.post("/till/line/1/quantity", data={"quantity": "1"})
    (act,) = journaled("line_lessened")
    off = f"{3 * act['price_vnd']:,}".replace(",", ".")
    page = boss.get(f"/shifts/{number}").text
    assert "từ 4 cái xuống 1 cái" in page
    assert page.count(f'<td class="num">{off}') == 2
    till.post(f"/till/extra/{an_extra(2_000)}")
    till.post("/till/line/2/void")
    assert f"xóa dòng {BAG}, 2.000" in boss.get(f"/shifts/{number}").text


# ── between two shifts


def test_every_act_of_a_till_is_on_one_shifts_page(village: Shop) -> None:
    till, boss = village.client("cashier"), village.client("manager")
    product = some_goods()

    def look() -> None:
        assert till.post(f"/till/add/{product}", data={"mode": "check"}).status_code == 200

    def looks(address: str) -> int:
        return boss.get(address).text.count('data-kind="price_checked"')

    look()
    assert f"{STATION}: 1 việc từ lần kết ca trước" in boss.get("/shifts").text
    between = f"/shifts/between?station={STATION}"
    assert looks(between) == 1
    first = open_it(till)
    assert looks(f"/shifts/{first}") == 1
    assert "từ lần kết ca trước" not in boss.get("/shifts").text
    assert looks(between) == 0
    closed(till)
    assert "từ lần kết ca trước" not in boss.get("/shifts").text
    look()
    look()
    assert (looks(f"/shifts/{first}"), looks(between)) == (1, 2)
    with open_reading() as session:
        assert list_acts_since_close(session, "Quầy 2") == []
    second = open_it(till)
    look()
    assert (looks(f"/shifts/{first}"), looks(f"/shifts/{second}")) == (1, 3)
    assert village.client("cashier").get("/shifts/between").status_code == 403


# ── cash between two shifts


def test_cash_that_vanishes_between_two_shifts_is_shown(village: Shop) -> None:
    till, boss = village.client("cashier"), village.client("manager")
    first = open_it(till, 400_000)
    closed(till, 400_000)
    second = open_it(till, 250_000)
    (*_before, act) = journaled("shift_opened")
    assert (act["stayed_vnd"], act["difference_vnd"]) == (400_000, -150_000)
    for address in ("/shifts", f"/shifts/{first}", f"/shifts/{second}"):
        page = boss.get(address).text
        assert all(sum_ in page for sum_ in ("400.000", "250.000", "thiếu 150.000")), address
    closed(till, 250_000)
    third = open_it(till, 250_000)
    assert journaled("shift_opened")[-1]["difference_vnd"] == 0
    assert "Thiếu, thừa giữa hai ca" not in boss.get(f"/shifts/{third}").text


# ── the drawer


def test_a_sale_of_nothing_leaves_the_drawer_shut(village: Shop) -> None:
    till = village.client("cashier")
    open_it(till)
    till.post(f"/till/extra/{an_extra(1)}")
    nothing = paid(till, 0)
    till.post(f"/till/add/{some_goods()}")
    real = paid(till, 1_000_000)
    assert [opens_drawer(slip) for slip in slips_of(nothing)] == [False]
    assert [opens_drawer(slip) for slip in slips_of(real)] == [True]
    till.post(
        f"/till/refund/{nothing}", data={"part-1": "1", "reason": "thử", "key": "a", "login": "", "pin": ""}
    )
    with open_reading() as session:
        back = session.scalars(select(Sale.number).where(Sale.refunds == nothing)).one()
    assert [opens_drawer(slip) for slip in slips_of(back)] == [False]


def test_a_reprint_is_a_copy_whatever_was_printed_before(village: Shop) -> None:
    till, boss = village.client("cashier"), village.client("manager")
    with open_reading() as session:
        sale = (
            session.scalars(select(Sale.number).where(Sale.refunds.is_(None)).order_by(Sale.number)).first()
            or 0
        )
    assert slips_of(sale) == [], "the village's sales were never printed"
    number = open_it(till)
    for _ in range(2):
        assert till.post(f"/till/print/{sale}").status_code == 200
    slips = slips_of(sale)
    assert [opens_drawer(slip) for slip in slips] == [False, False]
    assert [is_marked(slip, n) for n, slip in enumerate(slips, 1)] == [True, True]
    assert [(act["sale"], act["copy"]) for act in journaled("reprinted")] == [(sale, 1), (sale, 2)]
    page = boss.get(f"/shifts/{number}").text
    assert "lần in lại thứ 2" in page
    till.post(f"/till/add/{some_goods()}")
    printed = paid(till, 1_000_000)
    till.post(f"/till/print/{printed}")
    assert journaled("reprinted")[-1]["copy"] == 1, "the first slip is no reprint"


def test_a_payment_sent_again_much_later_leaves_the_drawer_shut(village: Shop) -> None:
    """Its slip was never in the queue (no printer then): the drawer isn't opened when the buyer has long gone."""
    till = village.client("cashier")
    open_it(till)
    till.post(f"/till/add/{some_goods()}")
    sale = paid(till, 1_000_000)
    with unit_of_work() as session:
        session.delete(session.scalars(select(PrintJob).where(PrintJob.subject == f"sale:{sale}")).one())
        made = session.get_one(Sale, sale)
        basket_id, version = (int(part) for part in made.request_key.split(":")[1:])
    village.clock.advance(minutes=5)
    again = {"basket_id": basket_id, "version": version, "given": "1000000", "sure": "1"}
    assert till.post("/till/pay", data=again).status_code == 200
    assert [opens_drawer(slip) for slip in slips_of(sale)] == [False]

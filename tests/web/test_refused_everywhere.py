"""Every code of the gate × each way into the shop's books: refused with that code, basket and ledger unchanged."""

import re
from dataclasses import dataclass

import pytest
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import func, select

from pos.admission.models import PaperKind
from pos.admission.papers import CoveredProduct, list_papers, save_paper
from pos.admission.reasons import GATE
from pos.catalog.models import Product
from pos.demo import cast
from pos.demo.inadmissible_goods import FIRST_NUMBER
from pos.journal.models import JournalRow
from pos.kernel.actor import SYSTEM
from pos.kernel.database import open_reading, unit_of_work
from pos.pricing.prices import price_in_force, price_on_shelf
from pos.sales.basket import find_open_basket
from pos.sales.models import BasketLine, LotKnownBy, Sale
from pos.stock.models import Lot, OnHand, StockMove
from tests.builders import gtin13
from tests.conftest import MORNING, STATION, TODAY, Shop

CODES = [misfit.code for misfit in cast.MISFITS]
NOT_AT_RECEIVING = {"label_incomplete", "not_shelf_price", "not_on_hand", "trace_broken", "wrong_zone", "no_lot", "no_origin",
                    "expired", "no_expiry", "recalled", "unknown_code"}  # fmt: skip


def test_each_code_of_the_gate_has_goods_in_the_village() -> None:
    assert set(CODES) | {"unknown_code"} == set(GATE)


@dataclass
class Books:
    """What must not move when something is refused."""

    lines: int
    sales: int
    moves: int
    on_hand: int

    @classmethod
    def now(cls) -> "Books":
        with open_reading() as session:
            count = lambda table: session.scalar(select(func.count()).select_from(table)) or 0  # noqa: E731
            return cls(
                count(BasketLine),
                count(Sale),
                count(StockMove),
                int(session.scalar(select(func.sum(OnHand.quantity_milli))) or 0),
            )


def product_of(code: str) -> Product:
    role = next(misfit.role for misfit in cast.MISFITS if misfit.code == code)
    with open_reading() as session:
        return session.scalars(select(Product).where(Product.name_vi == role.name)).one()


def barcode_of(code: str) -> str:
    return gtin13(FIRST_NUMBER + CODES.index(code)) if code != "unknown_code" else cast.UNKNOWN_CODE


def cashier_at_an_open_till(village: Shop) -> FlaskClient:
    client = village.client("cashier")
    assert client.post("/till/shift/open", data={"float": "500000"}).status_code == 200
    return client


def newest_refusal() -> str:
    with open_reading() as session:
        return (
            session.scalars(
                select(JournalRow.payload).where(JournalRow.kind == "refused").order_by(JournalRow.seq.desc())
            ).first()
            or ""
        )


def output(code: str) -> bool:
    return f'"code":"{code}"' in newest_refusal()


@pytest.mark.parametrize("code", [*CODES, "unknown_code"])
def test_by_a_scan(village: Shop, code: str) -> None:
    client = cashier_at_an_open_till(village)
    before = Books.now()
    answer = client.post("/till/scan", data={"code": barcode_of(code)})
    assert answer.status_code == 422
    assert 'data-panel="refused"' in answer.text
    assert output(code)
    assert Books.now() == before


@pytest.mark.parametrize("code", CODES)
def test_by_a_form_with_tampered_fields(village: Shop, code: str) -> None:
    """Touching the product by its id, and naming its lot oneself, gets no further than a scan."""
    client = cashier_at_an_open_till(village)
    product = product_of(code)
    before = Books.now()
    assert client.post(f"/till/add/{product.id}", data={"quantity": "1"}).status_code == 422
    assert output(code)
    with open_reading() as session:
        lot_id = session.scalars(select(Lot.id).where(Lot.product_id == product.id)).first() or 1
    answer = client.post(f"/till/choose/{product.id}/{lot_id}", data={"quantity_milli": "1000"})
    assert answer.status_code == 422
    assert output(code)
    assert Books.now() == before


@pytest.mark.parametrize("code", CODES)
def test_only_a_cheaper_tag_is_answered_by_its_price(village: Shop, code: str) -> None:
    """The red panel offers it, and it is sold so; goods refused for anything else aren't let through by asking."""
    client = cashier_at_an_open_till(village)
    typed = {"code": barcode_of(code), "quantity": "1"}
    offered = 'name="at_shelf_price"' in client.post("/till/scan", data=typed).text
    assert offered == (code == "not_shelf_price")
    answer = client.post("/till/scan", data={**typed, "at_shelf_price": "yes"})
    assert answer.status_code == (200 if offered else 422)
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        shown = [line.shown_price_vnd for line in basket.lines] if basket else []
        price, tag = session.execute(
            select(price_in_force(Product.id, TODAY), price_on_shelf(Product.id)).where(
                Product.id == product_of(code).id
            )
        ).one()
        kept = session.scalars(select(JournalRow.subject).where(JournalRow.kind == "shelf_price_kept")).all()
    assert shown == ([tag] if offered else [])
    assert len(kept) == len(shown)
    assert not offered or tag < price


def slipped_in(product: Product) -> tuple[int, int]:
    """A basket that holds the product as if it had been scanned when it was still in order."""
    with unit_of_work() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        lot = session.scalars(select(Lot).where(Lot.product_id == product.id)).first()
        place = (
            session.scalars(select(OnHand.place_id).where(OnHand.lot_id == lot.id)).first() if lot else None
        )
        basket.lines.append(BasketLine(
            n=2, product_id=product.id, lot_id=lot.id if lot else None, place_id=place,
            lot_known_by=LotKnownBy.ONLY_LOT, quantity_milli=1000, shown_price_vnd=40_000,
        ))  # fmt: skip
        return basket.id, basket.version


@pytest.mark.parametrize("code", CODES)
def test_at_payment_after_the_fact_changed(village: Shop, code: str) -> None:
    client = cashier_at_an_open_till(village)
    client.post("/till/scan", data={"code": next(iter(village.village.codes.values()))})
    basket_id, version = slipped_in(product_of(code))
    before = Books.now()
    answer = client.post("/till/pay", data={"basket_id": basket_id, "version": version, "given": "500000"})
    assert answer.status_code == 422
    assert output(code)
    assert Books.now() == before
    assert "stopped" in client.get("/till").text  # the line stands marked in the basket


@pytest.mark.parametrize("code", sorted(set(CODES) - NOT_AT_RECEIVING))
def test_at_receiving(village: Shop, code: str) -> None:
    client = village.client("manager")
    product = product_of(code)
    before = Books.now()
    answer = client.post(f"/receiving/new/{product.producer_id}", data=delivery(product))
    assert answer.status_code == 200
    assert words_of(client, code) in answer.text.replace("&#39;", "'")
    assert Books.now() == before


def delivery(product: Product, **more: str) -> dict[str, str]:
    line = {"product_id": str(product.id), "lot_number": "NEW1", "made_on": "23/11/2026", "expires_on": "31/12/2026",
            "quantity_milli": "5", "unit_cost_vnd": "1000", "place_id": ""}  # fmt: skip
    return {
        "delivery_note": "PG-T",
        "note_date": "24/11/2026",
        **{f"lines-0-{k}": v for k, v in (line | more).items()},
    }


def words_of(client: FlaskClient, code: str) -> str:
    """The fixed beginning of the code's sentence, as a Vietnamese page says it."""
    with client.application.test_request_context():
        g.default_language = "vi"
        return re.split(r"%\(|:", str(GATE[code][0]))[0].strip()


RECEIVING_LINES: dict[str, dict[str, str]] = {
    "no_origin": {"made_on": ""},
    "expired": {"expires_on": "23/11/2026"},
    "no_expiry": {"expires_on": ""},
}


@pytest.mark.parametrize("code", RECEIVING_LINES)
def test_at_receiving_by_what_was_typed(village: Shop, code: str) -> None:
    client = village.client("manager")
    with open_reading() as session:
        product = session.get_one(Product, 1)
    before = Books.now()
    answer = client.post(
        f"/receiving/new/{product.producer_id}", data=delivery(product, **RECEIVING_LINES[code])
    )
    assert words_of(client, code) in answer.text
    assert Books.now() == before


def test_a_certificate_that_ends_while_the_basket_is_open(village: Shop) -> None:
    """Scanned in its last minute, paid in the next day's first: refused, and the basket stays."""
    village.clock.at = MORNING.replace(hour=16, minute=50)
    client = cashier_at_an_open_till(village)
    with unit_of_work() as session:
        paper = next(p for p in list_papers(session, product_id=1) if p.kind == PaperKind.RECOGNITION)
        paper.ends = TODAY
        save_paper(
            session,
            paper,
            [CoveredProduct(c.product_id, c.stars) for c in paper.covers],
            by=SYSTEM,
            at=village.clock.now(),
        )
    village.clock.at = village.clock.at.replace(hour=16, minute=59, second=59)
    assert (
        client.post("/till/scan", data={"code": village.village.codes["Chè lam gừng 250 g"]}).status_code
        == 200
    )
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        lines = len(basket.lines)
    village.clock.advance(seconds=1)
    before = Books.now()
    answer = client.post(
        "/till/pay", data={"basket_id": basket.id, "version": basket.version, "given": "45000"}
    )
    assert answer.status_code == 422
    assert output("certificate_ended")
    assert Books.now() == before
    assert lines == 1

"""A certificate's life is what the law and the paper say: no import, form or producer lengthens it by accident."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select, text

from pos.admission.dossier import PaperState, list_dossier_rows
from pos.admission.gate import Act
from pos.admission.goods import GoodsQuery, judge_goods
from pos.admission.models import Paper, PaperCover, PaperKind, ProposedPaper
from pos.admission.papers import CoveredProduct, enter_lawful_ends, list_without_end, save_paper
from pos.admission.proposals import propose_paper
from pos.admission.typed_covers import format_covered_products, read_covers
from pos.catalog.models import Product
from pos.importing.apply import apply_plan
from pos.importing.preview import ImportPreview, make_preview
from pos.importing.workbook import open_workbook
from pos.kernel.actor import SYSTEM
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.law.paper_terms import find_term, latest_end, lawful_end, paper_terms
from pos.maintenance.verify import verify_books
from tests.builders import a_delivery, a_maker, a_product
from tests.conftest import MORNING, TODAY, Shop

KINDS_WITH_A_TERM = sorted({term.kind for term in paper_terms()})
ISSUED = date(2022, 2, 28)


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def book(folder: Path, *rows: list[Any]) -> Path:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    path = folder / "b.xlsx"
    workbook.save(path)
    return path


def looked_at(path: Path, **more: Any) -> ImportPreview:
    with open_reading() as session:
        return make_preview(session, open_workbook(path), TODAY, **more)


def test_every_term_has_its_source_and_the_law_of_its_day() -> None:
    assert all(term.source and (term.months > 0) != (term.years > 0) for term in paper_terms())
    assert {"recognition", "food_safety", "cnnttb"} <= set(KINDS_WITH_A_TERM)
    assert latest_end("recognition", date(2024, 2, 29), None, TODAY) == date(2027, 2, 28)
    assert latest_end("recognition", date(2018, 1, 1), None, TODAY) == date(2021, 1, 1), (
        "before the first row: as the first"
    )
    assert latest_end("cnnttb", date(2024, 5, 1), None, TODAY) == date(2027, 12, 31)
    assert latest_end("recognition", None, None, TODAY) == find_term("recognition", TODAY).last_day(TODAY)  # type: ignore[union-attr]
    assert latest_end("trade_mark", TODAY, None, TODAY) is None


@pytest.mark.parametrize("kind", KINDS_WITH_A_TERM)
def test_a_paper_is_not_kept_beyond_its_lawful_end(any_shop: Shop, kind: str) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker)
        latest = latest_end(kind, ISSUED, None, TODAY)
        assert latest is not None
        covers = [CoveredProduct(product.id, 4)]

        def keep(**more: Any) -> Paper:
            paper = Paper(kind=kind, number="7/QĐ", producer_id=maker.id, **({"issued": ISSUED} | more))
            return save_paper(session, paper, covers, by=SYSTEM, at=MORNING)

        assert keep(ends=latest).ends == latest
        for more in ({"ends": latest + timedelta(days=1)}, {"ends": date(2199, 1, 1)}, {"ends": date(2199, 1, 1), "issued": None},
                     {"ends": date(2199, 1, 1), "issued": None, "starts": TODAY + timedelta(days=900)}):  # fmt: skip
            if kind == "recognition" and more.get("issued", ISSUED) is None:
                continue  # refused already: its decision has a day
            with pytest.raises(Refused) as caught:
                keep(**more)
            assert codes(caught) == {"ends_beyond_term"}
        with pytest.raises(Refused) as caught:
            keep(issued=TODAY + timedelta(days=1))
        assert codes(caught) == {"issued_in_future"}
        sent = ProposedPaper(
            producer_id=maker.id,
            kind=kind,
            number="8/QĐ",
            issued=ISSUED,
            ends=latest + timedelta(days=1),
            file_id=1,
        )
        with pytest.raises(Refused) as caught:
            propose_paper(session, sent, by=SYSTEM, at=MORNING)
        assert codes(caught) == {"ends_beyond_term"}
        session.rollback()


@pytest.mark.parametrize("ends", ["2031-01-01", None])
def test_an_end_that_came_into_the_books_before_is_not_believed(shop: Shop, ends: str | None) -> None:
    """An earlier version kept a certificate's end beyond its term, or none: its goods are refused, the dossier says so."""
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker)
        lot = a_delivery(session, maker, product)
        ids, maker_id = (product.id, lot.id), maker.id
    issued = TODAY - timedelta(days=1200)
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE paper SET issued = :issued, starts = :issued, ends = :ends WHERE kind = 'recognition'"
            ),
            {"issued": issued.isoformat(), "ends": ends},
        )
    with open_reading() as session:
        (verdict,) = judge_goods(session, [GoodsQuery(*ids)], Act.SELL, TODAY)
        ((_product, cells),) = list_dossier_rows(session, maker_id, TODAY)
    assert "certificate_ended" in {reason.code for reason in verdict.refusals}
    (cell,) = (cell for cell in cells if cell.kind is PaperKind.RECOGNITION)
    assert (cell.state, cell.ends) == (PaperState.ENDED, latest_end("recognition", issued, None, TODAY))


@pytest.mark.parametrize("kind", KINDS_WITH_A_TERM)
def test_a_paper_that_states_no_end_ends_with_its_term(any_shop: Shop, kind: str) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        covers = [CoveredProduct(a_product(session, maker).id, 4)]
        paper = Paper(kind=kind, number="8/QĐ", producer_id=maker.id, issued=ISSUED)
        assert save_paper(session, paper, covers, by=SYSTEM, at=MORNING).ends == latest_end(
            kind, ISSUED, None, TODAY
        )
    assert lawful_end(kind, None, ISSUED, None, TODAY) == latest_end(kind, None, ISSUED, TODAY)
    assert lawful_end(kind, None, None, None, TODAY) is None


@pytest.mark.parametrize("kind", KINDS_WITH_A_TERM)
def test_a_limited_paper_without_any_day_is_not_kept(any_shop: Shop, kind: str) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        covers = [CoveredProduct(a_product(session, maker).id, 4)]
        with pytest.raises(Refused) as caught:
            save_paper(
                session, Paper(kind=kind, number="8/QĐ", producer_id=maker.id), covers, by=SYSTEM, at=MORNING
            )
        assert codes(caught) == {"issued_missing"}
        if kind != "recognition":
            assert save_paper(session, Paper(kind=kind, number="9/QĐ", producer_id=maker.id, starts=ISSUED), covers,
                              by=SYSTEM, at=MORNING).ends == latest_end(kind, None, ISSUED, TODAY)  # fmt: skip
        session.rollback()


def test_a_limited_paper_without_any_day_is_good_on_no_day(shop: Shop) -> None:
    """An earlier version kept such papers, and they were in force for ever."""
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker)
        wanted = GoodsQuery(product.id, a_delivery(session, maker, product).id)
        maker_id = maker.id
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE paper SET issued = NULL, starts = NULL, ends = NULL"))
    for on in (TODAY, date(2060, 1, 1)):
        with open_reading() as session:
            (verdict,) = judge_goods(session, [wanted], Act.SELL, on)
            ((_product, cells),) = list_dossier_rows(session, maker_id, on)
        assert {"no_certificate", "no_food_safety"} <= {reason.code for reason in verdict.refusals}
        assert {cell.kind for cell in cells if cell.state is PaperState.MISSING} == {
            PaperKind.RECOGNITION,
            PaperKind.FOOD_SAFETY,
        }


def test_ends_that_an_earlier_version_left_out_are_entered_and_journaled(shop: Shop) -> None:
    with unit_of_work() as session:
        a_product(session, a_maker(session))
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE paper SET ends = NULL WHERE kind IN ('food_safety', 'recognition')"))
    with unit_of_work() as session:
        enter_lawful_ends(session, MORNING)
    with open_reading() as session:
        papers = session.scalars(select(Paper).where(Paper.kind != "declaration")).all()
        assert [paper.ends for paper in papers] == [latest_end(p.kind, p.issued, None, TODAY) for p in papers]
        assert list_without_end(session) == []
        assert verify_books(session) == []


def test_a_paper_of_a_product_kind_that_names_none_covers_nothing(shop: Shop) -> None:
    """An earlier version kept such papers: they are worth nothing for any of their producer's goods."""
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker)
        wanted = GoodsQuery(product.id, a_delivery(session, maker, product).id)
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM paper_cover"))
    with open_reading() as session:
        (verdict,) = judge_goods(session, [wanted], Act.SELL, TODAY)
    assert {"no_certificate", "no_declaration"} <= {reason.code for reason in verdict.refusals}


HEAD = ["Chủ thể", "Tên sản phẩm", "Giá bán", "Số QĐ", "Ngày QĐ", "Sao"]
GOODS = ["Hộ mẫu", "Kẹo lạc", 20_000, "1/QĐ", date(2023, 10, 1), 3]


@pytest.mark.parametrize(
    "heading", ["Ngày hết hạn", "Hết hạn", "HẾT HẠN", "ngay het han (dd/mm)", "Good until"]
)
@pytest.mark.parametrize("of_lot", [["Số lô"], ["NSX"], ["Số lô", "Số lượng"]])
def test_an_end_beside_paper_and_lot_is_asked_and_nothing_written(
    shop: Shop, tmp_path: Path, heading: str, of_lot: list[str]
) -> None:
    """The fault that was found: the lot's expiry became the end of an ended certificate, and its goods sold again."""
    value = {"Số lô": "L7", "NSX": date(2026, 11, 1), "Số lượng": 5}
    found = looked_at(
        book(
            tmp_path, [*HEAD, *of_lot, heading], [*GOODS, *(value[name] for name in of_lot), date(2027, 5, 1)]
        )
    )
    assert [(row.says, row.cell) for row in found.rows] == [
        ("unclear_end", f"{chr(ord('G') + len(of_lot))}2")
    ]
    assert found.plan == []


def test_an_end_beside_one_of_them_is_that_one_s(shop: Shop, tmp_path: Path) -> None:
    paper = looked_at(book(tmp_path, [*HEAD, "Ngày hết hạn"], [*GOODS, date(2026, 9, 30)])).rows[0].values
    assert (paper["paper_ends"], paper.get("expires_on")) == (date(2026, 9, 30), None)
    lot = looked_at(
        book(tmp_path, ["Mã SP", "Số lô", "SL", "Ngày hết hạn"], ["SP00001", "L7", 3, date(2027, 5, 1)])
    )
    assert "expires_on" in lot.rows[0].values
    both = looked_at(
        book(
            tmp_path,
            [*HEAD, "Hiệu lực đến", "Số lô", "HSD"],
            [*GOODS, date(2026, 9, 30), "L7", date(2027, 5, 1)],
        )
    )
    assert (both.rows[0].values["paper_ends"], both.rows[0].values["expires_on"]) == (
        date(2026, 9, 30),
        date(2027, 5, 1),
    )


def test_an_import_keeps_to_the_law_and_asks_before_it_moves_an_end(shop: Shop, tmp_path: Path) -> None:
    def listed(ends: date) -> Path:
        return book(tmp_path, [*HEAD, "Hiệu lực đến"], [*GOODS, ends])

    def written(found: ImportPreview) -> list[date | None]:
        with unit_of_work() as session:
            apply_plan(session, found, by=SYSTEM, at=MORNING, source="b")
            return list(session.scalars(select(Paper.ends)))

    beyond = looked_at(listed(date(2026, 10, 2)))
    assert [(row.says, row.cell, row.text) for row in beyond.rows] == [
        ("ends_beyond_term", "G2", "01/10/2026")
    ]
    assert written(looked_at(listed(date(2026, 5, 1)))) == [date(2026, 5, 1)]
    moved = listed(date(2026, 9, 1))
    asked = looked_at(moved)
    assert [(row.says, row.refused) for row in asked.rows] == [("end_would_move", True)]
    assert written(asked) == [date(2026, 5, 1)]
    assert written(looked_at(moved, may_move_ends=True)) == [date(2026, 9, 1)]


def test_a_paper_of_a_product_kind_needs_its_product(shop: Shop, tmp_path: Path) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        for kind in (
            PaperKind.RECOGNITION,
            PaperKind.DECLARATION,
            PaperKind.REGISTRATION,
            PaperKind.COSMETIC_NOTICE,
            PaperKind.CNNTTB,
        ):
            with pytest.raises(Refused) as caught:
                save_paper(
                    session,
                    Paper(kind=kind, number="1", issued=ISSUED, producer_id=maker.id),
                    [],
                    by=SYSTEM,
                    at=MORNING,
                )
            assert codes(caught) == {"products_missing"}
    rows = looked_at(book(tmp_path, ["Loại giấy", "Số giấy", "Ngày cấp", "Chủ thể", "Mã SP"],
                          ["declaration", "1", ISSUED, "Hộ mẫu A", "SP99999"], ["recognition", "2", ISSUED, "Hộ mẫu A", None],
                          ["food_safety", "3", ISSUED, "Hộ mẫu A", None])).rows  # fmt: skip
    assert [row.says for row in rows] == ["products_missing", "products_missing", "add"]


def test_a_form_never_fills_in_stars(village: Shop) -> None:
    """Neither for a new paper of a product nor for the one that renews another; without them it isn't kept."""
    boss = village.client("manager")
    with open_reading() as session:
        paper = session.scalars(select(Paper).where(Paper.kind == "recognition")).first()
        assert paper is not None
        product = session.get_one(Product, paper.covers[0].product_id)
        before = len(session.scalars(select(Paper.id)).all())
    new = boss.get("/papers/new", query_string={"product": product.id}).text
    renewed = boss.get("/papers/new", query_string={"renews": paper.id}).text
    assert f"{product.sku} 3" not in new
    assert f"{product.sku} {paper.covers[0].stars}" not in renewed
    form = {
        "kind": "recognition",
        "number": "9/QĐ",
        "issued": "01/11/2026",
        "producer_id": str(product.producer_id),
    }
    for products in (
        "",
        product.sku,
        f"{product.sku} …",
        f"{product.sku} - {product.name}",
        f"{product.sku} {product.name}",
        f"{product.sku} 6",
    ):
        page = boss.post("/papers/new", data=form | {"products": products})
        assert page.status_code == 200
        assert 'id="products-no"' in page.text, products
    with open_reading() as session:
        assert len(session.scalars(select(Paper.id)).all()) == before
    assert (
        boss.post("/papers/new", data=form | {"products": f"{product.sku} 4 {product.name_vi}"}).status_code
        == 302
    )


@pytest.mark.parametrize("rest", ["", "4", "4 Chè lam gừng", "Trà 5 vị", "- 5 sao", "- 4"])
def test_the_products_of_a_paper_come_back_as_they_were_typed(shop: Shop, rest: str) -> None:
    with unit_of_work() as session:
        product = a_product(session, a_maker(session))
        typed = f"{product.sku} {rest}".strip()
        covers = [
            PaperCover(product_id=cover.product_id, stars=cover.stars, name_written=cover.name_written)
            for cover in read_covers(session, typed)
        ]
        assert format_covered_products(session, Paper(covers=covers)) == typed

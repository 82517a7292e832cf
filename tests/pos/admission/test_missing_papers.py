"""The papers that goods still need, entered together: one decision for many products, scans found by their names."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.admission.gate import Act
from pos.admission.goods import judge_products
from pos.admission.label_checks import list_unchecked_labels
from pos.admission.labels import REQUIRED
from pos.admission.missing_papers import MissingPaper, list_missing_papers, match_scans
from pos.admission.models import Paper, PaperKind
from pos.admission.papers import mark_revoked
from pos.catalog.models import GoodsKind, Product
from pos.catalog.products import save_product
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.pricing.prices import set_price
from pos.producers.models import Producer
from pos.producers.terms import save_producer
from pos.reports.today import list_today_tasks
from tests.builders import a_delivery, a_maker, a_product
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.web.test_papers_desk import a_pdf

ISSUED = "05/03/2025"


def bare_goods(
    session: Session, maker: str, *names: str, kind: GoodsKind = GoodsKind.PACKAGED_FOOD
) -> list[int]:
    """Products without any paper."""
    producer = save_producer(session, Producer(name=maker, address="thôn mẫu"), by=MANAGER, at=MORNING)
    ids = []
    for name in names:
        product = Product(
            name_vi=name,
            pack="gói",
            producer_id=producer.id,
            group_code="food",
            goods_class="ocop",
            kind=kind.value,
        )
        save_product(session, product, [], by=MANAGER, at=MORNING)
        set_price(session, product, 45_000, starts=TODAY, by=MANAGER, at=MORNING)
        ids.append(product.id)
    return ids


@pytest.fixture
def new_goods(village: Shop) -> tuple[FlaskClient, int, list[int]]:
    with unit_of_work() as session:
        ids = bare_goods(session, "Hộ Lan mẫu", "Chè lam mật", "Kẹo dồi vừng", "Bánh gai lá")
        producer_id = session.get_one(Product, ids[0]).producer_id
    return village.client("manager"), producer_id, ids


def keys(*, of: str = "Hộ Lan mẫu") -> list[str]:
    with open_reading() as session:
        return [
            item.row_key
            for item in list_missing_papers(session, TODAY)
            if item.producer and item.producer.name == of
        ]


def row(key: str, **boxes: str) -> dict[str, str]:
    return {f"{key}-{name}": value for name, value in boxes.items()}


def test_what_is_listed_is_what_the_gate_refuses_for(village: Shop) -> None:
    """Each product that lacks a paper by the gate has a row, and each row a product that the gate refuses."""
    with unit_of_work() as session:
        bare_goods(session, "Hộ rượu mẫu", "Rượu nếp thử", kind=GoodsKind.ALCOHOL)
        bare_goods(session, "Hộ lụa mẫu", "Khăn lụa thử", kind=GoodsKind.CRAFT)
        sound = a_product(session, a_maker(session, "Hộ đủ giấy"), 901)
    codes = {"no_certificate", "certificate_ended", "certificate_revoked", "no_food_safety", "food_safety_ended", "no_declaration", "no_licence"}  # fmt: skip
    with open_reading() as session:
        products = session.scalars(select(Product).where(~Product.archived, Product.kind != "kit")).all()
        verdicts = judge_products(session, [product.id for product in products], Act.RECEIVE, TODAY)
        refused = {id_ for id_, verdict in verdicts.items() if {r.code for r in verdict.refusals} & codes}
        listed = {product.id for item in list_missing_papers(session, TODAY) for product in item.products}
        assert refused <= listed
        assert sound.id not in listed
        assert {item.row_key for item in list_missing_papers(session, TODAY) if item.producer is None} <= {"shop_alcohol_licence"}  # fmt: skip


def test_one_decision_for_many_products_and_one_paper_for_all(
    new_goods: tuple[FlaskClient, int, list[int]],
) -> None:
    boss, producer_id, ids = new_goods
    assert keys() == [f"food_safety-{producer_id}", *(f"{kind}-{producer_id}-{id_}" for kind in ("recognition", "declaration") for id_ in sorted(ids, key=name_of))]  # fmt: skip
    typed: dict[str, str] = {
        "save": "1",
        **row(f"food_safety-{producer_id}", number="12/ATTP", issued=ISSUED),
    }
    for n, id_ in enumerate(ids):
        typed |= row(
            f"recognition-{producer_id}-{id_}",
            number=("79/QĐ", " 79/qđ", "79/QĐ")[n],
            issued=ISSUED,
            stars=str(3 + n),
        )
        typed |= row(f"declaration-{producer_id}-{id_}", number=f"0{n}/TCB", issued=ISSUED)
    assert boss.post("/papers/missing", data=typed).status_code == 302
    with open_reading() as session:
        papers = session.scalars(select(Paper).where(Paper.producer_id == producer_id)).all()
        assert sorted(paper.kind for paper in papers) == ["declaration"] * 3 + ["food_safety", "recognition"]
        decision = next(paper for paper in papers if paper.kind == "recognition")
        assert {cover.product_id: cover.stars for cover in decision.covers} == dict(
            zip(ids, (3, 4, 5), strict=True)
        )
        assert all(not verdict.refusals or {r.code for r in verdict.refusals} <= {"label_incomplete"}
                   for verdict in judge_products(session, ids, Act.RECEIVE, TODAY).values())  # fmt: skip
        assert verify_books(session) == []
    assert keys() == []


def name_of(product_id: int) -> str:
    with open_reading() as session:
        return session.get_one(Product, product_id).search_key


def test_what_is_sound_is_saved_and_the_rest_stays_typed(
    new_goods: tuple[FlaskClient, int, list[int]],
) -> None:
    boss, producer_id, ids = new_goods
    wrong = f"recognition-{producer_id}-{ids[0]}"
    typed = {"save": "1", **row(f"food_safety-{producer_id}", number="12/ATTP", issued=ISSUED),
             **row(wrong, number="79/QĐ", issued=ISSUED), **row(f"recognition-{producer_id}-{ids[1]}", number="", issued="hôm nào", stars="4")}  # fmt: skip
    page = boss.post("/papers/missing", data=typed)
    assert page.status_code == 200
    assert f'id="{wrong}-stars-no"' in page.text
    assert 'value="79/QĐ"' in page.text
    assert 'value="hôm nào"' in page.text
    assert f"food_safety-{producer_id}" not in keys()
    assert wrong in keys()


def test_rows_of_one_number_must_agree_and_a_known_decision_gets_the_product(
    new_goods: tuple[FlaskClient, int, list[int]],
) -> None:
    boss, producer_id, ids = new_goods
    rows = [f"recognition-{producer_id}-{id_}" for id_ in ids]
    page = boss.post("/papers/missing", data={"save": "1", **row(rows[0], number="79/QĐ", issued=ISSUED, stars="4"),
                                              **row(rows[1], number="79/QĐ", issued="06/03/2025", stars="4")}).text  # fmt: skip
    assert f'id="{rows[0]}-number-no"' in page
    assert f'id="{rows[1]}-number-no"' in page
    for n in (0, 1):
        boss.post(
            "/papers/missing", data={"save": "1", **row(rows[n], number="79/QĐ", issued=ISSUED, stars="4")}
        )
    page = boss.post("/papers/missing", data={"save": "1", **row(rows[2], number="79/QĐ", issued="06/03/2025", stars="4")}).text  # fmt: skip
    assert f'id="{rows[2]}-number-no"' in page
    with open_reading() as session:
        (paper,) = session.scalars(select(Paper).where(Paper.number == "79/QĐ")).all()
        assert {cover.product_id for cover in paper.covers} == set(ids[:2])
        assert verify_books(session) == []


def test_what_ended_or_was_withdrawn_is_needed_again(new_goods: tuple[FlaskClient, int, list[int]]) -> None:
    boss, producer_id, _ids = new_goods
    key = f"food_safety-{producer_id}"
    boss.post("/papers/missing", data={"save": "1", **row(key, number="12/ATTP", issued=ISSUED)})
    assert key not in keys()
    with unit_of_work() as session:
        paper = session.scalars(select(Paper).where(Paper.number == "12/ATTP")).one()
        mark_revoked(session, paper, on=TODAY - timedelta(days=1), decision="QĐ-1", by=MANAGER, at=MORNING)
    assert key in keys()
    assert "12/ATTP" in boss.get("/papers/missing").text


def test_scans_are_dropped_together_and_put_to_their_papers(
    new_goods: tuple[FlaskClient, int, list[int]],
) -> None:
    boss, producer_id, ids = new_goods
    names = ["ATTP_ho-lan-mau.pdf", "QĐ OCOP Chè lam mật.pdf", "IMG_2231.pdf"]
    files = [(BytesIO(a_pdf(1 + n)), name) for n, name in enumerate(names)]
    page = boss.post(
        "/papers/missing", data={"match": "1", "scans": [*files, (BytesIO(b"odd"), "hong.pdf")]}
    ).text
    assert "hong.pdf:" in page
    assert all(name in page for name in names)
    kept = list(re.findall(r'name="scan" value="(\d+)"', page))
    assert len(kept) == 3
    chosen = dict(
        re.findall(r'<select[^>]*name="([\w-]+)-file_id"[^>]*>.*?<option selected value="(\d*)"', page)
    )
    assert chosen[f"food_safety-{producer_id}"] == kept[0]
    assert chosen[f"recognition-{producer_id}-{ids[0]}"] == kept[1]
    typed = row(f"food_safety-{producer_id}", number="12/ATTP", issued=ISSUED, file_id=kept[0])
    boss.post("/papers/missing", data={"save": "1", "scan": kept, **typed})
    with open_reading() as session:
        paper = session.scalars(select(Paper).where(Paper.number == "12/ATTP")).one()
        assert paper.file_id == int(kept[0])


def test_a_scan_sent_by_itself_is_stored_and_named(new_goods: tuple[FlaskClient, int, list[int]]) -> None:
    boss, *_rest = new_goods
    answer = boss.post("/papers/missing/scan", data={"scans": (BytesIO(a_pdf()), "a.pdf")}).json
    assert answer is not None
    assert len(answer["ids"]) == 1
    assert answer["faults"] == []
    odd = boss.post("/papers/missing/scan", data={"scans": (BytesIO(b"x"), "b.pdf")}).json
    assert odd is not None
    assert (odd["ids"], len(odd["faults"])) == ([], 1)
    assert boss.get("/papers/missing?scan=zzz&scan=999999&scan=-1").status_code == 200


@pytest.mark.parametrize(
    ("name", "fits"),
    [("attp ho lan.pdf", {"food_safety-1"}), ("Ho_Lan.pdf", {"food_safety-1", "recognition-1-5"}), ("ho lan ocop.jpg", {"recognition-1-5"}),
     ("che lam mat.pdf", {"recognition-1-5"}), ("attp.pdf", set()), ("ocop.pdf", set()), ("hợp đồng hộ lan rượu.pdf", set()), ("", set())],
)  # fmt: skip
def test_a_files_name_fits_the_paper_that_it_names(name: str, fits: set[str]) -> None:
    maker = Producer(id=1, name="Hộ Lan", search_key="ho lan")
    product = Product(id=5, name_vi="Chè lam mật", pack="", producer_id=1)
    missing = [
        MissingPaper(PaperKind.FOOD_SAFETY, maker, (product,)),
        MissingPaper(PaperKind.RECOGNITION, maker, (product,)),
    ]
    assert set(match_scans(missing, [(7, name)])) == fits


def labels_of(product_ids: list[int]) -> list[str]:
    with open_reading() as session:
        return [session.get_one(Product, id_).label_entries for id_ in product_ids]


def test_labels_are_found_complete_by_one_touch_or_many_at_once(
    new_goods: tuple[FlaskClient, int, list[int]],
) -> None:
    boss, _producer_id, ids = new_goods
    with open_reading() as session:
        assert set(ids) <= {item.product.id for item in list_unchecked_labels(session)}
    whole = " ".join(REQUIRED[GoodsKind.PACKAGED_FOOD])
    boss.post("/labels/check", data={"product": ids[0], "ticked": [ids[1]]})
    assert labels_of(ids) == [whole, "", ""], "one touch is one product, whatever is ticked"
    boss.post("/labels/check", data={"many": "1", "ticked": ids[1:]})
    assert labels_of(ids) == [whole] * 3
    with open_reading() as session:
        assert not set(ids) & {item.product.id for item in list_unchecked_labels(session)}
        assert verify_books(session) == []
    for odd in ({"product": "zzz"}, {"many": "1"}, {"product": "999999"}):
        assert boss.post("/labels/check", data=odd).status_code == 302


def test_a_label_of_goods_on_the_floor_waits_for_a_second_person(village: Shop) -> None:
    boss = village.client("manager")
    with unit_of_work() as session:
        product = a_product(session, maker := a_maker(session, "Hộ nhãn mẫu"), 902)
        a_delivery(session, maker, product)
        product.label_entries = ""
        product_id = product.id
    page = boss.post("/labels/check", data={"product": product_id}, follow_redirects=True).text
    assert labels_of([product_id]) == [""]
    assert "chờ" in page


def test_who_issued_the_paper_that_ended_is_offered_and_begins_no_row(new_goods: tuple[FlaskClient, int, list[int]]) -> None:  # fmt: skip
    boss, producer_id, _ids = new_goods
    key = f"food_safety-{producer_id}"
    boss.post(
        "/papers/missing",
        data={"save": "1", **row(key, number="12/ATTP", issued=ISSUED, issuer="Chi cục mẫu")},
    )
    with unit_of_work() as session:
        paper = session.scalars(select(Paper).where(Paper.number == "12/ATTP")).one()
        mark_revoked(session, paper, on=TODAY - timedelta(days=1), decision="QĐ-1", by=MANAGER, at=MORNING)
    assert 'value="Chi cục mẫu"' in boss.get("/papers/missing").text
    boss.post("/papers/missing", data={"save": "1", **row(key, issuer="Chi cục mẫu")})
    page = boss.post("/papers/missing", data={"save": "1", **row(key, issuer="Chi cục khác")}).text
    assert f'id="{key}-number-no"' in page, "another issuer is a row that was begun"
    boss.post(
        "/papers/missing",
        data={"save": "1", **row(key, number="13/ATTP", issued=ISSUED, issuer="Chi cục mẫu")},
    )
    with open_reading() as session:
        assert session.scalars(select(Paper).where(Paper.number == "13/ATTP")).one().issuer == "Chi cục mẫu"


@pytest.mark.parametrize(("address", "name"), [("/papers/missing", "save"), ("/labels/check", "many")])
def test_enter_in_a_box_presses_the_button_of_the_whole_page(
    new_goods: tuple[FlaskClient, int, list[int]], address: str, name: str
) -> None:
    """A browser presses the first button of the form for Enter (HTML, 4.10.21.2 implicit submission)."""
    page = new_goods[0].get(address).text
    forms = re.findall(r'<form[^>]*method="post"[^>]*class="stack".*?</form>', page, re.DOTALL)
    assert len(forms) == 1
    assert f'name="{name}"' in re.findall(r"<button(?![^>]*type=.button)[^>]*>", forms[0])[0]


def test_the_paper_that_ended_is_no_new_one(new_goods: tuple[FlaskClient, int, list[int]]) -> None:
    """Its number and day typed again: said, and the books stay whole; the same for one that stands for all goods."""
    boss, producer_id, ids = new_goods
    own, general = f"recognition-{producer_id}-{ids[0]}", f"food_safety-{producer_id}"
    for key, number, more in ((own, "79/QĐ", {"stars": "4"}), (general, "12/ATTP", {})):
        boss.post("/papers/missing", data={"save": "1", **row(key, number=number, issued=ISSUED, **more)})
        with unit_of_work() as session:
            paper = session.scalars(select(Paper).where(Paper.number == number)).one()
            mark_revoked(
                session, paper, on=TODAY - timedelta(days=1), decision="QĐ-1", by=MANAGER, at=MORNING
            )
        page = boss.post(
            "/papers/missing", data={"save": "1", **row(key, number=number, issued=ISSUED, **more)}
        ).text
        assert f'id="{key}-number-no"' in page
        assert f'href="#row-{key}"' in page, "the summary leads there"
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_scan_is_of_the_producer_whose_own_words_it_has_and_a_products_comes_first() -> None:
    lan = Producer(id=1, name="Hộ bà Nguyễn Thị Lan", search_key="")
    binh = Producer(id=2, name="Hộ ông Trần Văn Bình", search_key="")
    rung = Producer(id=3, name="HTX Rừng Xanh", search_key="")
    cake = Product(id=5, name_vi="Bánh cốm", pack="", producer_id=1)
    candy = Product(id=6, name_vi="Kẹo dồi", pack="", producer_id=1)
    missing = [MissingPaper(PaperKind.FOOD_SAFETY, maker, (cake,)) for maker in (lan, binh, rung)]
    missing += [MissingPaper(PaperKind.RECOGNITION, lan, (product,)) for product in (cake, candy)]
    names = [
        (1, "ATTP Hộ Lan.pdf"),
        (2, "ATTP ông Bình.pdf"),
        (3, "ATTP HTX Rừng Xanh.pdf"),
        (4, "QĐ OCOP Hộ bà Nguyễn Thị Lan.pdf"),
        (5, "QĐ OCOP bánh cốm.pdf"),
    ]
    for order in (names, names[::-1]):
        assert match_scans(missing, order) == {
            "food_safety-1": 1, "food_safety-2": 2, "food_safety-3": 3, "recognition-1-6": 4, "recognition-1-5": 5,
        }  # fmt: skip


def test_what_today_names_comes_first_is_marked_and_has_the_focus(new_goods: tuple[FlaskClient, int, list[int]]) -> None:  # fmt: skip
    boss, producer_id, ids = new_goods
    with unit_of_work() as session:
        maker = a_maker(session, "Ưng Yên mẫu")  # by name among the last
        product = a_product(session, maker, 981, name="Mứt gừng hết giấy")
        paper = session.scalars(select(Paper).where(Paper.number == f"{product.sku}/recognition")).one()
        paper.ends = TODAY - timedelta(days=2)
        key = f"recognition-{maker.id}-{product.id}"
        (task,) = [t for t in list_today_tasks(session, TODAY, MORNING) if t.kind == "papers_ended"]
        assert paper.id in task.page[1]["ended"]
    page = boss.get("/papers/missing", query_string={"ended": [paper.id]}).text
    rows = re.findall(r'<fieldset class="([^"]*)" id="row-([^"]*)"', page)
    assert rows[0] == ("paper-row wanted", key)
    assert [row_key for classes, row_key in rows if "wanted" in classes] == [key]
    (focused,) = re.findall(r"<input[^>]*autofocus[^>]*>", page)
    assert f'name="{key}-number"' in focused
    assert f"recognition-{producer_id}-{ids[0]}" in [row_key for _classes, row_key in rows]
    saved = boss.post(f"/papers/missing?ended={paper.id}", data={"save": "1", **row(key, number="99/QĐ", issued=ISSUED, stars="4")})  # fmt: skip
    assert saved.status_code == 302
    assert key not in keys()
    assert "wanted" not in boss.get(saved.location).text
    assert "autofocus" not in boss.get("/papers/missing").text
    assert boss.get("/papers/missing?ended=x&ended=999999").status_code == 200

"""A workbook's page says of each row what it is: what is added, what two people change, what was left out."""

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from PIL import Image
from sqlalchemy import select

from pos.admission.models import Paper, PaperKind
from pos.catalog.models import Product
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.pricing.prices import set_price
from pos.producers.models import Producer
from pos.producers.terms import find_producer, find_terms
from tests.builders import a_maker, a_product, wait_for_workbook
from tests.conftest import MANAGER, MORNING, TODAY, Shop


@pytest.fixture
def manager(village: Shop) -> FlaskClient:
    return village.client("manager")


def send_workbook(manager: FlaskClient, *rows: Sequence[object]) -> str:
    """The address of the workbook's page, once it was read."""
    book, content = Workbook(), BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(content)
    content.seek(0)
    address = manager.post("/workbooks", data={"workbook": (content, "b.xlsx")}).location
    wait_for_workbook(manager, address)
    return str(address)


def test_a_row_for_two_people_names_the_paper_and_both_days(manager: FlaskClient) -> None:
    with open_reading() as session:
        product = session.get_one(Product, 1)
        maker = session.get_one(Producer, product.producer_id).name
        wanted = select(Paper).where(
            Paper.kind == PaperKind.RECOGNITION, Paper.producer_id == product.producer_id
        )
        paper = next(p for p in session.scalars(wanted) if any(c.product_id == 1 for c in p.covers))
    issued = TODAY - timedelta(days=10)
    price = 45_000
    new = (maker, "Kẹo dồi lạc", "200 g", price, 3, "99/QĐ", TODAY - timedelta(days=30))
    address = send_workbook(
        manager, ("Chủ thể", "Tên hàng", "Quy cách", "Giá bán", "Sao", "Số QĐ", "Ngày QĐ"),
        (maker, product.name_vi, product.pack, price, None, paper.number, issued), new,
    )  # fmt: skip
    page = manager.get(address).text
    assert f"{paper.number} liên quan đến hàng đã bày bán" in page
    assert f"ngày cấp: sổ ghi {paper.issued:%d/%m/%Y}, dòng này ghi {issued:%d/%m/%Y}" in page
    assert f'href="/papers/{paper.id}"' in page
    assert "sẽ thêm; bán được khi đủ giấy tờ khác" in page
    manager.post(f"{address}/write")
    assert '<p class="notice look" role="status">' in manager.get(address).text, "a refusal is no tick"
    manager.post(f"{address}/write", data={"without_refused": "1"})
    page = wait_for_workbook(manager, address)
    assert '<p class="notice look" role="status">' in page
    assert "1 dòng bị từ chối chưa ghi" in page


def test_what_was_written_whole_has_its_tick(manager: FlaskClient) -> None:
    address = send_workbook(manager, ("Chủ thể", "Điện thoại"), ("Hộ mới", "0900 000 000"))
    manager.post(f"{address}/write")
    page = wait_for_workbook(manager, address)
    assert '<p class="notice ok" role="status">' in page
    assert "bị từ chối" not in page


HEAD = ("Chủ thể", "Tên hàng", "Quy cách", "Giá bán")


def test_an_answer_that_cant_be_read_is_shown_again_and_the_others_are_kept(manager: FlaskClient) -> None:
    address = send_workbook(
        manager, HEAD, ("Hộ mới", "Đặc sản làng", "hộp", 20_000), ("Hộ mới", "Kẹo lạc", "gói", 20_000)
    )
    assert "nghe tên chưa rõ" in manager.get(address).text
    manager.post(
        f"{address}/answers",
        data={"kind_of_rest": "craft", "deal.ho moi": "consignment", "commission.ho moi": "mười lăm"},
    )
    page = wait_for_workbook(manager, address)
    assert 'value="mười lăm"' in page
    assert "nghe tên chưa rõ" not in page
    manager.post(f"{address}/write", data={"deal.ho moi": "consignment", "commission.ho moi": "15"})
    assert "Đã ghi 2 dòng" in wait_for_workbook(manager, address)
    with open_reading() as session:
        producer = find_producer(session, "Hộ mới")
        assert producer is not None
        terms = find_terms(session, producer.id, TODAY)
        assert terms is not None
        assert terms.commission_bp == 1500
        goods = session.execute(
            select(Product.name_vi, Product.kind).where(Product.producer_id == producer.id)
        )
        assert {name: kind for name, kind in goods} == {"Đặc sản làng": "craft", "Kẹo lạc": "packaged_food"}  # noqa: C416


def test_a_list_that_the_books_have_overtaken_is_looked_at_again_with_its_answers(
    manager: FlaskClient,
) -> None:
    address = send_workbook(manager, HEAD, ("Hộ mới", "Đặc sản làng", "hộp", 20_000))
    manager.post(f"{address}/answers", data={"kind.0.2": "craft"})
    wait_for_workbook(manager, address)
    with unit_of_work() as session:
        set_price(session, session.get_one(Product, 1), 77_000, starts=TODAY, by=MANAGER, at=MORNING)
    manager.post(f"{address}/write")
    page = wait_for_workbook(manager, address)
    assert "Bản xem trước" in page
    assert "Ghi 1 dòng" in page, "the list and the answer are there still"
    manager.post(f"{address}/write")
    assert "Đã ghi 1 dòng" in wait_for_workbook(manager, address)


def test_what_was_said_of_a_column_is_remembered_and_two_of_one_meaning_are_asked(
    manager: FlaskClient,
) -> None:
    head = ("Chủ thể", "Tên hàng", "Đơn giá", "Giá bán")
    address = send_workbook(manager, head, ("Hộ mới", "Kẹo lạc", 15_000, 20_000))
    page = manager.get(address).text
    assert "Có hai cột cùng nghĩa" in page
    assert "/write" not in page, "nothing can be written before it is answered"
    manager.post(f"{address}/write")
    assert "Có hai cột cùng nghĩa" in wait_for_workbook(manager, address)
    form = {"pick.0.price": "3", "field.0.2": "price", "field.0.3": "price"}
    manager.post(f"{address}/answers", data=form)
    assert "20.000" in wait_for_workbook(manager, address)
    manager.post(f"{address}/write")
    assert "Đã ghi 1 dòng" in wait_for_workbook(manager, address)
    again = send_workbook(manager, head, ("Hộ mới", "Kẹo dồi", 15_000, 20_000))
    page = manager.get(again).text
    assert "Có hai cột cùng nghĩa" not in page
    assert "Ghi 1 dòng" in page


def test_pictures_go_to_their_goods_by_name_and_the_others_are_told(manager: FlaskClient) -> None:
    book, content = Workbook(), BytesIO()
    assert book.active is not None
    for row in (
        (*HEAD, "Ảnh"), ("Hộ mới", "Kẹo lạc", "gói", 20_000, "IMG_01.jpg"), ("Hộ mới", "Kẹo dồi", "gói", 20_000, None), ("Hộ mới", "Mứt thử", "gói", 20_000, "x.png"),
    ):  # fmt: skip
        book.active.append(row)
    book.save(content)
    content.seek(0)
    pictures = [
        (a_picture(colour), name)
        for colour, name in (("red", "img_01.JPG"), ("blue", "Kẹo dồi gói.jpg"), ("green", "lạ.jpg"))
    ]
    address = manager.post(
        "/workbooks", data={"workbook": (content, "b.xlsx"), "pictures": pictures}
    ).location
    assert "x.png" in wait_for_workbook(manager, address)
    manager.post(f"{address}/write")
    page = wait_for_workbook(manager, address)
    assert "lạ.jpg" in page
    with open_reading() as session:
        pictured = select(Product.name_vi).where(
            Product.picture_id.is_not(None), Product.name_vi.in_(["Kẹo lạc", "Kẹo dồi", "Mứt thử"])
        )
        assert set(session.scalars(pictured)) == {"Kẹo lạc", "Kẹo dồi"}


def a_picture(colour: str) -> BytesIO:
    content = BytesIO()
    Image.new("RGB", (60, 40), colour).save(content, "JPEG")
    content.seek(0)
    return content


def send_with_picture(manager: FlaskClient, *rows: Sequence[object]) -> None:
    """Write a list beside which the picture a.png came."""
    book, content = Workbook(), BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(content)
    content.seek(0)
    form = {"workbook": (content, "b.xlsx"), "pictures": [(a_picture("red"), "a.jpg")]}
    address = manager.post("/workbooks", data=form).location
    wait_for_workbook(manager, address)
    manager.post(f"{address}/write", data={"without_refused": "1"})
    wait_for_workbook(manager, address)


def test_an_import_with_pictures_is_taken_back_and_gives_the_former_back(manager: FlaskClient) -> None:
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ X")
        ids = [a_product(session, maker, n, name=name).id for n, name in ((901, "Bánh"), (902, "Kẹo"))]
    head = ("Chủ thể", "Tên hàng", "Quy cách", "Giá bán", "Bảo quản", "Ảnh")
    for n, row in enumerate((
        ("Hộ X", "Bánh", "901", 55_000, "mát", "a.jpg"), ("Hộ X", "Kẹo", "902", 56_000, None, "a.jpg"),
    )):  # fmt: skip
        send_with_picture(manager, head, row)
        with open_reading() as session:
            assert session.get_one(Product, ids[n]).picture_id is not None
        assert manager.post(f"/workbooks/imports/{n + 1}/take-back").status_code == 302
        with open_reading() as session:
            assert session.get_one(Product, ids[n]).picture_id is None
            assert verify_books(session) == []


def test_a_picture_that_is_none_is_named_and_nothing_is_read(manager: FlaskClient) -> None:
    book, content = Workbook(), BytesIO()
    book.save(content)
    content.seek(0)
    form = {"workbook": (content, "b.xlsx"), "pictures": [(BytesIO(b"none"), "lạ.jpg")]}
    answer = manager.post("/workbooks", data=form)
    assert answer.status_code == 422
    assert "lạ.jpg" in answer.text


def test_a_row_without_a_name_is_not_called_by_its_producer(manager: FlaskClient) -> None:
    address = send_workbook(manager, HEAD, ("Hộ chẳng tên", None, "gói", 20_000))
    assert "<strong>Hộ chẳng tên</strong>" not in manager.get(address).text


def test_an_import_is_taken_back_on_its_page_or_says_why_not(manager: FlaskClient) -> None:
    address = send_workbook(manager, HEAD, ("Hộ mới", "Kẹo lạc", "gói", 20_000))
    manager.post(f"{address}/write")
    wait_for_workbook(manager, address)
    assert "Lấy lại lần nhập này" in manager.get("/workbooks").text
    page = manager.post("/workbooks/imports/1/take-back", follow_redirects=True).text
    assert "sổ sách như trước khi nhập" in page
    assert "Lấy lại lần nhập này" not in page
    refused = manager.post("/workbooks/imports/1/take-back")
    assert refused.status_code in {409, 422}
    section = refused.text[refused.text.index("Các lần nhập") :]
    assert (
        0 < section.index("autofocus") < section.index("không lấy lại được nữa") < section.index("import-run")
    )
    assert manager.post("/workbooks/imports/99/take-back").status_code == 404
    with open_reading() as session:
        assert verify_books(session) == []


@pytest.mark.parametrize("form", [
    {"field.0.1": "password"}, {"field.x.y": "price"}, {"how.0.3": "99999999999999"}, {"pick.0.price": "-1"}, {"kind.9.9": "craft"}, {"same.0.2": "x" * 5000},
    {"place.": "new:ocop"}, {"deal.": "firm"}, {"deal.ho moi": "gold"}, {"deal.ho moi": "consignment"}, {"producer_of_rest": " "}, {"state": "x", "page": "zz"},
    {"show_page": "999999999999999999999"},
])  # fmt: skip
def test_no_answer_breaks_the_page(manager: FlaskClient, form: dict[str, str]) -> None:
    address = send_workbook(manager, HEAD, ("Hộ mới", "Kẹo lạc", "gói", 20_000))
    answer = manager.post(f"{address}/answers", data=form)
    assert answer.status_code == 302
    wait_for_workbook(manager, address)
    assert manager.get(answer.location).status_code == 200
    assert manager.post(f"{address}/write", data=form).status_code == 302
    wait_for_workbook(manager, address)

"""The manager's forms, filled in as a manager would; errors stand at the field and keep what was typed."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from pos.admission.models import Paper
from pos.catalog.models import Product
from pos.files.models import StoredFile
from pos.identity.models import Person
from pos.kernel.database import open_reading
from pos.maintenance.verify import verify_books
from pos.pricing.prices import find_price
from pos.producers.models import Producer, ProducerTerms
from pos.shop.models import get_shop
from pos.stock.models import Hold, Lot, OnHand, Place
from pos.storeroom.models import Receiving
from tests.attacks.hostile_files import pdf as a_pdf
from tests.builders import wait_for_workbook
from tests.conftest import TODAY, Shop

BOOK = Path(__file__).parents[1] / "data" / "workbooks" / "so-hang-htx.xlsx"
PRODUCT = {
    "name_vi": "Bánh gai đặc biệt", "pack": "gói 5", "producer_id": "1", "group_code": "food", "goods_class": "ocop",
    "kind": "packaged_food", "unit": "piece", "barcodes": "9520000007003\n19520000007000 12", "net_content_milli": "250",
    "net_content_unit": "g", "vat_category": "standard", "shelf_place_id": "1",
}  # fmt: skip
SECOND = {"login": "thu-ngan-1", "pin": "135792"}


@pytest.fixture
def manager(village: Shop) -> FlaskClient:
    return village.client("manager")


def photo() -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (3000, 200), "red").save(out, "PNG")
    out.seek(0)
    return out


def only(model: type, **wanted: object) -> object:
    with open_reading() as session:
        return session.scalars(select(model).filter_by(**wanted)).one()


def ends_well(answer: object) -> None:
    assert answer.status_code == 302, re.sub(r"\s+", " ", answer.text)[-1500:]  # type: ignore[attr-defined]


def test_a_product_from_first_form_to_price(manager: FlaskClient) -> None:
    wrong = manager.post("/products/new", data=PRODUCT | {"name_vi": "", "barcodes": "123"})
    assert wrong.status_code == 200
    assert "Cần điền ô này." in wrong.text
    assert "gói 5" in wrong.text
    odd = manager.post("/products/new", data=PRODUCT | {"barcodes": "9520000007004"})
    assert "sai số kiểm tra" in odd.text
    taken = manager.post("/products/new", data=PRODUCT | {"barcodes": "9520000000011"})
    assert "Chè lam gừng" in taken.text
    ends_well(manager.post("/products/new", data=PRODUCT | {"picture": (photo(), "anh.png"), "label_entries": ["name", "origin"]},
                           content_type="multipart/form-data"))  # fmt: skip
    product: Product = only(Product, name_vi="Bánh gai đặc biệt")  # type: ignore[assignment]
    assert (product.net_content_milli, product.label_entries) == (250_000, "name origin")
    with open_reading() as session:
        assert [(b.gtin, b.pack_milli) for b in session.get_one(Product, product.id).barcodes] == [
            ("09520000007003", 1000),
            ("19520000007000", 12_000),
        ]
        stored = session.get_one(StoredFile, product.picture_id)
    picture = manager.get(f"/files/{stored.id}")
    assert picture.content_type == "image/jpeg"
    assert Image.open(BytesIO(picture.data)).width <= 2400
    again = manager.post("/products/new", data=PRODUCT | {"barcodes": ""})
    assert "đã có" in again.text
    ends_well(
        manager.post(
            f"/products/{product.id}/edit", data=PRODUCT | {"pack": "gói 6", "alcohol_permille": "29,5"}
        )
    )
    changed: Product = only(Product, pack="gói 6")  # type: ignore[assignment]
    assert changed.alcohol_permille == 295
    assert "gói 6" in manager.get(f"/history/product/{product.id}").text
    ends_well(
        manager.post(f"/products/{product.id}/price", data={"price_vnd": "45.000", "starts": "24/11/2026"})
    )
    ends_well(manager.post(f"/products/{product.id}/shelf-price", data={"price_vnd": "44.000"}))
    assert (
        manager.post(
            f"/products/{product.id}/price", data={"price_vnd": "rẻ", "starts": "24/11/2026"}
        ).status_code
        == 422
    )
    with open_reading() as session:
        assert find_price(session, product.id, TODAY) == 45_000
        assert verify_books(session) == []


def test_files_that_are_no_pictures(manager: FlaskClient) -> None:
    for name, content in (
        ("a.png", b"no picture"),
        ("b.svg", b"<svg onload='x'/>"),
        ("c.pdf", b"%PDF-1.7 cut off"),
    ):
        answer = manager.post(
            "/products/new",
            data=PRODUCT | {"picture": (BytesIO(content), name)},
            content_type="multipart/form-data",
        )
        assert "không phải ảnh" in answer.text, name
    assert manager.get("/files/999").status_code == 404


def test_papers_are_kept_renewed_and_withdrawn(manager: FlaskClient) -> None:
    paper = {"kind": "recognition", "number": "77/QĐ (mẫu)", "issuer": "Thành phố mẫu", "issued": "05/03/2025", "producer_id": "1",
             "products": "SP00001 4 Chè lam gừng"}  # fmt: skip
    pdf = BytesIO(a_pdf())
    for change, words in (({"number": ""}, "Cần điền"), ({"issued": ""}, "Chưa có ngày"), ({"ends": "01/01/2020"}, "trước ngày"),
                          ({"products": "SP00001 9"}, "từ 1 đến 5"), ({"products": "SP99999 3"}, "không có sản phẩm SP99999"),
                          ({"issued": "31/02/2025"}, "Không có ngày 31/02/2025")):  # fmt: skip
        assert words in manager.post("/papers/new", data=paper | change).text, change
    ends_well(
        manager.post(
            "/papers/new", data=paper | {"file": (pdf, "qd.pdf")}, content_type="multipart/form-data"
        )
    )
    kept: Paper = only(Paper, number="77/QĐ (mẫu)")  # type: ignore[assignment]
    assert kept.ends is not None
    assert kept.ends.isoformat() == "2028-03-05"
    scan = manager.get(f"/files/{kept.file_id}")
    assert scan.headers["Content-Disposition"].startswith("attachment")
    ends_well(manager.post(f"/papers/{kept.id}", data=paper | {"ends": "04/03/2028"}))
    assert (
        manager.post(f"/papers/{kept.id}/revoke", data={"on": "24/11/2026", "decision": ""}).status_code
        == 422
    )
    ends_well(manager.post(f"/papers/{kept.id}/revoke", data={"on": "24/11/2026", "decision": "9/QĐ"}))
    assert "đã thu hồi" in manager.get("/papers?producer=1&kind=recognition").text
    assert manager.get("/papers?producer=shop").status_code == 200
    with open_reading() as session:
        assert verify_books(session) == []


def test_producers_and_their_terms(manager: FlaskClient) -> None:
    ends_well(manager.post("/producers/new", data={"name": "Hộ mẫu mới", "address": "thôn mẫu"}))
    maker: Producer = only(Producer, name="Hộ mẫu mới")  # type: ignore[assignment]
    assert "Đã có chủ thể" in manager.post("/producers/new", data={"name": "HỘ MẪU mới"}).text
    terms = {
        "starts": "24/11/2026",
        "deal": "consignment",
        "commission_bp": "12,5",
        "spoilage_borne_by": "producer",
        "markdown_borne_by": "shop",
    }
    assert (
        "từ 0 đến 100"
        in manager.post(f"/producers/{maker.id}/terms", data=terms | {"commission_bp": "101"}).text
    )
    assert (
        "Gõ phần trăm"
        in manager.post(f"/producers/{maker.id}/terms", data=terms | {"commission_bp": "x"}).text
    )
    assert "Chưa ghi gì" in manager.post(f"/producers/{maker.id}/terms", data=terms).text
    ends_well(manager.post(f"/producers/{maker.id}/terms", data=terms | {"step": "save"}))
    agreed: ProducerTerms = only(ProducerTerms, producer_id=maker.id)  # type: ignore[assignment]
    assert agreed.commission_bp == 1250
    ends_well(
        manager.post(
            f"/producers/{maker.id}",
            data={"name": "Hộ mẫu mới", "suspended_on": "20/11/2026", "suspended_why": "x"},
        )
    )
    assert "tạm dừng" in manager.get("/producers?q=mau moi").text


def test_a_delivery_by_the_page_and_its_reversal(manager: FlaskClient) -> None:
    line = {"lines-0-product_id": "1", "lines-0-lot_number": "", "lines-0-made_on": "23/11/2026", "lines-0-expires_on": "03/2027",
            "lines-0-quantity_milli": "5", "lines-0-unit_cost_vnd": "30.000", "lines-0-place_id": ""}  # fmt: skip
    head = {"delivery_note": "PG-T", "note_date": "24/11/2026"}
    more = manager.post("/receiving/new/1", data=head | line | {"more": "1"})
    assert 'name="lines-1-product_id"' in more.text
    assert "PG-T" in more.text
    assert (
        "Chưa có dòng" in manager.post("/receiving/new/1", data=head | line | {"lines-0-product_id": ""}).text
    )
    assert (
        "Không bán được"
        in manager.post("/receiving/new/1", data=head | line | {"lines-0-quantity_milli": "0,5"}).text
    )
    done = manager.post("/receiving/new/1", data=head | line)
    ends_well(done)
    number = int(done.location.rsplit("/", 1)[1])
    receiving: Receiving = only(Receiving, number=number)  # type: ignore[assignment]
    lot: Lot = only(Lot, delivery_note="PG-T")  # type: ignore[assignment]
    assert lot.number == f"261124-{number}-1"
    assert lot.expires_on is not None
    assert lot.expires_on.isoformat() == "2027-03-31"
    assert "Cần điền" in manager.post(f"/receiving/{number}", data={"why": ""}).text
    ends_well(manager.post(f"/receiving/{number}", data={"why": "nhầm"}))
    assert "bị hủy" in manager.get(f"/receiving/{receiving.number}").text
    with open_reading() as session:
        assert verify_books(session) == []


def test_lots_are_moved_counted_completed_stopped_and_released(manager: FlaskClient) -> None:
    assert (
        "sai khu"
        in manager.post("/lots/30/move", data={"place_id": "1", "to_id": "3", "quantity_milli": "1"}).text
    )
    assert (
        "Theo sổ"
        in manager.post("/lots/30/move", data={"place_id": "1", "to_id": "4", "quantity_milli": "9999"}).text
    )
    ends_well(manager.post("/lots/30/move", data={"place_id": "1", "to_id": "4", "quantity_milli": "2"}))
    with open_reading() as session:
        assert session.get_one(OnHand, (30, 4)).quantity_milli == 2000
    count = {"place_id": "4", "counted_milli": "1", "reason": "mất một"}
    assert (
        "không khớp"
        in manager.post("/lots/30/count", data=count | {"login": "thu-ngan-1", "pin": "000000"}).text
    )
    assert (
        "người thứ hai"
        in manager.post("/lots/30/count", data=count | {"login": "quan-ly-mau", "pin": "246813"}).text
    )
    ends_well(manager.post("/lots/30/count", data=count | SECOND))
    ends_well(manager.post("/lots/30/count", data=count | SECOND))
    origin = {
        "producer_id": "1",
        "origin_place": "thôn mẫu",
        "made_on": "01/11/2026",
        "expires_on": "31/12/2026",
        "delivery_note": "PG1",
    }
    assert "sau hạn" in manager.post("/lots/30/edit", data=origin | {"expires_on": "01/10/2026"}).text
    ends_well(manager.post("/lots/30/edit", data=origin))
    assert manager.post("/lots/30/stop", data={"reason": ""}).status_code == 422
    ends_well(manager.post("/lots/30/stop", data={"reason": "phồng"}))
    hold: Hold = only(Hold, lot_id=30, releases_id=None)  # type: ignore[assignment]
    assert "phồng" in manager.get("/lots/30").text
    release = {"reason": "đã kiểm", **SECOND}
    assert manager.post(f"/holds/{hold.id}/release/30", data=release | {"pin": "000000"}).status_code == 403
    assert manager.post(f"/holds/{hold.id}/release/30", data={"reason": ""}).status_code == 422
    ends_well(manager.post(f"/holds/{hold.id}/release/30", data=release))
    with open_reading() as session:
        assert verify_books(session) == []


def test_places_people_and_policy(manager: FlaskClient, village: Shop) -> None:
    ends_well(manager.post("/places", data={"code": "K2", "name": "Kệ 2", "zone": "ocop"}))
    assert "Đã có nơi để" in manager.post("/places", data={"code": "K2", "name": "Kệ 2", "zone": "ocop"}).text
    assert isinstance(only(Place, code="K2"), Place)
    ends_well(manager.post("/people/new", data={"name": "Thu ngân 3", "role": "cashier"}))
    told = manager.get("/people").text
    assert re.search(r"thu-ngan-3</strong>.*?\d{6}", told, re.DOTALL)
    login = re.search(r'name="login" value="([^"]+)"', manager.get("/people").text).group(1)  # type: ignore[union-attr]
    manager.post("/people/pin-written-down", data={"login": login})
    assert not re.search(r'class="figure">\d{6}', manager.get("/people").text)
    assert "Đã có người" in manager.post("/people/new", data={"name": "Thu ngân 3", "role": "cashier"}).text
    assert "Chủ thể nào" in manager.post("/people/new", data={"name": "Ai đó", "role": "producer"}).text
    person: Person = only(Person, login="thu-ngan-3")  # type: ignore[assignment]
    ends_well(manager.post(f"/people/{person.id}/pin"))
    ends_well(manager.post(f"/people/{person.id}/active/0"))
    boss: Person = only(Person, role="manager")  # type: ignore[assignment]
    assert manager.post(f"/people/{boss.id}/active/0").status_code == 422
    policy = {"name": "Điểm mới", "address": "x", "hotline": "", "returns_rule": "", "classes": ["ocop", "speciality"], "min_stars": "4",
              "warning_days": "20", "refund_limit_vnd": "100.000", "cash_rounding_vnd": "500"}  # fmt: skip
    assert manager.post("/policy", data=policy | {"min_stars": "2"}).status_code == 200
    ends_well(manager.post("/policy", data=policy))
    with open_reading() as session:
        shop = get_shop(session)
        assert (shop.classes, shop.min_stars, shop.sell_only_at_shelf_price) == ("ocop speciality", 4, False)
        assert verify_books(session) == []


def begin(manager: FlaskClient) -> str:
    started = manager.post(
        "/workbooks",
        data={"workbook": (BytesIO(BOOK.read_bytes()), "sổ.xlsx")},
        content_type="multipart/form-data",
    )
    ends_well(started)
    return started.location


def test_a_preview_of_the_day_before_yesterday_is_looked_at_anew(village: Shop) -> None:
    """Prices have gone on meanwhile: those of its day would stand behind them, and the page would say they were written."""
    manager = village.client("manager")
    address = begin(manager)
    wait_for_workbook(manager, address)
    village.clock.advance(days=2)
    manager = village.client("manager")
    ends_well(manager.post(f"{address}/write", data={"without_refused": "1"}))
    assert "Chọn lại tệp" in wait_for_workbook(manager, address)


def test_a_workbook_by_the_page(manager: FlaskClient) -> None:
    address = begin(manager)
    page = wait_for_workbook(manager, address)
    assert "giống dòng 5" in page
    ends_well(manager.post(f"{address}/write"))
    assert "đánh dấu để làm tiếp" in wait_for_workbook(manager, address)
    ends_well(manager.post(f"{address}/write", data={"without_refused": "1"}))
    assert "Đã ghi" in wait_for_workbook(manager, address)
    odd = manager.post(
        "/workbooks", data={"workbook": (BytesIO(b"x"), "x.xlsx")}, content_type="multipart/form-data"
    )
    assert "Chưa ghi gì cả" in wait_for_workbook(manager, odd.location)
    assert manager.post("/workbooks", data={}).status_code == 422
    assert manager.get("/workbooks/nothing").status_code == 404
    assert manager.get("/workbooks/template.xlsx").data.startswith(b"PK")
    assert manager.get("/workbooks/export.xlsx").data.startswith(b"PK")


def test_the_rest_of_the_desk(manager: FlaskClient) -> None:
    ends_well(manager.post("/journal/clock"))
    ends_well(manager.post("/language/en", data={"next": "/today"}))
    assert "Sold today" in manager.get("/today").text
    ends_well(manager.post("/language/xx", data={"next": "//evil"}))
    assert "Nothing found" in manager.get("/products?q=zzz&group=food&producer=1").text
    assert manager.get("/products?page=2").status_code == 200
    assert manager.get("/stock?q=tra&place=1&page=1").status_code == 200
    assert manager.get("/receiving?before=5").status_code == 200
    assert manager.get("/journal?kind=sold&before=900").status_code == 200
    assert manager.get("/nowhere").status_code == 404
    ends_well(manager.post("/sign-out"))
    assert manager.get("/today").status_code == 302


def test_cashier_refund_over_the_limit_asks_a_manager(village: Shop) -> None:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "2.000.000"})
    client.post("/till/scan", data={"code": village.village.codes["Set quà Tết 5 món"], "once": "a"})
    client.post("/till/scan", data={"code": village.village.codes["Set quà Tết 5 món"], "once": "a"})
    page = client.get("/till").text
    assert "1 × 480.000" in re.sub(r"\s+", " ", page)  # the same scan sent twice is answered, not repeated
    field = lambda name: re.search(rf'name="{name}" value="(\d+)"', page).group(1)  # type: ignore[union-attr]  # noqa: E731
    body = {"basket_id": field("basket_id"), "version": field("version"), "given": "500000"}
    assert "20.000" in client.post("/till/pay", data=body).text
    assert "20.000" in client.post("/till/pay", data=body).text
    assert client.post("/till/pay", data=body | {"given": "600000"}).status_code == 409
    number = re.search(r"/till/receipt/(\d+)\.png", client.post("/till/pay", data=body).text).group(1)  # type: ignore[union-attr]
    assert client.post("/till/refund/find", data={"number": f"PT-{number}"}).status_code == 200
    assert client.post("/till/refund/find", data={"number": "x"}).status_code == 422
    back = {"part-1": "1", "reason": "vỡ", "key": "k"}
    asked = client.post(f"/till/refund/{number}", data=back)
    assert "quản lý duyệt" in asked.text
    assert (
        client.post(
            f"/till/refund/{number}", data=back | {"login": "quan-ly-mau", "pin": "000000"}
        ).status_code
        == 403
    )
    assert (
        "480.000"
        in client.post(f"/till/refund/{number}", data=back | {"login": "quan-ly-mau", "pin": "246813"}).text
    )
    assert client.post(f"/till/print/{number}").status_code == 200
    assert client.get(f"/till/receipt/{number}.png?paper=58").data.startswith(b"\x89PNG")
    for path, data in (
        ("/till/cash", {"amount": "50.000", "way": "in", "reason": "lẻ"}),
        ("/till/shift/close", {"counted": "1"}),
    ):
        assert client.post(path, data=data).status_code == 200
    for path in ("/till/cash", "/till/shift/close", "/till/shift/open"):
        assert client.post(path, data={"amount": "x", "counted": "x", "float": "x"}).status_code == 422
    with open_reading() as session:
        assert verify_books(session) == []

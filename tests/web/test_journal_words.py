"""The journal and every history speak the reader's language: kinds, subjects, facts and their values."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

import pos
from pos.admission.models import Paper
from pos.catalog.models import Product
from pos.identity.models import Person
from pos.journal.models import JournalRow
from pos.journal.payload import read_payload
from pos.journal.record import record
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.formats import format_vnd_on_screen
from pos.kernel.reason import Reason
from pos.maintenance.verify import verify_books
from pos.pricing.prices import note_shelf_prices
from pos.producers.models import Producer
from pos.sales.models import SaleLine
from pos.shop.models import Shop as ShopRow
from pos.stock.models import Lot, StockMove
from pos.web.fact_texts import HIDDEN, FactTexts
from pos.web.journal_terms import FACTS, KINDS
from pos.web.reasons import render_reason
from pos.web.row_names import RowNames
from tests.conftest import MANAGER, MORNING, TODAY, Shop

OWN_NAMES = {"by", "at", "subject", "facts", "seals", "sealed", "state_seals", "removed", None}


def list_record_calls() -> list[tuple[str, ast.Call]]:
    """Every call that writes into the journal, with the file it stands in."""
    return [
        (path.name, node)
        for path in sorted(Path(pos.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record"
    ]


def list_constants() -> dict[str, str]:
    """Names in capitals that stand for a text, in all of the code."""
    return {
        name: text
        for path in Path(pos.__file__).parent.rglob("*.py")
        for name, text in re.findall(r'^([A-Z_]+) = "(\w+)"', path.read_text("utf-8"), re.MULTILINE)
    }


def list_kinds_of(kind: ast.expr, constants: dict[str, str]) -> set[str]:
    """The kinds that a call's argument may be."""
    texts = {n.value for n in ast.walk(kind) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return texts | {constants[n.id] for n in ast.walk(kind) if isinstance(n, ast.Name) and n.id in constants}


def list_kinds_recorded() -> set[str]:
    """Every kind that the code writes into the journal."""
    constants = list_constants()
    return {kind for _file, call in list_record_calls() for kind in list_kinds_of(call.args[1], constants)}


def test_every_kind_that_is_recorded_has_its_word() -> None:
    constants = list_constants()
    unknown = [
        (file, ast.unparse(call.args[1]))
        for file, call in list_record_calls()
        if not list_kinds_of(call.args[1], constants)
    ]
    kinds = list_kinds_recorded()
    assert len(kinds) > 80
    assert sorted(kinds - set(KINDS)) == []
    assert unknown == [], "a kind that can't be read off the call: write it out there"


def test_every_detail_that_is_recorded_has_its_word() -> None:
    details = {keyword.arg for _file, call in list_record_calls() for keyword in call.keywords} - OWN_NAMES
    assert len(details) > 40
    assert sorted(str(name) for name in details if name not in FACTS) == []


@pytest.mark.parametrize("model", [Product, Producer, Paper, Lot, Person, ShopRow])
def test_every_fact_of_a_history_has_its_word(model: type, village: Shop) -> None:
    with open_reading() as session:
        facts = session.scalars(select(model).limit(1)).one().facts()
    assert sorted(set(facts) - set(FACTS) - HIDDEN) == []


@pytest.fixture
def manager(village: Shop) -> FlaskClient:
    return village.client("manager")


def rows_of(page: str) -> str:
    """The table of a page without the small raw kinds."""
    return re.sub(r"<code>.*?</code>", "", page[page.index("<tbody>") : page.index("</tbody>")])


RAW = re.compile(
    r"\b(?:person|product|lot|sale|shift|paper|producer|sale_line|receiving_line|basket|hold):\d|\w+_(?:milli|vnd|on|id|bp|tenths)\b"
    r"|\d{4}-\d\d-\d\d|\[\[|\[\{|&#39;"
)


def test_the_journal_is_in_words(manager: FlaskClient, village: Shop) -> None:
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "200000"})
    till.post("/till/shift/close", data={"counted": "200000"})
    village.app.test_client().post("/sign-in", data={"login": "quan-ly", "pin": "111222"})
    with open_reading() as session:
        product, paper = (session.scalars(select(model).limit(1)).one() for model in (Product, Paper))
        lot = session.scalars(select(Lot).where(Lot.product_id == product.id).limit(1)).one()
    with unit_of_work() as session:
        record(session, "line_voided", by=MANAGER, at=MORNING, product=product.id, lot=lot.id, price_vnd=45_000,
               quantity_milli=1_000, emptied=True)  # fmt: skip
        record(session, "refused", by=MANAGER, at=MORNING, path="/till/scan",
               reasons=[{"code": "expired", "lot": "L1", "ended": "2026-12-06", "product": "Trà"}])  # fmt: skip
        record(session, "paper_changed", by=MANAGER, at=MORNING, subject=session.get_one(Paper, paper.id))
        note_shelf_prices(session, {product.id: 47_000}, by=MANAGER, at=MORNING)
    page = manager.get("/journal").text
    rows = rows_of(page)
    for words in (
        f"{product.name}: 47.000",
        'kết <a href="/shifts/',
        "đếm được 200.000",
        "gõ sai mã PIN với một tên",
        "45.000",
        product.name,
        f"Lô {lot.number}",
        f"giấy tờ {paper.number}",
    ):
        assert words in rows, words
    assert re.search(r'<a href="/shifts/\d+">ca số \d+</a>', rows)
    assert f'<a href="/papers/{paper.id}">' in rows
    assert "06/12/2026" in rows
    assert "shift_closed" not in rows
    for path in ("", "?before=300", "?before=150", "?kind=paper_added", "?kind=product_added"):
        rows = rows_of(manager.get(f"/journal{path}").text)
        assert RAW.search(rows) is None, RAW.search(rows)


@pytest.mark.parametrize("table", ["product", "producer", "paper", "lot", "person", "shop"])
def test_each_history_is_in_words(manager: FlaskClient, village: Shop, table: str) -> None:
    with open_reading() as session:
        subjects = session.scalars(
            select(JournalRow.subject).where(JournalRow.subject.startswith(f"{table}:")).distinct().limit(8)
        ).all()
    assert subjects
    for subject in subjects:
        page = manager.get("/history/" + str(subject).replace(":", "/")).text
        rows = rows_of(page)
        assert RAW.search(rows) is None, (subject, RAW.search(rows))
    if table == "person":
        assert "vai trò" in rows
        assert re.search(r"quản lý|thu ngân|chủ thể|xem", rows)
    if table == "paper":
        assert "sản phẩm và số sao" in rows


def test_the_moves_of_a_lot_name_their_cause_in_words(manager: FlaskClient) -> None:
    with open_reading() as session:
        lot_id = session.scalars(select(StockMove.lot_id).where(StockMove.kind == "sold").limit(1)).one()
        line = session.scalars(select(SaleLine).where(SaleLine.lot_id == lot_id).limit(1)).one()
    for address in (f"/lots/{lot_id}", f"/trace/{lot_id}"):
        page = manager.get(address, follow_redirects=True).text
        assert "sale_line:" not in page
        assert "receiving_line:" not in page
        assert f"{line.sale_number:06}, dòng {line.n}" in page
        assert re.search(r'<a href="/receiving/\d+">', page)


FORGED = [
    ("sold", "sale:999999", "{}"), ("refused", "", "[]"), ("zzz", "paper:abc", '{"facts":[]}'), ("refused", "", '{"reasons":5}'),
    ("fact_changed", "nope:1", '{"facts":{"paper:1":5}}'), ("sold", "sale:\u0663", '{"total_vnd":"x"}'),
    ("price_set", "product:99999999999999999999", '{"price_vnd":null,"starts":"9999-99-99","product":99999999999999999999}'),
    ("pin_wrong", "person:1", '{"failed":{"a":[1,{"b":2}]},"door":[]}'), ("sold", "sale:1", "5"), ("product_changed", "product:x", '{"facts":5,"seals":[7]}'), ("imported", "sale:1", "not json"),
    ("paper_changed", "paper:1", '{"facts":{"paper:1":{"covers":[1,[2]],"barcodes":["x"],"ends":"2026-13-40"}}}'),
    ("product_changed", "product:1", '{"facts":{"product:1":{"recipe":[[]],"kind":{},"label_entries":[[1]]}}}'),
    ("zzz", "product:1", '{"x":"' + "A" * 500_000 + '"}'), ("shift_closed", "shift:1", '{"counted_vnd":[]}'),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "subject", "payload"), FORGED)
def test_a_row_that_somebody_wrote_by_hand_is_shown_as_it_is(
    village: Shop, kind: str, subject: str, payload: str
) -> None:
    """`verify` finds it; until somebody runs that, no page falls by it."""
    boss = village.client("manager")
    with open_reading() as session:
        newest = session.scalars(select(JournalRow).order_by(JournalRow.seq.desc())).first()
        assert newest is not None
        row = {column.name: getattr(newest, column.name) for column in JournalRow.__table__.columns}
    forged = row | {
        "seq": row["seq"] + 1,
        "kind": kind,
        "subject": subject,
        "payload": payload,
        "hash": "f" * 64,
    }
    with db.engine.begin() as connection:
        connection.execute(insert(JournalRow), forged)
    for address in ("/journal", "/history/paper/1", "/history/product/1", "/history/person/1", "/today", "/shifts", "/shifts/1",
                    "/refused?days=7", "/tags"):  # fmt: skip
        answer = boss.get(address)
        assert (answer.status_code, len(answer.data) < 400_000) == (200, True), address
    assert village.client("cashier").get("/till").status_code == 200
    with open_reading() as session:
        assert verify_books(session) != []


def test_values_of_a_history_are_words(manager: FlaskClient, village: Shop) -> None:
    with village.app.test_request_context(headers={"Accept-Language": "vi"}), open_reading() as session:
        texts = FactTexts(session, RowNames(session))
        words = {
            (key, value): texts.format_fact(key, value)
            for key, value in (
                ("kind", "packaged_food"), ("unit", "piece"), ("vat_category", "standard"), ("group_code", "food"),
                ("design", "shelf"), ("about", "changed"), ("about", "zone:ocop"), ("about", "product:1"), ("picture_id", 293),
            )
        }  # fmt: skip
    raw = [fact for fact, text in words.items() if text == str(fact[1])]
    assert raw == []
    assert "<code>" not in manager.get("/journal").text


def test_a_lot_without_a_number_is_said_to_have_none(village: Shop) -> None:
    with village.app.test_request_context(headers={"Accept-Language": "vi"}):
        words = render_reason(Reason.make("expired", lot="–", ended=TODAY - timedelta(days=1)))
    assert words.sentence.startswith("Lô (chưa có số) đã hết hạn")


def test_a_sales_sum_before_rounding_is_called_goods(village: Shop) -> None:
    with open_reading() as session:
        sold = session.scalars(select(JournalRow).where(JournalRow.kind == "sold")).first()
        assert sold is not None
        facts = dict(read_payload(sold.payload))
    page = village.client("manager").get("/journal?kind=sold").text
    assert f"tiền hàng {format_vnd_on_screen(int(facts['total_vnd']))}" in page.replace("</small>", "")
    assert "tổng:" not in page


def test_a_reason_that_another_signed_is_told_once(manager: FlaskClient, village: Shop) -> None:
    with unit_of_work() as session:
        product = session.get_one(Product, 1)
        for reason, why in (("móp hộp", "móp hộp"), ("rách bao", "cùng kiểm")):
            record(session, "product_changed", by=MANAGER, at=MORNING, subject=product, facts=[product],
                   reason=reason, approved_by="Thu ngân 1", why=why)  # fmt: skip
    for page in (manager.get("/history/product/1").text, manager.get("/journal?kind=product_changed").text):
        assert page.count("móp hộp") == 1
        assert page.count("rách bao") == 1
        assert page.count("cùng kiểm") == 1

"""Tags behind the web: printed on sheets and rolls, walked with a phone, weighed; signs for the wall."""

import re
from io import BytesIO

import pypdf
import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import func, select

from hardware.decode import decode_picture
from hardware.labels import layout, picture, roll
from hardware.labels.label import Words
from hardware.slips.picture import draw_slip
from hardware.slips.slip import Card, Slip
from hardware.symbology import check_digit
from pos.catalog.models import Barcode, Product
from pos.kernel.database import open_reading, unit_of_work
from pos.labelling.views import get_tag_style
from pos.printing.models import PrintJob
from pos.stock.lots import place_hold
from pos.stock.models import Lot
from pos.tags.content import list_tag_contents
from pos.tags.designs import TagDrawing, draw_tag
from pos.tags.models import Design, Tag, TagBatch, TagSeen
from pos.tags.print_tags import print_tags
from pos.tags.render import make_labels
from pos.tags.truth import find_truth
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.printing.test_worker import NAME


def printed(boss, of: str = "zone:ocop", design: str = "shelf", output: str = "sheet:24-70x37", **more: str):  # noqa: ANN001, ANN201
    return boss.post(
        "/tags/print",
        data={"of": of, "design": design, "output": output, "once": f"{of}{design}{output}", **more},
    )


def test_a_zone_on_a_sheet_of_labels(village: Shop) -> None:
    boss = village.client("manager")
    answer = printed(boss)
    assert answer.status_code == 302
    assert "Không in tem" in boss.get(answer.location).text
    content = boss.get("/tags/batch/1.pdf?start=3&dx=5&dy=-5")
    assert content.mimetype == "application/pdf"
    with open_reading() as session:
        tags = session.scalars(select(Tag)).all()
        words = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content.data)).pages)
        assert all(f"TG-{tag.id}" in words for tag in tags)
    for odd in ("start=0", "start=99", "dx=500", "sheet=x"):
        assert boss.get(f"/tags/batch/1.pdf?{odd}").status_code in {404, 422}
    assert printed(boss).location.split("?")[0] == "/tags/batch/1"  # sent twice, it is one batch
    assert boss.post("/tags/batch/1/hang").status_code == 302
    assert "100 %" in boss.get("/tags").text
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(TagSeen)) == len(tags)


def test_three_hundred_tags_on_a4_and_on_58_mm_none_clipped_none_inadmissible(village: Shop) -> None:
    """Must show 3: every part's ink lies within its card, and the codes on the drawn roll still decode."""
    with village.app.test_request_context(), unit_of_work() as session:
        ids = session.scalars(select(Product.id)).all()
        cards = []
        for n in range(5):
            batch = print_tags(
                session, ids, Design.SHELF, about="all", output="x", key=str(n), by=MANAGER, at=MORNING
            )
            cards += list(
                zip(batch.tags, make_labels(session, batch.tags, get_tag_style(session)), strict=True)
            )
        assert len(cards) >= 300
        assert all(says.refusals == () for (_tag, says), _card in cards)
    for (tag, says), card in cards[:300]:
        inside(card)
        sheet = roll.draw_on_roll(card, 384)
        assert sheet.width == 384
        if tag.id % 20 == 0:
            picture.draw_label(card, 203).convert("L").point(lambda ink: 255 - ink).resize((1118, 592)).save(
                village.folder / "tag.png"
            )
            read = {found.text for found in decode_picture(village.folder / "tag.png")}
            assert f"https://trace.example.com/g/{tag.trace_code}" in read
            assert says.sku in read or says.gtin[1:] in read


def inside(card) -> None:  # noqa: ANN001
    for part in layout.lay_out(card, 203).parts:
        ink, box = part.ink, part.part.box
        if ink is not None:
            assert box.x - 0.01 <= ink.x
            assert ink.x + ink.width <= box.x + box.width + 0.01
            assert box.y - 0.01 <= ink.y
            assert ink.y + ink.height <= box.y + box.height + 0.01
            assert ink.x + ink.width <= card.width
            assert ink.y + ink.height <= card.height


def test_tags_on_a_receipt_printer_wait_in_its_queue(village: Shop) -> None:
    boss = village.client("manager")
    assert printed(boss, "product:1", output=f"printer:{NAME}").status_code == 302
    with open_reading() as session:
        (job,) = session.scalars(select(PrintJob).where(PrintJob.subject == "tags:1"))
        slip = Slip.decoded(job.slip)
        assert sum(isinstance(row, Card) for row in slip.rows) == 1
        assert draw_slip(slip, 384).getbbox() is not None


def test_goods_and_tags_scanned_one_after_the_other_get_theirs(village: Shop) -> None:
    boss, codes = village.client("manager"), list(village.village.codes.values())
    assert printed(boss, "codes", codes=f"{codes[0]}\n\n{codes[1]}\r\n{codes[0]}\n").status_code == 302
    with open_reading() as session:
        assert sorted(session.scalars(select(Tag.product_id))) == [1, 2]
    assert printed(boss, "codes", codes="TG-1").status_code == 302
    assert printed(boss, "codes", codes="9520000999998").status_code == 422
    assert printed(boss, "codes", codes="").status_code == 422


def test_each_design_can_be_looked_at_before(village: Shop) -> None:
    boss = village.client("manager")
    page = boss.get("/tags/new/1").text
    assert '<option value="sheet:24-70x37">' in page  # a shelf's tag
    assert '<option value="sheet:65-38x21">' in page  # a sticker's
    assert page.count(f'<option value="printer:{NAME}">') == 3
    for design in ("shelf", "sticker", "markdown"):
        assert f"/tags/preview/{design}/1.png" in page
        assert boss.get(f"/tags/preview/{design}/1.png").mimetype == "image/png"
    assert boss.get("/tags/preview/lot/1.png").status_code == 404
    assert boss.get("/tags/preview/shelf/99999.png").status_code == 404


def test_a_markdown_tells_what_holds_it_up(village: Shop) -> None:
    boss = village.client("manager")
    assert printed(boss, "product:1", "markdown").status_code == 422
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(TagBatch)) == 0


def test_a_refused_markdown_comes_back_on_its_form_with_what_was_typed(village: Shop) -> None:
    boss = village.client("manager")
    for until, box in (("31/12/2026", "tag-markdown-no"), ("01/01/2020", "until-no"), ("mai", "until-no")):
        back = printed(boss, "product:1", "markdown", until=until, reason="gần hết hạn")
        assert back.status_code == 422
        assert f'id="{box}"' in back.text, until
        assert f'value="{until}"' in back.text
        assert 'value="gần hết hạn"' in back.text


def test_a_preview_strikes_no_price_and_has_no_number(village: Shop) -> None:
    with village.app.test_request_context(), open_reading() as session:
        says = list_tag_contents(session, [1], TODAY)[1]
        card = draw_tag(Design.MARKDOWN, TagDrawing(0, says), get_tag_style(session))
        words = [part for part in card.parts if isinstance(part, Words)]
    assert not any(part.struck for part in words)
    assert not any("TG-" in part.text for part in words)


@pytest.mark.parametrize(("box", "typed"), [("start", "abc"), ("start", "99"), ("dx", "lệch"), ("dy", "101")])
def test_an_odd_place_on_the_sheet_is_said_at_its_box(village: Shop, box: str, typed: str) -> None:
    boss = village.client("manager")
    printed(boss)
    back = boss.get("/tags/batch/1.pdf", query_string={"start": "2", "dx": "5", "dy": "", box: typed})
    assert back.status_code == 422
    assert re.findall(r'id="(\w+)-no"', back.text) == [box]
    assert f'name="{box}" inputmode="numeric" value="{typed}"' in back.text


def test_a_walk_by_scans(village: Shop) -> None:
    boss = village.client("manager")
    printed(boss)
    with open_reading() as session:
        tag = session.scalars(select(Tag)).first()
        other = session.scalars(select(Tag).where(Tag.place_id != tag.place_id)).first()
        place = tag.place_id
    phone = village.client("cashier")
    assert phone.get("/tags/walk").status_code == 200
    good = phone.post(f"/tags/walk/{place}", data={"code": f"https://trace.example.com/g/{tag.trace_code}"})
    assert re.search(r'walk ok" data-scanned', good.text)
    assert f"<strong>{tag.name}</strong> · TG-{tag.id}" in good.text.split("walk ok")[0]
    wrong = phone.post(f"/tags/walk/{place}", data={"code": "9520000000011"})
    assert wrong.status_code == 422
    assert 'id="code-no"' in wrong.text
    assert 'value="9520000000011"' in wrong.text
    if other is not None:
        assert "thuộc kệ khác" in phone.post(f"/tags/walk/{place}", data={"code": f"TG-{other.id}"}).text
    with unit_of_work() as session:
        place_hold(session, product_id=tag.product_id, reason="phồng", by=MANAGER, at=MORNING)
    assert "Gỡ xuống" in phone.post(f"/tags/walk/{place}", data={"code": f"TG-{tag.id}"}).text
    phone.post(f"/tags/{tag.id}/down", data={"back": f"/tags/walk/{place}"})
    with open_reading() as session:
        assert tag.id not in {item.tag.id for item in find_truth(session, TODAY).hanging}


def test_a_tag_scanned_at_the_till_is_its_goods_and_for_a_buyer_its_lot(village: Shop) -> None:
    boss = village.client("manager")
    printed(boss, "product:1")
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    assert "Chè lam gừng" in till.post("/till/scan", data={"code": "TG-1", "once": "k"}).text
    with open_reading() as session:
        code = session.get_one(Tag, 1).trace_code
    assert (
        "Chè lam gừng"
        in till.post("/till/scan", data={"code": f"https://trace.example.com/g/{code}", "once": "l"}).text
    )
    page = village.client().get(f"/g/{code}")
    assert page.status_code == 200
    assert "Chè lam gừng" in page.text
    for unknown in ("1", "999", "x" * 12):
        assert village.client().get(f"/g/{unknown}").status_code == 404


def test_a_pack_from_the_scale_gets_its_label(village: Shop) -> None:
    boss = village.client("manager")
    with unit_of_work() as session:
        product = session.scalars(select(Product).where(Product.name_vi == "Cà chua")).one()
        product_id = product.id
    assert (
        boss.post(f"/tags/weigh/{product_id}", data={"weight": "0,512", "once": "a"}).status_code == 422
    )  # no number there
    with unit_of_work() as session:
        product = session.get_one(Product, product_id)
        item = "210004200000"
        product.barcodes.append(Barcode(gtin=f"0{item}{check_digit(item)}"))
    assert boss.post(f"/tags/weigh/{product_id}", data={"weight": "0,512", "once": "b"}).status_code == 302
    assert boss.post(f"/tags/weigh/{product_id}", data={"weight": "x", "once": "c"}).status_code == 422
    with open_reading() as session:
        (job,) = session.scalars(select(PrintJob).where(PrintJob.subject.startswith("tags:")))
        card = next(row.label for row in Slip.decoded(job.slip).rows if isinstance(row, Card))
    inside(card)
    picture.draw_label(card, 203).convert("L").point(lambda ink: 255 - ink).resize((840, 474)).save(
        village.folder / "w.png"
    )
    code = next(found.text for found in decode_picture(village.folder / "w.png"))
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    assert "0,512" in till.post("/till/scan", data={"code": code, "once": "k"}).text


def test_a_lots_label_has_gtin_lot_and_end_in_both_codes(village: Shop) -> None:
    boss = village.client("manager")
    with open_reading() as session:
        lot = session.scalars(select(Lot).where(Lot.product_id == 1)).first()
    assert boss.post(f"/tags/lot/{lot.id}", data={"once": "a"}).status_code == 302
    with open_reading() as session:
        (job,) = session.scalars(select(PrintJob).where(PrintJob.subject.startswith("tags:")))
        card = next(row.label for row in Slip.decoded(job.slip).rows if isinstance(row, Card))
    inside(card)
    picture.draw_label(card, 203).convert("L").point(lambda ink: 255 - ink).resize((1678, 768)).save(
        village.folder / "l.png"
    )
    read = [found.text for found in decode_picture(village.folder / "l.png")]
    assert sum(lot.number in text and "9520000000011" in text for text in read) == 2


@pytest.mark.parametrize(
    "name", ["ocop-a4", "ocop-a5", "other-a4", "other-a5", "rules", "calibration-24-70x37"]
)
def test_signs_for_the_wall(village: Shop, name: str) -> None:
    answer = village.client("manager").get(f"/tags/signs/{name}.pdf")
    assert answer.status_code == 200
    assert len(pypdfium2.PdfDocument(answer.data)) == 1


def test_a_recalled_lot_has_a_notice_for_the_door(village: Shop) -> None:
    boss = village.client("manager")
    with unit_of_work() as session:
        lot = session.scalars(select(Lot).where(Lot.product_id == 1)).first()
        assert boss.get(f"/tags/signs/recall-{lot.id}.pdf").status_code == 404
        place_hold(session, lot_id=lot.id, reason="phồng nắp", by=MANAGER, at=MORNING)
    words = (
        pypdf.PdfReader(BytesIO(boss.get(f"/tags/signs/recall-{lot.id}.pdf").data)).pages[0].extract_text()
    )
    assert lot.number in words
    assert "phồng nắp" in words


def test_the_shops_colour_and_logo(village: Shop) -> None:
    boss = village.client("manager")
    logo = BytesIO()
    Image.new("RGB", (80, 40), "green").save(logo, "PNG")
    logo.seek(0)
    sent = {"colour": "#2f6b3a", "logo": (logo, "logo.png")}
    assert boss.post("/tags/look", data=sent, content_type="multipart/form-data").status_code == 302
    assert boss.post("/tags/look", data={"colour": "red"}).status_code == 422
    with village.app.test_request_context(), open_reading() as session:
        noticed = get_tag_style(session)
        assert noticed.brand == "#2f6b3a"
        assert noticed.logo is not None
    assert boss.get("/tags/signs/ocop-a4.pdf").status_code == 200


@pytest.mark.parametrize("typed", ["²", "99/99/9999", "mai", "01/01/2020"])
def test_a_start_that_is_no_day_to_come_is_said_at_its_box(village: Shop, typed: str) -> None:
    boss = village.client("manager")
    with open_reading() as session:
        before = session.scalar(select(func.count()).select_from(TagBatch))
    answer = printed(boss, of="zone:other", design="sticker", output="printer:Máy in quầy", starts=typed)
    assert answer.status_code == 422
    assert 'id="starts-no"' in answer.text
    assert f'value="{typed}" aria-invalid="true"' in answer.text
    assert '<option value="zone:other" selected>' in answer.text
    assert '<option value="sticker" selected>' in answer.text
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(TagBatch)) == before


def test_goods_without_a_tag_are_a_warning(village: Shop) -> None:
    boss = village.client("manager")
    with unit_of_work() as session:
        place_hold(session, product_id=1, reason="thử", by=MANAGER, at=MORNING)
    printed(boss, of="zone:ocop")
    page = boss.get("/tags").text
    assert re.search(r'class="notice look" role="status">.*?Không in tem', page, re.DOTALL)

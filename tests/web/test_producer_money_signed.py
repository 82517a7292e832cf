"""Pages where a second person signs only if need be: deductions above what is owed, fees and terms dated back, a mistake put right before."""

from datetime import timedelta

from sqlalchemy import select

from pos.admission.models import Paper, PaperKind
from pos.admission.papers import save_paper
from pos.catalog.models import GoodsKind, Product
from pos.kernel.actor import SYSTEM
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.producers.models import Producer
from pos.producers.terms import list_terms, save_producer
from pos.settlement.disputes import answer_dispute, open_dispute
from pos.settlement.models import EntryKind, ProducerEntry, StatementRow, TenderFee
from pos.settlement.owed import read_account
from pos.settlement.statements import approve_statement, prepare_statement
from tests.builders import a_product, an_open_shift
from tests.conftest import MANAGER, TODAY, Shop
from tests.pos.settlement.account_steps import SEEN, sell
from tests.web.test_deliveries import Door, a_note, line
from tests.web.test_receiving_drafts import TestTheDeal as _Deal
from tests.web.test_terms import TERMS, kept_fields, newest, sign


def test_a_deduction_above_what_is_owed_is_signed(village: Shop) -> None:
    boss, page = village.client("manager"), "/settlement/producers/1/deduct"
    with open_reading() as session:
        owed_vnd = read_account(session, 1).closing_vnd
    typed = {"kind": "shelf_rent", "amount": str(owed_vnd + 1), "reason": "kệ ở cửa"}
    alone = boss.post(page, data=typed).text
    assert 'id="amount-no"' in alone
    assert 'value="kệ ở cửa"' in alone
    wrong = boss.post(page, data=typed | sign(village) | {"pin": "111111"}).text
    assert 'id="pin-no"' in wrong
    assert boss.post(page, data=typed | sign(village)).status_code == 302
    assert boss.post(page, data=typed | {"amount": "1"}).status_code == 200, "there is a debt now"
    with open_reading() as session:
        assert read_account(session, 1).closing_vnd == -1


def test_a_fee_dated_back_is_signed(village: Shop) -> None:
    boss, page = village.client("manager"), "/producers/fees"
    typed = {"tender": "card", "rate_bp": "1,8", "starts": f"{TODAY - timedelta(days=30):%d/%m/%Y}"}
    assert 'id="login-no"' in boss.post(page, data=typed).text
    assert boss.post(page, data=typed | sign(village)).status_code == 302
    assert boss.post(page, data=typed | {"starts": f"{TODAY:%d/%m/%Y}"}).status_code == 302
    with open_reading() as session:
        assert [fee.rate_bp for fee in session.scalars(select(TenderFee))][-2:] == [180, 180]


def a_guide(village: Shop, tours: int) -> int:
    """Somebody who agreed to nothing and whose tour of 100.000 was sold so often today; their id."""
    at = village.clock.now()
    with unit_of_work() as session:
        guide = Producer(name="Hộ dẫn đường mẫu", address="thôn")
        save_producer(session, guide, by=SYSTEM, at=at)
        tour = a_product(
            session, guide, 951, price_vnd=100_000, name="Dẫn tham quan làng", kind=GoodsKind.SERVICE
        )
        an_open_shift(session)
        sell(session, (tour, tours * ONE), at=at)
        return guide.id


def test_terms_that_settle_sold_services_are_signed_below_what_they_change(village: Shop) -> None:
    guide_id = a_guide(village, 2)
    boss, page = village.client("manager"), f"/producers/{guide_id}/terms"
    typed = TERMS | {"starts": f"{TODAY:%d/%m/%Y}"}
    looked_at = boss.post(page, data=typed).text
    assert "200.000" in looked_at.replace("\u00a0", " ")
    kept = kept_fields(looked_at)
    for more, box in (({}, "login"), (sign(village) | {"pin": "111111"}, "pin")):
        refused = boss.post(page, data=kept | more | {"step": "save"}).text
        assert f'id="{box}-no"' in refused
        assert kept_fields(refused).items() >= typed.items(), "nothing typed is lost"
        assert "111111" not in refused
    assert boss.post(page, data=kept | sign(village) | {"step": "save"}).status_code == 302
    with open_reading() as session:
        assert len(list_terms(session, guide_id)) == 1
        assert read_account(session, guide_id).closing_vnd == 160_000
    later = boss.post(page, data=typed).text
    assert 'name="pin"' not in later, "all of it has terms now"
    assert "Hộ dẫn đường mẫu" in boss.get("/journal").text


def test_one_deal_for_many_says_whose_services_need_a_signature(village: Shop) -> None:
    guide_id = a_guide(village, 1)
    typed = TERMS | {"starts": f"{TODAY:%d/%m/%Y}", "producer_ids": str(guide_id)}
    refused = village.client("manager").post("/producers/deals", data=typed).text
    assert 'id="producer_ids-no"' in refused
    assert "Hộ dẫn đường mẫu: 1 lần bán dịch vụ" in refused
    with open_reading() as session:
        assert list_terms(session, guide_id) == []


def test_what_a_dispute_put_right_is_decided_on_when_the_lots_terms_are(village: Shop) -> None:
    at = village.clock.now()
    with unit_of_work() as session:
        maker = session.get_one(Producer, 1)
        prepared = prepare_statement(session, 1, TODAY - timedelta(days=1), at)
        statement = approve_statement(session, maker, prepared, by=MANAGER, at=at)
        row = session.scalars(
            select(StatementRow).where(
                StatementRow.statement_number == statement.number, StatementRow.lot_id > 0
            )
        ).first()
        assert row is not None
        dispute = open_dispute(session, statement, row.n, "Sai hoa hồng.", by=MANAGER, at=at)
        answer_dispute(session, dispute, "Đúng.", correction_vnd=7_000, approval=SEEN, by=MANAGER, at=at)
        again = open_dispute(session, statement, row.n, "Vẫn sai.", by=MANAGER, at=at).number
        lot_id = row.lot_id
    boss, page = village.client("manager"), f"/lots/{lot_id}/terms"
    boss.post("/producers/1/terms", data=TERMS | {"step": "save", "commission_bp": "5"})
    typed = {"terms_id": str(newest().id), "reason": "ghi nhầm", **sign(village)}
    asked = boss.get(page, query_string={"terms_id": newest().id}).text
    assert "7.000" in asked
    undecided = boss.post(page, data=typed).text
    assert 'id="same_reason-no"' in undecided
    assert 'value="ghi nhầm"' in undecided
    assert boss.post(page, data=typed | {"same_reason": "same"}).status_code == 302
    with open_reading() as session:
        kinds = list(session.scalars(select(ProducerEntry.kind).order_by(ProducerEntry.number)))
    assert kinds[-3:] == [EntryKind.CORRECTION, EntryKind.CORRECTION, EntryKind.TERMS]
    assert "Thỏa thuận của lô này đã được sửa" in boss.get(f"/settlement/disputes/{again}").text


def test_a_deal_at_a_delivery_does_not_settle_sold_services_alone(village: Shop) -> None:
    """Nor does it where the service was made another kind of goods in between."""
    guide_id = a_guide(village, 5)
    with unit_of_work() as session:
        maker, at = session.get_one(Producer, guide_id), village.clock.now()
        paper = Paper(
            kind=PaperKind.FOOD_SAFETY,
            number="ATTP-9",
            issued=TODAY - timedelta(days=99),
            producer_id=guide_id,
        )
        save_paper(session, paper, [], by=MANAGER, at=at)
        sweets = a_product(session, maker, 952, name="Kẹo mới")
        session.scalars(
            select(Product).where(Product.producer_id == guide_id, Product.kind == "service")
        ).one().kind = "packaged_food"
    door = Door(village)
    note = a_note(line(0, sweets, "T0")) | _Deal.DEAL
    refused = door.boss.post(f"/receiving/new/{guide_id}", data=note)
    assert refused.status_code == 200
    assert "chưa có thỏa thuận và sẽ tính theo thỏa thuận này" in refused.text
    with open_reading() as session:
        assert list_terms(session, guide_id) == []
    later = door.boss.post(f"/receiving/new/{guide_id}", data=note | {"deal-deal": "later"})
    assert later.status_code == 302, later.text[-800:]

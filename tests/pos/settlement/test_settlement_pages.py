"""The manager's pages of settlement: nothing is begun twice, nothing is approved unseen, one click too many does no harm."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.kernel.database import db, open_reading, unit_of_work
from pos.producers.terms import get_producer
from pos.settlement.models import PayoutOrder, ProducerEntry, Statement
from pos.settlement.payout_accounts import PayoutVault, TypedPayoutAccount, save_payout_account
from pos.settlement.payouts import begin_transfer, confirm_transfer
from pos.settlement.queries import list_producer_lines
from pos.settlement.runs import draft_one, find_draft
from pos.settlement.statements import approve_statement, prepare_statement
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .account_steps import SEEN

BY: dict[str, Any] = {"by": MANAGER, "at": MORNING}
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def settled(village: Shop) -> list[int]:
    """The producers with a statement up to yesterday, whom the shop owes, each with an account."""
    with unit_of_work() as session:
        for line in list_producer_lines(session, TODAY):
            prepared = prepare_statement(session, line.producer.id, YESTERDAY, MORNING)
            approve_statement(session, line.producer, prepared, **BY)
            number = f"00120030{line.producer.id:04}"
            account = TypedPayoutAccount("970405", number, "HO MAU")
            save_payout_account(
                session, PayoutVault(village.folder), line.producer, account, approval=SEEN, **BY
            )
        return [line.producer.id for line in list_producer_lines(session, TODAY) if line.due_vnd > 0]


def make_order(shop: Shop, producer_id: int) -> int:
    with unit_of_work() as session:
        return begin_transfer(session, get_producer(session, producer_id), 1_000, "", **BY).id


def test_transfers_are_begun_once_however_many_ask(village: Shop, settled: list[int]) -> None:
    clients = [village.client("manager") for _ in range(4)]
    asked = {"producer": [str(id_) for id_ in settled]}
    at_once = threading.Barrier(len(clients))

    def ask(client: FlaskClient) -> None:
        at_once.wait()
        client.post("/settlement/payouts", data=asked)

    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_reading() as session:
        begun = [order.producer_id for order in session.scalars(select(PayoutOrder))]
        assert sorted(begun) == sorted(settled)
        assert all(line.due_vnd <= 0 for line in list_producer_lines(session, TODAY))


def test_the_file_for_the_bank_begins_those_ticked(village: Shop, settled: list[int]) -> None:
    answer = village.client("manager").post(
        "/settlement/payouts", data={"producer": str(settled[0]), "way": "file"}
    )
    assert answer.location == "/settlement/payouts/file"
    with open_reading() as session:
        assert [order.producer_id for order in session.scalars(select(PayoutOrder))] == settled[:1]


def test_whoever_says_that_it_was_sent_stays_with_this_producer(village: Shop, settled: list[int]) -> None:
    """A second click at the same place finds no other producer's button; the bank may have told of it a moment before."""
    first, other = (make_order(village, producer_id) for producer_id in settled[:2])
    manager = village.client("manager")
    answer = manager.post(f"/settlement/payouts/{first}/sent", data={"once": "a"})
    assert answer.location == f"/settlement/payouts/{first}"
    page = manager.get(answer.location).text
    assert "Đã ghi sổ" in page
    assert "/sent" not in page
    with unit_of_work() as session:
        confirm_transfer(session, session.get_one(PayoutOrder, other), **BY)
    told = manager.post(f"/settlement/payouts/{other}/sent", data={"once": "b"}, follow_redirects=True)
    assert told.status_code == 200
    assert "Đã ghi sổ" in told.text
    with open_reading() as session:
        assert len(session.scalars(select(ProducerEntry)).all()) == 2


def test_a_transfer_that_is_not_sent_says_whose_it_was(village: Shop, settled: list[int]) -> None:
    order_id = make_order(village, settled[0])
    make_order(village, settled[1])
    page = village.client("manager").post(f"/settlement/payouts/{order_id}/drop", follow_redirects=True).text
    with open_reading() as session:
        assert f"cho {get_producer(session, settled[0]).name}" in page
    assert "vẫn còn nợ như trước" in page


def test_what_is_in_a_file_for_the_bank_shows_no_code_as_well(village: Shop, settled: list[int]) -> None:
    in_file, other = (make_order(village, producer_id) for producer_id in settled[:2])
    manager = village.client("manager")
    assert 'class="qr"' in manager.get(f"/settlement/payouts/{in_file}").text
    assert manager.post("/settlement/payouts/file", data={"order": str(in_file)}).status_code == 200
    page = manager.get(f"/settlement/payouts/{in_file}").text
    assert 'class="qr"' not in page
    assert "đừng chuyển thêm bằng mã" in page
    assert manager.get("/settlement/payouts/next").location == f"/settlement/payouts/{other}"
    manager.post(f"/settlement/payouts/{other}/drop")
    assert manager.get("/settlement/payouts/next").location == "/settlement/payouts/file", "one waits there"


def test_a_reason_is_a_line_of_a_paper(village: Shop, settled: list[int]) -> None:
    typed = {"way": "safe", "amount": "1000", "reason": "x" * 201}
    answer = village.client("manager").post(f"/settlement/producers/{settled[0]}/pay", data=typed)
    assert "Dài quá" in answer.text
    assert "x" * 201 in answer.text, "nothing typed is lost"


def test_only_what_the_page_showed_is_approved(village: Shop) -> None:
    manager, engine, clock = village.client("manager"), db.engine, village.clock
    draft_one(engine, 1, YESTERDAY - timedelta(days=1), MANAGER, clock)
    page = manager.get("/settlement").text
    form = {"producer": "1", "shown": re.findall(r'name="shown" value="([^"]+)"', page)}
    draft_one(engine, 1, YESTERDAY, MANAGER, clock)
    answer = manager.post("/settlement/approve", data=form, follow_redirects=True)
    assert "lập lại từ khi mở trang này" in answer.text
    with open_reading() as session:
        assert session.scalars(select(Statement)).all() == []
        draft = find_draft(session, 1)
        assert draft is not None
        assert draft.ends == YESTERDAY


def test_what_is_owed_today_stands_in_the_list(village: Shop, settled: list[int]) -> None:
    manager = village.client("manager")
    page = manager.get("/settlement").text
    assert f'hx-get="/settlement/producers/{settled[0]}/owed"' in page
    assert re.search(
        r"[0-9.]+ ₫", manager.get(f"/settlement/producers/{settled[0]}/owed").text.replace("\xa0", " ")
    )
    assert manager.get("/settlement/producers/99999/owed").status_code == 404


def test_a_row_says_its_rate_once_and_its_receipt(village: Shop, settled: list[int]) -> None:
    with open_reading() as session:
        number = session.scalars(select(Statement.number).where(Statement.producer_id == settled[0])).first()
    page = village.client("manager").get(f"/settlement/statements/{number}").text
    assert re.search(r"<small>\d+(,\d+)?\s%</small>", page)
    assert "% %" not in page
    assert re.search(r'href="[^"]*/(\d+)">0*\1</a>', page)


def test_where_all_have_a_statement_up_to_last_month_yesterday_is_proposed(
    village: Shop, settled: list[int]
) -> None:
    page = village.client("manager").get("/settlement").text
    assert f'value="{YESTERDAY:%d/%m/%Y}"' in page


@pytest.mark.parametrize("number", ["²", "٣", "9" * 5_000, "-1", "x"])
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/producers/1/terms", "bands-{}-from_vnd"),
        ("/settlement/payouts/formats/new", "columns-{}-heading"),
        ("/receiving/new", "lines-{}-quantity"),
    ],
)
def test_odd_numbers_of_rows_are_no_fault_of_the_program(
    village: Shop, address: str, name: str, number: str
) -> None:
    answer = village.client("manager").post(address, data={name.format(number): "1"})
    assert answer.status_code in {200, 302, 404, 422}

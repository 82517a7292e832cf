"""Many transfers as the bank's file: as each bank wants it, no zero lost, no formula run; what is in it is begun, not paid."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.producers.terms import get_producer
from pos.settlement.bulk_file import (
    DEFAULT_COLUMNS,
    LONGEST_HEADING,
    MOST_COLUMNS,
    BulkColumn,
    BulkField,
    collect_payments,
    confirm_file,
    drop_format,
    list_formats,
    read_columns,
    render_bulk_file,
    save_format,
)
from pos.settlement.models import PayoutOrder
from pos.settlement.owed import read_account
from pos.settlement.payout_accounts import PayoutVault, TypedPayoutAccount, save_payout_account
from pos.settlement.payouts import begin_transfer, drop_transfer, list_open_orders
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, Shop

from .account_steps import SEEN, goods_under, sell

BY: dict[str, Any] = {"by": MANAGER, "at": MORNING}
ACCOUNT = TypedPayoutAccount("970405", "0012003004005", "=HYPERLINK(1)")
NUMBER, SUM, CODE = (
    BulkColumn("Số TK", BulkField.ACCOUNT_NUMBER),
    BulkColumn("Tiền", BulkField.AMOUNT),
    BulkColumn("ND", BulkField.PURPOSE),
)


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def begun_orders(session: Session, shop: Shop, count: int = 2) -> list[PayoutOrder]:
    """A transfer to each of so many producers."""
    found = []
    an_open_shift(session)
    for n in range(1, count + 1):
        producer, product, _lot = goods_under(session, 100_000 * n, 2_000, n=n)
        sell(session, (product, ONE))
        save_payout_account(session, PayoutVault(shop.folder), producer, ACCOUNT, approval=SEEN, **BY)
        found.append(begin_transfer(session, producer, 80_000 * n, "", **BY))
    return found


def read_cells(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_file_holds_each_transfer_with_its_zeros_and_no_formula(any_shop: Shop) -> None:
    vault = PayoutVault(any_shop.folder)
    with unit_of_work() as session:
        first, second = begun_orders(session, any_shop)
        payments = collect_payments(session, vault, [first.id, second.id, 999], **BY)
        codes_of_orders = [first.code, second.code]
    assert read_cells(render_bulk_file(payments, DEFAULT_COLUMNS)) == [
        [column.heading for column in DEFAULT_COLUMNS],
        [1, "0012003004005", "=HYPERLINK(1)", "Agribank", 80_000, codes_of_orders[0]],
        [2, "0012003004005", "=HYPERLINK(1)", "Agribank", 160_000, codes_of_orders[1]],
    ]
    wide = [SUM, BulkColumn("", BulkField.EMPTY), BulkColumn("Mã NH", BulkField.BANK_BIN)]
    assert read_cells(render_bulk_file(payments[:1], wide))[1] == [80_000, None, "970405"]
    with open_reading() as session:
        assert len(list_open_orders(session)) == 2, "begun as before"
        assert verify_books(session) == []


def test_what_can_not_be_sent_stops_the_file(any_shop: Shop) -> None:
    vault = PayoutVault(any_shop.folder)
    with unit_of_work() as session:
        first, second = begun_orders(session, any_shop)
        drop_transfer(session, first, **BY)
        with pytest.raises(Refused) as none:
            collect_payments(session, vault, [first.id], **BY)
        assert codes(none) == {"bulk_none"}
        with pytest.raises(NotAllowed):
            collect_payments(session, vault, [second.id], by=CASHIER, at=MORNING)
        (any_shop.folder / "secrets" / "payout.key").rename(any_shop.folder / "away.key")
        with pytest.raises(Refused) as unreadable:
            collect_payments(session, vault, [second.id], **BY)
        assert codes(unreadable) == {"payout_account_unreadable"}
        (any_shop.folder / "away.key").rename(any_shop.folder / "secrets" / "payout.key")
        other = TypedPayoutAccount("970405", "999", "Khác")
        save_payout_account(
            session, vault, get_producer(session, second.producer_id), other, approval=SEEN, **BY
        )
        with pytest.raises(Refused) as changed:
            collect_payments(session, vault, [second.id], **BY)
        assert codes(changed) == {"payout_account_other"}


def test_a_banks_columns_are_kept_changed_and_forgotten(any_shop: Shop) -> None:
    with unit_of_work() as session:
        kept = save_format(session, None, " Agribank ", [NUMBER, SUM, CODE], **BY)
        assert (kept.name, read_columns(kept)) == ("Agribank", [NUMBER, SUM, CODE])
        save_format(session, kept, "Agribank", [SUM, NUMBER, CODE], **BY)
        assert [read_columns(each) for each in list_formats(session)] == [[SUM, NUMBER, CODE]]
        with pytest.raises(Refused) as taken:
            save_format(session, None, "Agribank", [NUMBER, SUM, CODE], **BY)
        assert codes(taken) == {"bulk_name_taken"}
        long = BulkColumn("x" * (LONGEST_HEADING + 1), BulkField.EMPTY)
        with pytest.raises(Refused) as odd:
            save_format(session, None, " ", [long] * (MOST_COLUMNS + 1), **BY)
        assert codes(odd) == {
            "bulk_name_missing", "bulk_columns_short", "bulk_columns_many", "bulk_heading_too_long",
        }  # fmt: skip
        drop_format(session, kept, **BY)
        assert list_formats(session) == []
    with open_reading() as session:
        assert verify_books(session) == []


def test_the_manager_downloads_it_and_teaches_a_banks_columns(village: Shop) -> None:
    with unit_of_work() as session:
        producer = session.scalars(select(Producer).order_by(Producer.id)).all()[0]
        save_payout_account(session, PayoutVault(village.folder), producer, ACCOUNT, approval=SEEN, **BY)
        order = begin_transfer(session, producer, 80_000, "", approval=SEEN, **BY)
        order_id, code = order.id, order.code
    manager = village.client("manager")
    page = manager.get("/settlement/payouts/file")
    assert page.status_code == 200
    assert code in page.text
    typed = {f"columns-{n}-{box}": "" for n in range(MOST_COLUMNS) for box in ("heading", "field")}
    typed |= {"name": "Ngân hàng mẫu", "columns-0-heading": "TK"}
    refused = manager.post("/settlement/payouts/formats/new", data=typed)
    assert "Ngân hàng mẫu" in refused.text, "nothing typed is lost"
    assert "Cột này chứa gì?" in refused.text
    typed |= {"columns-0-field": "account_number"}
    refused = manager.post("/settlement/payouts/formats/new", data=typed)
    assert "Ngân hàng nào cũng cần" in refused.text
    typed |= {"columns-2-heading": "Tiền", "columns-2-field": "amount", "columns-5-field": "purpose"}
    assert manager.post("/settlement/payouts/formats/new", data=typed).status_code == 302
    with open_reading() as session:
        (kept,) = list_formats(session)
        format_id = kept.id
    assert "Ngân hàng mẫu" in manager.get(f"/settlement/payouts/formats/{format_id}").text
    answer = manager.post("/settlement/payouts/file", data={"order": str(order_id), "format": str(format_id)})
    assert read_cells(answer.data) == [["TK", "Tiền", None], ["0012003004005", 80_000, code]]
    again = manager.get("/settlement/payouts/file").text
    assert "đã nằm trong tệp lúc" in again
    assert f'name="order" value="{order_id}">' in again, "what is in a file already isn't ticked"
    none = manager.post("/settlement/payouts/file", data={"format": str(format_id)})
    assert none.status_code == 422
    assert "đánh dấu ít nhất một" in none.text
    assert manager.post(f"/settlement/payouts/formats/{format_id}/drop").status_code == 302
    assert "Ngân hàng mẫu" in manager.get("/journal").text


def test_all_of_a_file_are_written_down_as_sent_at_once(any_shop: Shop) -> None:
    with unit_of_work() as session:
        orders = begun_orders(session, any_shop)
        ids = [order.id for order in orders]
        assert confirm_file(session, ids, **BY) == 2
        assert [read_account(session, order.producer_id).closing_vnd for order in orders] == [0, 0]
        with pytest.raises(Refused) as ended:
            confirm_file(session, ids, **BY)
        assert codes(ended) == {"bulk_none"}


def test_an_account_that_ends_alike_is_another_all_the_same(any_shop: Shop) -> None:
    """Same bank, same last four digits: changed after the transfer was begun, it isn't paid to."""
    with unit_of_work() as session:
        (first, *_more) = begun_orders(session, any_shop)
        like = TypedPayoutAccount("970405", f"9{ACCOUNT.number[1:]}", "Khác")
        assert like.masked == ACCOUNT.masked
        later = MORNING + timedelta(hours=1)
        vault = PayoutVault(any_shop.folder)
        save_payout_account(session, vault, get_producer(session, first.producer_id), like, approval=SEEN, by=MANAGER, at=later)  # fmt: skip
        with pytest.raises(Refused) as changed:
            collect_payments(session, vault, [first.id], by=MANAGER, at=later)
        assert codes(changed) == {"payout_account_other"}

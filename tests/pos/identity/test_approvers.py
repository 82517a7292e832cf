"""Whoever agreed to an act is in its journal row by id: two people may have one name."""

import ast
import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from pos.journal.models import JournalRow
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.shifts.drawer import get_open_shift, move_cash, open_drawer
from pos.storeroom.judge_delivery import ReceivedLine
from pos.storeroom.receive import receive_delivery
from tests.builders import a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MORNING, STATION, TODAY, Shop

POS = Path(__file__).parents[3] / "pos"


def agreed_by(person_id: int, role: Role = Role.MANAGER) -> Approval:
    return Approval(by=Actor(person_id, "Nguyễn Thị Mẫu", role, STATION), reason="", at=MORNING)


def details_of(kind: str) -> dict[str, object]:
    with open_reading() as session:
        payload = session.scalars(
            select(JournalRow.payload).where(JournalRow.kind == kind).order_by(JournalRow.seq.desc())
        ).first()
    found: dict[str, object] = json.loads(payload or "{}")
    return found


def test_acts_at_the_drawer_name_their_approver_by_id(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        shift = get_open_shift(session, STATION)
        open_drawer(session, shift, "đổi tiền", by=CASHIER, at=MORNING, approval=agreed_by(17))
        move_cash(session, shift, 5_000_000, "tiền lẻ", by=CASHIER, at=MORNING, approval=agreed_by(18))
    assert details_of("drawer_opened")["approver_id"] == 17
    assert details_of("cash_moved")["approver_id"] == 18


def test_a_delivery_names_the_manager_and_the_second_person(shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ rượu mẫu")
        product = a_product(session, maker, 900, name="Kẹo thử")
        line = ReceivedLine(
            product_id=product.id, lot_number="L1", made_on=TODAY, expires_on=TODAY + timedelta(days=60), quantity_milli=1000,
            place_id=product.shelf_place_id or 0, unit_cost_vnd=0,
        )  # fmt: skip
        receive_delivery(
            session, maker, delivery_note="PG-1", note_date=TODAY, arrived=[line], by=CASHIER, at=MORNING,
            approval=agreed_by(17), witness=agreed_by(18, Role.CASHIER),
        )  # fmt: skip
    told = details_of("received")
    assert (told["approver_id"], told["witness_id"]) == (17, 18)


def test_no_use_case_journals_an_approval_without_describing_it() -> None:
    """A function that is told of an approval and writes to the journal writes who approved, by `describe_approval`."""
    found, silent = 0, []
    for path in sorted(POS.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            takes = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
            calls = {
                call.func.id
                for call in ast.walk(function)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            }
            if takes & {"approval", "witness"} and "record" in calls:
                found += 1
                if "describe_approval" not in calls:
                    silent.append(f"{path.name}: {function.name}")
    assert found > 8
    assert silent == []

"""Books that were restored don't know what was given back since the backup: nobody is paid twice unasked."""

import pytest

from pos.journal.record import RESTORED, record
from pos.kernel.actor import SYSTEM
from pos.kernel.database import unit_of_work
from pos.kernel.errors import Refused
from pos.sales.takings import list_to_give_back, undo_taking
from tests.conftest import MANAGER, STATION, Shop
from tests.pos.sales.transfer_steps import a_code, later, pay_code


def test_what_was_received_before_a_restore_is_given_back_only_after_a_look(any_shop: Shop) -> None:
    with unit_of_work() as session:
        pay_code(session, a_code(session), 50_000)
        (owed,) = list_to_give_back(session)
        record(session, RESTORED, by=SYSTEM, at=later(60), backup="x.zip")
        act = {"station": STATION, "by": MANAGER, "at": later(90), "approval": None}
        with pytest.raises(Refused) as refused:
            undo_taking(session, owed, "trả", **act)
        assert refused.value.reasons[0].code == "given_back_perhaps"
        undo_taking(session, owed, "trả", is_looked_up=True, **act)
        assert list(list_to_give_back(session)) == []


def test_what_was_received_after_it_is_no_question(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session)
        record(session, RESTORED, by=SYSTEM, at=later(1), backup="x.zip")
        pay_code(session, code, 50_000, at=later(5))
        (owed,) = list_to_give_back(session)
        undo_taking(session, owed, "trả", station=STATION, by=MANAGER, at=later(9), approval=None)
        assert list(list_to_give_back(session)) == []

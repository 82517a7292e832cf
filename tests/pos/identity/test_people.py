"""A changed PIN ends the sign-ins elsewhere."""

from pos.demo.build import TOLD_PINS
from tests.conftest import Shop


def test_a_changed_pin_ends_the_sign_ins_elsewhere(village: Shop) -> None:
    here, elsewhere = village.client("cashier"), village.client("cashier")
    form = {"old": TOLD_PINS["cashier"], "new": "739184", "again": "739184"}
    assert here.post("/my-pin", data=form).status_code == 302
    assert here.get("/till").status_code == 200
    assert elsewhere.get("/till").status_code == 302

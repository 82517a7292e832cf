"""Papers that the shop asks besides the law."""

from pos.kernel.database import open_reading
from pos.shop.models import get_shop
from tests.conftest import Shop


def test_a_paper_that_the_shop_asks_of_a_class_besides_the_law(village: Shop) -> None:
    boss = village.client("manager")
    with open_reading() as session:
        supplied = get_shop(session).facts()
    form = {"name": supplied["name"], "classes": ["ocop"], "min_stars": "3", "warning_days": "30", "refund_limit_vnd": "200000",
            "cash_rounding_vnd": "0", "papers": ["ocop:test_report"], "sell_only_at_shelf_price": "y"}  # fmt: skip
    assert boss.post("/policy", data=form).status_code == 302
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "0"})
    refused = client.post("/till/scan", data={"code": village.village.codes["Chè lam gừng 250 g"]})
    assert refused.status_code == 422
    assert "kiểm nghiệm" in refused.text
    assert boss.post("/policy", data=form | {"papers": []}).status_code == 302
    assert (
        client.post("/till/scan", data={"code": village.village.codes["Chè lam gừng 250 g"]}).status_code
        == 200
    )

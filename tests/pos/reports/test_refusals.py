"""What was refused, the called for first."""

import re

from flask.testing import FlaskClient

from tests.conftest import Shop


def test_calling_the_manager_puts_it_on_top_of_the_list(village: Shop, cashier: FlaskClient) -> None:
    scanned = village.village.misfit_codes
    for name in ("Mứt dừa 200 g", "Mứt dừa 200 g", "Kẹo gừng 200 g"):
        assert cashier.post("/till/scan", data={"code": scanned[name]}).status_code == 422
    cashier.post("/till/scan", data={"code": "9520000999996"})
    cashier.post("/till/call", data={"product": "Kẹo gừng 200 g", "codes": "certificate_ended"})
    boss = village.client("manager")
    listed = boss.get("/refused?days=1").text
    assert listed.index("Kẹo gừng") < listed.index("Mứt dừa")  # called for, though the other was met twice
    assert "quầy đã gọi" in listed
    assert "đã hết hạn ngày 19/11/2026" in listed
    links = re.findall(r'class="button" href="([^"]+)"', listed)
    assert any(link.startswith("/papers/new?product=") for link in links)
    assert "/products/new?barcode=9520000999996" in links
    for link in links:
        assert boss.get(link.replace("&amp;", "&")).status_code == 200, link
    assert "9520000999996" in boss.get("/products/new?barcode=9520000999996").text
    assert "quầy gọi: 1" in boss.get("/today").text

"""The handbook opens by F1."""

from tests.conftest import Shop


def test_the_handbook_opens_by_f1_at_the_desk(village: Shop) -> None:
    shown = village.client("manager").get("/today").text
    assert 'data-handbook="/handbook"' in shown
    assert "desk.js" in shown

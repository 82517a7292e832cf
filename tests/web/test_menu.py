"""Which line of the menu a page belongs to."""

import re

import pytest

from ..conftest import Shop

CURRENT = re.compile(r'<a href="([^"]+)" aria-current="page">')


@pytest.mark.parametrize(
    ("page", "entries"),
    [
        ("/producers/1/dossier", ["/producers"]),
        ("/products/1/label", ["/products"]),
        ("/products/1", ["/products"]),
        ("/lots/1/move", ["/stock"]),
        ("/lots/1/count", ["/stock"]),
        ("/journal/clock", ["/journal"]),
        ("/find?q=gao", []),
        ("/refused", ["/today"]),
        ("/papers", ["/papers"]),
    ],
)
def test_a_page_marks_the_line_of_the_menu_that_it_belongs_to(
    village: Shop, page: str, entries: list[str]
) -> None:
    text = village.client("manager").get(page).text
    assert CURRENT.findall(text.partition("</nav>")[0]) == entries


def test_the_inspector_begins_with_the_inspection_and_finds_the_recalls(village: Shop) -> None:
    viewer = village.client("viewer")
    assert viewer.get("/").location == "/inspection"
    page = viewer.get("/inspection").text
    assert '<a class="brand" href="/">' in page
    assert 'href="/recalls"' in page
    for words in ("thu hồi", "THU HOI", "hoi thu"):
        found = viewer.get("/find", query_string={"q": words}).text
        assert 'href="/recalls"><strong>' in found, words
    assert "/people" not in viewer.get("/find?q=nguoi").text, "a page that is not theirs"


def test_the_shops_own_care_has_no_name_of_a_program(village: Shop) -> None:
    boss = village.client("manager")
    for address in ("/journal", "/receiving"):
        page = boss.get(address).text
        assert "hần mềm" in page, address
        assert ">ocop-pos<" not in page

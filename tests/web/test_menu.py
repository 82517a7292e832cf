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

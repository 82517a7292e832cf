"""A Vietnamese page says nothing in English, no code and no name of the books: every page of every role is read.

English is a word of the English texts that no Vietnamese text, no name of the shop's own data and no handbook page has.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.catalog.models import Product
from pos.demo.build import TOLD_PINS
from pos.kernel.database import open_reading
from pos.web.rights import PUBLIC, find_roles
from tests.conftest import Shop
from tests.journeys.test_pages import PAGE_WALKS, PAGES

ROOT = Path(__file__).parents[2] / "pos"
WORD = re.compile(r"[A-Za-zÀ-ỹĐđ]{3,}")
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b[a-z_]{3,}:\d+\b")
READ_ATTRIBUTES = {"title", "placeholder", "aria-label", "alt"}
SKIPPED = {"script", "style", "code", "svg", "kbd"}
OUR_OWN = {
    "english",
    "config",
    "toml",
    "ocop",
    "pos",
    "station",
}  # the other language's name; what is typed into a computer
NO_PAGES = {"till.display", "tracing.as_json"}


class Texts(HTMLParser):
    """What a reader of a page is shown or told."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in READ_ATTRIBUTES and value]
        if tag in SKIPPED or (tag != "html" and dict(attrs).get("lang") == "en"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.append(data)


def read_texts(page: str) -> list[str]:
    parser = Texts()
    parser.feed(page)
    return parser.found


def list_words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(text)}


@pytest.fixture(scope="module")
def only_english() -> set[str]:
    """Words of the English texts that no Vietnamese text nor page of the handbook has."""
    with (ROOT / "translations/vi/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    english, vietnamese = set(OUR_OWN), set(OUR_OWN)
    for message in catalogue:
        if message.id:
            english |= list_words(" ".join(message.id if isinstance(message.id, tuple) else (message.id,)))
            vietnamese |= list_words(
                " ".join(message.string if isinstance(message.string, tuple) else (message.string,))
            )
    for page in (ROOT / "handbook/vi").glob("*.md"):
        vietnamese |= list_words(page.read_text("utf-8"))
    return english - vietnamese


def list_addresses(shop: Shop, role: str) -> Iterator[str]:
    """Each page that the role may open without more than its address, and those of PAGES."""
    for rule in shop.app.url_map.iter_rules():
        roles = find_roles(shop.app.view_functions[rule.endpoint])
        is_theirs = roles is not None and roles is not PUBLIC and role in {allowed.value for allowed in roles}
        if (
            is_theirs
            and not rule.arguments
            and "GET" in (rule.methods or ())
            and rule.endpoint not in NO_PAGES
        ):
            yield rule.rule
    yield from PAGES[role].values()


def find_faults(client: FlaskClient, address: str, only_english: set[str]) -> list[str]:
    answer = client.get(address, follow_redirects=True)
    if answer.mimetype != "text/html":
        return []
    found = []
    for text in read_texts(answer.text):
        english = sorted(list_words(text) & only_english)
        if english or CODE.search(text):
            found.append(f"{address}: {english} {' '.join(text.split())[:110]}")
    return found


@pytest.mark.parametrize("role", PAGE_WALKS)
def test_no_page_has_a_word_that_only_english_has_nor_a_code(
    village: Shop, role: str, only_english: set[str]
) -> None:
    assert role in TOLD_PINS
    client = village.client(role)
    with open_reading() as session:  # goods are called what they are called
        names = list_words(" ".join(product.name for product in session.scalars(select(Product))))
    only_english = only_english - names
    addresses = sorted(set(list_addresses(village, role)))
    found = [fault for address in addresses for fault in find_faults(client, address, only_english)]
    assert found == [], "\n".join(found)

"""The handbook's search: what a heading says comes first, then the sections that say the words most and together."""

import pytest

from pos.handbook.pages import load_pages, search_pages


@pytest.mark.parametrize(
    ("words", "heading", "within"),
    [
        ("trả tiền cho chủ thể", "Quyết toán cuối kỳ, trả tiền cho chủ thể", 1),
        ("quyết toán", "Quyết toán cuối kỳ, trả tiền cho chủ thể", 1),
        ("dang nhap", "Đăng nhập", 1),
    ],
)
def test_what_was_asked_is_found_first(words: str, heading: str, within: int) -> None:
    assert heading in [hit.section.title for hit in search_pages(words)][:within]


def test_every_heading_finds_itself_first_and_an_excerpt_holds_a_word() -> None:
    for page in load_pages().values():
        for section in page.sections[1:]:
            found = search_pages(section.title)
            assert found[0].section.title == section.title

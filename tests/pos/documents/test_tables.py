"""Tables on paper: a row stays whole, the heads stand once on a page, whatever the rows' heights and wherever the table begins."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from pos.documents.long_list import LongList
from pos.documents.pdf import make_paragraph, make_table, render_document

KINDS = ["table", "wide table", "long list"]
HEADS = ("Cột", "Nội dung")
WORD = "giữa" * 10  # so long that one stands in a line, and two do not


def texts_of_pages(kind: str, heights: list[int], before: int) -> list[str]:
    """The text of each page: `before` lines, then a table or list of rows with about so many lines each."""
    rows = [
        (f"đầu{n}.", " ".join([*([WORD] * (height - 1)), f"cuối{n}."])) for n, height in enumerate(heights)
    ]
    wide, shares = kind == "wide table", (7, 3) if kind == "wide table" else (1, 1)
    table = (
        LongList(HEADS, rows, shares, frozenset())
        if kind == "long list"
        else make_table(HEADS, rows, shares, wide=wide)
    )
    story = [*(make_paragraph("trên") for _ in range(before)), table]
    pages = PdfReader(BytesIO(render_document("Thử", "", story, foot="", wide=wide))).pages
    return [page.extract_text() for page in pages]


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=40)
@given(
    heights=st.lists(st.sampled_from([1, 2, 7, 25, 30]), min_size=1, max_size=20), before=st.integers(0, 70)
)
def test_rows_lower_than_a_page_stay_whole(kind: str, heights: list[int], before: int) -> None:
    pages = texts_of_pages(kind, heights, before)
    for n in range(len(heights)):
        (page,) = [text for text in pages if f"đầu{n}." in text]
        assert f"cuối{n}." in page
    assert all(text.count(HEADS[1]) <= 1 for text in pages)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_row_that_is_higher_than_a_page_goes_on(kind: str) -> None:
    pages = texts_of_pages(kind, [3, 400, 3], 30)
    assert sum("giữa" in text for text in pages) > 3
    assert sum(text.count(WORD) for text in pages) == 2 + 399 + 2
    for n in (0, 2):
        (page,) = [text for text in pages if f"đầu{n}." in text]
        assert f"cuối{n}." in page


def test_a_long_list_shows_more_letters_than_a_font_s_part_holds() -> None:
    """The paper has a font in parts of 256 letters: a text that comes again on another page is written in the same ones."""
    letters = [chr(code) for start, end in ((0xAE, 0x100), (0x1EA0, 0x1EFA)) for code in range(start, end)]
    words = ["".join(letters[n : n + 4]) for n in range(0, len(letters), 4)] * 3
    paper = render_document("Thử", "", [LongList(HEADS, [(word, f"a{word}b") for word in words], (1, 1), frozenset({1}))], foot="")  # fmt: skip
    shown = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages).split()
    assert all(shown.count(word) == shown.count(f"a{word}b") == 3 for word in set(words))


@pytest.mark.parametrize("before", range(40, 62))
def test_heads_without_rows_go_to_the_next_page(before: int) -> None:
    """A month without sales: the statement's list is empty, wherever on the page it would begin."""
    pages = texts_of_pages("long list", [], before)
    assert sum(HEADS[1] in text for text in pages) == 1

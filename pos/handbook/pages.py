"""handbook/pages.py — the handbook's pages, drawn once, and the search in them. Knows no shop."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from markdown_it import MarkdownIt

from ..kernel.text import fold_text

# As they stand in the table of contents.
ORDER = ("thu-ngan", "quan-ly", "chu-the", "doan-kiem-tra", "may-moc")
PICTURES = "/static/handbook/"


@dataclass(frozen=True, slots=True)
class HandbookSection:
    """A heading with the text below it; `anchor` is where a link lands."""

    page: str
    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class HandbookPage:
    name: str
    title: str
    html: str
    sections: tuple[HandbookSection, ...]


@cache
def load_pages() -> dict[str, HandbookPage]:
    """Every page by its name, in the order of the table of contents."""
    folder = resources.files("pos.handbook") / "vi"
    return {name: _render_page(name, (folder / f"{name}.md").read_text("utf-8")) for name in ORDER}


def _render_page(name: str, markdown: str) -> HandbookPage:
    """Headings get anchors; pictures come from the shipped folder, and wait until they are looked at."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(markdown)
    sections: list[HandbookSection] = []
    title = name
    for n, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[n + 1].content
            token.attrSet("id", heading_anchor(heading))
            if token.tag == "h1":
                title = heading
            sections.append(HandbookSection(name, heading_anchor(heading), heading, ""))
        elif token.type == "inline" and sections:
            last = sections[-1]
            sections[-1] = HandbookSection(
                last.page, last.anchor, last.title, f"{last.text} {token.content}".strip()
            )
            for child in token.children or ():
                if child.type == "image":
                    child.attrSet("src", PICTURES + str(child.attrGet("src")))
                    child.attrSet("loading", "lazy")
    return HandbookPage(name, title, reader.renderer.render(tokens, reader.options, {}), tuple(sections))


def heading_anchor(heading: str) -> str:
    return fold_text(heading).replace(" ", "-")


@dataclass(frozen=True, slots=True)
class SearchHit:
    section: HandbookSection
    excerpt: str


def search_pages(words: str) -> Sequence[SearchHit]:
    """Sections that hold every word, accents or none; those with the words in their heading first."""
    keys = fold_text(words).split()
    if not keys:
        return ()
    found = [
        section
        for page in load_pages().values()
        for section in page.sections
        if all(key in fold_text(f"{section.title} {section.text}") for key in keys)
    ]
    found.sort(key=lambda section: not all(key in fold_text(section.title) for key in keys))
    return [SearchHit(section, _excerpt(section.text, keys[0])) for section in found[:20]]


def _excerpt(text: str, key: str) -> str:
    """The sentence that holds the word, or the first one."""
    plain = re.sub(r"[*`#]|!?\[([^]]*)\]\([^)]*\)", r"\1", text)
    sentences = re.split(r"(?<=[.!?:])\s+", plain)
    return next((item for item in sentences if key in fold_text(item)), sentences[0])[:200]

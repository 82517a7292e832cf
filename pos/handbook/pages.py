"""handbook/pages.py — the handbook's pages, drawn once, and the search in them. Knows no shop."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from markdown_it import MarkdownIt

from ..kernel.text import folded

# As they stand in the table of contents.
ORDER = ("thu-ngan", "quan-ly", "chu-the", "doan-kiem-tra", "may-moc")
PICTURES = "/static/handbook/"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text below it; `anchor` is where a link lands."""

    page: str
    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    title: str
    html: str
    sections: tuple[Section, ...]


@cache
def pages() -> dict[str, Page]:
    """Every page by its name, in the order of the table of contents."""
    folder = resources.files("pos.handbook") / "vi"
    return {name: _drawn(name, (folder / f"{name}.md").read_text("utf-8")) for name in ORDER}


def _drawn(name: str, markdown: str) -> Page:
    """Headings get anchors; pictures come from the shipped folder, and wait until they are looked at."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(markdown)
    sections: list[Section] = []
    title = name
    for n, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[n + 1].content
            token.attrSet("id", anchor_of(heading))
            if token.tag == "h1":
                title = heading
            sections.append(Section(name, anchor_of(heading), heading, ""))
        elif token.type == "inline" and sections:
            last = sections[-1]
            sections[-1] = Section(last.page, last.anchor, last.title, f"{last.text} {token.content}".strip())
            for child in token.children or ():
                if child.type == "image":
                    child.attrSet("src", PICTURES + str(child.attrGet("src")))
                    child.attrSet("loading", "lazy")
    return Page(name, title, reader.renderer.render(tokens, reader.options, {}), tuple(sections))


def anchor_of(heading: str) -> str:
    return folded(heading).replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Hit:
    section: Section
    excerpt: str


def find(words: str) -> Sequence[Hit]:
    """Sections that hold every word, accents or none; those with the words in their heading first."""
    keys = folded(words).split()
    if not keys:
        return ()
    found = [
        section
        for page in pages().values()
        for section in page.sections
        if all(key in folded(f"{section.title} {section.text}") for key in keys)
    ]
    found.sort(key=lambda section: not all(key in folded(section.title) for key in keys))
    return [Hit(section, _excerpt(section.text, keys[0])) for section in found[:20]]


def _excerpt(text: str, key: str) -> str:
    """The sentence that holds the word, or the first one."""
    plain = re.sub(r"[*`#]|!?\[([^]]*)\]\([^)]*\)", r"\1", text)
    sentences = re.split(r"(?<=[.!?:])\s+", plain)
    return next((one for one in sentences if key in folded(one)), sentences[0])[:200]

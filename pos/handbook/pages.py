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
    """Sections that hold every word, accents or none: first those whose heading says it, then those that say it most and nearest."""
    keys = fold_text(words).split()
    if not keys:
        return ()
    found = [
        section
        for page in load_pages().values()
        for section in page.sections
        if _holds_all(f"{section.title} {section.text}", keys)
    ]
    found.sort(key=lambda section: _rank_section(section, keys))
    return [SearchHit(section, _excerpt(section.text, keys)) for section in found[:20]]


def _rank_section(section: HandbookSection, keys: Sequence[str]) -> tuple[float, ...]:
    """The lower, the nearer to what was asked. Words count as whole words: "ban" in "bang" is none."""
    title, text = f" {fold_text(section.title)} ", f" {fold_text(section.text)} "
    phrase = f" {' '.join(keys)} "
    said_together = title.count(phrase) * 3 + text.count(phrase)
    in_one_sentence = sum(_holds_all(sentence, keys) for sentence in _list_sentences(section.text))
    in_title = sum(f" {key} " in title for key in keys)
    rare = sum(text.count(f" {key} ") for key in keys) / max(len(text.split()), 1)
    return (
        -(title == phrase),
        -(phrase in title),
        -(in_title == len(keys)),
        -min(said_together, 5),
        -in_one_sentence,
        -in_title,
        -rare,
    )


def _holds_all(text: str, keys: Sequence[str]) -> bool:
    folded = fold_text(text)
    return all(key in folded for key in keys)


def _list_sentences(text: str) -> list[str]:
    plain = re.sub(r"[*`#]|!?\[([^]]*)\]\([^)]*\)", r"\1", text)
    return re.split(r"(?<=[.!?:])\s+", plain)


def _excerpt(text: str, keys: Sequence[str]) -> str:
    """The sentence that holds most of the words, the first of them where several do."""
    sentences = _list_sentences(text)
    return max(sentences, key=lambda sentence: sum(key in fold_text(sentence) for key in keys))[:200]

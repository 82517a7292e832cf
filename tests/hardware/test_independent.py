"""What our reader of GS1 codes says, against readers that others wrote: biip (PyPI) and two of npm's.

All that npm's are asked goes through one process of node, in one batch.
"""

import json
import os
import random
import subprocess
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import biip
import pytest
from biip.gs1_messages import GS1Message

from hardware.symbology import format_digital_link, read_code
from tests.independent.corpus import LETTERS, Case, Output, element_strings, gtin, links, lot_numbers

ROOT = Path(__file__).parents[2]
READER = ROOT / "tests" / "independent" / "read.js"
INSTALLED = ROOT / ".artifacts" / "independent" / "node_modules"
BASE = "https://trace.example.com"

ELEMENT_STRINGS, LINKS = element_strings(), links()
_dice = random.Random(4)
OURS = {BASE + format_digital_link(code, lot): (code.rjust(14, "0"), lot)
        for lot in lot_numbers() for code in (gtin(_dice, 8), gtin(_dice, 13), gtin(_dice, 14))}  # fmt: skip

Answer = dict[str, Any]


@pytest.fixture(scope="module")
def npm() -> Callable[[str], Answer]:
    """What npm's readers make of a code of the corpus."""
    if not INSTALLED.is_dir():
        told = "npm's readers of GS1 codes are missing: sh tests/run installs them, with node and npm"
        pytest.fail(told) if os.environ.get("CI") == "true" else pytest.skip(told)
    asked = [("elements", case.text) for case in ELEMENT_STRINGS]
    asked += [("link", text) for text in (*(case.text for case in LINKS), *OURS)]
    lines = "".join(json.dumps({"way": way, "text": text}) + "\n" for way, text in asked)
    done = subprocess.run(
        ["node", str(READER)], input=lines, capture_output=True, check=True, encoding="utf-8", timeout=120,
        env={**os.environ, "NODE_PATH": str(INSTALLED)},
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(zip((text for _, text in asked), answers, strict=True)).__getitem__


def ours(text: str) -> Output:
    scan = read_code(text)
    return Output(scan.gtin, scan.lot, scan.expires_on, scan.made_on, scan.weight_milli)


def biips(text: str) -> Output:
    if text.startswith("("):
        elements = GS1Message.parse_hri(text).element_strings
    else:
        parsed = biip.parse(text)
        whole = parsed.gs1_message or parsed.gs1_digital_link_uri
        assert whole is not None, (text, parsed)
        elements = whole.element_strings
    return output((each.ai.ai, each.value, each.date, each.decimal) for each in elements)


def npms(answer: Answer) -> Output:
    assert "error" not in answer, answer
    return output(
        (ai, value, date.fromisoformat(day) if day else None, Fraction(str(number)) if ai[:3] == "310" else None)
        for ai, value, day, number in answer["elements"]
    )  # fmt: skip


def output(elements: Iterable[tuple[str, str, date | None, Any]]) -> Output:
    by_ai = {ai: (value, day, number) for ai, value, day, number in elements}
    value, day = ({ai: each[n] for ai, each in by_ai.items()} for n in (0, 1))
    grams = [round(number * 1000) for ai, (_, _, number) in by_ai.items() if ai.startswith("310")]
    return Output(
        value.get("01"),
        value.get("10"),
        min(filter(None, map(day.get, ("15", "16", "17"))), default=None),
        day.get("11"),
        *grams,
    )


def test_the_corpus_has_every_character_and_kind() -> None:
    assert len(LETTERS) == len(set(LETTERS)) == 82
    for cases in (ELEMENT_STRINGS, LINKS):
        assert set("".join(case.says.lot or "" for case in cases)) == set(LETTERS)
        assert all(any(getattr(case.says, field) for case in cases) for field in Output.__slots__)
    starts = {case.text[:3] for case in ELEMENT_STRINGS if case.text[0] != "("}
    assert starts == {"]C1", "]d2", "]Q3", "]e0"}


@pytest.mark.parametrize("cases", [ELEMENT_STRINGS, LINKS], ids=["element strings", "links"])
def test_ours_and_biip_read_what_the_code_says(cases: list[Case]) -> None:
    for case in cases:
        assert ours(case.text) == case.says, case.text
        if not case.text.startswith("(") or not any("(" in value for value in case.elements.values()):
            assert biips(case.text) == case.says, (
                case.text
            )  # biip cuts a value in brackets at its first bracket


def test_npms_reader_of_element_strings_agrees(npm: Callable[[str], Answer]) -> None:
    for case in ELEMENT_STRINGS:
        assert npms(npm(case.text)) == case.says, case.text


def test_npms_reader_of_links_agrees(npm: Callable[[str], Answer]) -> None:
    for case in LINKS:
        elements = {ai: value for ai, value in npm(case.text)["elements"] if ai != "linkType"}
        assert elements == case.elements, case.text


def test_the_addresses_we_print_are_links_of_the_standard(npm: Callable[[str], Answer]) -> None:
    """Whatever a lot is called: the grammar of GS1 takes it, and theirs, biip and ours give back GTIN and lot.

    But for the quotation mark: that grammar wants it bare, which addresses (RFC 3986) can't have.
    """
    for text, (code, lot) in OURS.items():
        answer = npm(text)
        assert answer["valid"] or '"' in lot, text
        assert dict(answer["elements"]) == {"01": code, "10": lot}, text
        assert biips(text) == ours(text) == Output(code, lot), text

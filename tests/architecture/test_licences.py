"""Every package that is installed with the shop is in its table of licences, and none is under the GPL or AGPL."""

import importlib.metadata
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "pos" / "LICENCES.md"
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "ZPL-2.1", "Zlib",
}  # fmt: skip
LESSER = {"psycopg", "psycopg-binary"}  # LGPL, used as they are, each a library that can be replaced
STRONG = re.compile(
    r"(?<!L)(?<!Lesser )(?<!Lesser General )\b(A?GPL|Affero|GNU General Public)", re.IGNORECASE
)
FORBIDDEN_LIBRARIES = re.compile(r"x26[45]|xvid|kvazaar", re.IGNORECASE)
FORBIDDEN_CONTENT = (b"--enable-gpl", b"x265_encoder_open", b"x264_encoder_open")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_tree() -> set[str]:
    """What `ocop-pos[postgresql]` brings on this system, by itself and by others."""
    found: dict[str, frozenset[str]] = {}

    def walk(name: str, extras: frozenset[str]) -> None:
        known = found.get(plain(name))
        if known is not None and extras <= known:
            return
        found[plain(name)] = extras | (known or frozenset())
        for line in importlib.metadata.distribution(name).requires or []:
            asked = Requirement(line)
            if asked.marker is None or any(
                asked.marker.evaluate({"extra": extra}) for extra in extras | {""}
            ):
                walk(asked.name, frozenset(asked.extras))

    walk("ocop-pos", frozenset({"postgresql"}))
    return set(found) - {"ocop-pos"}


def rows() -> dict[str, str]:
    cells = (
        line.strip("| ").split("|") for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ")
    )
    return {cell[0].strip(): cell[1].strip() for cell in cells if cell[0].strip() != "package"}


def metadata_words(name: str) -> tuple[str, str]:
    """A package's own words: its SPDX expression, and whatever else it says of its licence in short."""
    output = importlib.metadata.metadata(name)
    kinds = [kind for kind in output.get_all("Classifier") or [] if kind.startswith("License")]
    return output.get("License-Expression") or "", "\n".join([(output.get("License") or "")[:200], *kinds])


TREE = sorted(installed_tree())


def test_the_table_is_the_installed_tree() -> None:
    locked = {
        plain(line.split("==")[0])
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if "==" in line
    }
    assert set(TREE) - set(rows()) == set(), "a package without a row"
    assert set(rows()) - set(TREE) - locked == set(), "a row without a package"


@pytest.mark.parametrize("name", TREE)
def test_a_packages_licence_is_allowed_and_what_it_says_itself(name: str) -> None:
    row = rows()[name]
    parts = set(re.split(r" AND | OR ", row))
    assert parts <= ALLOWED or (name in LESSER and parts == {"LGPL-3.0-only"})
    expression, words = metadata_words(name)
    assert not STRONG.search(expression.replace("LGPL", ""))
    assert not STRONG.search(words)
    if expression:
        assert expression == row
    elif words.strip():
        kind = row.split("-")[0]
        assert re.search(
            {"Zlib": "zlib", "ZPL": "ZPL|Zope", "PSF": "PSF|Python Software"}.get(kind, kind), words
        )


@pytest.mark.parametrize(("words", "strong"), [
    ("GPL-2.0-only", True), ("AGPL-3.0", True), ("GNU General Public License v3 (GPLv3)", True), ("LGPL-3.0-only", False),
    ("GNU Lesser General Public License v3 (LGPLv3)", False), ("MIT", False), ("License :: OSI Approved :: GNU Affero", True),
])  # fmt: skip
def test_the_gpl_is_told_from_the_lgpl(words: str, *, strong: bool) -> None:
    assert bool(STRONG.search(words)) is strong


@pytest.mark.parametrize("name", TREE)
def test_no_wheel_carries_an_encoder_under_the_gpl(name: str) -> None:
    for file in importlib.metadata.distribution(name).files or []:
        if ".so" in file.name or file.suffix in {".dll", ".dylib", ".pyd"}:
            assert not FORBIDDEN_LIBRARIES.search(file.name), file
            content = Path(str(file.locate())).read_bytes()
            assert [word for word in FORBIDDEN_CONTENT if word in content] == [], file

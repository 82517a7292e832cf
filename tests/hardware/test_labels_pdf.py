"""Labels on A4: text that can be searched, fonts in the file, every label whole and in its cell."""

import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from hardware.labels import pdf
from hardware.labels.label import Box, Code, DoesNotFit, Frame, Label, Words
from hardware.labels.sheets import (
    A4_HEIGHT,
    A4_WIDTH,
    TEMPLATES,
    Template,
    find_plain_sheet,
    list_fitting_sheets,
)
from tests.hardware.labels import LINK, NAME, SHELF, SIGN, card_with, ink_of, output, page_of

ROOT = Path(__file__).parents[2]
MARKED = card_with(Frame(Box(0, 0, 38, 21)), width=38, height=21)
ALL = [*TEMPLATES.values(), find_plain_sheet(SHELF), find_plain_sheet(SIGN)]


def read(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(data))


def tag(number: int) -> Label:
    """As large as a cell of 24, each with its own name and codes."""
    return card_with(
        Words(f"{NAME} {number}", Box(2, 1, 66, 11), 4.2, 2.4, lines=2, bold=True),
        Words(f"{number}.000 ₫", Box(40, 13, 28, 8), 6, 3, align="right"),
        Words(f"{number + 7}.000 ₫", Box(40, 21, 28, 4), 3, 2, align="right", struck=True),
        Code("code128", f"SP{number:06}", Box(1, 13, 38, 22), shown=True), Code("qr", LINK, Box(50, 25.3, 11, 11)),
    )  # fmt: skip


@pytest.mark.parametrize("label", [SHELF, SIGN, tag(45)], ids=["shelf", "sign", "tag"])
def test_its_words_are_text(label: Label) -> None:
    (page,) = read(pdf.render_label(label)).pages
    said_in_it = " ".join(page.extract_text().split())
    for part in label.parts:
        if isinstance(part, Words):
            assert part.text in said_in_it
    assert [float(edge) for edge in page.mediabox[2:]] == pytest.approx(
        [label.width * 72 / 25.4, label.height * 72 / 25.4]
    )


def test_fonts_lie_in_the_file_as_subsets() -> None:
    (page,) = read(pdf.render_label(SHELF)).pages
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    ours = [font for font in fonts if "Noto" in font["/BaseFont"]]
    assert len(ours) == 2
    for font in ours:
        assert re.fullmatch(r"/[A-Z]{6}\+.*Noto.*", font["/BaseFont"])
        assert "/FontFile2" in font["/FontDescriptor"]
        assert "/ToUnicode" in font


@pytest.mark.parametrize("template", ALL, ids=lambda template: f"{template.name} {template.width}")
def test_cells_lie_on_the_page_and_apart(template: Template) -> None:
    cells = [template.cell(number) for number in range(1, template.cells + 1)]
    for n, cell in enumerate(cells):
        assert min(cell.x, cell.y) >= 0
        assert cell.x + cell.width <= A4_WIDTH / 10 + 1e-6
        assert cell.y + cell.height <= A4_HEIGHT / 10 + 1e-6
        for other in cells[:n]:
            beside = other.x + other.width <= cell.x + 1e-6 or cell.x + cell.width <= other.x + 1e-6
            assert beside or other.y + other.height <= cell.y + 1e-6
    assert template.name.partition("-")[0] in {str(template.cells), "plain"}
    moved = template.moved(3, -2)
    assert all(
        (after.x - before.x, after.y - before.y) == pytest.approx((0.3, -0.2))
        for before, after in zip(cells, (moved.cell(n + 1) for n in range(len(cells))), strict=True)
    )


def inked_at(data: bytes, page: int = 0) -> tuple[float, float, float, float]:
    left, top, right, bottom = (edge * 25.4 / 300 for edge in ink_of(page_of(data, page, dpi=300)).getbbox())  # type: ignore[union-attr]
    return left, top, right, bottom


@pytest.mark.parametrize("start", [1, 7, 65])
def test_the_first_label_stands_in_the_cell_it_should(start: int) -> None:
    template = TEMPLATES["65-38x21"]
    cell = template.cell(start)
    left, top, right, bottom = inked_at(pdf.render_sheet([MARKED], template, start=start))
    assert (left, top) == pytest.approx((cell.x + 0.05, cell.y + 0.1), abs=0.2)
    assert (right, bottom) == pytest.approx((left + 38, top + 21), abs=0.2)
    shifted = inked_at(pdf.render_sheet([MARKED], template.moved(5, 10), start=start))
    assert shifted[:2] == pytest.approx((left + 0.5, top + 1), abs=0.2)


def test_a_start_beyond_the_sheet_and_a_label_beyond_its_cell() -> None:
    for start in (0, 66):
        with pytest.raises(ValueError, match="cells 1 to 65"):
            pdf.render_sheet([MARKED], TEMPLATES["65-38x21"], start=start)
    with pytest.raises(DoesNotFit, match="label_too_large"):
        pdf.render_sheet([SHELF], TEMPLATES["65-38x21"])
    assert len(read(pdf.render_sheet([MARKED] * 2, TEMPLATES["65-38x21"], start=65)).pages) == 2


@pytest.mark.long
def test_three_hundred_labels_each_whole(tmp_path: Path) -> None:
    """Every page's ink lies in its cells, every label's text is there, and codes of the last page are read."""
    template = TEMPLATES["24-70x37"]
    labels = [tag(n) for n in range(1, 301)]
    data = pdf.render_sheet(labels, template, start=5)
    pages = read(data).pages
    assert len(pages) == 13
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    assert all(f"{NAME} {n} " in text and f"SP{n:06}" in text for n in range(1, 301))
    left, top, right, bottom = inked_at(data, 5)
    first, last = template.cell(1), template.cell(24)
    assert first.x < left
    assert first.y < top
    assert right < last.x + last.width
    assert bottom < last.y + last.height
    cell = template.cell(16)
    codes = page_of(data, 12, dpi=600).crop(
        [int(edge * 600 / 25.4) for edge in (cell.x, cell.y, cell.x + 40, cell.y + 37)]
    )
    assert output(codes, "code128", tmp_path) == {"SP000300"}


THOUSAND = """
import re, time
from pathlib import Path
from tests.hardware.test_labels_pdf import TEMPLATES, pdf, tag
took = []
for first in (0, 1000):
    began = time.process_time()
    pdf.render_sheet([tag(first + n) for n in range(1000)], TEMPLATES["24-70x37"])
    took.append(time.process_time() - began)
status = Path("/proc/self/status").read_text()  # ru_maxrss would count the process that started this one
print(min(took), int(re.search("VmHWM: *(.*) kB", status.replace("\\t", " ")).group(1)) / 1024)
"""


@pytest.mark.long
def test_a_thousand_tags_in_ten_seconds() -> None:
    """And in 300 MB, in a process of its own: no tracer slows it, no other test's memory counts. The better of two, for
    a machine that has more to do.
    """
    without_tracer = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", THOUSAND], cwd=ROOT, env=without_tracer, capture_output=True, check=True, text=True, timeout=120,
    )  # fmt: skip
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 10
    assert megabytes < 300


def test_a_plain_sheet_has_marks_in_its_margins_only() -> None:
    template = find_plain_sheet(SHELF)
    assert template is not None
    assert (template.columns, template.rows) == (2, 7)
    lines = list(template.marks())
    assert len(lines) == 2 * (3 + 8)
    left, top = template.left / 10, template.top / 10
    for x, y, to_x, to_y in lines:
        in_width, in_height = (
            left - 1e-6 < x == to_x < 210 - left + 1e-6,
            top - 1e-6 < y == to_y < 297 - top + 1e-6,
        )
        assert in_width != in_height
        assert min(x, y, to_x, to_y) >= 5
    blank = pdf.render_sheet([card_with()], template)
    assert inked_at(blank)[0] == pytest.approx(left - 5, abs=0.2)
    assert list(TEMPLATES["65-38x21"].marks()) == []


def test_which_sheets_take_a_label() -> None:
    assert next(template.name for template in list_fitting_sheets(MARKED)) == "65-38x21"
    assert [template.name for template in list_fitting_sheets(SHELF)] == [
        "24-70x37",
        "21-70x42",
        "14-105x42",
        "12-105x48",
        "8-105x74",
        "plain",
    ]
    assert [template.name for template in list_fitting_sheets(SIGN)] == ["plain"]
    assert list_fitting_sheets(Label(210, 297, ())) == []


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_a_page_to_hold_against_the_sheet(template: Template) -> None:
    data = pdf.render_calibration(template)
    (page,) = read(data).pages
    words = page.extract_text().split()
    assert "100" in words
    assert str(template.cells) in words
    left, top, right, bottom = inked_at(data)
    first, last = template.cell(1), template.cell(template.cells)
    assert (left, top) == pytest.approx((first.x, first.y), abs=0.2)
    assert (right, bottom) == pytest.approx((last.x + last.width, last.y + last.height), abs=0.3)

"""Slips on paper: drawn, sent over a real socket and a real pty, read back from the bytes alone."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from hardware.__main__ import main
from hardware.decode import decode_picture, list_missing_decoders
from hardware.devices import make_printer
from hardware.drawing.letters import LETTERS
from hardware.fakes.interpreter import Interpreter
from hardware.fakes.printer import FakePrinter
from hardware.fakes.serial_printer import SerialPrinter
from hardware.ports import Condition, DeviceError
from hardware.printers.escpos import EscposPrinter, encode_slip
from hardware.printers.test_page import RULER, TEST_PAGE
from hardware.printers.text_mode import lay_out
from hardware.slips.picture import MARGIN, draw_slip, render_png
from hardware.slips.slip import Barcode, Cut, Feed, Kick, Pair, Qr, Rule, Slip, Stars, Text

HARD = (
    "BÁNH TẺ NẾP CÁI HOA VÀNG ĐẶC BIỆT gói 10 chiếc", "Bánh khoai lang mật nướng than hoa nhân đậu xanh cốt dừa Mía hộp 12",
    "Kẹo vừng 300 g", "Kẹo vùng 300 g", "Rượu nếp cẩm 500 ml",
)  # fmt: skip
SLIP = Slip((
    Text("Điểm OCOP Mông Phụ", size="large", bold=True, align="center"), Rule(),
    *(row for n, name in enumerate(HARD) for row in (Stars(name, 4, bold=True), Pair(f"2 × {45 + n}.000", f"{90 + 2 * n}.000"),
                                                       Text(f"Lô CL26{n}1 · HSD 20/12/2026", size="small"))),
    Rule(), Pair("Tổng cộng", "470.000 ₫", size="large", bold=True), Feed(8), Qr("https://trace.example.com/r/abc", "Quét"),
    Barcode("PT-000046"), Cut(), Kick(),
))  # fmt: skip


@pytest.fixture
def paper() -> Iterator[FakePrinter]:
    fake = FakePrinter().start()
    yield fake
    fake.stop()


def read_by_tesseract(sheet: Image.Image, folder: Path) -> str:
    sheet.convert("L").resize((sheet.width * 2, sheet.height * 2)).save(folder / "sheet.png")
    done = subprocess.run(
        ["tesseract", str(folder / "sheet.png"), "-", "-l", "vie", "--psm", "6"],
        check=True,
        capture_output=True,
    )
    return done.stdout.decode()


def letters(text: str) -> str:
    return re.sub(r"[^\w]", "", text)


def distance(a: str, b: str) -> int:
    """How many letters differ (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, before = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
    return row[-1]


@contextmanager
def over(connection: str, folder: Path) -> Iterator[tuple[str, Callable[[], Image.Image]]]:
    """A printer's address by each way to reach one, and the sheet that came out, from its bytes alone."""
    if connection == "tcp":
        network = FakePrinter().start()
        yield network.address, lambda: network.wait_for_sheets(1)[0]
        network.stop()
    elif connection == "serial":
        line = SerialPrinter(folder / "ttyPRINTER").plug()
        yield line.address, lambda: line.wait_for_sheets(1)[0]
        line.pull()
    else:
        (folder / "lp0").touch()
        reader = Interpreter()
        yield (
            f"file://{folder}/lp0",
            lambda: reader.feed((folder / "lp0").read_bytes()) or reader.paper.sheets[0],
        )


@pytest.mark.parametrize("paper_mm", [80, 58])
@pytest.mark.parametrize("connection", ["tcp", "serial", "file"])
def test_the_paper_says_what_the_slip_says(connection: str, paper_mm: int, tmp_path: Path) -> None:
    """Lots and amounts to the letter, the hardest names with two wrong letters in a hundred at most, both codes."""
    with over(connection, tmp_path) as (address, sheet_of):
        make_printer("p", address, paper_mm=paper_mm, drawer_pin=2).print(SLIP)
        sheet = sheet_of()
    assert sheet.width == {80: 576, 58: 384}[paper_mm]
    text = read_by_tesseract(sheet, tmp_path)
    for n in range(len(HARD)):
        assert f"CL26{n}1" in text
        assert f"{90 + 2 * n}.000" in text
    assert "470.000" in text
    names = [row.text for row in SLIP.rows if isinstance(row, Stars)]
    read = letters(text)
    wrong = sum(
        min(distance(letters(name), read[i : i + len(letters(name))]) for i in range(len(read)))
        for name in names
    )
    assert wrong <= 0.02 * sum(len(letters(name)) for name in names), text
    sheet.save(tmp_path / "codes.png")
    assert {"https://trace.example.com/r/abc", "PT-000046"} <= {
        found.text for found in decode_picture(tmp_path / "codes.png")
    }


@pytest.mark.parametrize("width", [384, 576])
def test_nothing_is_drawn_beyond_the_paper(width: int) -> None:
    sheet = draw_slip(SLIP, width)
    box = sheet.getbbox()
    assert sheet.width == width
    assert box is not None
    assert box[0] >= 4
    assert box[2] <= width - 4
    assert render_png(SLIP, width).startswith(b"\x89PNG")


@pytest.mark.parametrize("width", [384, 576])
def test_the_test_page_reaches_both_edges_of_either_paper(width: int) -> None:
    """Its ticks stand where paper set too wide is cut off, and the figures leave no room for one more."""
    ticks, line, figures = RULER
    for row in (ticks, line):
        left, _, right, _ = draw_slip(Slip((row,)), width).getbbox() or (width, 0, 0, 0)
        assert left < 2 * MARGIN
        assert right > width - 2 * MARGIN
    first = draw_slip(Slip((figures,)), width).crop((0, 0, width, 30)).getbbox()
    assert first is not None
    assert first[2] > width - MARGIN - 20
    columns = width // 12
    assert [len(lay_out(row, columns)[0].text) for row in RULER] == [columns] * 3


def test_the_test_page_shows_all_letters() -> None:
    """As text, so that each printer shows them in the way it prints."""
    texts = "".join(row.text for row in TEST_PAGE.rows if isinstance(row, Text))
    assert len(set(LETTERS)) == 134
    assert set(LETTERS) <= set(texts)


def test_a_figure_never_lies_on_a_name() -> None:
    """Ink of name and figure drawn apart is the ink of both drawn together: nothing overlaps."""
    for left in (*HARD, "x" * 90, ""):
        both = draw_slip(Slip((Pair(left, "1.250.000.000"),)), 384)
        alone = draw_slip(Slip((Pair("", "1.250.000.000"),)), 384)
        name = draw_slip(Slip((Pair(left, " "),)), 384)
        ink = lambda picture: sum(picture.convert("L").point(lambda v: v > 0).getdata())  # noqa: E731
        assert ink(both) == ink(alone) + ink(name) or both.height != name.height


def test_a_wide_figure_gets_a_line_of_its_own() -> None:
    assert (
        draw_slip(Slip((Pair("Tên", "9" * 24, size="large"),)), 384).height
        > draw_slip(Slip((Pair("Tên", "9", size="large"),)), 384).height
    )


def test_strips_fit_a_cheap_printers_buffer() -> None:
    for width in (384, 576):
        assert max(map(len, encode_slip(SLIP, width))) <= 4096


@pytest.mark.parametrize(("pin", "command"), [(2, b"\x1bp\x00"), (5, b"\x1bp\x01")])
def test_the_drawer_opens_on_its_pin(pin: int, command: bytes, tmp_path: Path) -> None:
    (tmp_path / "lp0").touch()
    make_printer("p", f"file://{tmp_path}/lp0", paper_mm=58, drawer_pin=pin).print(SLIP)
    sent = (tmp_path / "lp0").read_bytes()
    reader = Interpreter()
    reader.feed(sent)
    assert reader.paper.kicks == 1
    assert command in sent


@pytest.mark.parametrize(("fault", "code"), [
    ("paper_out", "paper_out"), ("cover_open", "cover_open"), ("cutter_jammed", "cutter_jammed"), ("failed", "printer_failed"),
])  # fmt: skip
def test_what_the_printer_says_of_itself(paper: FakePrinter, fault: str, code: str) -> None:
    setattr(paper.faults, fault, True)
    with pytest.raises(DeviceError) as caught:
        EscposPrinter("p", paper.address).print(SLIP)
    assert (caught.value.code, caught.value.permanent) == (code, False)
    assert paper.sheets == []


def test_a_roll_that_ends_soon_is_a_warning_and_prints(paper: FakePrinter) -> None:
    assert EscposPrinter("p", paper.address).check() == Condition("", drawer_open=False)
    paper.faults.paper_low = True
    assert EscposPrinter("p", paper.address).check().warning == "paper_low"
    EscposPrinter("p", paper.address).print(SLIP)
    assert paper.wait_for_sheets(1)


@pytest.mark.parametrize("fault", ["silent", "garbled"])
def test_a_printer_that_cannot_answer_is_taken_for_ready(paper: FakePrinter, fault: str) -> None:
    setattr(paper.faults, fault, True)
    EscposPrinter("p", paper.address).print(SLIP)
    assert paper.wait_for_sheets(1)


def test_nobody_there_and_nonsense() -> None:
    with pytest.raises(DeviceError) as caught:
        make_printer("p", "tcp://127.0.0.1:9", paper_mm=80, drawer_pin=None).print(SLIP)
    assert caught.value.code == "printer_unreachable"
    with pytest.raises(DeviceError) as odd:
        make_printer("p", "http://x", paper_mm=80, drawer_pin=None)
    assert odd.value.permanent


def test_a_preview_printer_takes_everything() -> None:
    preview = make_printer("p", "none", paper_mm=80, drawer_pin=None)
    preview.check()
    preview.print(SLIP)


def test_the_interpreter_hears_a_slip_of_the_pen() -> None:
    with pytest.raises(ValueError, match="unknown ESC/POS"):
        Interpreter().feed(b"\x1bZZZ")


def test_a_slip_waits_as_json_and_its_copy_opens_no_drawer() -> None:
    assert Slip.decoded(SLIP.encoded()) == SLIP
    assert not any(isinstance(row, Kick) for row in SLIP.without_kick().rows)


def test_the_command(paper: FakePrinter, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test-print", paper.address]) == 0
    sheet = paper.wait_for_sheets(1)[0]
    sheet.save(tmp_path / "a.png")
    (tmp_path / "b.png").write_text("no picture")
    assert main(["decode", str(tmp_path / "a.png"), str(tmp_path / "b.png")]) == 0
    out = capsys.readouterr().out
    assert "https://example.com/t/thu" in out
    assert '"error"' in out
    assert main(["test-print", "tcp://127.0.0.1:9"]) == 1
    assert main(["list"]) == 0


def test_the_command_says_how_a_printer_is(paper: FakePrinter, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", paper.address]) == 0
    assert capsys.readouterr().out == "ready\n"
    paper.faults.cover_open = True
    assert main(["status", paper.address]) == 1
    assert "cover_open" in capsys.readouterr().err


def test_decoding_without_the_systems_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """cv2 and pyzbar absent: zxing-cpp reads alone, and what could be installed is named."""
    import sys

    monkeypatch.setitem(sys.modules, "cv2", None)
    monkeypatch.setitem(sys.modules, "pyzbar", None)
    monkeypatch.setitem(sys.modules, "pyzbar.pyzbar", None)
    assert list_missing_decoders() == {"cv2": "libgl1 libglib2.0-0", "pyzbar": "libzbar0"}
    (tmp_path / "a.png").write_bytes(render_png(TEST_PAGE, 576))
    assert {"IN-THU-1", "https://example.com/t/thu"} <= {
        found.text for found in decode_picture(tmp_path / "a.png")
    }
    Image.new("L", (50, 50)).save(tmp_path / "blank.png")
    assert decode_picture(tmp_path / "blank.png") == []

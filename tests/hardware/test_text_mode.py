"""Slips as letters: what stands on the paper, rebuilt from the bytes, in each charset and at both widths."""

import re
import subprocess
from pathlib import Path
from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.decode import decode_picture
from hardware.drawing.letters import LETTERS, transliterate
from hardware.fakes.interpreter import Interpreter
from hardware.fakes.serial_printer import SerialPrinter
from hardware.printers.charsets import Charset, decode_bytes, list_tables
from hardware.printers.commands import BUFFER_BYTES
from hardware.printers.escpos import EscposPrinter
from hardware.printers.profiles import get_profile
from hardware.printers.test_page import LETTERS_PAGE
from hardware.printers.text_mode import encode_slip, lay_out
from hardware.slips.picture import render_png
from hardware.slips.slip import Barcode, Cut, Feed, Kick, Pair, Qr, Slip, Stars, Text
from tests.hardware.test_printing import HARD, SLIP, distance, letters, read_by_tesseract

WIDTHS = {58: 384, 80: 576}
CHARSETS = [Charset("tcvn3", (30, 31)), Charset("cp1258", (52,)), Charset("ascii", (0,))]


def sheet_of(slip: Slip, width: int, charset: Charset, model: str = "TM-T88V") -> Interpreter:
    reader = Interpreter(width=width)
    for piece in encode_slip(slip, width, get_profile(model), charset):
        reader.feed(piece)
    return reader


@pytest.mark.parametrize("paper_mm", [80, 58])
@pytest.mark.parametrize("charset", CHARSETS, ids=lambda charset: charset.name)
def test_the_paper_says_what_the_slip_says(charset: Charset, paper_mm: int, tmp_path: Path) -> None:
    """Lots and amounts to the letter, names with five wrong letters in a hundred at most, both codes."""
    reader = sheet_of(SLIP, WIDTHS[paper_mm], charset)
    (sheet,) = reader.paper.sheets
    assert sheet.width == WIDTHS[paper_mm]
    assert reader.paper.kicks == 1
    text = read_by_tesseract(sheet, tmp_path)
    for n in range(len(HARD)):
        assert f"CL26{n}1" in text
        assert f"{90 + 2 * n}.000" in text
    assert "470.000" in text
    names = [charset.fitted(name) for name in HARD]
    read = letters(text)
    wrong = sum(
        min(distance(letters(name), read[i : i + len(letters(name))]) for i in range(len(read)))
        for name in names
    )
    assert wrong <= 0.05 * sum(len(letters(name)) for name in names), text
    sheet.save(tmp_path / "codes.png")
    assert {"https://trace.example.com/r/abc", "PT-000046"} <= {
        found.text for found in decode_picture(tmp_path / "codes.png")
    }


@pytest.mark.parametrize("charset", CHARSETS[:2], ids=lambda charset: charset.name)
def test_all_134_letters_come_back(charset: Charset) -> None:
    assert len(LETTERS) == len(set(LETTERS)) == 134
    assert charset.fitted(LETTERS) == LETTERS
    back = "".join(
        decode_bytes(charset.name, charset.pages.index(page or 0), run) for page, run in charset.runs(LETTERS)
    )
    assert back == LETTERS


@pytest.mark.parametrize("charset", CHARSETS, ids=lambda charset: charset.name)
@given(text=st.text(max_size=60))
def test_a_vietnamese_letter_is_never_a_question_mark(charset: Charset, text: str) -> None:
    fitted = charset.fitted(LETTERS + text)
    assert "?" not in fitted[:134]
    assert transliterate(fitted[:134]) == transliterate(LETTERS)
    assert not any(combining(letter) for letter in fitted)
    assert charset.fitted(fitted) == fitted
    assert sum(len(run) for _, run in charset.runs(text)) <= 2 * len(charset.fitted(text))


def test_one_page_of_two_writes_capitals_without_their_tone() -> None:
    """The first page alone: what it lacks loses its tone, or all its marks."""
    assert Charset("tcvn3", (30,)).fitted("ẤM Ấm ấm Đ đ 5.000 ₫ ★") == "AM Am ấm D đ 5.000 đ *"


def test_the_table_of_vn3_is_the_standards() -> None:
    """By glibc's TCVN 5712-1, where both have a letter: all small ones, and Ă, Â and Đ."""
    small, capitals = list_tables("tcvn3")
    theirs = subprocess.run(
        ["iconv", "-f", "UTF-8", "-t", "TCVN5712-1"], input="\n".join(LETTERS).encode(), capture_output=True, check=True
    ).stdout.split(b"\n")  # fmt: skip
    by_glibc = dict(zip(LETTERS, theirs, strict=True))
    assert small == {letter: by_glibc[letter] for letter in LETTERS[:67]}
    assert {letter for letter in capitals if capitals[letter] == by_glibc[letter]} == set("ĂÂĐ")
    assert {letter.upper(): place for letter, place in small.items() if normalize("NFD", letter)[-1] in "\u0300\u0309\u0303\u0301\u0323"}.items() <= capitals.items()  # fmt: skip


ROWS = st.builds(Text, st.text(max_size=120), st.sampled_from(["small", "normal", "large"]), align=st.sampled_from(["left", "center", "right"])) | st.builds(
    Stars, st.text(max_size=80), st.integers(0, 5), st.sampled_from(["normal", "large"])
)  # fmt: skip


@given(row=ROWS, columns=st.sampled_from([32, 48]))
def test_no_line_is_longer_than_the_paper(row: Text | Stars, columns: int) -> None:
    for line in lay_out(row, columns):
        assert len(line.text) <= (columns // 2 if line.large else columns)


@given(left=st.text(max_size=90), right=st.text("0123456789.-", min_size=1, max_size=32), columns=st.sampled_from([32, 48]),
       size=st.sampled_from(["normal", "large"]))  # fmt: skip
def test_a_figure_stays_whole_at_the_right_edge(left: str, right: str, columns: int, size: str) -> None:
    lines = lay_out(Pair(left, right, size), columns)  # type: ignore[arg-type]
    for line in lines:
        assert len(line.text) <= (columns // 2 if line.large else columns)
    last = lines[-1]
    assert last.text.endswith(right)
    assert len(last.text) == (columns // 2 if last.large else columns)
    before = last.text.removesuffix(right)
    assert before.strip(" ") == "" or before.endswith(" ")


@given(rows=st.lists(ROWS | st.builds(Feed, st.integers(0, 900)) | st.just(Cut()), max_size=20), model=st.sampled_from(["generic", "TM-T88V", "POS-5890"]))  # fmt: skip
def test_every_piece_fits_a_cheap_printers_buffer(rows: list[Text], model: str) -> None:
    reader = Interpreter(width=384)
    for piece in encode_slip(Slip((*rows, Kick())), 384, get_profile(model), get_profile(model).charset()):
        assert len(piece) <= BUFFER_BYTES
        reader.feed(piece)
    assert reader.paper.kicks == 1


@pytest.mark.parametrize("code", ["A" * 20, "B{1}", "C" * 40])
@pytest.mark.parametrize("model", ["TM-T20II", "generic"])
def test_codes_by_the_printer_or_as_pictures(code: str, model: str, tmp_path: Path) -> None:
    slip = Slip((Qr("https://trace.example.com/" + code, "Quét"), Feed(30), Barcode(code), Cut()))
    (sheet,) = sheet_of(slip, 576, Charset("ascii", (0,)), model).paper.sheets
    sheet.save(tmp_path / "a.png")
    assert {found.text for found in decode_picture(tmp_path / "a.png")} == {
        "https://trace.example.com/" + code,
        code,
    }


def test_a_slow_line_gets_text_and_says_how_long_it_takes(tmp_path: Path) -> None:
    slow = EscposPrinter("p", "serial:///dev/x?baud=9600", profile="TM-T20II")
    assert slow.mode == "text"
    assert slow.charset == Charset("tcvn3", (30, 31))
    text, picture = slow.seconds(SLIP), slow.seconds(SLIP, mode="picture")
    assert text is not None
    assert picture is not None
    assert text < 2
    assert picture > 50
    assert EscposPrinter("p", "serial:///dev/x?baud=115200").mode == "picture"
    assert EscposPrinter("p", "tcp://192.0.2.7").seconds(SLIP) is None


def test_text_over_a_real_line(tmp_path: Path) -> None:
    line = SerialPrinter(tmp_path / "tty", baud=9600).plug()
    EscposPrinter("p", line.address, profile="TM-T20II").print(SLIP)
    sheet = line.wait_for_sheets(1)[0]
    line.pull()
    assert "470.000" in read_by_tesseract(sheet, tmp_path)
    assert line.kicks == 1
    assert len(line.received) < 2000


@pytest.mark.parametrize("model", ["generic", "TM-T88V", "POS-5890"])
def test_the_page_of_letters_shows_all_in_each_charset_under_its_name(model: str, tmp_path: Path) -> None:
    """Whatever the mode: a picture can't show a code page."""
    (tmp_path / "lp0").touch()
    EscposPrinter("p", f"file://{tmp_path}/lp0", paper_mm=58, profile=model, mode="picture").print(
        LETTERS_PAGE
    )
    sent = (tmp_path / "lp0").read_bytes()
    for name in get_profile(model).candidates():
        below = re.split(rb"[@\n]" + name.encode() + b"\n", sent)[1]
        charset = get_profile(model).charset(name)
        page, run = charset.runs(LETTERS[:32])[0]
        assert below.startswith(bytes((0x1B, 0x74, page)) + run if page is not None else run)
    reader = Interpreter(width=384)
    reader.feed(sent)
    assert len(reader.paper.sheets) == get_profile(model).cutter
    assert render_png(LETTERS_PAGE, 384)

"""Labels laid out and drawn: codes that every reader reads, words that never leave their box, the same on screen and paper."""

import os
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from hardware.drawing.symbols import QUIET, Symbology, encode_modules
from hardware.fakes.interpreter import Interpreter
from hardware.labels import pdf
from hardware.labels.barcode import PAGE_DPI, PlacedSymbol
from hardware.labels.label import Align, Box, Code, DoesNotFit, Label, Picture, Stars, Words
from hardware.labels.layout import Fill, Layout, PlacedPart, Run, lay_out
from hardware.labels.picture import draw_label, render_png
from hardware.labels.roll import draw_on_roll
from hardware.printers.picture_mode import encode_slip
from hardware.slips.slip import Card, Cut, Slip
from tests.hardware.labels import (
    CONTENTS,
    ELEMENTS,
    NAME,
    SHELF,
    SIGN,
    card_with,
    coded,
    ink_of,
    on_white,
    open_it,
    output,
    page_of,
    plain,
)  # fmt: skip

GOLDEN = Path(__file__).parent / "golden"
KINDS = list(CONTENTS)


def contains(outer: Box, inner: Box, slack: float = 1e-6) -> bool:
    return (
        inner.x >= outer.x - slack and inner.y >= outer.y - slack
        and inner.x + inner.width <= outer.x + outer.width + slack
        and inner.y + inner.height <= outer.y + outer.height + slack
    )  # fmt: skip


@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("kind", KINDS)
def test_every_code_is_read_from_the_picture(kind: Symbology, dpi: int, shown: bool, tmp_path: Path) -> None:
    assert plain(output(on_white(draw_label(coded(kind, shown=shown), dpi)), kind, tmp_path)) == plain(
        [CONTENTS[kind]]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_code_is_read_from_the_page(kind: Symbology, tmp_path: Path) -> None:
    assert plain(output(page_of(pdf.render_label(coded(kind, shown=True))), kind, tmp_path)) == plain(
        [CONTENTS[kind]]
    )


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("kind", KINDS)
def test_the_smallest_code_that_fits_is_read(kind: Symbology, dpi: int, tmp_path: Path) -> None:
    """The width that a refusal names will do, and a tenth of a mm less than the box it needs won't."""
    with pytest.raises(DoesNotFit) as refused:
        lay_out(card_with(Code(kind, CONTENTS[kind], Box(0, 0, 3, 30))), dpi)
    assert refused.value.code == "code_too_wide"
    needed = float(refused.value.fits.split(" ", maxsplit=1)[0])
    label = Label(needed, 30, (Code(kind, CONTENTS[kind], Box(0, 0, needed, 30)),))
    assert plain(output(on_white(draw_label(label, dpi)), kind, tmp_path)) == plain([CONTENTS[kind]])
    with pytest.raises(DoesNotFit):
        lay_out(Label(needed, 30, (Code(kind, CONTENTS[kind], Box(0, 0, needed - 0.3, 30)),)), dpi)


@pytest.mark.parametrize("dpi", [203, 300, PAGE_DPI])
@pytest.mark.parametrize("kind", KINDS)
def test_modules_are_whole_dots_with_their_quiet_zones_in_the_box(kind: Symbology, dpi: int) -> None:
    code = Code(kind, CONTENTS[kind], Box(2.03, 2.07, 91.3, 33.1))
    (symbol,) = lay_out(card_with(code, width=100, height=40), dpi).parts[0].marks
    assert isinstance(symbol, PlacedSymbol)
    for length in (symbol.module, symbol.x):
        assert length * dpi / 25.4 == pytest.approx(round(length * dpi / 25.4), abs=1e-6)
    left, right = (count * symbol.module for count in QUIET[kind])
    across = left + symbol.modules.across * symbol.module + right
    assert contains(code.box, Box(symbol.x - left, symbol.y, across, symbol.height))
    assert symbol.module >= (0.264 if kind in {"ean13", "ean8"} and dpi == PAGE_DPI else 0.249)


def test_gs1_codes_say_fnc1() -> None:
    """Read raw: FNC1 first, and a separator behind a value of unknown length."""
    import zxingcpp

    elements = "(01)09506000134352(10)AB\\(1\\)(21)X"
    for kind in ("gs1-128", "gs1-datamatrix"):
        label = Label(90, 40, (Code(kind, elements, Box(0, 0, 90, 40)),))
        (code,) = zxingcpp.read_barcodes(np.asarray(on_white(draw_label(label, 300))))
        assert code.symbology_identifier in {"]C1", "]d2"}
        assert code.bytes == b"010950600013435210AB(1)\x1d21X"


@pytest.mark.parametrize(("kind", "content"), [
    ("ean13", "8935049500545"), ("ean13", "893504950054"), ("ean8", "12x"), ("code128", "Lô ậ"), ("gs1-128", "(01)123"), ("qr", "x" * 3000),
])  # fmt: skip
def test_a_code_that_cant_say_it_is_refused(kind: Symbology, content: str) -> None:
    with pytest.raises(ValueError):
        encode_modules(kind, content)


def test_a_code_too_wide_names_what_fits() -> None:
    with pytest.raises(DoesNotFit, match=r"\d mm, gs1-datamatrix") as refused:
        lay_out(card_with(Code("gs1-128", ELEMENTS, Box(0, 0, 30, 20))), 203)
    assert refused.value.part == ELEMENTS
    with pytest.raises(DoesNotFit, match=r"code_too_low.* mm"):
        lay_out(card_with(Code("ean13", CONTENTS["ean13"], Box(0, 0, 40, 6), shown=True)))
    with pytest.raises(DoesNotFit, match="outside_card"):
        lay_out(card_with(Stars(1, Box(0, 30, 10, 10))))


def test_words_are_as_large_as_fits() -> None:
    def sizes(text: str, **more: object) -> list[tuple[float, str]]:
        words = Words(text, Box(0, 0, 40, 12), 8, 2, **more)  # type: ignore[arg-type]
        return [(run.size, run.text) for run in lay_out(card_with(words)).marks if isinstance(run, Run)]

    assert sizes("Chè") == [(8, "Chè")]
    assert [text for _, text in sizes("Chè lam gừng Thạch Xá", lines=2)] == ["Chè lam gừng", "Thạch Xá"]
    ((small, _),) = sizes("Chè lam gừng Thạch Xá")
    assert 2 < small < 8
    assert [text for _, text in sizes("Ng" * 40, lines=3)] != []
    with pytest.raises(DoesNotFit, match="text_too_long"):
        sizes("1.250.000.000 " * 9)


def test_a_price_is_never_broken_but_where_words_may_be() -> None:
    words = Words("1.250.000 ₫", Box(0, 0, 12, 30), 8, 2, lines=2)
    assert next(run.text for run in lay_out(card_with(words)).marks if isinstance(run, Run)) == "1.250.000"


def laid_out(label: Label) -> Layout | None:
    """None where a text is too long, which is the only excuse."""
    try:
        return lay_out(label, 203)
    except DoesNotFit as refused:
        if refused.code != "text_too_long":
            raise
        return None


syllables = st.sampled_from(
    [
        *NAME.split(),
        "ĐẶC",
        "BIỆT",
        "Ỗ",
        "ỹ",
        "j",
        "nghiêng",
        "1.250.000",
        "₫",
        "Bánhtẻnếpcáihoavàngđặcbiệt",
        "a\u0302\u0323",
    ]
)
names = st.lists(syllables, min_size=1, max_size=14).map(" ".join)
aligns = st.sampled_from(["left", "center", "right"])


@given(
    names,
    names,
    st.floats(15, 90),
    st.floats(10, 50),
    st.integers(1, 4),
    st.booleans(),
    aligns,
    st.integers(0, 5),
)
@example("Chè", "Chè Thạch Ỗ Chè Chè nghiêng", 18.0, 20.0, 2, False, "left", 0)
@settings(max_examples=120, deadline=None)
def test_whatever_it_is_called_nothing_overlaps_or_leaves_the_card(
    name: str, other: str, width: float, height: float, lines: int, bold: bool, align: Align, stars: int
) -> None:
    """By ink boxes in mm, and by the dots themselves: each part alone on the card keeps to its box, give or take a dot."""
    third = height / 3
    boxes = [Box(0, n * third, width, third) for n in range(3)]
    label = Label(width, height, (
        Words(name, boxes[0], 9, 1.5, lines, bold, align), Words(other, boxes[1], 5, 1.5, lines, not bold, align, struck=True),
        Stars(stars, boxes[2]),
    ))  # fmt: skip
    layout = laid_out(label)
    if layout is None:
        return
    for part, box in zip(layout.parts, boxes, strict=True):
        if part.ink:
            assert contains(box, part.ink)
        alone = draw_label(Label(width, height, (part.part,)), 203)
        if dots := alone.getbbox():
            left, top, right, bottom = (edge * 25.4 / 203 for edge in dots)
            assert contains(box, Box(left, top, right - left, bottom - top), slack=2 * 25.4 / 203)


def apart(item: Box, other: Box) -> bool:
    beside = item.x + item.width <= other.x + 1e-6 or other.x + other.width <= item.x + 1e-6
    return beside or item.y + item.height <= other.y + 1e-6 or other.y + other.height <= item.y + 1e-6


@given(
    st.sampled_from(KINDS),
    st.floats(5, 90),
    st.floats(5, 60),
    st.sampled_from([203, 300, PAGE_DPI]),
    st.floats(0, 1),
)
@settings(max_examples=300, deadline=None)
def test_a_code_and_its_text_keep_to_the_box_and_apart(
    kind: Symbology, width: float, height: float, dpi: int, beyond: float
) -> None:
    box = Box(beyond, beyond, width, height)
    label = Label(width + 1, height + 1, (Code(kind, CONTENTS[kind], box, shown=True),))
    try:
        (part,) = lay_out(label, dpi).parts
    except DoesNotFit:
        return
    assert part.ink is not None
    assert contains(box, part.ink)
    code, *texts = part.marks
    assert isinstance(code, PlacedSymbol)
    written = [PlacedPart(part.part, (text,)).ink for text in texts]
    assert written
    for text in written:
        assert text is not None
        assert all(apart(text, bar) for bar in code.boxes)


@pytest.mark.parametrize("label", [SHELF, SIGN], ids=["shelf", "sign"])
@pytest.mark.parametrize("dpi", [203, 300])
def test_the_screen_shows_the_ink_that_the_printer_burns(label: Label, dpi: int) -> None:
    burnt = draw_label(label, dpi)
    shown = open_it(render_png(label, dpi, colour=False))
    assert on_white(shown).convert("1").tobytes() == burnt.tobytes()
    assert ink_of(open_it(render_png(label, dpi))).tobytes() == burnt.tobytes()
    assert len(open_it(render_png(label, dpi)).convert("RGB").getcolors() or []) <= 4


@pytest.mark.parametrize("label", [SHELF, SIGN], ids=["shelf", "sign"])
def test_page_and_picture_agree(label: Label) -> None:
    """Words and stars: the page, coarsened, has its ink where the picture has."""
    bare = Label(label.width, label.height, tuple(part for part in label.parts if not isinstance(part, Code)))
    drawn = np.asarray(on_white(draw_label(bare, 203)).filter(ImageFilter.BoxBlur(4)), float)
    page = (
        page_of(pdf.render_label(bare), dpi=203).convert("L").point(lambda light: 255 if light > 230 else 0)
    )
    printed = np.asarray(page.resize(drawn.shape[::-1]).filter(ImageFilter.BoxBlur(4)), float)
    assert np.abs(drawn - printed).mean() < 10
    assert np.abs(drawn - printed).max() < 180


def test_an_old_price_has_its_line() -> None:
    words = Words("52.000 ₫", Box(2, 2, 40, 8), 5, 3, struck=True)
    run, line = lay_out(card_with(words)).marks
    assert isinstance(run, Run)
    assert isinstance(line, Fill)
    (box,) = line.boxes
    assert run.baseline - 0.6 * run.size < box.y < run.baseline - 0.1 * run.size
    middle = draw_label(card_with(words)).crop((18, 0, int((box.x + box.width) * 8) - 2, 80))
    row = round((box.y + box.height / 2) * 203 / 25.4)
    assert all(middle.getpixel((x, row)) for x in range(middle.width))


def test_pictures_keep_their_proportions_in_the_middle() -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 10), (200, 0, 0, 255)).save(out, "PNG")
    label = card_with(Picture(out.getvalue(), Box(10, 10, 20, 20)))
    assert lay_out(label).parts[0].ink == Box(10, 17.5, 20, 5)
    assert open_it(render_png(label)).convert("RGB").getpixel((160, 160)) == (200, 0, 0)
    assert draw_label(label).getbbox() is not None
    assert page_of(pdf.render_label(label), dpi=203).getpixel((160, 160))[:3] in {(200, 0, 0), (0, 0, 200)}
    with pytest.raises(OSError):
        lay_out(card_with(Picture(b"none", Box(0, 0, 9, 9))))


def test_a_label_survives_a_queue() -> None:
    assert Label.decoded(SHELF.encoded()) == SHELF


@pytest.mark.parametrize("label", [SHELF, SIGN], ids=["shelf", "sign"])
def test_a_picture_takes_no_time(label: Label) -> None:
    render_png(label)
    began = time.perf_counter()
    render_png(label)
    assert time.perf_counter() - began < 0.15


@pytest.mark.parametrize("width_dots", [384, 576])
def test_on_the_roll_of_a_receipt_printer(width_dots: int) -> None:
    """Whole and turned where it must be, read back from the bytes."""
    reader = Interpreter(width=width_dots)
    pieces = list(encode_slip(Slip((Card(SHELF), Cut())), width_dots, None))
    assert max(map(len, pieces)) <= 4096
    reader.feed(b"".join(pieces))
    (sheet,) = reader.paper.sheets
    paper = draw_on_roll(SHELF, width_dots)
    ink = on_white(sheet).convert("1").crop((0, 0, *paper.size))
    assert ink.tobytes() == paper.tobytes()
    assert (paper.height > paper.width * 0.8) == (width_dots == 384)
    with pytest.raises(DoesNotFit, match="label_too_large"):
        draw_on_roll(SIGN, width_dots)


@pytest.mark.parametrize("label", [SHELF, SIGN], ids=["shelf", "sign"])
def test_it_looks_as_it_did(label: Label) -> None:
    """Against a picture that a person has looked at; LABELS_GOLDEN=1 draws it anew."""
    name = GOLDEN / f"{'shelf' if label is SHELF else 'sign'}.png"
    drawn = open_it(render_png(label, 203)).convert("RGB")
    drawn.thumbnail((560, 560))
    if os.environ.get("LABELS_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        drawn.quantize(32).save(name, optimize=True)
    golden, now = (
        picture.convert("L").filter(ImageFilter.BoxBlur(2)) for picture in (Image.open(name), drawn)
    )
    assert golden.size == now.size
    apart = np.abs(np.asarray(golden, float) - np.asarray(now, float))
    assert (apart.mean() < 3, apart.max() < 90) == (True, True)

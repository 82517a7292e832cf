"""Pictures are read better than by any decoder alone, and nothing is read where nothing stands."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from hardware.decode import decode_picture, to_gray
from hardware.scanners import camera
from hardware.scanners.camera import FoundCode, read_codes
from tests.corpus.decoders import opencv_alone, pyzbar_alone, zxing_alone
from tests.corpus.pictures import FOLDER, NOTHING, Sample, made, photographed

ALONE = (zxing_alone, pyzbar_alone, opencv_alone)


def read_by(sample: Sample, budget_ms: float | None = None) -> bool:
    return sample.is_read_by(texts_in(sample, budget_ms))


def texts_in(sample: Sample, budget_ms: float | None = None) -> set[str]:
    """All that is read in a picture, UPC-E too."""
    return {found.text for found in read_codes(sample.picture, budget_ms=budget_ms, reads_upc_e=True)}


def test_photographed_codes_are_read_as_by_all_decoders_together() -> None:
    samples = [sample for sample in photographed() if sample.folder != NOTHING]
    alone = sum(any(sample.is_read_by(decoder(sample.picture)) for decoder in ALONE) for sample in samples)
    ours = [sample for sample in samples if read_by(sample, 400)]
    assert len(samples) > 70
    assert len(ours) >= alone
    misread = [s.name for s in samples if s.misread(texts_in(s, 400))]
    assert misread == []


@pytest.mark.long
@pytest.mark.parametrize("budget_ms", [40, 300])
def test_nothing_is_read_where_nothing_stands(budget_ms: float) -> None:
    for sample in photographed():
        if sample.folder == NOTHING:
            assert read_codes(sample.picture, budget_ms=budget_ms) == [], sample.name
            assert texts_in(sample, budget_ms) == set(), sample.name


@pytest.mark.long
def test_what_is_blurred_turned_dark_or_creased_is_read_more_often_than_by_all_together() -> None:
    """Every third step of each trouble; the whole is the command's: python -m tests.corpus."""
    samples = [sample for sample in made() if int(sample.name[-2:]) % 3 == 0]
    alone = sum(any(sample.is_read_by(decoder(sample.picture)) for decoder in ALONE) for sample in samples)
    ours = sum(read_by(sample, 400) for sample in samples)
    assert len(samples) == 120
    assert ours >= alone + 4


@settings(max_examples=40, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60))))
def test_no_picture_is_too_odd(picture: np.ndarray) -> None:
    for found in read_codes(picture, budget_ms=30):
        assert found.text


def test_several_linear_codes_need_a_second_look_and_a_misread_part_is_dropped() -> None:
    """zxing-cpp alone reads two codes in this photo; only one stands there."""
    sample = next(s for s in photographed() if s.name == "35.webp")
    assert read_codes(sample.picture) == [FoundCode("5030159003930", "EAN13")]


def test_zxing_reads_alone_where_the_system_lacks_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "_has_cv2", lambda: False)
    monkeypatch.setattr(camera, "_pyzbar", lambda: None)
    sample = next(s for s in photographed() if s.folder == "qrcode-1")
    assert read_by(sample)
    assert read_codes(np.full((2000, 3000), 255, np.uint8)) == []


def test_separators_of_gs1_come_as_they_are() -> None:
    (found,) = decode_picture(FOLDER / "datamatrix-1" / "gs1-figure-4.15.1-2-32x32.png")
    assert found.symbology == "DataMatrix"
    assert "\x1d" in found.text
    assert found.text.startswith("01")


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert to_gray(tmp_path / "clear.png").min() == 255


def test_the_command_says_one_object_a_picture_as_it_goes(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    nothing = next(FOLDER.joinpath(NOTHING).glob("*.webp"))
    pictures = [FOLDER / "qrcode-1" / "1.webp", nothing, tmp_path / "broken.png", tmp_path / "none.png"]
    done = subprocess.run(
        [sys.executable, "-m", "hardware", "decode", "--json", *pictures],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    output = [json.loads(line) for line in done.stdout.splitlines()]
    assert [item["picture"] for item in output] == [str(path) for path in pictures]
    assert set(output[0]) == {"picture", "scans", "ms"}
    assert output[0]["scans"][0]["symbology"] == "QRCode"
    assert output[1]["scans"] == []
    assert [set(item) for item in output[2:]] == [{"picture", "error"}] * 2


@pytest.mark.parametrize(("height", "width"), [(1, 10_000), (10_000, 1), (3, 1_601), (1_601, 3), (1, 1)])
def test_a_picture_too_thin_to_be_made_smaller_is_read_all_the_same(height: int, width: int) -> None:
    assert read_codes(np.zeros((height, width), np.uint8)) == []


def drawn(kind: str, text: str) -> camera.Gray:
    format_ = getattr(zxingcpp.BarcodeFormat, kind)
    bars = np.asarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, format_), scale=3))
    return np.pad(bars, 30, constant_values=255)


@pytest.mark.parametrize(
    ("digits", "whole"),
    [("01234565", "0012345000065"), ("00123457", "0001234000057"), ("01234531", "0012300000451"),
     ("01234505", "0012000003455"), ("01234543", "0012340000053")],
)  # fmt: skip
def test_upc_e_is_read_only_where_it_is_asked_for(digits: str, whole: str) -> None:
    assert camera.expand_upc_e(digits) == whole
    for sample in photographed():
        if sample.folder == "upce-1":
            assert read_codes(sample.picture) == []
            assert [found.text for found in read_codes(sample.picture, reads_upc_e=True)] == [sample.text]


def test_of_itf_only_a_gtin_14_is_read() -> None:
    assert [found.text for found in read_codes(drawn("ITF", "19520000000018"))] == ["19520000000018"]
    for text in (
        "19520000000019",
        "123456",
        "1952000000001234",
    ):  # a wrong check digit; a part of one; more than one
        assert read_codes(drawn("ITF", text)) == []


@pytest.mark.parametrize("looks", [1, 2])
def test_a_linear_code_is_believed_when_two_looks_agree_or_the_caller_knows_it(
    monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    """zxing-cpp sees it in one look, or in two; no other decoder does."""
    code, left = FoundCode("9520000000011", "EAN13"), [looks]

    def seen_so_often(*_: object, **__: object) -> list[FoundCode]:
        left[0] -= 1
        return [code] if left[0] >= 0 else []

    monkeypatch.setattr(camera, "read_by_zxing", seen_so_often)
    monkeypatch.setattr(camera, "read_by_pyzbar", lambda *_, **__: [])
    blank = np.full((100, 100), 255, np.uint8)
    assert read_codes(blank) == ([code] if looks == camera.AGREED else [])
    left[0] = looks
    assert read_codes(blank, is_known=lambda text: text == code.text) == [code]
    assert left[0] == looks - 1  # and without a second look
    left[0] = looks
    assert read_codes(blank, is_known=lambda _text: False) == ([code] if looks == camera.AGREED else [])


def test_two_decoders_that_read_otherwise_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "read_by_zxing", lambda *_, **__: [FoundCode("9520000000011", "EAN13")])
    monkeypatch.setattr(camera, "read_by_pyzbar", lambda *_, **__: [FoundCode("9521234567899", "EAN13")])
    monkeypatch.setattr(camera, "_has_cv2", lambda: False)
    assert read_codes(np.full((100, 100), 255, np.uint8)) == []

"""A camera's frame comes in, the codes in it go out; nothing of it is kept."""

from collections.abc import Callable
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from hardware.scanners.camera import FoundCode
from pos.scanning.views import MOST_BYTES
from tests.attacks import hostile_files as hostile
from tests.conftest import Shop


def a_frame(*codes: str) -> bytes:
    frame = Image.new("L", (640, 240 * len(codes) or 240), 200)
    for n, code in enumerate(codes):
        bars = zxingcpp.write_barcode_to_image(
            zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13), scale=3
        )
        frame.paste(Image.fromarray(bars), (100, 20 + 240 * n))
    out = BytesIO()
    frame.save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("codes", [(), ("9521234567899",), ("9521234567899", "9521234567806")])
def test_every_code_in_view_is_read(village: Shop, codes: tuple[str, ...]) -> None:
    answer = village.client("cashier").post("/scanning/read", data=a_frame(*codes), content_type="image/jpeg")
    assert answer.status_code == 200
    assert sorted(found["text"] for found in answer.get_json()) == sorted(codes)
    assert {found["symbology"] for found in answer.get_json()} <= {"EAN13"}


@pytest.mark.parametrize(
    "frame",
    [b"", b"no picture", b"x" * (MOST_BYTES + 1), hostile.png(10_000, 6_000), hostile.declared_huge_png(),
     hostile.jpeg(6_000, 4_000), hostile.truncated(hostile.picture("PNG")), hostile.broken_heic(), hostile.picture("TIFF")],
    ids=["nothing", "text", "too long", "60 MP", "3.6 GP", "24 MP", "truncated", "HEIC", "TIFF"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(village: Shop, frame: bytes) -> None:
    answer = village.client("cashier").post("/scanning/read", data=frame, content_type="image/jpeg")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("width", "height"),
    [(1, 10_000), (10_000, 1), (2, 10_000), (1_601, 3), (15, 5_000), (16, 10_000), (10_000, 64), (1, 1)],
)
def test_a_thin_picture_holds_no_code(village: Shop, width: int, height: int) -> None:
    frame = hostile.png(width, height)
    answer = village.client("cashier").post("/scanning/read", data=frame, content_type="image/png")
    assert answer.status_code == 200
    assert answer.get_json() == []


def test_the_books_barcodes_need_no_second_look(village: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame's decoder is told which codes the shop has: exact barcodes alone, by whatever number of digits."""
    asked: dict[str, bool] = {}

    def decode(
        _picture: object, *, is_known: Callable[[str], bool], reads_upc_e: bool, **_more: object
    ) -> list[FoundCode]:
        asked.update(
            {
                text: is_known(text)
                for text in (known, known.rjust(14, "0"), "9521234567899", "LO-CL2611/07", "")
            }
        )
        assert not reads_upc_e  # by the settings' own value
        return []

    assert village.village is not None
    known = next(iter(village.village.codes.values()))
    monkeypatch.setattr("pos.scanning.views.decode_picture", decode)
    assert village.client("cashier").post("/scanning/read", data=a_frame()).status_code == 200
    assert asked == {
        known: True,
        known.rjust(14, "0"): True,
        "9521234567899": False,
        "LO-CL2611/07": False,
        "": False,
    }

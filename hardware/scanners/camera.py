"""Codes in a picture or a camera's frame: OpenCV prepares and finds, zxing-cpp and pyzbar both decode.

Cheap passes come first and most pictures end there. Later ones enlarge, even out, turn and straighten; what they
alone read of a linear code is believed only when a second look agrees, because a misread digit sells other goods.
OpenCV and pyzbar need libraries of the system (libGL, libzbar0) that a bare machine may lack: they are imported
late, and without them zxing-cpp reads alone.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]

LARGEST = 1600  # pixels: what is larger is looked at smaller
LEAST_TO_PREPARE = 16  # pixels: nothing is gained from preparing what is smaller
ENLARGED_UP_TO = 900
QUIET = 24  # pixels of white that are put around a straightened code
STRAIGHT = 480  # pixels: the side that a straightened square code is drawn at
LEAST_ROWS = 4  # rows of a linear code in which zbar must have read the same
AGREED = 2  # looks that must agree on a linear code that only a prepared picture shows

MATRIX = {"QRCode", "DataMatrix", "MicroQRCode"}  # their error correction leaves no doubt


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code: its text with GS1's separators as they are, and what kind of symbol it stood in."""

    text: str
    symbology: str


def read_codes(picture: Gray, *, budget_ms: float | None = None) -> list[FoundCode]:
    """Every code that the decoders are sure of, each once. Stops at the first pass that leaves no doubt, or when the
    time is used up.
    """
    began, counted = time.perf_counter(), Counter[FoundCode]()
    for n, look in enumerate(_looks(_within(picture))):
        found = set(look())
        if n < _PLAIN and found and not _leaves_doubt(found):
            return sorted(found, key=lambda item: item.text)
        counted.update(found)
        sure = [item for item, times in counted.items() if times >= AGREED or item.symbology in MATRIX]
        if sure:
            return sorted(sure, key=lambda item: item.text)
        is_prepared = n >= _PLAIN - 1  # both looks at the picture as it is are always taken
        if budget_ms is not None and is_prepared and (time.perf_counter() - began) * 1000 > budget_ms:
            break
    return []


def _leaves_doubt(found: set[FoundCode]) -> bool:
    """Of several linear codes one may be a misread part of another: a second look tells which."""
    return sum(item.symbology not in MATRIX for item in found) > 1


_PLAIN = 2  # looks at the picture as it is: what a decoder reads there is believed at once
Look = Callable[[], list[FoundCode]]


def _looks(picture: Gray) -> Iterator[Look]:
    """Ways to look at a picture, the cheap ones first."""
    yield lambda: read_by_zxing(picture)
    yield lambda: read_by_pyzbar(picture)
    if min(picture.shape) < LEAST_TO_PREPARE or not _has_cv2():
        return
    for prepare in WAYS:
        for prepared in prepare(picture):
            yield lambda prepared=prepared: read_by_zxing(prepared)  # type: ignore[misc]
            yield lambda prepared=prepared: read_by_pyzbar(prepared)  # type: ignore[misc]


def read_by_zxing(picture: Gray) -> list[FoundCode]:
    zxing, formats = _zxing()
    codes = zxing.read_barcodes(
        np.ascontiguousarray(picture), formats=formats, text_mode=zxing.TextMode.Plain
    )
    return [
        FoundCode(code.text, str(code.format).replace(" ", "").replace("-", ""))
        for code in codes
        if code.text
    ]


@cache
def _zxing() -> tuple[Any, Any]:
    """The decoder and the symbols of a shop; others would only be chances to misread."""
    import zxingcpp

    kinds = zxingcpp.BarcodeFormat
    wanted = (kinds.EAN13, kinds.EAN8, kinds.UPCA, kinds.UPCE, kinds.ITF, kinds.Code128, kinds.QRCode, kinds.MicroQRCode,
              kinds.DataMatrix)  # fmt: skip
    return zxingcpp, zxingcpp.BarcodeFormats(list(wanted))


def read_by_pyzbar(picture: Gray) -> list[FoundCode]:
    loaded = _pyzbar()
    if loaded is None:
        return []
    pyzbar, symbols = loaded
    height, width = picture.shape
    codes = pyzbar.decode((np.ascontiguousarray(picture).tobytes(), width, height), symbols=symbols)
    return [
        FoundCode(code.data.decode("utf-8", "replace"), _NAMES.get(code.type, code.type))
        for code in codes
        if code.type == "QRCODE" or code.quality >= LEAST_ROWS
    ]


_NAMES = {"QRCODE": "QRCode", "CODE128": "Code128", "I25": "ITF"}


def _pyzbar() -> tuple[Any, Any] | None:
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError):
        return None
    kinds = pyzbar.ZBarSymbol
    return pyzbar, [kinds.EAN13, kinds.EAN8, kinds.UPCA, kinds.UPCE, kinds.I25, kinds.CODE128, kinds.QRCODE]


def _has_cv2() -> bool:
    try:
        import cv2  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


# ── ways to prepare a picture


def _within(picture: Gray) -> Gray:
    longest = max(picture.shape)
    return picture if longest <= LARGEST or not _has_cv2() else _scaled(picture, LARGEST / longest)


def _scaled(picture: Gray, by: float) -> Gray:
    import cv2

    how = cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC
    height, width = (max(1, round(side * by)) for side in picture.shape)  # of a thin one a side would be gone
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)


def _evened(picture: Gray) -> Iterator[Gray]:
    """Local contrast evened out (CLAHE): glare, a dark corner, a shadow across."""
    import cv2

    yield np.asarray(cv2.createCLAHE(2.0, (8, 8)).apply(picture), np.uint8)


def _enlarged(picture: Gray) -> Iterator[Gray]:
    """Modules of a pixel or two, drawn larger."""
    if max(picture.shape) <= ENLARGED_UP_TO:
        yield from (_scaled(picture, by) for by in (2, 3))


def _sharp(picture: Gray) -> Iterator[Gray]:
    """What was out of focus, with its edges pulled apart."""
    import cv2

    large = _scaled(picture, 2) if max(picture.shape) <= ENLARGED_UP_TO else picture
    yield np.asarray(cv2.addWeighted(large, 1.8, cv2.GaussianBlur(large, (0, 0), 2), -0.8, 0), np.uint8)


def _halved(picture: Gray) -> Iterator[Gray]:
    """Grain and moiré go when a large picture is looked at smaller."""
    if min(picture.shape) >= 240:
        yield _scaled(picture, 0.5)


def _thresholded(picture: Gray) -> Iterator[Gray]:
    import cv2

    sharp = cv2.adaptiveThreshold(picture, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 31, 8)
    yield np.asarray(sharp, np.uint8)


def _turned(degrees: float) -> Callable[[Gray], Iterator[Gray]]:
    def turn(picture: Gray) -> Iterator[Gray]:
        import cv2

        height, width = picture.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
        size = (int(height * sin + width * cos), int(height * cos + width * sin))
        matrix[:, 2] += (size[0] / 2 - width / 2, size[1] / 2 - height / 2)
        yield np.asarray(cv2.warpAffine(picture, matrix, size, borderValue=255), np.uint8)

    return turn


def _bars(picture: Gray) -> Iterator[Gray]:
    """Each linear code that OpenCV finds, straightened and enlarged."""
    import cv2

    found, corners = cv2.barcode.BarcodeDetector().detectMulti(picture)
    for four in corners if found else ():
        yield _straightened(
            picture, four, lambda wide, tall: (max(600, int(wide * 2)), max(120, int(tall * 1.5)))
        )


def _squares(picture: Gray) -> Iterator[Gray]:
    """Each QR code that OpenCV finds, seen from straight above."""
    import cv2

    found, corners = cv2.QRCodeDetector().detectMulti(picture)
    for four in corners if found else ():
        yield _straightened(picture, four, lambda _wide, _tall: (STRAIGHT, STRAIGHT))


def _straightened(picture: Gray, corners: Any, size: Callable[[float, float], tuple[int, int]]) -> Gray:
    """The quadrilateral drawn upright with white around it. Wider than tall: bars stand upright when its long side lies."""
    import cv2

    four = np.asarray(corners, np.float32).reshape(4, 2)
    item, two = (float(np.linalg.norm(four[n] - four[n + 1])) for n in (0, 1))
    if item < two:
        four, item, two = np.roll(four, 1, axis=0), two, item
    wide, tall = size(item, two)
    flat = np.asarray([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float32)
    upright = cv2.warpPerspective(
        picture, cv2.getPerspectiveTransform(four, flat), (wide, tall), flags=cv2.INTER_CUBIC
    )
    return np.asarray(
        cv2.copyMakeBorder(upright, QUIET, QUIET, QUIET * 2, QUIET * 2, cv2.BORDER_CONSTANT, value=255),
        np.uint8,
    )


# what costs little and often helps comes first: a frame has time for the first few
WAYS: tuple[Callable[[Gray], Iterator[Gray]], ...] = (
    _bars, _turned(45), _enlarged, _evened, _sharp, _squares, _halved, _thresholded, _turned(22), _turned(-22),
)  # fmt: skip

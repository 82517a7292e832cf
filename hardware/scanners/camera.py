"""Codes in a picture or a camera's frame: OpenCV prepares and finds, zxing-cpp and pyzbar both decode.

Cheap passes come first and most pictures end there. Later ones enlarge, even out, turn and straighten. A linear code
is believed only when a second look agrees or the shop knows it, because a misread digit sells other goods.
OpenCV and pyzbar need libraries of the system (libGL, libzbar0) that a bare machine may lack: they are imported
late, and without them zxing-cpp reads alone.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..symbology import parse_gtin

Gray = NDArray[np.uint8]
IsKnown = Callable[[str], bool]  # is there a code of this text among those that the caller knows?

LARGEST = 1600  # pixels: what is larger is looked at smaller
LEAST_TO_PREPARE = 16  # pixels: nothing is gained from preparing what is smaller
ENLARGED_UP_TO = 900
QUIET = 24  # pixels of white that are put around a straightened code
STRAIGHT = 480  # pixels: the side that a straightened square code is drawn at
AROUND = 8  # pixels around a code, besides an eighth of its size, that the closer look takes in
LEAST_ROWS = 4  # rows of a linear code in which zbar must have read the same
AGREED = 2  # looks that must agree on a linear code
GTIN_14 = 14  # digits: the only ITF of a shop
UPC_E = 8  # digits
SEPARATOR = "\x1d"  # GS1's, which decoders give or leave out where it begins a code

MATRIX = {"QRCode", "DataMatrix", "MicroQRCode"}  # their error correction leaves no doubt


@dataclass(frozen=True, slots=True)
class Place:
    """Where a code is in its picture, in pixels; `runs_down`: it is read from top to bottom or the other way."""

    left: int
    top: int
    right: int
    bottom: int
    runs_down: bool


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code: its text with GS1's separators as they are, its kind of symbol, and its place in the picture where that is known."""

    text: str
    symbology: str
    place: Place | None = field(default=None, compare=False)


def read_codes(
    picture: Gray,
    *,
    budget_ms: float | None = None,
    is_known: IsKnown | None = None,
    reads_upc_e: bool = False,
) -> list[FoundCode]:
    """Every code that the decoders are sure of, each once. Stops at the first pass that leaves no doubt, or when the
    time is used up.

    A linear code is believed when two looks or both decoders agree on it, or when `is_known` says that there is such
    a code. UPC-E has so few digits that bars of anything may look like one: it is read only where it is asked for.
    """
    began, candidates = time.perf_counter(), _Candidates(is_known)
    for look, is_cheap in _looks(_within(picture), candidates, reads_upc_e):
        is_late = budget_ms is not None and (time.perf_counter() - began) * 1000 > budget_ms
        if not is_cheap and (candidates.list_sure() or is_late):
            break
        candidates.note(look())
        if candidates.list_sure() and not candidates.has_doubt():
            break
    return sorted(candidates.list_sure(), key=lambda item: item.text)


class _Candidates:
    """What the looks have found so far, and how often."""

    def __init__(self, is_known: IsKnown | None) -> None:
        self._is_known = is_known
        self._times = Counter[str]()
        self._found: dict[str, FoundCode] = {}
        self._sure: set[str] = set()

    def note(self, codes: list[FoundCode]) -> None:
        """One look's codes; a code that stands twice in one look was still seen by one look."""
        for key, code in {_spell_alike(code): code for code in codes}.items():
            self._times[key] += 1
            if key not in self._found:
                self._found[key] = code
                if code.symbology in MATRIX or (self._is_known is not None and self._is_known(code.text)):
                    self._sure.add(key)
            if self._times[key] >= AGREED:
                self._sure.add(key)

    def list_sure(self) -> list[FoundCode]:
        return [self._found[key] for key in self._sure]

    def has_doubt(self) -> bool:
        """Was something seen that isn't sure yet?"""
        return len(self._sure) < len(self._found)

    def find_lone_doubt(self) -> FoundCode | None:
        """The one linear code that was seen, if it isn't sure yet. Beside another it may be a misread part of that one."""
        linear = [key for key, code in self._found.items() if code.symbology not in MATRIX]
        return self._found[linear[0]] if len(linear) == 1 and linear[0] not in self._sure else None


# A UPC-A is an EAN-13 that begins with 0: decoders differ in what they call it.
_ONE_FAMILY = {"EAN13", "EAN8", "UPCA"}


def _spell_alike(code: FoundCode) -> str:
    """The same for one code, whichever decoder read it."""
    if code.symbology in _ONE_FAMILY:
        return f"EAN {code.text.lstrip('0')}"
    return f"{code.symbology} {code.text.replace(SEPARATOR, '')}"


Look = Callable[[], list[FoundCode]]


def _looks(picture: Gray, candidates: _Candidates, reads_upc_e: bool) -> Iterator[tuple[Look, bool]]:
    """Ways to look at a picture, each with whether it is cheap and so taken whatever the time; the cheap ones come first."""
    yield partial(read_by_zxing, picture, reads_upc_e=reads_upc_e), True
    if (lone := candidates.find_lone_doubt()) is not None and (place := lone.place) is not None:
        yield partial(_look_closer, picture, lone, place, reads_upc_e), True
    yield partial(read_by_pyzbar, picture, reads_upc_e=reads_upc_e), True
    rows = picture[1::2] if len(picture) > 1 else picture[:, ::-1]  # of a single row: read from its other end
    for part in (rows, picture[:, 1::2]):  # other bars of the same code
        if (doubt := candidates.find_lone_doubt()) is not None:
            yield partial(_confirm_code, part, doubt, reads_upc_e), True
    if min(picture.shape) < LEAST_TO_PREPARE or not _has_cv2():
        return
    for prepare in WAYS:
        for prepared in prepare(picture):
            yield partial(read_by_zxing, prepared, reads_upc_e=reads_upc_e), False
            yield partial(read_by_pyzbar, prepared, reads_upc_e=reads_upc_e), False


def _confirm_code(part: Gray, doubt: FoundCode, reads_upc_e: bool) -> list[FoundCode]:
    """The code in doubt, if a part of the picture shows it too, and no other linear one."""
    found = [code for code in read_by_zxing(part, reads_upc_e=reads_upc_e) if code.symbology not in MATRIX]
    return found if {_spell_alike(code) for code in found} == {_spell_alike(doubt)} else []


def _look_closer(picture: Gray, doubt: FoundCode, place: Place, reads_upc_e: bool) -> list[FoundCode]:
    """The code in doubt, if every second line of bars at its place shows it too: quick, for the place is known."""
    room = AROUND + max(place.right - place.left, place.bottom - place.top) // 8  # its quiet zones
    around = picture[
        max(0, place.top - room) : place.bottom + room, max(0, place.left - room) : place.right + room
    ]
    lines = around[:, 1::2].T if place.runs_down else around[1::2]
    found = read_by_zxing(lines, reads_upc_e=reads_upc_e, is_placed=True)
    return [code for code in found if _spell_alike(code) == _spell_alike(doubt)]


def read_by_zxing(picture: Gray, *, reads_upc_e: bool = False, is_placed: bool = False) -> list[FoundCode]:
    """Every code in the picture. `is_placed`: the picture is of one code, upright and dark on light."""
    zxing, formats = _zxing(reads_upc_e)
    if not picture.size:
        return []
    codes = zxing.read_barcodes(
        np.ascontiguousarray(picture), formats=formats, text_mode=zxing.TextMode.Plain,
        try_rotate=not is_placed, try_invert=not is_placed,
    )  # fmt: skip
    return _drop_implausible(
        FoundCode(code.text, str(code.format).replace(" ", "").replace("-", ""), _make_place(code.position))
        for code in codes
        if code.text
    )


def _make_place(position: Any) -> Place:
    begin, end = position.top_left, position.top_right
    corners = (begin, end, position.bottom_right, position.bottom_left)
    across, down = [corner.x for corner in corners], [corner.y for corner in corners]
    runs_down = abs(end.y - begin.y) > abs(end.x - begin.x)
    return Place(min(across), min(down), max(across), max(down), runs_down)


@cache
def _zxing(reads_upc_e: bool) -> tuple[Any, Any]:
    """The decoder and the symbols of a shop; others would only be chances to misread."""
    import zxingcpp

    kinds = zxingcpp.BarcodeFormat
    wanted = [kinds.EAN13, kinds.EAN8, kinds.UPCA, kinds.ITF, kinds.Code128, kinds.QRCode, kinds.MicroQRCode, kinds.DataMatrix,
              *([kinds.UPCE] if reads_upc_e else [])]  # fmt: skip
    return zxingcpp, zxingcpp.BarcodeFormats(wanted)


def read_by_pyzbar(picture: Gray, *, reads_upc_e: bool = False) -> list[FoundCode]:
    loaded = _pyzbar()
    if loaded is None:
        return []
    pyzbar, symbols = loaded
    height, width = picture.shape
    codes = pyzbar.decode((np.ascontiguousarray(picture).tobytes(), width, height), symbols=symbols)
    return _drop_implausible(
        _name_alike(code.data.decode("utf-8", "replace"), code.type)
        for code in codes
        if (code.type == "QRCODE" or code.quality >= LEAST_ROWS) and (reads_upc_e or code.type != "UPCE")
    )


def _name_alike(text: str, kind: str) -> FoundCode:
    """A code of pyzbar's as zxing-cpp has it: UPC-E written out."""
    if kind == "UPCE" and len(text) == UPC_E:
        text = expand_upc_e(text)
    return FoundCode(text, _NAMES.get(kind, kind))


def expand_upc_e(digits: str) -> str:
    """The EAN-13 that a UPC-E of eight digits leaves zeros out of (GS1 General Specifications, section 5.2.2.4)."""
    system, body, check = digits[0], digits[1:7], digits[7]
    last = body[5]
    if last in "012":
        whole = f"{body[:2]}{last}0000{body[2:5]}"
    elif last == "3":
        whole = f"{body[:3]}00000{body[3:5]}"
    elif last == "4":
        whole = f"{body[:4]}00000{body[4]}"
    else:
        whole = f"{body[:5]}0000{last}"
    return f"0{system}{whole}{check}"


def _drop_implausible(codes: Iterable[FoundCode]) -> list[FoundCode]:
    """Without ITF but GTIN-14 with a right check digit: a part of any ITF, or of other bars, looks like a shorter one."""
    return [
        code
        for code in codes
        if code.symbology != "ITF" or (len(code.text) == GTIN_14 and parse_gtin(code.text) is not None)
    ]


_NAMES = {"QRCODE": "QRCode", "CODE128": "Code128", "I25": "ITF"}


def _pyzbar() -> tuple[Any, Any] | None:
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError):
        return None
    kinds = pyzbar.ZBarSymbol
    # UPC-E always: without it zbar calls the same bars a UPC-A.
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
    """Each QR code that OpenCV finds, looked at from straight above."""
    import cv2

    found, corners = cv2.QRCodeDetector().detectMulti(picture)
    for four in corners if found else ():
        yield _straightened(picture, four, lambda _wide, _tall: (STRAIGHT, STRAIGHT))


def _straightened(picture: Gray, corners: Any, size: Callable[[float, float], tuple[int, int]]) -> Gray:
    """The quadrilateral drawn upright with white around it. Wider than tall: bars stand upright when its long side lies."""
    import cv2

    four = np.asarray(corners, np.float32).reshape(4, 2)
    across, down = (float(np.linalg.norm(four[n] - four[n + 1])) for n in (0, 1))
    if across < down:
        four, across, down = np.roll(four, 1, axis=0), down, across
    wide, tall = size(across, down)
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

"""The pictures: photographed ones with their text beside them, and made ones that get worse step by step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from PIL import Image

from hardware.decode import to_gray
from hardware.scanners.camera import Gray

FOLDER = Path(__file__).parents[1] / "data" / "barcodes"
NOTHING = "falsepositives-1"
STEPS = 10
SIZE = (640, 480)


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture, and the text that stands in it; None: there is none, or it isn't known."""

    folder: str
    name: str
    picture: Gray
    text: str | None

    def is_read_by(self, texts: set[str]) -> bool:
        return self.text is not None and _same(self.text) in {_same(text) for text in texts}

    def misread(self, texts: set[str]) -> set[str]:
        """What was read and doesn't stand there; nothing can be said where the text isn't known but for empty pictures."""
        if self.text is None and self.folder != NOTHING:
            return set()
        return {text for text in texts if self.text is None or _same(text) != _same(self.text)}


def _same(text: str) -> str:
    """UPC-A and EAN-13 are one code; a QR code's line ends are the maker's own."""
    return text.replace("\r\n", "\n").rstrip("\n").lstrip("0")


def photographed(root: Path = FOLDER) -> Iterator[Sample]:
    """Every picture under a folder, folder by folder."""
    for path in sorted(root.glob("*/*")):
        if path.suffix in {".png", ".jpg", ".webp"}:
            beside = path.with_suffix(".txt")
            text = beside.read_text("utf-8", errors="replace") if beside.is_file() else None
            yield Sample(path.parent.name, path.name, to_gray(path), text)


# ── made ones: a pack's code as a camera sees it, with one thing wrong with the picture, more and more of it

Worsen = Callable[[Gray, float], Gray]


def made() -> Iterator[Sample]:
    """Ten steps of each trouble for each symbology: a step is how bad it is, from hardly to very."""
    for trouble, worsen in TROUBLES.items():
        for kind, text in CODES:
            for step in range(1, STEPS + 1):
                yield Sample(trouble, f"{kind}-{step:02}", worsen(_pack(kind, text), step / STEPS), text)


CODES = (("EAN13", "9520000000011"), ("Code128", "LO-CL2611/07"), ("QRCode", "https://example.com/01/09520000000011/10/CL2611"),
         ("DataMatrix", "CL2611-07"))  # fmt: skip


def _pack(kind: str, text: str, module: int = 3) -> Gray:
    """A frame of 640 × 480 with the code in its middle, on cardboard."""
    format_ = getattr(zxingcpp.BarcodeFormat, kind)
    code = np.asarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, format_), scale=module))
    frame = np.full((SIZE[1], SIZE[0]), 205, np.uint8)
    height, width = min(code.shape[0], SIZE[1] - 40), min(code.shape[1], SIZE[0] - 40)
    top, left = (SIZE[1] - height) // 2, (SIZE[0] - width) // 2
    frame[top : top + height, left : left + width] = code[:height, :width]
    return frame


def _blurred(picture: Gray, much: float) -> Gray:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 + 3.2 * much), np.uint8)


def _shaken(picture: Gray, much: float) -> Gray:
    length = 1 + int(14 * much)
    kernel = np.full((1, length), 1 / length, np.float32)
    return np.asarray(cv2.filter2D(picture, -1, kernel), np.uint8)


def _noisy(picture: Gray, much: float) -> Gray:
    grain = np.random.default_rng(1).normal(0, 80 * much, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def _turned(picture: Gray, much: float) -> Gray:
    matrix = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), 360 * much - 17, 1)
    return np.asarray(cv2.warpAffine(picture, matrix, SIZE, borderValue=205), np.uint8)


def _askew(picture: Gray, much: float) -> Gray:
    """Seen from the side: the far edge is shorter."""
    wide, tall = SIZE
    far = 0.42 * much * tall
    corners = np.asarray([(0, 0), (wide, far), (wide, tall - far), (0, tall)], np.float32)
    flat = np.asarray([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float32)
    return np.asarray(
        cv2.warpPerspective(picture, cv2.getPerspectiveTransform(flat, corners), SIZE, borderValue=205),
        np.uint8,
    )


def _dark(picture: Gray, much: float) -> Gray:
    dimmed = 20 + picture.astype(np.float32) * (1 - 0.94 * much)
    return _noisy(np.clip(dimmed, 0, 255).astype(np.uint8), 0.05)


def _glaring(picture: Gray, much: float) -> Gray:
    """A lamp's spot over the code."""
    across, down = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    away = np.hypot(across - SIZE[0] * 0.56, down - SIZE[1] * 0.5)
    return np.clip(picture + 330 * much * np.exp(-((away / 120) ** 2)), 0, 255).astype(np.uint8)


def _curved(picture: Gray, much: float) -> Gray:
    """A bottle's label: the code bends away at both sides."""
    across, down = np.meshgrid(np.arange(SIZE[0], dtype=np.float32), np.arange(SIZE[1], dtype=np.float32))
    aside = (across - SIZE[0] / 2) / (SIZE[0] / 2)
    bent = np.arcsin(np.clip(aside * (0.35 + 0.64 * much), -1, 1)) / np.arcsin(min(1.0, 0.35 + 0.64 * much))
    sag = 40 * much * aside**2
    return np.asarray(cv2.remap(picture, (bent * SIZE[0] / 2 + SIZE[0] / 2).astype(np.float32), (down - sag).astype(np.float32),
                                cv2.INTER_LINEAR, borderValue=205), np.uint8)  # fmt: skip


def _creased(picture: Gray, much: float) -> Gray:
    """A bag: folds push the rows aside, and throw shadows."""
    across, down = np.meshgrid(np.arange(SIZE[0], dtype=np.float32), np.arange(SIZE[1], dtype=np.float32))
    pushed = across + 9 * much * np.sin(down / 17) + 5 * much * np.sin(down / 7 + 1)
    shaded = cv2.remap(picture, pushed.astype(np.float32), down, cv2.INTER_LINEAR, borderValue=205)
    return np.clip(shaded * (1 - 0.45 * much * (0.5 + 0.5 * np.sin(down / 17 + 0.6))), 0, 255).astype(
        np.uint8
    )


def _small(picture: Gray, much: float) -> Gray:
    """From farther away: modules of three pixels down to less than one."""
    by = 1 - 0.78 * much
    small = cv2.resize(picture, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
    frame = np.full((SIZE[1], SIZE[0]), 205, np.uint8)
    top, left = (SIZE[1] - small.shape[0]) // 2, (SIZE[0] - small.shape[1]) // 2
    frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    return _blurred(frame, 0.02)


TROUBLES: dict[str, Worsen] = {
    "blur": _blurred, "shake": _shaken, "noise": _noisy, "rotation": _turned, "perspective": _askew, "low light": _dark,
    "glare": _glaring, "bottle": _curved, "creases": _creased, "small modules": _small,
}  # fmt: skip


def saved(sample: Sample, folder: Path) -> Path:
    """The picture as a file, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{sample.folder.replace(' ', '-')}-{sample.name.removesuffix('.webp')}.png"
    Image.fromarray(sample.picture).save(path)
    return path

"""A picture → the codes in it. pyzbar and zxing-cpp both look; either alone will do.

OpenCV and pyzbar need libraries of the system (libGL, libzbar0) that a bare machine may lack. They
are imported late, and without them zxing-cpp reads alone; `missing()` says what could be installed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image


@dataclass(frozen=True, slots=True)
class Found:
    text: str
    symbology: str


def missing() -> dict[str, str]:
    """Decoders that can't be loaded here, and the Debian packages that would bring them."""
    lacking = {}
    for module, packages in (("cv2", "libgl1 libglib2.0-0"), ("pyzbar.pyzbar", "libzbar0")):
        try:
            __import__(module)
        except (ImportError, OSError):
            lacking[module.split(".", maxsplit=1)[0]] = packages
    return lacking


def decode(picture: Path | BinaryIO) -> list[Found]:
    """Every code that a decoder is sure of, each once. Raises OSError for a file that is no picture."""
    with Image.open(picture) as opened:
        grey = opened.convert("L")
    found = {found.text: found for found in (*_by_zxing(grey), *_by_pyzbar(grey))}
    if not found:
        found = {again.text: again for again in _by_zxing(_evened(grey))}
    return list(found.values())


def _by_zxing(picture: Image.Image) -> list[Found]:
    import zxingcpp

    codes: list[Any] = zxingcpp.read_barcodes(picture)
    return [Found(code.text, str(code.format).rsplit(".", maxsplit=1)[-1]) for code in codes if code.text]


def _by_pyzbar(picture: Image.Image) -> list[Found]:
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError):
        return []
    return [Found(code.data.decode("utf-8", "replace"), code.type) for code in pyzbar.decode(picture)]


def _evened(picture: Image.Image) -> Image.Image:
    """Local contrast evened out (CLAHE), where OpenCV is there to do it."""
    try:
        import cv2
        import numpy as np
    except (ImportError, OSError):
        return picture
    return Image.fromarray(cv2.createCLAHE(2.0, (8, 8)).apply(np.asarray(picture)))

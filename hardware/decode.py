"""A picture file → the codes in it; and what the decoders lack on this machine."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from .scanners.camera import FoundCode, Gray, read_codes

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "PPM")
MOST_PIXELS = 16_000_000  # a camera's frame has 2 to 8 million, a phone's photo 12


def list_missing_decoders() -> dict[str, str]:
    """Decoders that can't be loaded here, and the Debian packages that would bring them."""
    lacking = {}
    for module, packages in (("cv2", "libgl1 libglib2.0-0"), ("pyzbar.pyzbar", "libzbar0")):
        try:
            __import__(module)
        except (ImportError, OSError):
            lacking[module.split(".", maxsplit=1)[0]] = packages
    return lacking


def decode_picture(
    picture: Path | BinaryIO,
    *,
    budget_ms: float | None = None,
    is_known: Callable[[str], bool] | None = None,
    reads_upc_e: bool = False,
) -> list[FoundCode]:
    """Every code that the decoders are sure of, each once. Raises OSError for a file that is no picture.

    `is_known`: is this one of the caller's codes? One that is needs no second look.
    """
    return read_codes(to_gray(picture), budget_ms=budget_ms, is_known=is_known, reads_upc_e=reads_upc_e)


def to_gray(picture: Path | BinaryIO) -> Gray:
    """The picture's lightness; what is transparent is white. Raises OSError for a file that is no picture."""
    try:
        return _lightness(picture)
    except (
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ) as odd:  # Pillow's words for a broken or huge file
        raise OSError(str(odd) or type(odd).__name__) from odd


def _lightness(picture: Path | BinaryIO) -> Gray:
    with Image.open(picture, formats=KINDS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError(f"{opened.width} x {opened.height} pixels are too many")
        if opened.has_transparency_data:
            white = Image.new("RGBA", opened.size, "white")
            white.alpha_composite(opened.convert("RGBA"))
            return np.asarray(white.convert("L"))
        return np.asarray(opened.convert("L"))

"""Our pipeline, and each decoder by itself, as functions from a picture to the texts read in it."""

from collections.abc import Callable

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar

from hardware.scanners.camera import Gray, read_codes

Decoder = Callable[[Gray], set[str]]


def pipeline(picture: Gray) -> set[str]:
    return {found.text for found in read_codes(picture, reads_upc_e=True)}


def pipeline_on_a_frame(picture: Gray) -> set[str]:
    """As the browser's camera has it: within the time of a frame."""
    return {found.text for found in read_codes(picture, budget_ms=40, reads_upc_e=True)}


def zxing_alone(picture: Gray) -> set[str]:
    codes = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return {code.text for code in codes if code.text}


def pyzbar_alone(picture: Gray) -> set[str]:
    height, width = picture.shape
    codes = pyzbar.decode((np.ascontiguousarray(picture).tobytes(), width, height))
    return {code.data.decode("utf-8", "replace") for code in codes}


def pyzbar_after_opencv(picture: Gray) -> set[str]:
    """The plain recipe: scales, evened contrast, a turn by 45°; the first that reads anything counts."""
    for prepared in _prepared(picture) if min(picture.shape) >= 16 else [picture]:
        if found := pyzbar_alone(prepared):
            return found
    return set()


def _prepared(picture: Gray) -> list[Gray]:
    evened = cv2.createCLAHE(2.0, (8, 8)).apply(picture)
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 45, 0.7)
    return [picture, evened, cv2.resize(evened, None, fx=2, fy=2), cv2.resize(evened, None, fx=0.5, fy=0.5),
            cv2.warpAffine(evened, turn, (width, height), borderValue=255)]  # fmt: skip


def opencv_alone(picture: Gray) -> set[str]:
    if min(picture.shape) < 16:
        return set()
    _found, lines, *_rest = cv2.barcode.BarcodeDetector().detectAndDecodeWithType(picture)
    _found, squares, *_rest = cv2.QRCodeDetector().detectAndDecodeMulti(picture)
    return {text for text in (*lines, *squares) if text}


DECODERS: dict[str, Decoder] = {
    "pipeline": pipeline, "pipeline, 40 ms": pipeline_on_a_frame, "pyzbar": pyzbar_alone, "pyzbar+OpenCV": pyzbar_after_opencv,
    "zxing-cpp": zxing_alone, "OpenCV": opencv_alone,
}  # fmt: skip

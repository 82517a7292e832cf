"""A browser whose camera is held at a pack: Chromium's fake camera, playing a film of ours."""

from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Playwright

from .conftest import ARGUMENTS, chromium


def film(path: Path, gtin: str) -> Path:
    """What a camera sees of a pack: its EAN-13, large, a little grey; as the MJPEG that Chromium's fake camera plays."""
    bars = Image.fromarray(
        zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(gtin, zxingcpp.BarcodeFormat.EAN13), scale=4)
    )
    frame = Image.new("L", (640, 480), 214)
    frame.paste(bars, ((640 - bars.width) // 2, (480 - bars.height) // 2))
    with path.open("wb") as out:
        for _ in range(4):
            frame.convert("RGB").save(out, "JPEG", quality=88)
    return path


def with_camera_at(playwright: Playwright, gtin: str, folder: Path) -> Browser:
    shown = film(folder / "pack.mjpeg", gtin)
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={shown}"]  # fmt: skip
    return playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, *fake])

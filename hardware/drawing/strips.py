"""A picture in pieces, for printers whose buffer is small."""

from collections.abc import Iterator

from PIL import Image


def cut_strips(picture: Image.Image, height: int = 128) -> Iterator[Image.Image]:
    """The picture cut into strips that a cheap printer's buffer holds."""
    for top in range(0, picture.height, height):
        yield picture.crop((0, top, picture.width, min(top + height, picture.height)))

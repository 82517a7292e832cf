"""web/address_code.py — an address as a QR code on a page: it grows and shrinks as a whole, whatever the page's box is."""

import segno
from markupsafe import Markup


def draw_address_code(address: str) -> Markup:
    """The code with its quiet zone on white, without a size of its own: a picture with one is cut where its box is smaller."""
    drawn = segno.make(address, error="m").svg_inline(border=4, light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704  drawn here

"""ESC/POS as bytes: the commands that a slip and a question need.

Source: Epson, "ESC/POS Command Reference for TM Printers"; the names in brackets are that book's.
"""

BUFFER_BYTES = 4096  # the receive buffer of a cheap printer: no block may be longer

INITIALISE = b"\x1b@"
KICK = {2: b"\x1bp\x00\x19\xfa", 5: b"\x1bp\x01\x19\xfa"}  # ESC p: 50 ms on, 500 ms off
FEED_AND_CUT = b"\x1bd\x03\x1dV\x42\x00"
FEED_TO_TEAR = b"\x1bd\x05"  # without a cutter: as far as the edge to tear at
CENTER, LEFT = b"\x1ba\x01", b"\x1ba\x00"

ASK_PRINTER = b"\x10\x04\x01"  # DLE EOT 1: the drawer's pin
ASK_OFFLINE = b"\x10\x04\x02"  # DLE EOT 2: why it is offline
ASK_ERROR = b"\x10\x04\x03"  # DLE EOT 3: what has failed
ASK_PAPER = b"\x10\x04\x04"  # DLE EOT 4: paper sensors
TELL_ALWAYS = b"\x1da\xff"  # GS a: tell at once, and whenever something changes


def page(number: int) -> bytes:
    """ESC t: the letters above ASCII that count from here on."""
    return bytes((0x1B, 0x74, number))


def bold(on: bool) -> bytes:
    return bytes((0x1B, 0x45, on))


def large(on: bool) -> bytes:
    """GS !: letters twice as wide and high."""
    return bytes((0x1D, 0x21, 0x11 if on else 0))


def feed(dots: int) -> bytes:
    """ESC J, as often as it takes: one goes 255 dots at most."""
    whole, rest = divmod(dots, 255)
    return b"\x1bJ\xff" * whole + (bytes((0x1B, 0x4A, rest)) if rest else b"")


def raster(across: int, height: int, dots: bytes) -> bytes:
    """GS v 0: a picture, `across` bytes wide."""
    return b"\x1dv0\x00" + across.to_bytes(2, "little") + height.to_bytes(2, "little") + dots


def qr(content: bytes, dot: int) -> bytes:
    """GS ( k: a QR code of model 2, error correction M, `dot` dots a module, drawn by the printer."""
    store = (len(content) + 3).to_bytes(2, "little") + b"1P0" + content
    parts = (b"\x04\x001A2\x00", b"\x03\x001C" + bytes((dot,)), b"\x03\x001E1", store, b"\x03\x001Q0")
    return b"".join(b"\x1d(k" + part for part in parts)


def code128(content: str, height: int) -> bytes:
    """GS k 73: a Code 128 in set B, two dots a module, without its text. Printable ASCII only."""
    data = b"{B" + content.replace("{", "{{").encode("ascii")
    return b"\x1dH\x00\x1dw\x02\x1dh" + bytes((height,)) + b"\x1dkI" + bytes((len(data),)) + data

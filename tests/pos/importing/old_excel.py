"""A workbook of Excel 97 to 2003, written by its records: one sheet of texts and numbers, in the file within a file that it is."""

import struct
from collections.abc import Sequence
from typing import Any

SECTOR = 512
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def write_xls(rows: Sequence[Sequence[Any]], name: str = "Sheet") -> bytes:
    """Rows of texts, numbers and None as the content of an .xls file."""
    return _wrap(_make_stream(rows, name))


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _make_stream(rows: Sequence[Sequence[Any]], name: str) -> bytes:
    begin_globals = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    codepage = _record(0x0042, struct.pack("<H", 1200))
    font = _record(
        0x0031, struct.pack("<HHHHHBBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 5, 1) + _wide("Arial")
    )
    style = _record(0x00E0, struct.pack("<HHH", 0, 0, 0xFFF5) + bytes(14))
    cell_style = _record(0x00E0, struct.pack("<HHH", 0, 0, 0x0001) + bytes(14))
    head = begin_globals + codepage + font + style + cell_style
    bound_size = 4 + 8 + len(_wide(name))
    start = len(head) + bound_size + 4
    bound = _record(0x0085, struct.pack("<IHBB", start, 0, len(name), 1) + _wide(name))
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for n, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", n, column, 1)
            if isinstance(value, str):
                text = _wide(value)
                sheet += _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
            elif value is not None:
                sheet += _record(0x0203, place + struct.pack("<d", value))
    return head + bound + _record(0x000A) + sheet + _record(0x000A)


def _wrap(stream: bytes) -> bytes:
    """The stream 'Workbook' in a compound file: header, one table of sectors, a directory, the stream."""
    stream += bytes(max(4096 - len(stream), 0))
    stream += bytes(-len(stream) % SECTOR)
    count = len(stream) // SECTOR
    fat = [FAT_SECTOR, END, *(n + 3 for n in range(count - 1)), END]
    assert len(fat) <= SECTOR // 4, "one table of sectors is enough for a test"
    fat += [FREE] * (SECTOR // 4 - len(fat))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack(
        "<109I", 0, *[FREE] * 108
    )
    directory = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, 2, len(stream)) + bytes(256)
    return header + struct.pack("<128I", *fat) + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    wide = _wide(name + "\0")
    head = (
        wide.ljust(64, b"\0")
        + struct.pack("<HBB", len(wide), kind, 1)
        + struct.pack("<III", FREE, FREE, child)
    )
    return head + bytes(36) + struct.pack("<IQ", start, size)

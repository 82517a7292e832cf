"""What is slow stays outside a unit of work: the guard holds in every test, and each decoder of the shop's asks it."""

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from hardware.fakes.printer import FakePrinter
from pos.documents.pdf import make_paragraph, render_document
from pos.documents.workbook import render_workbook
from pos.files.check import check_file
from pos.importing.workbook import open_workbook
from pos.kernel.database import unit_of_work
from pos.kernel.slow_work import InsideUnitOfWork, is_inside_unit_of_work
from tests.attacks import hostile_files as hostile
from tests.conftest import Shop

ROOT = Path(__file__).parents[2]
BOOK = render_workbook([("a", ["b"], [["c"]])])
SLOW: dict[str, Callable[[], object]] = {
    "an upload's check": lambda: check_file("a.jpg", hostile.picture("JPEG")),
    "a picture": lambda: Image.open(BytesIO(hostile.picture("PNG"))).load(),
    "a PDF drawn": lambda: pypdfium2.PdfDocument(hostile.pdf()),
    "a PDF read": lambda: PdfReader(BytesIO(hostile.pdf())),
    "a workbook": lambda: load_workbook(BytesIO(BOOK)),
    "a workbook of the shop's": lambda: open_workbook(Path("none.xlsx")),
    "a process": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
    "a name's address": lambda: socket.getaddrinfo("localhost", 80),
    "a workbook made": lambda: render_workbook([("a", ["b"], [["c"]])]),
    "a document made": lambda: render_document("a", "", [make_paragraph("b")], foot=""),
}  # fmt: skip


@pytest.mark.parametrize("what", SLOW)
def test_what_is_slow_fails_inside_a_unit_of_work(shop: Shop, what: str) -> None:
    with pytest.raises(InsideUnitOfWork), unit_of_work():
        SLOW[what]()
    assert not is_inside_unit_of_work()


def test_a_call_to_a_network_fails_inside_a_unit_of_work(shop: Shop) -> None:
    paper = FakePrinter().start()
    host, port = paper.address.removeprefix("tcp://").split(":")
    with pytest.raises(InsideUnitOfWork), unit_of_work():
        socket.create_connection((host, int(port)))
    with socket.create_connection((host, int(port))):
        pass
    paper.stop()


def test_another_thread_is_not_held_up_by_the_mark(shop: Shop) -> None:
    found: list[object] = []
    with unit_of_work():
        other = threading.Thread(target=lambda: found.append(check_file("a.jpg", hostile.picture("JPEG"))))
        other.start()
        other.join()
    assert len(found) == 1


DECODERS = re.compile(r"Image\.open\(|PdfDocument\(|load_workbook\(|ImageReader\(|register_heif_opener\(")
OPENED_IN = {  # every module that opens what somebody sent, and why it may
    "pos/files/render_worker.py": "the child process itself",
    "pos/importing/sheets.py": "in the child process of importing/workbook_worker.py",
    "pos/documents/annex.py": "only the size of a JPEG of our own child",
    "hardware/labels/picture.py": "the shop's logo, a JPEG drawn anew when it came",
    "hardware/labels/layout.py": "the same logo's size",
    "hardware/labels/pdf.py": "the same logo",
    "hardware/decode.py": "a camera's frame: asked for by scanning/views.py, with limits, outside any transaction",
}  # fmt: skip


def test_what_is_sent_is_opened_in_known_places_alone() -> None:
    """A new place that decodes must be looked at: does it hold the till up, has it limits?"""
    found = {
        str(path.relative_to(ROOT))
        for top in ("pos", "hardware")
        for path in (ROOT / top).rglob("*.py")
        if DECODERS.search(path.read_text("utf-8"))
    }
    assert found - set(OPENED_IN) == set()

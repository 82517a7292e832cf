"""trace/site.py — the buyers' pages as a static site, for any web host: the shop's computer may then be off or hidden."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

from flask import Flask
from sqlalchemy import select

from hardware.symbology import format_digital_link, format_gtin

from ..catalog.models import Barcode, Product
from ..kernel.database import open_reading
from ..sales.models import Sale
from ..stock.models import Lot
from ..web.context import current_time

RECEIPTS_KEPT = timedelta(days=365)
STATIC = ("trace.css", "icon.svg")
LONGEST_NAME = 255  # bytes, of a folder


def export_site(app: Flask, folder: Path, tell: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Write a page a lot and a receipt into `folder`, in both languages; returns how many pages.

    Addresses are those that QR codes lead to (`/t/…`, `/01/…/10/…`, `/r/…`), each a folder with its
    index.html, so that any web host serves them. A lot whose number can't be a folder has its `/t/…` alone.
    What was there is written over; pages of lots that are gone from the books stay until the folder is emptied.
    """
    with app.app_context():
        addresses = list(_list_addresses(current_time() - RECEIPTS_KEPT))
    browser, written = app.test_client(), 0
    for done, address in enumerate(addresses, 1):
        answer = browser.get(address)
        if answer.status_code == 200:
            _write(folder, address, answer.data)
            written += 1
        tell(done, len(addresses))
    (folder / "static").mkdir(parents=True, exist_ok=True)
    for name in STATIC:
        shutil.copyfile(Path(app.static_folder or "") / name, folder / "static" / name)
    return written


def _list_addresses(receipts_since: datetime) -> Iterator[str]:
    with open_reading() as session:
        for lot, picture_id in session.execute(
            select(Lot, Product.picture_id).join(Product, Product.id == Lot.product_id)
        ):
            yield from (f"/t/{lot.trace_code}", f"/t/{lot.trace_code}/en")
            if picture_id is not None:
                yield f"/t/{lot.trace_code}/picture.jpg"
        for gtin, number in session.execute(
            select(Barcode.gtin, Lot.number).join(Lot, Lot.product_id == Barcode.product_id)
        ):
            if _can_be_a_folder(number):
                yield from (format_digital_link(format_gtin(gtin), number), format_digital_link(gtin, number))
        for code in session.scalars(select(Sale.receipt_code).where(Sale.at >= receipts_since)):
            yield from (f"/r/{code}", f"/r/{code}/en")


def _can_be_a_folder(number: str) -> bool:
    """Hosts take "." and ".." for steps and "//" for "/", and hide what begins with a dot; names have an end."""
    return number.isprintable() and all(
        step and not step.startswith(".") and step != "index.html" and len(step.encode()) <= LONGEST_NAME
        for step in number.split("/")
    )


def _write(folder: Path, address: str, page: bytes) -> None:
    """A picture under its own name, a page as the index of a folder named like its address, read as hosts read it."""
    path = folder / unquote(address).lstrip("/")
    if not (address.startswith("/t/") and path.suffix == ".jpg"):
        path /= "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page)

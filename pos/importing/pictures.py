"""importing/pictures.py — pictures that came beside a workbook, matched with its rows by the names of their files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import list_codes, save_product
from ..files.check import CheckedFile
from ..files.store import store_file
from ..kernel.actor import Actor
from ..kernel.text import fold_text
from .known_rows import KnownRows
from .read_rows import RowPreview


def match_pictures(
    rows: Sequence[RowPreview], pictures: Mapping[str, CheckedFile]
) -> tuple[list[tuple[RowPreview, CheckedFile]], list[str]]:
    """Each row with its picture, by the column that names it, else by number, barcode or name; and the pictures of no row."""
    by_name = {fold_text(Path(name).stem): picture for name, picture in pictures.items()}
    matched, used = [], set()
    for row in rows:
        if not row.is_product:
            continue
        name = next((name for name in _list_names(row) if name in by_name), None)
        if name is not None:
            matched.append((row, by_name[name]))
            used.add(by_name[name].name)
    return matched, sorted({picture.name for picture in pictures.values()} - used)


def list_missing_pictures(rows: Sequence[RowPreview], pictures: Mapping[str, CheckedFile]) -> list[str]:
    """Names of pictures that the rows ask for and that did not come."""
    came = {fold_text(Path(name).stem) for name in pictures}
    wanted = {row.values["picture"] for row in rows if row.values.get("picture")}
    return sorted(name for name in wanted if fold_text(Path(name).stem) not in came)


def _list_names(row: RowPreview) -> list[str]:
    values = row.values
    named = [Path(str(values["picture"])).stem] if values.get("picture") else []
    codes = [gtin.lstrip("0") for gtin, _pack in values.get("barcode") or ()]
    whole = f"{values.get('name_vi') or ''} {values.get('pack') or ''}"
    texts = [*named, values.get("sku") or "", *codes, whole, values.get("name_vi") or ""]
    return [key for text in texts if (key := fold_text(text))]


def store_pictures(
    session: Session,
    folder: Path,
    matched: Sequence[tuple[RowPreview, CheckedFile]],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Keep the pictures and hang each on its product; one that has a picture already keeps it."""
    known = KnownRows.load(session, at.date())
    for row, picture in matched:
        found = known.product(row.values)
        product = session.get(Product, found.id) if found is not None else None
        if product is None or product.picture_id is not None:
            continue
        product.picture_id = store_file(session, folder, picture, by=by, at=at).id
        save_product(session, product, list_codes(product), by=by, at=at)

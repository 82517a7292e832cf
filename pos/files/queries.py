"""files/queries.py — readings of the stored files."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import StoredFile


def list_files(session: Session, file_ids: Collection[int]) -> dict[int, StoredFile]:
    """These files by their ids."""
    return {file.id: file for file in session.scalars(select(StoredFile).where(StoredFile.id.in_(file_ids)))}


def is_product_picture(session: Session, file_id: int) -> bool:
    """A product's picture, asked by the table alone: files stand below the catalogue and know only its name."""
    products = StoredFile.metadata.tables["product"]
    return (
        session.execute(select(products.c.id).where(products.c.picture_id == file_id).limit(1)).first()
        is not None
    )


def is_cash_photo(session: Session, file_id: int) -> bool:
    """The photo of a cash book's paper, which may name a buyer: by the table alone, too."""
    notes = StoredFile.metadata.tables["cash_document_note"]
    found = select(notes.c.document_id).where(notes.c.photo_id == file_id).limit(1)
    return session.execute(found).first() is not None

"""files/models.py — what is kept. Ledger: a file is never changed, a newer one is another row."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from ..kernel.tables import Base, Key


class StoredFile(Base):
    """A PDF or picture under `files/<first two of sha256>/<sha256>` in the data folder."""

    __tablename__ = "stored_file"
    __ledger__ = True

    id: Mapped[Key]
    sha256: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    name: Mapped[str]
    at: Mapped[datetime]

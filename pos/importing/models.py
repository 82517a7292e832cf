"""importing/models.py — workbooks that were read in, and how columns were meant. Working tables; the acts are in the journal."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Key


class ImportRun(Base):
    """A workbook that was written. `parts`: the first and last journal row of each part that is written (JSON).

    `rows`: how many its plan has; fewer are written (`written`) where it broke off.
    """

    __tablename__ = "import_run"

    id: Mapped[Key]
    source: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    rows: Mapped[int]
    written: Mapped[int] = mapped_column(default=0)
    parts: Mapped[str] = mapped_column(default="[]")
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[str] = mapped_column(default="")


class ColumnMemory(Base):
    """What a person said about the columns of a sheet with these headings (JSON), for the next workbook that has them."""

    __tablename__ = "column_memory"

    key: Mapped[str] = mapped_column(primary_key=True)
    choices: Mapped[str]
    at: Mapped[datetime]

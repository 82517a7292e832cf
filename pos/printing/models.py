"""printing/models.py — what waits for paper. Working table: the sale is the truth, the paper its copy."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Key


class JobState(StrEnum):
    WAITING = "waiting"
    PRINTING = "printing"
    PRINTED = "printed"
    GIVEN_UP = "given_up"
    DISCARDED = "discarded"


class PrintJob(Base):
    """One document for one printer. `slip` is the document as JSON; bytes are made when it prints.

    `attempts`: how often it was tried in vain since a person last spoke of it; the pauses grow with it.
    """

    __tablename__ = "print_job"
    __table_args__ = (Index("ix_print_job_state_printer_id", "state", "printer", "id"),)

    id: Mapped[Key]
    printer: Mapped[str]
    title: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    slip: Mapped[str]
    state: Mapped[str] = mapped_column(default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    printed_at: Mapped[datetime | None]
    copy_of: Mapped[int | None] = mapped_column(ForeignKey("print_job.id"))

    @property
    def subject_kind(self) -> str:
        """What is printed: the first word of `subject`."""
        return self.subject.partition(":")[0]

    @property
    def is_secret(self) -> bool:
        """A gift voucher: whoever reads its code can pay with it."""
        return self.subject_kind == "voucher"

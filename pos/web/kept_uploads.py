"""web/kept_uploads.py — a file that came with a refused form is kept for the form's next try: no browser fills a file's box again.

The box's name with `-kept` names a hidden field of the page that comes back. What it holds, and where the file is, is the
room's that keeps files (`files/upload.py`); this room only shows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from wtforms.validators import StopValidation

from ..kernel.errors import Refused
from .reasons import render_reason

KEPT = "-kept"  # after a box's name: the hidden field beside it


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """A file's name, and what the page sends to name it again."""

    name: str
    token: str


def keep_uploads() -> dict[str, str]:
    """Keep every file of this request for the page that comes back. Returns what is wrong with a file, by its box.

    A box whose file was kept before, and that has no new one, keeps that.
    """
    keep: Callable[[str], KeptUpload | None] | None = current_app.extensions.get("ocop_keep_upload")
    faults: dict[str, str] = {}
    kept: dict[str, KeptUpload] = {}
    for box in list_file_boxes() if keep is not None else ():
        try:
            if keep is not None and (upload := keep(box)) is not None:
                kept[box] = upload
        except Refused as no:
            words = render_reason(no.reasons[0])
            faults[box] = f"{words.sentence} {words.remedy}".strip()
    offer_uploads(kept)
    return faults


def offer_uploads(uploads: dict[str, KeptUpload]) -> None:
    """Show these as kept, by box, on the page that is drawn within this request, or within a copy of it."""
    request.environ["ocop.kept_uploads"] = uploads


def list_file_boxes() -> list[str]:
    """The boxes of this request that have a file, chosen now or kept from a try before."""
    sent = [box for box, file in request.files.items() if file]
    return sent + [
        name.removesuffix(KEPT) for name in request.form if name.endswith(KEPT) and name.removesuffix(KEPT) not in sent
    ]  # fmt: skip


def find_kept_upload(box: str) -> KeptUpload | None:
    """The file that is kept for a box of the page that is being drawn."""
    kept: dict[str, KeptUpload] = request.environ.get("ocop.kept_uploads", {})
    return kept.get(box)


class FileNeeded:
    """A validator: a file was chosen now, or with the same form before."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data and not request.form.get(f"{field.name}{KEPT}"):
            raise StopValidation(str(self.message))

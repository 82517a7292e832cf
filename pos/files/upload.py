"""files/upload.py — an upload of this request: checked before the unit of work, stored within it, kept when its form is refused."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from ..kernel.actor import Actor, Role
from ..kernel.errors import Refused
from ..web.context import current_config, current_time
from ..web.kept_uploads import KEPT, KeptUpload, offer_uploads
from ..web.reasons import render_reason
from ..web.rights import current_actor
from .check import MOST_BYTES, CheckedFile, check_file
from .models import StoredFile
from .store import file_path, store_file, write_content

FIELD_CODES = (
    "file_odd", "file_too_big", "file_locked", "file_many_pages", "file_many_pixels", "file_heavy", "files_busy",
    "files_too_often",
)  # fmt: skip
KEPT_SECONDS = 24 * 3600  # how long a form may be tried again without choosing its file anew
PER_MINUTE = 6  # files of one producer


class UploadRate:
    """How many files each producer sent within the last minute."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sent: dict[str, deque[datetime]] = {}

    def take(self, who: str, at: datetime) -> None:
        """Count one more. Raises Refused (`files_too_often`)."""
        with self._lock:
            self._sent = {
                name: times for name, times in self._sent.items() if at - times[-1] < timedelta(minutes=1)
            }
            times = self._sent.setdefault(who, deque(maxlen=PER_MINUTE))
            if len(times) == PER_MINUTE and at - times[0] < timedelta(minutes=1):
                raise Refused.because("files_too_often", most=PER_MINUTE)
            times.append(at)


def check_upload(box: str) -> CheckedFile | None:
    """The file of a form's box, checked and on the disk: chosen now, else kept from a try before; None where there is none.

    Called outside any unit of work. Raises Refused (one of `FIELD_CODES`).
    """
    checked: dict[str, CheckedFile | None] = request.environ.setdefault("ocop.checked_uploads", {})
    if box not in checked:
        checked[box] = _check_chosen(box) or _find_kept(box)
    return checked[box]


def leave_upload(box: str) -> None:
    """The file of this box is read by a room of its own: no check of it, and nothing kept of it when its form is refused."""
    request.environ.setdefault("ocop.checked_uploads", {})[box] = None


def check_uploads(box: str) -> tuple[list[CheckedFile], list[str]]:
    """All files of a box that takes several, checked and on the disk; and what is wrong with the others, in words."""
    checked, faults = [], []
    for upload in request.files.getlist(box):
        try:
            if (file := _check(upload)) is not None:
                checked.append(file)
        except Refused as no:
            words = render_reason(no.reasons[0])
            faults.append(f"{upload.filename}: {words.sentence} {words.remedy}".strip())
    return checked, faults


def _check_chosen(box: str) -> CheckedFile | None:
    return _check(request.files.get(box))


def _check(upload: FileStorage | None) -> CheckedFile | None:
    if not upload or not upload.filename:
        return None
    _refuse_too_often(current_actor())
    checked = check_file(upload.filename, upload.read(MOST_BYTES + 1))
    write_content(file_path(Path(current_config().data.folder), checked.sha256), checked.content)
    return checked


def keep_upload(box: str) -> KeptUpload | None:
    """The file of a box, kept for the next try of its form. Raises Refused (one of `FIELD_CODES`)."""
    checked = check_upload(box)
    if checked is None:
        return None
    return _make_kept(checked.name, checked.sha256, checked.media_type)


def offer_stored_files(files: Mapping[str, StoredFile]) -> None:
    """Show stored files as the kept ones of a form's boxes."""
    offer_uploads({box: _make_kept(file.name, file.sha256, file.media_type) for box, file in files.items()})


def _make_kept(name: str, sha256: str, media_type: str) -> KeptUpload:
    token = _make_signer().dumps([current_actor().person_id, sha256, media_type, name])
    return KeptUpload(name, str(token))


def _find_kept(box: str) -> CheckedFile | None:
    """What the same person's form kept before; None for what isn't of this shop's making, or isn't on the disk any more."""
    try:
        person_id, sha256, media_type, name = _make_signer().loads(
            request.form.get(f"{box}{KEPT}", ""), max_age=KEPT_SECONDS
        )
    except BadSignature:
        return None
    path = file_path(Path(current_config().data.folder), sha256)
    if person_id != current_actor().person_id or not path.is_file():
        return None
    checked = CheckedFile(name, path.read_bytes(), media_type)
    return checked if checked.sha256 == sha256 else None


def _make_signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="kept upload")


def _refuse_too_often(by: Actor) -> None:
    if by.role is Role.PRODUCER:
        rate: UploadRate = current_app.extensions.setdefault("ocop_upload_rate", UploadRate())
        rate.take(f"{by.producer_id}", current_time())


def store_upload(session: Session, checked: CheckedFile) -> StoredFile:
    """A checked upload as a row of the shop's."""
    return store_file(
        session, Path(current_config().data.folder), checked, by=current_actor(), at=current_time()
    )


def upload_error_fields(name: str) -> dict[str, str]:
    """Where a form says what is wrong with a file: every code of an upload, at this field."""
    return dict.fromkeys(FIELD_CODES, name)

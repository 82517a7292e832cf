"""files/upload.py — an upload of this request, kept in the shop's data folder."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from ..web.now import config, now
from ..web.rights import actor
from .models import StoredFile
from .store import keep


def kept(session: Session, upload: Any) -> StoredFile:
    """An upload taken in. Raises Refused (`file_odd`, `file_too_big`)."""
    return keep(
        session, Path(config().data.folder), upload.filename or "", upload.read(), by=actor(), at=now()
    )

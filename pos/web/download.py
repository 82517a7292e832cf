"""web/download.py — a file that the shop made, sent to the browser under its name."""

from pathlib import PurePath

from flask import Response

_MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
    ".json": "application/json",
    ".crt": "application/x-x509-ca-cert",
}


def send_download(content: bytes | str, name: str) -> Response:
    """A PDF opens in the browser; anything else is saved. `name` is plain ASCII with a known ending."""
    ending = PurePath(name).suffix
    where = "inline" if ending == ".pdf" else "attachment"
    return Response(
        content,
        mimetype=_MEDIA_TYPES[ending],
        headers={"Content-Disposition": f'{where}; filename="{name}"'},
    )

"""web/compressed.py — styles, scripts and drawings of our own are sent compressed: a phone's first visit is a third smaller.

Nothing that a page says is: an answer's length would tell what stands beside a guess in it (BREACH).
"""

import gzip

from flask import Flask, Response, request

COMPRESSED_TYPES = frozenset({"text/css", "text/javascript", "image/svg+xml"})
_compressed: dict[str, bytes] = {}  # by the file's mark, which another content of it changes


def install(app: Flask) -> None:
    app.after_request(_compress_static)


def _compress_static(response: Response) -> Response:
    if request.endpoint != "static" or response.mimetype not in COMPRESSED_TYPES:
        return response
    response.vary.add("Accept-Encoding")
    mark, is_weak = response.get_etag()
    if response.status_code != 200 or mark is None or request.accept_encodings["gzip"] <= 0 or is_weak:
        return response
    key = f"{request.path} {mark}"
    if key not in _compressed:
        response.direct_passthrough = False
        _compressed[key] = gzip.compress(response.get_data(), mtime=0)
    response.direct_passthrough = False
    response.set_data(_compressed[key])
    response.headers["Content-Encoding"] = "gzip"
    response.set_etag(mark, weak=True)
    return response

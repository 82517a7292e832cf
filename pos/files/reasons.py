"""files/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from flask_babel import lazy_gettext as _l

REASONS = {
    "file_not_found": (_l("There is no such file."), "", ""),
    "file_odd": (
        _l("This file is neither a picture nor a PDF that can be read."),
        _l("Take a photo (JPEG, PNG, WebP) or a PDF."),
        "",
    ),
    "file_locked": (
        _l("This PDF asks for a password."),
        _l("Save it once more without a password, or take a photo of the paper."),
        "",
    ),
    "file_many_pages": (
        _l("This PDF has more than 200 pages."),
        _l("Send the pages of this paper alone."),
        "",
    ),
    "file_many_pixels": (
        _l("This picture has too many pixels."),
        _l("Take the photo with a lower resolution: 12 megapixels are enough for a paper."),
        "",
    ),
    "file_heavy": (
        _l("This file takes too much time or memory to read."),
        _l("Take a photo of the paper, or scan it anew."),
        "",
    ),
    "files_busy": (
        _l("Other files are being read just now."),
        _l("Choose the file again in half a minute."),
        "",
    ),
    "files_too_often": (
        _l("No more than %(most)s files a minute can be sent."),
        _l("Wait a minute, then send the next one."),
        "",
    ),
    "file_too_big": (_l("This file is larger than 20 MB."), _l("Scan it with fewer dots, or as grey."), ""),
}

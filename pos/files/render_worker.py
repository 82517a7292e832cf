"""files/render_worker.py — the child process that opens what people upload: PDFs and pictures, one job at a time.

Run by its path, it knows nothing of the shop. A job is a line of JSON on its input, the answer a line of JSON on
its output; contents go by files. What breaks a decoder ends this process, and the server starts another.
Its limits of memory and time are set here, before anything is opened.
"""

import contextlib
import json
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST_MEMORY = 800 * 1024 * 1024
MOST_SECONDS = {"check": 12, "count": 6, "page": 6}  # of the processor, a job
MOST_WRITTEN = 64 * 1024 * 1024
MOST_PIXELS = {
    "JPEG": 64_000_000,
    "MPO": 64_000_000,
    "HEIF": 64_000_000,
    "PNG": 40_000_000,
    "WEBP": 40_000_000,
}
READ = ("JPEG", "PNG", "WEBP", "HEIF")  # HEIF: what iPhones keep their photos in
MOST_PDF_PAGES = 200
LONGEST_SIDE = 2400
LOCKED = 4  # PDFium's error for a PDF that asks for a password


class UnfitFile(Exception):
    """The file is refused for this reason code."""


def check_file(job: dict[str, Any]) -> dict[str, Any]:
    """A PDF is counted; a picture is drawn anew, without metadata, into the target."""
    if job["is_pdf"]:
        return count_pages(job)
    draw_picture(job, LONGEST_SIDE, 86)
    return {"pages": 1}


def count_pages(job: dict[str, Any]) -> dict[str, Any]:
    with _open_pdf(job["source"]) as document:
        pages = len(document)
    if not pages:
        raise UnfitFile("file_odd")
    if pages > MOST_PDF_PAGES:
        raise UnfitFile("file_many_pages")
    return {"pages": pages}


def render_page(job: dict[str, Any]) -> dict[str, Any]:
    """Page `render_page` (from 1) as a JPEG of no side longer than `side`."""
    side = job["side"]
    if not job["is_pdf"]:
        draw_picture(job, side, 82)
        return {}
    with _open_pdf(job["source"]) as document:
        if not 1 <= job["page"] <= len(document):
            raise UnfitFile("file_not_found")
        sheet = document[job["page"] - 1]
        longest = max(sheet.get_size())
        if not 0 < longest < 100_000:
            raise UnfitFile("file_odd")
        picture = sheet.render(scale=side / longest).to_pil().convert("RGB")
    picture.save(job["target"], "JPEG", quality=80)
    return {}


def _open_pdf(source: str) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as broken:
        raise UnfitFile(
            "file_locked" if getattr(broken, "err_code", None) == LOCKED else "file_odd"
        ) from broken


def draw_picture(job: dict[str, Any], side: int, quality: int) -> None:
    """The first picture of the file, upright. A JPEG is decoded no larger than is needed."""
    from pi_heif import register_heif_opener
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # counted here, by kind, before anything is decoded
    register_heif_opener(thumbnails=False)
    with Image.open(job["source"], formats=READ) as opened:
        if opened.width * opened.height > MOST_PIXELS[opened.format or ""]:
            raise UnfitFile("file_many_pixels")
        opened.draft("RGB", (side, side))
        picture = opened if opened.mode in {"RGB", "RGBA", "L"} else opened.convert("RGB")
        picture.thumbnail((side, side))
        picture = ImageOps.exif_transpose(picture).convert("RGB")
    picture.save(job["target"], "JPEG", quality=quality)


JOBS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "check": check_file,
    "count": count_pages,
    "page": render_page,
}


def answer_job(job: dict[str, Any]) -> dict[str, Any]:
    try:
        return JOBS[job["do"]](job)
    except UnfitFile as unfit:
        return {"refused": str(unfit)}
    except MemoryError:
        return {"refused": "file_heavy"}
    except ImportError:  # the fault of the installation, not of the file
        raise
    except Exception as odd:  # noqa: BLE001  a broken file makes decoders raise anything
        return {"refused": "file_odd", "why": repr(odd)[:200]}


def limit_process(memory: int = MOST_MEMORY) -> None:
    """Memory and written bytes, for good. Not on Windows, which has no such limits."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, MOST_WRITTEN), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        with contextlib.suppress(
            ValueError, OSError
        ):  # the system's own limit is lower, or it knows none (macOS)
            resource.setrlimit(kind, (most, most))


def lower_priority() -> None:
    """Whatever sells comes first where the processor is short. Not on Windows, which has no such call."""
    if hasattr(os, "nice"):
        os.nice(5)


def limit_job(seconds: int) -> None:
    """So many seconds of the processor from now on; the system ends a process that uses more."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def main() -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a library prints is no answer
    warnings.simplefilter("ignore")
    limit_process()
    lower_priority()
    for line in sys.stdin:
        job = json.loads(line)
        limit_job(MOST_SECONDS[job["do"]])
        answer = answer_job(job)
        if "refused" in answer and job.get("target"):
            Path(job["target"]).unlink(missing_ok=True)
        out.write(json.dumps(answer) + "\n")
        out.flush()


if __name__ == "__main__":
    main()

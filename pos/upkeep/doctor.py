"""upkeep/doctor.py — everything that is wrong with this installation, each with its remedy."""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hardware.decode import missing
from hardware.ports import DeviceError, PrinterPort

from ..config import Config
from ..kernel.database import DatabaseUnfit, filesystem_of, require_safe_sqlite, sqlite_module

LEAST_FREE_BYTES = 500 * 1024 * 1024
HONEST_SYNC_SECONDS = 0.00002  # a drive that syncs faster than 20 µs keeps its promise only in its cache


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at. `ok` or not; where not, what to do."""

    about: str
    ok: bool
    found: str
    remedy: str = ""


def look(config: Config, printers: list[PrinterPort]) -> list[Sign]:
    """Settings, disk, database library, decoders, printers."""
    return [
        *_disk(Path(config.data.folder)),
        *_database(config),
        *_decoders(),
        *_printers(printers),
        *_public(config),
    ]


def _disk(folder: Path) -> Iterator[Sign]:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    yield Sign("data.folder", free > LEAST_FREE_BYTES, f"{folder.resolve()} ({filesystem_of(folder.resolve())}), {free // 2**20} MB",
               "Dọn bớt ổ đĩa: cần ít nhất 500 MB trống. / Free some space: 500 MB at least.")  # fmt: skip
    seconds = sync_seconds(folder)
    yield Sign("disk sync", seconds > HONEST_SYNC_SECONDS, f"fdatasync {seconds * 1000:.2f} ms",
               "Ổ đĩa có vẻ bỏ qua lệnh ghi chắc chắn; khi mất điện có thể mất phiếu. / The drive seems to ignore sync: "
               "a power cut may lose sales; use another drive.")  # fmt: skip


def sync_seconds(folder: Path, times: int = 20) -> float:
    """The median time that a small write needs until the drive says it is safe."""
    path = folder / f".sync-{os.getpid()}"
    taken = []
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        for n in range(times):
            os.pwrite(descriptor, b"x" * 512, n * 512)
            begun = time.perf_counter()
            os.fdatasync(descriptor)
            taken.append(time.perf_counter() - begun)
    finally:
        os.close(descriptor)
        path.unlink()
    return sorted(taken)[times // 2]


def _database(config: Config) -> Iterator[Sign]:
    if config.database.url:
        yield Sign("database", True, config.database.url.split("@")[-1])
        return
    module = sqlite_module()
    try:
        require_safe_sqlite(module.sqlite_version_info)
    except DatabaseUnfit as unfit:
        yield Sign("database", False, f"SQLite {module.sqlite_version}", str(unfit))
    else:
        yield Sign("database", True, f"SQLite {module.sqlite_version}")


def _decoders() -> Iterator[Sign]:
    lacking = missing()
    for name in ("cv2", "pyzbar"):
        packages = lacking.get(name)
        yield Sign(f"decode: {name}", packages is None, "có / there" if packages is None else "thiếu / missing",
                   f"sudo apt-get install {packages}" if packages else "")  # fmt: skip


def _printers(printers: list[PrinterPort]) -> Iterator[Sign]:
    for printer in printers:
        try:
            printer.check()
        except DeviceError as failure:
            yield Sign(f"printer: {printer.name}", False, str(failure),
                       "Bật máy in, kiểm tra giấy, dây và địa chỉ trong cấu hình. / Switch it on; check paper, cable, address.")  # fmt: skip
        else:
            yield Sign(f"printer: {printer.name}", True, "sẵn sàng / ready")


def _public(config: Config) -> Iterator[Sign]:
    yield Sign("public.base_url", bool(config.public.base_url), config.public.base_url or "–",
               "Chưa có địa chỉ công khai: phiếu in không có mã QR. / No public address: slips carry no QR code.")  # fmt: skip

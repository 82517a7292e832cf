"""upkeep/doctor.py — everything that is wrong with this installation, each with its remedy."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from hardware.decode import missing
from hardware.devices import display, scale, scanner
from hardware.ports import DeviceError

from ..config import Config, Printer, Station
from ..kernel.database import DatabaseUnfit, filesystem_of, require_safe_sqlite, sqlite_module
from ..station.choice import driver

LEAST_FREE_BYTES = 500 * 1024 * 1024
HONEST_SYNC_SECONDS = 0.00002  # a drive that syncs faster than 20 µs keeps its promise only in its cache


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at. `ok` or not; where not, what to do."""

    about: str
    ok: bool
    found: str
    remedy: str = ""


def look(config: Config) -> list[Sign]:
    """Settings, disk, database library, decoders, devices."""
    return [
        *_disk(Path(config.data.folder)),
        *_database(config),
        *_decoders(),
        *(_printer(printer) for printer in config.printers),
        *_lines(config),
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


REMEDIES = {  # code of a device's fault: what to do
    "paper_out": "Hết giấy: lắp cuộn mới, đóng nắp. / Put in a new roll, close the cover.",
    "cover_open": "Đóng nắp máy in cho đến khi nghe tiếng tách. / Close the cover until it clicks.",
    "cutter_jammed": "Tắt máy in, lấy giấy kẹt ra, bật lại. / Switch it off, take out the paper, switch it on.",
    "printer_failed": "Tắt rồi bật lại máy in; nếu vẫn lỗi, chuyển phiếu sang máy khác ở trang Thiết bị. / "
                      "Switch it off and on; if it goes on, let another printer take its slips (Devices page).",
    "device_misconfigured": "Sửa dòng này trong config.toml; mẫu ở config.example.toml. / "
                            "Correct this line of config.toml; config.example.toml has examples.",
}  # fmt: skip
GROUPS = {"input": "input", "usb": "lp"}  # the folder under /dev: who may read there; else it is dialout


def _printer(printer: Printer) -> Sign:
    about = f"printer: {printer.name}"
    if printer.at:
        return Sign(about, True, f"{printer.address}, ở / at {printer.at}")
    try:
        condition = driver(printer).check()
    except DeviceError as failure:
        return Sign(about, False, str(failure), REMEDIES.get(failure.code) or _plug_in(printer.address))
    return Sign(about, True, "sắp hết giấy / the roll ends soon" if condition.warning else "sẵn sàng / ready")


MADE: dict[str, Callable[[str], object]] = {"scanner": scanner, "scale": scale, "display": display}


def _lines(config: Config) -> Iterator[Sign]:
    """Scanners, scales and displays of this computer."""
    for station in config.stations:
        if not station.apart:
            yield from (_line(kind, station) for kind in MADE if getattr(station, kind))


def _line(kind: str, station: Station) -> Sign:
    """Can its address be read, is the device there, and may this user use it?"""
    about, address = f"{kind}: {station.name}", getattr(station, kind)
    try:
        MADE[kind](address)
    except DeviceError as failure:
        return Sign(about, False, str(failure), REMEDIES[failure.code])
    if not Path(urlsplit(address).path).exists():
        return Sign(about, False, f"{address}: không thấy / not there", _plug_in(address))
    if not _permitted(address):
        return Sign(about, False, f"{address}: không có quyền / no permission", _join_group(address))
    return Sign(about, True, address)


def _permitted(address: str) -> bool:
    """Serial lines are opened both ways, whatever hangs on them; a keyboard is only read."""
    parts = urlsplit(address)
    return os.access(parts.path, os.R_OK if parts.scheme == "evdev" else os.R_OK | os.W_OK)


def _join_group(address: str) -> str:
    """What to do about a device that this user may not use: each kind belongs to a group."""
    folder = Path(urlsplit(address).path).parts[2:3]  # /dev/input/…: the third part
    group = next((GROUPS[name] for name in folder if name in GROUPS), "dialout")
    return f"sudo usermod -aG {group} $USER, rồi đăng nhập lại / then sign in again"


def _plug_in(address: str) -> str:
    """What to do about a device that doesn't answer, by how it hangs on the computer."""
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        return (f"Bật máy in, kiểm tra dây mạng; thử: ping {parts.hostname}. / "
                f"Switch it on, check the network cable; try: ping {parts.hostname}.")  # fmt: skip
    if parts.scheme == "usb":
        return ("Cắm dây USB; xem luật udev trong Sổ tay, chương Thiết bị. / "
                "Plug it in; the handbook's chapter on devices has the udev rule.")  # fmt: skip
    if Path(parts.path).exists() and not _permitted(address):
        return _join_group(address)
    return ("Cắm lại dây; xem tên thiết bị: python -m hardware list. / "
            "Plug it in; see its name: python -m hardware list.")  # fmt: skip


def _public(config: Config) -> Iterator[Sign]:
    yield Sign("public.base_url", bool(config.public.base_url), config.public.base_url or "–",
               "Chưa có địa chỉ công khai: phiếu in không có mã QR. / No public address: slips carry no QR code.")  # fmt: skip

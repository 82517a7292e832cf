"""maintenance/doctor.py — everything that is wrong with this installation, each with its remedy."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from hardware.decode import list_missing_decoders
from hardware.devices import make_display, make_scale, make_scanner
from hardware.ports import DeviceError

from ..closings.models import SealKey
from ..closings.seal import KEY_FILE, SealUnreadable, find_seal
from ..config import Config, Printer, Station
from ..kernel.database import DatabaseUnfit, engine_options, filesystem_of, require_safe_sqlite, sqlite_module
from ..station.choice import make_driver
from .check_feeds import check_feeds
from .check_mail import check_mail
from .check_payouts import check_payout_accounts
from .doctor_check import DoctorCheck

LEAST_FREE_BYTES = 500 * 1024 * 1024
HONEST_SYNC_SECONDS = 0.00002  # a drive that syncs faster than 20 µs keeps its promise only in its cache


def check_shop(config: Config) -> list[DoctorCheck]:
    """Settings, disk, database library, decoders, devices, the key that signs, the bank accounts' feeds, e-mails, producers' accounts."""
    return [
        *_check_disk(Path(config.data.folder)),
        *_check_database(config),
        *_check_decoders(),
        *(_check_printer(printer) for printer in config.printers),
        *_check_lines(config),
        *_check_public(config),
        _check_seal(config),
        *check_feeds(config),
        *check_mail(config),
        *check_payout_accounts(config),
    ]


def _check_disk(folder: Path) -> Iterator[DoctorCheck]:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    yield DoctorCheck("data.folder", free > LEAST_FREE_BYTES, f"{folder.resolve()} ({filesystem_of(folder.resolve())}), {free // 2**20} MB",
               "Dọn bớt ổ đĩa: cần ít nhất 500 MB trống. / Free some space: 500 MB at least.")  # fmt: skip
    seconds = measure_sync_seconds(folder)
    yield DoctorCheck("disk sync", seconds > HONEST_SYNC_SECONDS, f"fdatasync {seconds * 1000:.2f} ms",
               "Ổ đĩa có vẻ bỏ qua lệnh ghi chắc chắn; khi mất điện có thể mất phiếu. / The drive seems to ignore sync: "
               "a power cut may lose sales; use another drive.")  # fmt: skip


def measure_sync_seconds(folder: Path, times: int = 20) -> float:
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


def _check_database(config: Config) -> Iterator[DoctorCheck]:
    if config.database.url:
        yield DoctorCheck("database", True, config.database.url.split("@")[-1])
        return
    module = sqlite_module()
    try:
        require_safe_sqlite(module.sqlite_version_info)
    except DatabaseUnfit as unfit:
        yield DoctorCheck("database", False, f"SQLite {module.sqlite_version}", str(unfit))
    else:
        yield DoctorCheck("database", True, f"SQLite {module.sqlite_version}")


def _check_decoders() -> Iterator[DoctorCheck]:
    lacking = list_missing_decoders()
    for name in ("cv2", "pyzbar"):
        packages = lacking.get(name)
        yield DoctorCheck(f"decode: {name}", packages is None, "có / there" if packages is None else "thiếu / missing",
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


def _check_printer(printer: Printer) -> DoctorCheck:
    about = f"printer: {printer.name}"
    if printer.at:
        return DoctorCheck(about, True, f"{printer.address}, ở / at {printer.at}")
    try:
        condition = make_driver(printer).check()
    except DeviceError as failure:
        return DoctorCheck(
            about, False, str(failure), REMEDIES.get(failure.code) or _plug_in_remedy(printer.address)
        )
    return DoctorCheck(
        about, True, "sắp hết giấy / the roll ends soon" if condition.warning else "sẵn sàng / ready"
    )


MADE: dict[str, Callable[[str], object]] = {
    "scanner": make_scanner,
    "scale": make_scale,
    "display": make_display,
}


def _check_lines(config: Config) -> Iterator[DoctorCheck]:
    """Scanners, scales and displays of this computer."""
    for station in config.stations:
        if not station.apart:
            yield from (_check_line(kind, station) for kind in MADE if getattr(station, kind))


def _check_line(kind: str, station: Station) -> DoctorCheck:
    """Can its address be read, is the device there, and may this user use it?"""
    about, address = f"{kind}: {station.name}", getattr(station, kind)
    try:
        MADE[kind](address)
    except DeviceError as failure:
        return DoctorCheck(about, False, str(failure), REMEDIES[failure.code])
    if not Path(urlsplit(address).path).exists():
        return DoctorCheck(about, False, f"{address}: không thấy / not there", _plug_in_remedy(address))
    if not _is_permitted(address):
        return DoctorCheck(
            about, False, f"{address}: không có quyền / no permission", _join_group_remedy(address)
        )
    return DoctorCheck(about, True, address)


def _is_permitted(address: str) -> bool:
    """Serial lines are opened both ways, whatever hangs on them; a keyboard is only read."""
    parts = urlsplit(address)
    return os.access(parts.path, os.R_OK if parts.scheme == "evdev" else os.R_OK | os.W_OK)


def _join_group_remedy(address: str) -> str:
    """What to do about a device that this user may not use: each kind belongs to a group."""
    folder = Path(urlsplit(address).path).parts[2:3]  # /dev/input/…: the third part
    group = next((GROUPS[name] for name in folder if name in GROUPS), "dialout")
    return f"sudo usermod -aG {group} $USER, rồi đăng nhập lại / then sign in again"


def _plug_in_remedy(address: str) -> str:
    """What to do about a device that doesn't answer, by how it hangs on the computer."""
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        return (f"Bật máy in, kiểm tra dây mạng; thử: ping {parts.hostname}. / "
                f"Switch it on, check the network cable; try: ping {parts.hostname}.")  # fmt: skip
    if parts.scheme == "usb":
        return ("Cắm dây USB; xem luật udev trong Sổ tay, chương Thiết bị. / "
                "Plug it in; the handbook's chapter on devices has the udev rule.")  # fmt: skip
    if Path(parts.path).exists() and not _is_permitted(address):
        return _join_group_remedy(address)
    return ("Cắm lại dây; xem tên thiết bị: python -m hardware list. / "
            "Plug it in; see its name: python -m hardware list.")  # fmt: skip


def _check_public(config: Config) -> Iterator[DoctorCheck]:
    yield DoctorCheck("public.base_url", bool(config.public.base_url), config.public.base_url or "–",
               "Chưa có địa chỉ công khai: phiếu in không có mã QR. / No public address: slips carry no QR code.")  # fmt: skip


def _check_seal(config: Config) -> DoctorCheck:
    """Is the key that signs closings there, its owner's alone, and the newest that the books know?"""
    path, newest = config.seal_folder() / KEY_FILE, _find_newest_key(config)
    try:
        seal = find_seal(path.parent)
    except SealUnreadable as odd:
        return DoctorCheck("seal key", False, str(odd),
                           "Chép lại bản đã cất, hoặc tạo khóa mới: ocop-pos key new. / Put the kept copy back, or make a new "
                           "key: ocop-pos key new.")  # fmt: skip
    if seal is None:
        return DoctorCheck("seal key", not newest, f"{path}: chưa có / none",
                           "Khóa đã mất: chép lại bản đã cất, hoặc tạo khóa mới: ocop-pos key new. Tới lúc đó kết sổ không được "
                           "ký. / The key is lost: put the kept copy back, or make a new one: ocop-pos key new. Until then "
                           "closings are not signed.")  # fmt: skip
    if os.name == "posix" and path.stat().st_mode & 0o077:
        return DoctorCheck("seal key", False, f"{path}: người khác cũng đọc được / others can read it",
                           f"chmod 600 {path}")  # fmt: skip
    if newest and seal.public_key != newest:
        return DoctorCheck("seal key", False, f"{path}: không phải khóa mới nhất trong sổ / not the newest of the books",
                           "Ai đã thay tệp này? Chép lại đúng khóa, hoặc tạo khóa mới: ocop-pos key new. / Who replaced this file? "
                           "Put the right key back, or make a new one: ocop-pos key new.")  # fmt: skip
    return DoctorCheck("seal key", True, f"{path}: {seal.public_key[:16]}…")


def _find_newest_key(config: Config) -> str:
    """The public half of the newest key in the books; "" where there are none, or they can't be read."""
    if not (config.database.url or (Path(config.data.folder) / "shop.db").exists()):
        return ""
    url = config.database_url()
    try:
        engine = create_engine(url, **engine_options(url))
        with engine.connect() as connection:
            newest = connection.scalar(select(SealKey.public_key).order_by(SealKey.id.desc()).limit(1))
        engine.dispose()
    except (SQLAlchemyError, DatabaseUnfit):
        return ""
    return newest or ""

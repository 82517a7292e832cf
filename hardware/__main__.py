"""python -m hardware list | test-print | status | scan | weigh | show | decode; each tells its own with --help"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .decode import decode_picture, list_missing_decoders
from .devices import make_display, make_printer, make_scale, make_scanner
from .ports import Condition, DeviceError
from .printers.test_page import TEST_PAGE
from .symbology import read_code

DEV = Path("/dev")
PRINTER_CLASS = 7  # usb.org, "Defined Class Codes"


def main(argv: list[str] | None = None) -> int:
    """Exit code 0: done; 1: a device said no."""
    arguments = _parser().parse_args(argv)
    try:
        with suppress(KeyboardInterrupt):
            _run(arguments)
    except DeviceError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hardware", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="ports, scanners, cameras, USB printers and what decoding can use")
    test = commands.add_parser("test-print", help="print a page with rulers, accents and codes")
    test.add_argument(
        "address", help="tcp://192.0.2.7:9100, serial:///dev/ttyUSB0, usb://04b8:0e15, file:///dev/usb/lp0"
    )
    test.add_argument("--paper", type=int, choices=(58, 80), default=80, help="width of the paper in mm")
    test.add_argument("--profile", default="generic", help="the printer's model")
    test.add_argument("--mode", default="auto", help="picture, text or auto: text on slow lines")
    test.add_argument("--charset", default="", help="the code page of text mode; the profile's if not said")
    status = commands.add_parser("status", help="how a printer is: ready, out of paper, cover open …")
    status.add_argument("address")
    scan = commands.add_parser("scan", help="what a scanner says, one JSON object a scan, until Ctrl+C")
    scan.add_argument("address", help="serial:///dev/ttyACM0?baud=9600, evdev:///dev/input/by-id/…-event-kbd")
    scan.add_argument("--count", type=int, default=0, help="stop after so many scans")
    weigh = commands.add_parser("weigh", help="what a scale says, one JSON object a reading, until Ctrl+C")
    weigh.add_argument("address", help="serial:///dev/ttyUSB1?baud=9600&protocol=continuous (or toledo)")
    weigh.add_argument("--count", type=int, default=0, help="stop after so many readings")
    show = commands.add_parser("show", help="put two lines on a pole display")
    show.add_argument("address", help="serial:///dev/ttyUSB2?baud=9600")
    show.add_argument("upper")
    show.add_argument("lower")
    pictures = commands.add_parser("decode", help="one JSON object a picture")
    pictures.add_argument("--json", action="store_true", help="what it does anyway; for scripts that say so")
    pictures.add_argument("pictures", nargs="+", type=Path)
    return parser


def _run(arguments: argparse.Namespace) -> None:
    """Raises DeviceError."""
    match arguments.command:
        case "list":
            _list()
        case "test-print":
            _test_print(arguments)
        case "status":
            print(
                _describe_condition(
                    make_printer("status", arguments.address, paper_mm=80, drawer_pin=None).check()
                )
            )
        case "scan":
            _scan(arguments.address, arguments.count)
        case "weigh":
            _weigh(arguments.address, arguments.count)
        case "show":
            make_display(arguments.address).show(arguments.upper, arguments.lower)
        case "decode":
            _decode(arguments.pictures)


def _test_print(arguments: argparse.Namespace) -> None:
    make_printer(
        "test",
        arguments.address,
        paper_mm=arguments.paper,
        drawer_pin=None,
        profile=arguments.profile,
        mode=arguments.mode,
        charset=arguments.charset,
    ).print(TEST_PAGE)


def _describe_condition(condition: Condition) -> str:
    drawer = {None: "", True: ", drawer open", False: ", drawer closed"}[condition.drawer_open]
    return (condition.warning or "ready") + drawer


def _scan(address: str, count: int) -> None:
    """Pulled out and plugged in again, it goes on. `count` 0: for ever."""
    for n, text in enumerate(make_scanner(address).texts(threading.Event()), 1):
        known = {key: value for key, value in asdict(read_code(text)).items() if value is not None}
        print(json.dumps(known, ensure_ascii=False, default=str), flush=True)
        if n == count:
            break


def _weigh(address: str, count: int) -> None:
    """Pulled out and plugged in again, it goes on. `count` 0: for ever."""
    for n, weight in enumerate(make_scale(address).weights(threading.Event()), 1):
        print(json.dumps(asdict(weight)), flush=True)
        if n == count:
            break


def _list() -> None:
    from serial.tools import list_ports

    for port in list_ports.comports():
        print(f"serial://{port.device}  {port.description}")
    for path in sorted(DEV.glob("input/by-id/*-event-kbd")):
        print(f"evdev://{path}")
    for path in sorted(DEV.glob("video*")):
        print(f"camera {path}")
    for path in sorted(DEV.glob("usb/lp*")):
        print(f"file://{path}")
    for address in _usb_printers():
        print(address)
    for module, packages in list_missing_decoders().items():
        print(f"{module}: not loaded; install: apt-get install {packages}")


def _usb_printers() -> Iterator[str]:
    """Nothing where libusb is missing or the bus is closed to us."""
    try:
        import usb.core

        found = list(usb.core.find(find_all=True))
    except (
        ImportError,
        OSError,
        ValueError,
    ):  # pyusb's NoBackendError is a ValueError, its USBError an OSError
        return
    for device in found:
        with suppress(OSError):
            if any(part.bInterfaceClass == PRINTER_CLASS for setting in device for part in setting):
                yield f"usb://{device.idVendor:04x}:{device.idProduct:04x}"


def _decode(pictures: list[Path]) -> None:
    """One JSON object a picture, as it goes; a file that can't be read says so and holds nobody up."""
    for path in pictures:
        began = time.perf_counter()
        try:
            found = decode_picture(path)
        except OSError as failure:
            result: dict[str, Any] = {"picture": str(path), "error": str(failure) or type(failure).__name__}
        else:
            scans = [{"text": item.text, "symbology": item.symbology} for item in found]
            result = {
                "picture": str(path),
                "scans": scans,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            }
        print(json.dumps(result, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""python -m hardware list | test-print ADDRESS | status ADDRESS | scan ADDRESS | decode PICTURE…"""

import argparse
import json
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .decode import decode, missing
from .devices import printer
from .ports import DeviceError
from .printers.test_page import TEST_PAGE
from .scanners.serial_line import SerialScanner
from .symbology import read


def main(argv: list[str] | None = None) -> int:
    """Exit code 0: done; 1: a device said no."""
    parser = argparse.ArgumentParser(prog="python -m hardware", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="serial ports, USB printers and what decoding can use")
    test = commands.add_parser("test-print", help="print a page with rulers, accents and codes")
    test.add_argument(
        "address", help="tcp://192.0.2.7:9100, serial:///dev/ttyUSB0, usb://04b8:0e15, file:///dev/usb/lp0"
    )
    test.add_argument("--paper", type=int, choices=(58, 80), default=80, help="width of the paper in mm")
    status = commands.add_parser("status", help="how a printer is: ready, out of paper, cover open …")
    status.add_argument("address")
    scan = commands.add_parser(
        "scan", help="what a serial scanner says, one JSON object a scan, until Ctrl+C"
    )
    scan.add_argument("address", help="serial:///dev/ttyACM0?baud=9600")
    scan.add_argument("--count", type=int, default=0, help="stop after so many scans")
    pictures = commands.add_parser("decode", help="one JSON object a picture")
    pictures.add_argument("--json", action="store_true", help="what it does anyway; for scripts that say so")
    pictures.add_argument("pictures", nargs="+", type=Path)
    arguments = parser.parse_args(argv)
    try:
        _run(arguments)
    except DeviceError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def _run(arguments: argparse.Namespace) -> None:
    """Raises DeviceError."""
    match arguments.command:
        case "list":
            _list()
        case "test-print":
            printer("test", arguments.address, paper_mm=arguments.paper, drawer_pin=None).print(TEST_PAGE)
        case "status":
            print(printer("status", arguments.address, paper_mm=80, drawer_pin=None).check() or "ready")
        case "scan":
            _scan(arguments.address, arguments.count)
        case "decode":
            _decode(arguments.pictures)


def _scan(address: str, count: int) -> None:
    """Pulled out and plugged in again, it goes on. `count` 0: for ever."""
    with suppress(KeyboardInterrupt):
        for n, text in enumerate(SerialScanner(address).texts(threading.Event()), 1):
            known = {key: value for key, value in asdict(read(text)).items() if value is not None}
            print(json.dumps(known, ensure_ascii=False, default=str), flush=True)
            if n == count:
                break


def _list() -> None:
    from serial.tools import list_ports

    for port in list_ports.comports():
        print(f"serial://{port.device}  {port.description}")
    for path in sorted(Path("/dev/usb").glob("lp*")) if Path("/dev/usb").is_dir() else ():
        print(f"file://{path}")
    for module, packages in missing().items():
        print(f"{module}: not loaded; install: apt-get install {packages}")


def _decode(pictures: list[Path]) -> None:
    """One JSON object a picture, as it goes; a file that can't be read says so and holds nobody up."""
    for path in pictures:
        began = time.perf_counter()
        try:
            found = decode(path)
        except OSError as failure:
            said: dict[str, Any] = {"picture": str(path), "error": str(failure) or type(failure).__name__}
        else:
            scans = [{"text": one.text, "symbology": one.symbology} for one in found]
            said = {
                "picture": str(path),
                "scans": scans,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            }
        print(json.dumps(said, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())

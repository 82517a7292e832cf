"""station/drivers.py — scanner, scale and pole display of the stations, each fed by a thread of its own."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from hardware import devices
from hardware.ports import DeviceError, DisplayPort, ScalePort, ScannerPort

from ..config import Station
from .hub import Device, DeviceHub

LOOKED_AT_EVERY = 0.5  # seconds
Port = TypeVar("Port")


class DeviceDrivers:
    """Devices that are no printers, from `start()` to `stop()`; what they say goes to the hub."""

    def __init__(self, stations: Sequence[Station], hub: DeviceHub) -> None:
        self._hub, self._stopping = hub, threading.Event()
        self._work: list[tuple[str, Callable[[], None]]] = []
        for station in stations:
            self._take_on(station)
        self._threads = [threading.Thread(target=work, name=name, daemon=True) for name, work in self._work]

    def _take_on(self, station: Station) -> None:
        name = station.name
        if scanner := self._made(name, "scanner", devices.make_scanner, station.scanner):
            self._does(f"scanner {name}", lambda: self._listen(name, scanner))
            self._does(f"scanner of {name} there?", lambda: self._look(name, "scanner", scanner))
        if scale := self._made(name, "scale", devices.make_scale, station.scale):
            self._does(f"scale {name}", lambda: self._weigh(name, scale))
            self._does(f"scale of {name} there?", lambda: self._look(name, "scale", scale))
        if display := self._made(name, "display", devices.make_display, station.display):
            self._does(f"display {name}", lambda: self._show(name, display))

    def _made(self, station: str, device: Device, make: Callable[[str], Port], address: str) -> Port | None:
        """Its port; None where none is named, or where its address can't be read, which is then its state."""
        if not address:
            return None
        try:
            return make(address)
        except DeviceError as failure:
            self._hub.set_device_state(station, device, failure.code)
            return None

    def _does(self, name: str, work: Callable[[], None]) -> None:
        self._work.append((name, work))

    def start(self) -> "DeviceDrivers":
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _listen(self, station: str, scanner: ScannerPort) -> None:
        for text in scanner.texts(self._stopping):
            self._hub.add_scan(station, text)

    def _weigh(self, station: str, scale: ScalePort) -> None:
        for weight in scale.weights(self._stopping):
            self._hub.weighed(station, weight)

    def _look(self, station: str, device: Device, port: ScannerPort | ScalePort) -> None:
        while not self._stopping.wait(LOOKED_AT_EVERY):
            self._hub.set_device_state(station, device, "" if port.connected else f"{device}_unreachable")

    def _show(self, station: str, display: DisplayPort) -> None:
        """Only what is new is sent: a display flickers when it is written to. What failed is tried again, and one
        that was away gets its lines back.
        """
        last = None
        while not self._stopping.is_set():
            shown = self._hub.shown(station, last, wait=LOOKED_AT_EVERY)
            if not display.connected:
                self._hub.set_device_state(station, "display", "display_unreachable")
                last = None
                self._stopping.wait(LOOKED_AT_EVERY)
                continue
            if shown is None or shown == last:
                self._hub.set_device_state(station, "display", "")
                continue
            try:
                display.show(*shown)
            except DeviceError as failure:
                self._hub.set_device_state(station, "display", failure.code)
                self._stopping.wait(LOOKED_AT_EVERY)
            else:
                self._hub.set_device_state(station, "display", "")
                last = shown

"""Who listens to a scanner or a scale in a thread, as a till does."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from hardware.ports import ScalePort, ScannerPort, Weight

T = TypeVar("T")


class Listener(Generic[T]):
    def __init__(self, port: ScannerPort | ScalePort, says: Callable[[threading.Event], Iterator[T]]) -> None:
        self.port = port
        self.stopping = threading.Event()
        self._heard: queue.Queue[T] = queue.Queue()
        self.thread = threading.Thread(target=self._listen, args=(says,))
        self.thread.start()

    def _listen(self, says: Callable[[threading.Event], Iterator[T]]) -> None:
        for item in says(self.stopping):
            self._heard.put(item)

    def next(self) -> T:
        return self._heard.get(timeout=5)

    def hears_nothing_for(self, seconds: float) -> bool:
        time.sleep(seconds)
        return self._heard.empty()

    def hears(self, wanted: T, seconds: float = 5) -> bool:
        """Whether it comes in time, whatever comes before it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if self._heard.get(timeout=0.1) == wanted:
                    return True
            except queue.Empty:
                continue
        return False

    def is_connected_within(self, seconds: float, *, wanted: bool = True) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.port.connected != wanted:
            time.sleep(0.02)
        return self.port.connected == wanted


@contextmanager
def _listening(listener: Listener[T]) -> Iterator[Listener[T]]:
    try:
        yield listener
    finally:
        listener.stopping.set()
        listener.thread.join(5)
        assert not listener.thread.is_alive()


@contextmanager
def scanning(port: ScannerPort) -> Iterator[Listener[str]]:
    with _listening(Listener(port, port.texts)) as listener:
        assert listener.is_connected_within(5)
        yield listener


@contextmanager
def weighing(port: ScalePort) -> Iterator[Listener[Weight]]:
    with _listening(Listener(port, port.weights)) as listener:
        yield listener

"""A scale on a serial line or USB's likeness of one: its readings, however often it is pulled out."""

import threading
import time
from collections.abc import Iterator
from typing import ClassVar, Protocol

from ..line import SerialLine, parse_address, read_lines, repeat_sessions
from ..ports import DeviceError, Weight
from .continuous import ContinuousProtocol
from .toledo import ToledoProtocol

SILENT_SECONDS = 3  # a scale that says nothing sensible for so long is as good as pulled out
ASK_SECONDS = 0.2  # between questions: Mettler-Toledo 8217, "at least a 200-ms delay between commands"


class ScaleProtocol(Protocol):
    """What a scale speaks: one object a session, because some of it needs remembering."""

    QUESTION: ClassVar[bytes]
    """What makes it answer; b"" for one that speaks unasked."""
    USUAL: ClassVar[dict[str, str]]
    """How its line is set when it leaves the works."""

    def reading(self, line: bytes) -> Weight | None:
        """What a line says; None for noise and for what is no reading."""


LANGUAGES: dict[str, type[ScaleProtocol]] = {"continuous": ContinuousProtocol, "toledo": ToledoProtocol}


class SerialScale:
    """A ScalePort. `address`: serial:///dev/ttyUSB1?baud=9600&protocol=continuous, or toledo.

    `connected`: its line is open and a reading came within three seconds; noise, as at a wrong baud rate, is none.
    Raises DeviceError (`device_misconfigured`) for an address it can't read; after that, never.
    """

    def __init__(self, address: str) -> None:
        _, settings = parse_address(address, "serial")
        language = LANGUAGES.get(settings.get("protocol", "continuous"))
        if language is None:
            raise DeviceError("device_misconfigured", address, permanent=True)
        self.language = language
        self.line = SerialLine(address, **language.USUAL)
        self.connected = False

    def weights(self, stopping: threading.Event) -> Iterator[Weight]:
        """Every reading until `stopping`, some four to ten a second; nothing while the scale is silent."""
        return repeat_sessions(lambda: self._session(stopping), stopping)

    def _session(self, stopping: threading.Event) -> Iterator[Weight]:
        language, asked_at, read_at = self.language(), float("-inf"), float("-inf")
        try:
            with self.line.open_serial() as opened:
                for line in read_lines(opened, stopping):
                    now = time.monotonic()
                    if language.QUESTION and now - asked_at >= ASK_SECONDS:
                        opened.write(language.QUESTION)
                        asked_at = now
                    weight = language.reading(line)
                    read_at = read_at if weight is None else now
                    self.connected = now - read_at < SILENT_SECONDS
                    if weight is not None:
                        yield weight
        finally:
            self.connected = False

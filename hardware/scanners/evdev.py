"""A scanner that is a keyboard to Linux, kept to ourselves: what it types reaches no window and no login.

Read by hand, because PyPI's package evdev has to be compiled on the shop's computer. The format is `struct
input_event` of linux/input.h: a time of two longs, type and code of 16 bits each, a value of 32.
"""

import errno
import os
import select
import stat
import struct
import threading
from collections.abc import Iterator

from ..line import LONGEST_BYTES, QUIET_SECONDS, parse_address, repeat_sessions
from .keyboard import END, HeldKeys
from .repeats import drop_repeats

EVENT = struct.Struct("@llHHi")  # 24 bytes on a computer of 64 bits
EV_SYN, SYN_DROPPED, EV_KEY = 0, 3, 1
RELEASED, PRESSED = 0, 1  # 2 is a key's own repeating, which a scanner doesn't mean
EVIOCGRAB = 0x40044590  # _IOW('E', 0x90, int): all that it says comes to us alone
EVENTS_AT_ONCE = 64


class EvdevScanner:
    """A ScannerPort. `address`: evdev:///dev/input/by-id/usb-…-event-kbd. `connected`: it is ours alone just now.

    Raises DeviceError (`device_misconfigured`) for an address it can't read; after that, never.
    """

    def __init__(self, address: str) -> None:
        self.path, _ = parse_address(address, "evdev")
        self.connected = False

    def texts(self, stopping: threading.Event) -> Iterator[str]:
        """What it scans until `stopping`; GS1's separators as U+001D."""
        return drop_repeats(repeat_sessions(lambda: self._session(stopping), stopping))

    def _session(self, stopping: threading.Event) -> Iterator[str]:
        device = _grabbed(self.path)
        try:
            self.connected = True
            yield from filter(None, (code.strip(" ") for code in _codes(device, stopping)))
        finally:
            self.connected = False
            os.close(device)


def _grabbed(path: str) -> int:
    """The open device. Raises OSError where another program has it, for then half of each code may be theirs.

    What is no device at all (a pipe that a demo or a test types into) has nobody to be taken from.
    """
    from fcntl import ioctl

    try:
        device = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except ValueError as failure:  # letters that no file system has
        raise OSError(errno.ENOENT, str(failure)) from failure
    try:
        ioctl(device, EVIOCGRAB, 1)
    except OSError:
        if stat.S_ISCHR(os.fstat(device).st_mode):
            os.close(device)
            raise
    return device


def _codes(device: int, stopping: threading.Event) -> Iterator[str]:
    """Between the keys that end a code, or silence. Raises OSError when it is pulled out."""
    typed = _TypedCode()
    waiting_bytes, waiting = b"", select.poll()
    waiting.register(device, select.POLLIN)
    while not stopping.is_set():
        if not waiting.poll(QUIET_SECONDS * 1000):
            waiting_bytes = b""  # half an event has no other half to come
            yield typed.ended()
            continue
        more = os.read(device, EVENT.size * EVENTS_AT_ONCE)
        if not more:
            raise OSError(errno.ENODEV, "pulled out")
        waiting_bytes += more
        whole = len(waiting_bytes) // EVENT.size * EVENT.size
        for _, _, kind, code, value in EVENT.iter_unpack(waiting_bytes[:whole]):
            yield from typed.heard(kind, code, value)
        waiting_bytes = waiting_bytes[whole:]


class _TypedCode:
    """The code that is being typed."""

    def __init__(self) -> None:
        self._keys, self._text, self._broken = HeldKeys(), "", False

    def heard(self, kind: int, code: int, value: int) -> Iterator[str]:
        """Take one event; yields the code that it ends."""
        if (kind, code) == (EV_SYN, SYN_DROPPED):  # Linux lost keys: what is left would be another code
            self._keys, self._broken = HeldKeys(), True
        elif kind == EV_KEY and value == RELEASED:
            self._keys.released(code)
        elif kind == EV_KEY and value == PRESSED:
            letter = self._keys.pressed(code)
            if letter == END:
                yield self.ended()
            elif len(self._text) < LONGEST_BYTES:
                self._text += letter

    def ended(self) -> str:
        """What was typed, "" where keys of it were lost."""
        text = "" if self._broken else self._text
        self._text, self._broken = "", False
        return text

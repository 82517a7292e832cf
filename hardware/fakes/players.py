"""Scanners, a scale and a pole display that aren't there: they speak their protocols on real ptys and pipes."""

import os
import threading
from pathlib import Path

from ..scanners.evdev import EV_KEY, EVENT, PRESSED, RELEASED
from ..scanners.keyboard import GS, PLAIN, RIGHT_BRACKET, SHIFTED
from .line import Plug

ENTER, LEFT_SHIFT, LEFT_CONTROL = 28, 42, 29
READING_SECONDS = 0.1  # between a continuous scale's readings
COLUMNS = 20


class ScannerPlayer(Plug):
    """A scanner on a serial line."""

    @property
    def address(self) -> str:
        return f"serial://{self.path}?baud=9600"

    def scan(self, text: str, suffix: str = "\r") -> None:
        self.send(f"{text}{suffix}".encode())


class KeyboardPlayer:
    """A scanner that is a keyboard, on a pipe: what it types are Linux' own input events."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def address(self) -> str:
        return f"evdev://{self.path}"

    def plug(self) -> None:
        os.mkfifo(self.path)
        self._pipe = os.open(self.path, os.O_RDWR)  # for writing alone it would wait for a reader

    def pull(self) -> None:
        self.path.unlink()
        os.close(self._pipe)

    def send(self, data: bytes) -> None:
        os.write(self._pipe, data)

    def scan(self, text: str, suffix: str = "\r") -> None:
        self.send(b"".join(map(key_events, text + suffix)))


def key_events(letter: str) -> bytes:
    """The input events of one letter, or of Enter, on a US keyboard. Raises KeyError for one that it hasn't."""
    keys = _KEYS[letter]
    return b"".join(
        [EVENT.pack(0, 0, EV_KEY, key, PRESSED) for key in keys]
        + [EVENT.pack(0, 0, EV_KEY, key, RELEASED) for key in reversed(keys)]
    )


_KEYS = {
    **{letter: (LEFT_SHIFT, key) for key, letter in SHIFTED.items()},
    **{letter: (key,) for key, letter in reversed(PLAIN.items())},  # reversed: the keypad's give way
    GS: (LEFT_CONTROL, RIGHT_BRACKET),
    "\r": (ENTER,),
}


class ScalePlayer(Plug):
    """A scale: `continuous` speaks some ten times a second while plugged in, `toledo` answers when asked.

    What lies on it is told in thousandths of a kilogram; the tare is taken away from what it says.
    """

    def __init__(self, path: Path, protocol: str = "continuous") -> None:
        super().__init__(path, self._answer if protocol == "toledo" else lambda _: None)
        self.protocol = protocol
        self._gross, self._tare, self._stable, self._over = 0, 0, True, False

    @property
    def address(self) -> str:
        return f"serial://{self.path}?baud=9600&protocol={self.protocol}"

    def lay(self, milli: int, *, stable: bool = True) -> None:
        self._gross, self._stable, self._over = milli, stable, False

    def tare(self, milli: int) -> None:
        self._tare = milli

    def overload(self) -> None:
        self._over = True

    def negative(self) -> None:
        """Its plate is lifted."""
        self.lay(self._tare - 50)

    def plug(self) -> None:
        super().plug()
        if self.protocol == "continuous":
            self._speaker = threading.Thread(target=self._speak, daemon=True, name=f"scale {self.path.name}")
            self._speaker.start()

    def pull(self) -> None:
        super().pull()
        if self.protocol == "continuous":
            self._speaker.join()

    def _speak(self) -> None:
        while not self._pulled.wait(READING_SECONDS):
            self.send(self._continuous())

    def _continuous(self) -> bytes:
        if self._over:
            return b"OL,GS,+-------kg\r\n"
        state = "ST" if self._stable else "US"
        if not self._tare:
            return f"{state},GS,{_signed(self._gross)}kg\r\n".encode()
        net = self._gross - self._tare
        return f"ST,TR,{_signed(self._tare)}kg\r\n{state},NT,{_signed(net)}kg\r\n".encode()

    def _answer(self, data: bytes) -> None:
        net = self._gross - self._tare
        status = 0x40 | (not self._stable) | self._over << 1 | (net < 0) << 2 | bool(self._tare) << 5
        for _ in range(data.count(b"W")):
            if status & 0b111:
                self.send(b"\x02?" + bytes((status,)) + b"\r")
            else:
                tared = "N" if self._tare else ""
                self.send(f"\x02{net // 1000:02}.{net % 1000:03}{tared}\r".encode())


def _signed(milli: int) -> str:
    kilograms, rest = divmod(abs(milli), 1000)
    return f"{'-' if milli < 0 else '+'}{kilograms:>3}.{rest:03}"


class FakePoleDisplay(Plug):
    """A pole display: `lines` is what a customer would read, from the bytes alone.

    Knows the commands a till sends: ESC @, CLR. What else is no ASCII letter stands in `strange`.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, self._take)
        self.strange = bytearray()
        self._clear()

    @property
    def address(self) -> str:
        return f"serial://{self.path}?baud=9600"

    @property
    def lines(self) -> tuple[str, str]:
        text = self._letters.decode("ascii")
        return text[:COLUMNS], text[COLUMNS:]

    def _clear(self) -> None:
        self._letters, self._at, self._escaped = bytearray(b" " * COLUMNS * 2), 0, False

    def _take(self, data: bytes) -> None:
        for byte in data:
            if byte == 0x0C or (self._escaped and byte == ord("@")):
                self._clear()
            elif byte == 0x1B:
                self._escaped = True
            elif self._escaped or not 0x20 <= byte < 0x7F:
                self.strange.append(byte)
                self._escaped = False
            else:
                self._letters[self._at] = byte
                self._at = (self._at + 1) % len(self._letters)

"""The keys of a scanner that is a keyboard to Linux, and the text that they type.

Key codes: linux/input-event-codes.h. The layout is the one that scanners are sold with, US English; what the
computer's own keyboard is set to doesn't matter, because keys are read, not letters.
"""

_ROWS = {  # the first key's code: what its row types, without shift and with it
    2: ("1234567890-=", "!@#$%^&*()_+"),
    16: ("qwertyuiop[]", "QWERTYUIOP{}"),
    30: ("asdfghjkl;'`", 'ASDFGHJKL:"~'),
    43: ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
    55: ("*", "*"),
    57: (" ", " "),
    71: ("789-456+1230.", "789-456+1230."),  # the keypad, whatever Num Lock says
    98: ("/", "/"),
}
PLAIN = {first + n: letter for first, (plain, _) in _ROWS.items() for n, letter in enumerate(plain)}
SHIFTED = {first + n: letter for first, (_, shifted) in _ROWS.items() for n, letter in enumerate(shifted)}

ENDS = {28, 15, 96}  # Enter, Tab, the keypad's Enter
SHIFTS, CONTROLS, ALTS = {42, 54}, {29, 97}, {56, 100}
RIGHT_BRACKET, F8 = 27, 66
END = "\n"
GS = "\x1d"  # GS1's separator, which a keyboard types as Ctrl+] or, by some makers' setting, as F8


class HeldKeys:
    """Which keys are held down, and so what the next one types. Caps Lock is nobody's: a scanner sends Shift."""

    def __init__(self) -> None:
        self._held: set[int] = set()

    def released(self, key: int) -> None:
        self._held.discard(key)

    def pressed(self, key: int) -> str:
        """What it types: a letter, GS, END, or nothing."""
        self._held.add(key)
        if key in ENDS:
            return END
        if key == F8 or (key == RIGHT_BRACKET and self._held & CONTROLS):
            return GS
        if self._held & (CONTROLS | ALTS):
            return ""
        return (SHIFTED if self._held & SHIFTS else PLAIN).get(key, "")

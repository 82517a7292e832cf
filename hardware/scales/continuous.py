r"""Scales that say their weight unasked, some ten times a second: `ST,GS,+  0.512kg\r\n`.

Sources: Liden LUW2001 manual, appendix 1 ("continuous output B": two heads, data, unit); A&D EK-L manual, §9-2
(the same with one head); both call ST stable, US unstable, OL out of range; GS is gross, NT net, TR the tare.
"""

import re
from decimal import Decimal
from typing import ClassVar

from ..ports import Weight

_LINE = re.compile(
    rb"(ST|US)\s*,\s*(?:(GS|NT|TR)[\s,]+)?([+-]?)\s*(\d{1,6}(?:\.\d{1,6})?)\s*(kg|g)", re.IGNORECASE
)
_OVERLOAD = re.compile(rb"OL\s*,.*", re.IGNORECASE | re.DOTALL)
MILLI = {b"KG": 1000, b"G": 1}  # pounds are refused: a line that speaks of them is no reading


class ContinuousProtocol:
    """The tare that was told last belongs to the net weights after it.

    A scale that tells gross, tare and net in turn means the net. So a gross weight counts only right after another:
    the first of a session, the first after a tare or a net weight, and the first after noise (which may have been
    either) wait for the line after them.
    """

    QUESTION: ClassVar[bytes] = b""
    USUAL: ClassVar[dict[str, str]] = {}

    def __init__(self) -> None:
        self._tare_milli = 0
        self._gross_alone = False

    def reading(self, line: bytes) -> Weight | None:
        """What a line says; None for a tare, for noise and for a gross weight that may have a tare."""
        line = line.strip(b" \t\x00")
        if _OVERLOAD.fullmatch(line):
            return Weight("overload")
        if not (match := _LINE.fullmatch(line)):
            self._gross_alone &= not line
            return None
        state, kind, sign, number, unit = (part.upper() for part in match.groups(b""))
        milli = round(Decimal(number.decode()) * MILLI[unit])
        if kind == b"TR":
            self._tare_milli, self._gross_alone = milli, False
            return None
        if not self._is_for_sale(gross=kind != b"NT"):
            return None
        if sign == b"-" and milli:
            return Weight("negative", -milli, self._tare_milli)
        return Weight("stable" if state == b"ST" else "moving", milli, self._tare_milli)

    def _is_for_sale(self, *, gross: bool) -> bool:
        """Two gross weights with nothing between them: there is no tare any more."""
        alone, self._gross_alone = self._gross_alone, gross
        if gross and alone:
            self._tare_milli = 0
        return alone or not gross

r"""Scales that answer when asked, as Mettler-Toledo's 8217 does: to `W` by its weight or by what is wrong.

Source: "8217 Mettler Toledo, Host Communications" (the same in PSC's Magellan 8500 service manual, §6.1.3–6.1.4):
7 bits, even parity. `STX WW.WWW CR` is a gross weight in kg and `STX WW.WWWN CR` a net one; in pounds they have
two decimals, so those are refused. `STX ? status CR` comes instead while it moves, is overloaded or below zero.
"""

import re
from decimal import Decimal
from typing import ClassVar

from ..ports import Weight

_ANSWER = re.compile(rb".*\x02\s*(?:(\d{1,3}\.\d{3})N?|\?(.))", re.DOTALL)
MOVING, OVER_CAPACITY, UNDER_ZERO = 0x01, 0x02, 0x04


class ToledoProtocol:
    """It tells that a tare is taken away, not which: `tare_milli` stays 0."""

    QUESTION: ClassVar[bytes] = b"W"
    USUAL: ClassVar[dict[str, str]] = {"bits": "7", "parity": "even"}

    def reading(self, line: bytes) -> Weight | None:
        """What an answer says; None for noise and for a status without complaint."""
        if not (match := _ANSWER.fullmatch(line)):
            return None
        number, status = match.groups()
        if number is not None:
            return Weight("stable", int(Decimal(number.decode()) * 1000))
        if status[0] & UNDER_ZERO:
            return Weight("negative")
        if status[0] & OVER_CAPACITY:
            return Weight("overload")
        return Weight("moving") if status[0] & MOVING else None

"""A printer whose settings can't be used: it says so at every slip, so that all the rest of the shop opens."""

from ..ports import Condition, DeviceError
from ..slips.slip import Slip


class UnfitPrinter:
    """A PrinterPort that raises the error its making raised."""

    def __init__(self, name: str, failure: DeviceError) -> None:
        self.name, self._failure = name, failure

    def print(self, slip: Slip) -> None:
        raise self._failure

    def check(self) -> Condition:
        raise self._failure

    def seconds(self, slip: Slip, *, mode: str = "") -> float | None:
        return None

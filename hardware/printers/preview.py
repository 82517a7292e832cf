"""A printer of no paper: for a shop that only looks at its receipts on the screen."""

from ..ports import Condition
from ..slips.slip import Slip


class PreviewPrinter:
    """Takes every slip and prints none; the screen shows them from the queue."""

    def __init__(self, name: str) -> None:
        self.name = name

    def print(self, slip: Slip) -> None:
        """Nothing to do: the slip stays in the queue's memory."""

    def check(self) -> Condition:
        """Always ready."""
        return Condition()

    def seconds(self, slip: Slip, *, mode: str = "") -> float | None:
        """No line, no wait."""
        return None

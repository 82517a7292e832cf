"""What a shop asks of a printer of labels."""

from typing import Protocol

from ..labels.label import Label
from ..ports import Condition


class LabelPrinterPort(Protocol):
    """A printer of labels. `name` is what people call it; `dpi`: its dots to the inch."""

    name: str
    dpi: int

    def print_label(self, label: Label, copies: int = 1) -> None:
        """Put so many of it on paper, or raise DeviceError (`begun`: some may be out), or what `placed` raises."""

    def check(self) -> Condition:
        """Raise DeviceError if it could not print now. A printer that can't answer is taken for ready."""

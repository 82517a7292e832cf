"""A label printer in a queue of slips: it prints the cards of a slip, and takes nothing else."""

from ..ports import Condition, DeviceError
from ..slip import Card, Cut, Kick, Slip
from .label import DoesNotFit
from .port import LabelPrinterPort


class CardPrinter:
    """A PrinterPort over a printer of labels."""

    def __init__(self, printer: LabelPrinterPort) -> None:
        self.name, self._printer = printer.name, printer

    def print(self, slip: Slip) -> None:
        """Raises DeviceError: `labels_only`, permanent, for a slip that is more than cards, and for one too large."""
        rows = [row for row in slip.rows if not isinstance(row, Cut | Kick)]
        cards = [row.label for row in rows if isinstance(row, Card)]
        if len(cards) != len(rows):
            raise DeviceError("labels_only", permanent=True)
        for n, card in enumerate(cards):
            try:
                self._printer.print_label(card)
            except DoesNotFit as no:
                raise DeviceError("labels_only", str(no), permanent=True, begun=n > 0) from no
            except DeviceError as failure:
                raise DeviceError(failure.code, failure.detail, begun=failure.begun or n > 0) from failure

    def check(self) -> Condition:
        return self._printer.check()

    def seconds(self, slip: Slip, *, mode: str = "") -> float | None:
        """A label is short, whatever the line."""
        return None

"""A label printer in a queue of slips: it prints the cards of a slip; words around them have no place on a label."""

from ..labels.label import Box, Code, DoesNotFit, Frame, Label, Words
from ..ports import Condition, DeviceError
from ..slips.slip import Card, Cut, Slip
from .label_port import LabelPrinterPort

TEST_CARD = Slip((
    Card(Label(50, 30, (
        Frame(Box(1, 1, 48, 28)), Words("Nhãn thử ẤỖỮặ", Box(3, 3, 26, 10), 4, 2, lines=2, bold=True),
        Code("qr", "https://example.com/t/thu", Box(31, 3, 16, 15)), Code("code128", "NT-1", Box(3, 15, 27, 12), shown=True),
    ))), Cut(),
))  # fmt: skip
"""A frame at the edge, letters, both kinds of codes: whether a printer of labels is set up right."""


class CardPrinter:
    """A PrinterPort over a printer of labels."""

    def __init__(self, printer: LabelPrinterPort) -> None:
        self.name, self._printer = printer.name, printer

    def print(self, slip: Slip) -> None:
        """Raises DeviceError: `labels_only`, permanent, for a slip without a card, and for a card too large."""
        cards = [row.label for row in slip.rows if isinstance(row, Card)]
        if not cards:
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

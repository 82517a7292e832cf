"""documents/qr.py — a QR code on a page."""

import segno
from reportlab.lib import colors
from reportlab.platypus import Flowable


class QrPicture(Flowable):  # type: ignore[misc]
    """The code of a text, so many points wide; with the quiet zone of four modules that readers need (ISO/IEC 18004)."""

    def __init__(self, text: str, side: float) -> None:
        super().__init__()
        self._rows = [list(row) for row in segno.make(text, error="m").matrix_iter(border=4)]
        self._side = side

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self._side, self._side

    def draw(self) -> None:
        module = self._side / len(self._rows)
        self.canv.setFillColor(colors.black)
        for y, row in enumerate(self._rows):
            for x, is_dark in enumerate(row):
                if is_dark:
                    self.canv.rect(
                        x * module, self._side - (y + 1) * module, module, module, stroke=0, fill=1
                    )

"""A4 sheets of labels: die-cut ones as their makers sell them, and plain ones to cut along marks.

A printer feeds paper a little askew: `Template.moved` shifts everything by what `pdf.calibration` showed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .label import Box, Label

A4_WIDTH, A4_HEIGHT = 2100, 2970  # all lengths here: tenths of a mm
PLAIN_MARGIN = 100  # printers leave 4 to 6 mm white, and a mark must stand there too


@dataclass(frozen=True, slots=True)
class Template:
    """Columns and rows of cells; `left`, `top`: where the first begins; `across`, `down`: from one to the next.

    `name` is what a shop may keep; plain sheets are cut, and get marks.
    """

    name: str
    columns: int
    rows: int
    width: int
    height: int
    left: int
    top: int
    across: int
    down: int
    plain: bool = False

    @property
    def cells(self) -> int:
        return self.columns * self.rows

    def cell(self, number: int) -> Box:
        """In mm from the page's upper left corner; cells count from 1, row by row."""
        row, column = divmod(number - 1, self.columns)
        return Box(
            (self.left + column * self.across) / 10,
            (self.top + row * self.down) / 10,
            self.width / 10,
            self.height / 10,
        )

    def moved(self, x: int, y: int) -> "Template":
        """The same for a printer that prints so many tenths of a mm too far left and too high."""
        return replace(self, left=self.left + x, top=self.top + y)

    def takes(self, label: Label) -> bool:
        return round(label.width * 10) <= self.width and round(label.height * 10) <= self.height

    def marks(self) -> Iterator[tuple[float, float, float, float]]:
        """Where to cut a plain sheet: lines from (x, y) to (x, y) in mm, in the margins only."""
        if not self.plain:
            return
        right, bottom = self.left + self.columns * self.across, self.top + self.rows * self.down
        for column in range(self.columns + 1):
            x = (self.left + column * self.across) / 10
            for begin, end in ((self.top - 50, self.top - 10), (bottom + 10, bottom + 50)):
                yield x, begin / 10, x, end / 10
        for row in range(self.rows + 1):
            y = (self.top + row * self.down) / 10
            for begin, end in ((self.left - 50, self.left - 10), (right + 10, right + 50)):
                yield begin / 10, y, end / 10, y


TEMPLATES = {
    template.name: template
    for template in (
        Template("65-38x21", 5, 13, 381, 212, 47, 107, 406, 212),
        Template("40-52x29", 4, 10, 525, 297, 0, 0, 525, 297),
        Template("24-70x37", 3, 8, 700, 370, 0, 5, 700, 370),
        Template("24-64x33", 3, 8, 640, 339, 70, 129, 660, 339),
        Template("21-70x42", 3, 7, 700, 423, 0, 4, 700, 423),
        Template("14-105x42", 2, 7, 1050, 423, 0, 4, 1050, 423),
        Template("12-105x48", 2, 6, 1050, 480, 0, 45, 1050, 480),
        Template("8-105x74", 2, 4, 1050, 740, 0, 5, 1050, 740),
    )
}


def find_plain_sheet(label: Label) -> Template | None:
    """As many of this label as a plain sheet takes, side by side, so that one cut parts two; None if not even one."""
    width, height = round(label.width * 10), round(label.height * 10)
    columns, rows = (A4_WIDTH - 2 * PLAIN_MARGIN) // width, (A4_HEIGHT - 2 * PLAIN_MARGIN) // height
    if not columns or not rows:
        return None
    left, top = (A4_WIDTH - columns * width) // 2, (A4_HEIGHT - rows * height) // 2
    return Template("plain", columns, rows, width, height, left, top, width, height, plain=True)


def list_fitting_sheets(label: Label) -> list[Template]:
    """The die-cut sheets whose cells take it, the closest first, and a plain one last."""
    cut = sorted(
        (template for template in TEMPLATES.values() if template.takes(label)),
        key=lambda template: template.width * template.height,
    )
    whole = find_plain_sheet(label)
    return [*cut, whole] if whole else cut

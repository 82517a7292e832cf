"""What a fake printer has put out, for those who wait for it."""

import threading
from dataclasses import dataclass, field

from PIL import Image

from .interpreter import Interpreter


@dataclass(kw_only=True)
class Tray:
    """Its sheets in their order, and how often the drawer was kicked."""

    sheets: list[Image.Image] = field(default_factory=list)
    kicks: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def wait_for_sheets(self, count: int, seconds: float = 10) -> list[Image.Image]:
        """The sheets, once there are so many. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.sheets) >= count, seconds):
                raise TimeoutError(f"{len(self.sheets)} of {count} sheets were printed")
            return list(self.sheets)

    def _keep(self, reader: Interpreter) -> None:
        with self._changed:
            self.sheets += reader.paper.sheets
            self.kicks += reader.paper.kicks
            reader.paper.sheets, reader.paper.kicks = [], 0
            self._changed.notify_all()

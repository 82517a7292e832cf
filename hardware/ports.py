"""What a till asks of its devices, and what they raise when they can't."""

from typing import Protocol

from .slip import Slip


class DeviceError(Exception):
    """A device did not do as asked. `permanent`: trying again can't help until a person mends something.

    `code` names what a person should do: `printer_unreachable`, `paper_out`, `cover_open`, `cutter_jammed`,
    `printer_failed`, `device_misconfigured`, or `printer_broke_off` when a part may be on paper already.
    """

    def __init__(self, code: str, detail: str = "", *, permanent: bool = False) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.permanent = permanent


class PrinterPort(Protocol):
    """A printer of slips. `name` is what people call it."""

    name: str

    def print(self, slip: Slip) -> None:
        """Put the whole slip on paper, or raise DeviceError; a part may then be on paper."""

    def check(self) -> str:
        """Raise DeviceError if it could not print now. What should be seen to soon (`paper_low`), or "".

        A printer that can't answer is taken for ready.
        """

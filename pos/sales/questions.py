"""sales/questions.py — what only the cashier can answer before an act at the till can go on.

A question is raised within the unit of work, which is rolled back. The till shows `panel`, and the answer sends the same
request again with one field more, `answer`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from ..admission.gate import Verdict
from ..catalog.models import Product
from ..journal.record import record
from ..kernel.actor import Actor
from ..shifts.drawer import get_shift


@dataclass(frozen=True, slots=True)
class OfferedLot:
    """A lot on the floor with the gate's word on it, for the cashier to match with the pack in hand."""

    lot_id: int
    number: str
    expires_on: date | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PackDates:
    """The days that a pack's own code names; `is_confirmed`: the cashier saw that the books say others, and it is that lot."""

    ends_on: date | None = None
    made_on: date | None = None
    is_confirmed: bool = False


NO_DATES = PackDates()
MOST_LIKELY = 3


class Question(Exception):
    """`panel`: the template that asks. `answer`: the form field that the answer adds to the request.

    `is_journaled`: to ask tells the cashier something, so that it is in the journal, whatever is answered.
    """

    panel: ClassVar[str]
    answer: ClassVar[str]
    is_journaled: ClassVar[bool] = False

    def __init__(self, product_name: str = "") -> None:
        super().__init__(product_name)
        self.product_name = product_name

    def write_to_journal(self, session: Session, *, by: Actor, at: datetime) -> None:
        """In a unit of work of its own, because the act's was rolled back. Where `is_journaled`."""


class WhichLot(Question):
    """A scan that names no lot, while a lot of that product on the floor may not be sold; or one whose lot is unclear.

    `is_run_together`: the code names a lot, and nobody can tell where its number ends. `is_made_unknown`: it names a day
    of making that no lot on the floor has. `likely`: the few that are shown at once; `others` that may be sold and those
    that are `stopped` are folded, so that the panel is no longer than the screen.
    """

    panel, answer = "which_lot", "lot_id"

    def __init__(
        self,
        product: Product,
        offered: Sequence[OfferedLot],
        pack: PackDates,
        *,
        is_run_together: bool = False,
        is_made_unknown: bool = False,
    ) -> None:
        super().__init__(product.name)  # not the row itself, which ends with the unit of work
        sellable = [lot for lot in offered if lot.verdict.admitted]
        self.likely, self.others = sellable[:MOST_LIKELY], sellable[MOST_LIKELY:]
        self.stopped = [lot for lot in offered if not lot.verdict.admitted]
        self.offered, self.pack = offered, pack
        self.is_run_together, self.is_made_unknown = is_run_together, is_made_unknown


class WhichDates(Question):
    """The pack's code names other days than the books have for its lot, all of them still to come or long past."""

    panel, answer = "which_dates", "dates"

    def __init__(self, product: Product, lot: Any, pack: PackDates) -> None:
        super().__init__(product.name)
        self.lot_number = lot.number
        self.pack, self.books = pack, PackDates(lot.expires_on, lot.made_on)


class WhatAge(Question):
    """Alcohol, and nobody has asked yet how old the buyer is."""

    panel, answer = "age", "age"


class WhichProduct(Question):
    """Several things have this code: products, and (`receipt`) a receipt of this number."""

    panel, answer = "which_product", "product_id"

    def __init__(self, choices: Sequence[tuple[int, str]], receipt: int | None = None) -> None:
        super().__init__()
        self.choices, self.receipt = choices, receipt


class IsReferenceRight(Question):
    """The number on the terminal's slip was typed already: the same slip twice, or a number that came again?

    `used_number`: the receipt that it paid for; None for money that was no sale's.
    """

    panel, answer = "card_again", "sure"

    def __init__(self, reference: str, used_number: int | None, used_at: datetime) -> None:
        super().__init__()
        self.reference, self.used_number, self.used_at = reference, used_number, used_at


class IsFloatRight(Question):
    """A float that no drawer begins with, 450 đồng or 500 million: was it mistyped?"""

    panel, answer = "float_odd", "sure"

    def __init__(self, float_vnd: int) -> None:
        super().__init__()
        self.float_vnd = float_vnd


class IsCountRight(Question):
    """A shift is about to close with more or less in the drawer than its books have: count again, or close it so?

    The answer is the difference that it agrees to: after another count the question is another one.
    """

    panel, answer, is_journaled = "shift_differs", "difference", True

    def __init__(self, shift_number: int, counted_vnd: int, expected_vnd: int) -> None:
        super().__init__()
        self.shift_number, self.counted_vnd, self.expected_vnd = shift_number, counted_vnd, expected_vnd

    @property
    def difference_vnd(self) -> int:
        return self.counted_vnd - self.expected_vnd

    def write_to_journal(self, session: Session, *, by: Actor, at: datetime) -> None:
        """The first count, whatever is counted after it: the question tells the difference."""
        shift = get_shift(session, self.shift_number)
        record(session, "count_differs", by=by, at=at, subject=shift, counted_vnd=self.counted_vnd,
               expected_vnd=self.expected_vnd)  # fmt: skip


class IsHandOverRight(IsCountRight):
    """The same when the drawer is handed over to another cashier within the shift."""

    panel = "hand_over_differs"


class WhoTakesOver(Question):
    """The drawer is counted: who takes it? They choose their name and type their PIN."""

    panel, answer = "hand_over_to", "login"

    def __init__(self, counted_vnd: int) -> None:
        super().__init__()
        self.counted_vnd = counted_vnd


class IsAmountRight(Question):
    """A nought too many, or the three noughts left out?"""

    panel, answer = "cash", "sure"

    def __init__(self, given_vnd: int) -> None:
        super().__init__()
        self.given_vnd = given_vnd

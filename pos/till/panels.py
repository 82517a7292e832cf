"""till/panels.py — the right half of the till: which template, the sound that goes with it, and what that template shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from ..catalog.models import Product
from ..journal.models import JournalRow
from ..payments.models import BankAccount
from ..sales.debts import Debt
from ..sales.exchange import ExchangeSplit
from ..sales.models import Basket, Discount, Extra, Sale, SaleLine, Tender, TenderKind
from ..sales.money_models import Buyer, Taking, TenderCorrection
from ..sales.priced_basket import PricedBasket
from ..sales.queries import find_cash, sum_by_kind
from ..sales.questions import Question
from ..sales.transfers import CodeState
from ..shifts.drawer import ShiftTakings
from ..shifts.models import CashDocument, HandOver, Shift, ShiftClose
from ..shifts.queries import CashierActs, NextFloat
from ..stock.models import Lot
from ..vouchers.models import Voucher
from ..web.reasons import ReasonText
from .price_check import CheckedPrice


@dataclass(frozen=True, kw_only=True)
class Panel:
    """`name`: of the template, `till/panel_<name>.html`. This class serves those that show nothing but their form.

    After an act that was stopped: `errors` by form field, `above` what belongs to no field, `typed` what the form had.
    `is_done`: whoever shows it after an act has done the act; else only looked or asked, and does so again when the same
    request comes again. `made`: the number of what the act made, for whoever shows it again.
    """

    is_done: ClassVar[bool] = True
    name: str
    sound: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    above: Sequence[ReasonText] = ()

    @property
    def made(self) -> str:
        return ""


@dataclass(frozen=True, kw_only=True)
class PayPanel(Panel):
    """`taken_off`: the product that just left the basket, "" for an extra. `was_called`: the manager has it on a list.

    `next_float`: where the float just typed differs from what stayed in the drawer. `cash_document`: just written.
    """

    name: str = "pay"
    taken_off: str | None = None
    was_called: bool = False
    next_float: NextFloat | None = None
    cash_document: CashDocument | None = None


@dataclass(frozen=True, kw_only=True)
class RepeatedRequest:
    """The request to be sent once more, with the answer to a question or without: its address and its fields."""

    address: str
    fields: Sequence[tuple[str, str]]
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class QuestionPanel(Panel):
    """Asks the cashier; `name` is the question's own template."""

    question: Question
    repeated: RepeatedRequest


@dataclass(frozen=True, kw_only=True)
class RefusedPanel(Panel):
    """What the gate refused. `count`: the product whose lots may be counted here. `shelf_vnd`: the price to sell at instead."""

    name: str = "refused"
    sound: str = "no"
    reasons: Sequence[ReasonText]
    product: str
    count: int | None
    shelf_vnd: int | None
    repeated: RepeatedRequest


@dataclass(frozen=True, kw_only=True)
class CheckPanel(Panel):
    """A price that is looked at: nothing before the first scan. `repeated`: the same scan, to be put into the basket."""

    is_done: ClassVar[bool] = False
    name: str = "check"
    found: CheckedPrice | None = None
    repeated: RepeatedRequest | None = None


@dataclass(frozen=True, kw_only=True)
class WeightPanel(Panel):
    """How heavy is it? `wrong`: what was typed and is no weight. `price_vnd`: a kilogram's."""

    is_done: ClassVar[bool] = False
    name: str = "weight"
    product: Product
    wrong: str
    price_vnd: int | None
    repeated: RepeatedRequest


@dataclass(frozen=True, kw_only=True)
class CountPanel(Panel):
    """Which lot of the product is in hand, and how many; `lots`: the newest first. `elsewhere`: what is not on the floor."""

    name: str = "count"
    sound: str = "look"
    product: Product
    lots: Sequence[Lot]
    elsewhere: Sequence[Any] = ()


@dataclass(frozen=True, kw_only=True)
class ExtrasPanel(Panel):
    """Bags and services; `asked`: the one whose price is typed."""

    is_done: ClassVar[bool] = False
    name: str = "extras"
    extras: Sequence[Extra]
    asked: Extra | None = None


@dataclass(frozen=True, kw_only=True)
class DiscountPanel(Panel):
    """The discounts of the basket, and a new one. `staff_bp`: the shop's rate for its own people; 0: it has none."""

    name: str = "discount"
    sound: str = "look"
    staff_bp: int


@dataclass(frozen=True, kw_only=True)
class VoucherSalePanel(Panel):
    """A gift voucher is sold. `until`: the last day that it would be good for."""

    is_done: ClassVar[bool] = False
    name: str = "voucher_sale"
    until: date


@dataclass(frozen=True, kw_only=True)
class VoucherDonePanel(Panel):
    """A voucher that was just sold (`letters`: of its code, shown this once), taken back (`back`), or looked at (`left_vnd`)."""

    name: str = "voucher_done"
    sound: str = "done"
    voucher: Voucher
    letters: str = ""
    back: Taking | None = None
    left_vnd: int | None = None


@dataclass(frozen=True, kw_only=True)
class AccountPanel(Panel):
    """Who buys on account. `owed_vnd`: what each buyer owes already."""

    is_done: ClassVar[bool] = False
    name: str = "account"
    buyers: Sequence[Buyer]
    owed_vnd: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class DebtsPanel(Panel):
    """Debts that are open; `paid`: what was just received for one, `debt`: what is left of that."""

    is_done: ClassVar[bool] = False
    name: str = "debts"
    debts: Sequence[Debt]
    paid: Taking | None = None
    debt: Debt | None = None


@dataclass(frozen=True, kw_only=True)
class DebtPaidPanel(DebtsPanel):
    is_done: ClassVar[bool] = True
    sound: str = "done"


@dataclass(frozen=True, kw_only=True)
class ExchangePanel(Panel):
    """What an exchange comes to: the goods that come back (`parts`: thousandths by line) for what lies in the basket."""

    is_done: ClassVar[bool] = False
    name: str = "exchange"
    sound: str = "look"
    sale: Sale
    lines: Sequence[SaleLine]
    parts: Mapping[int, int]
    split: ExchangeSplit
    key: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ParkedPanel(Panel):
    """Baskets that wait, at any till of the shop."""

    name: str = "parked"
    baskets: Sequence[PricedBasket]


@dataclass(frozen=True, kw_only=True)
class DonePanel(Panel):
    """A sale, refund or void with its tenders; `returned`: of the refund that it was exchanged with."""

    name: str = "done"
    sound: str = "done"
    sale: Sale
    tenders: Sequence[Tender]
    returned: Sequence[Tender] = ()

    @property
    def cash(self) -> Tender | None:
        return find_cash(self.tenders)

    @property
    def is_on_account(self) -> bool:
        """Was nothing of it paid yet?"""
        return {tender.kind for tender in self.tenders if tender.amount_vnd} == {TenderKind.ACCOUNT}

    @property
    def handed_vnd(self) -> int:
        """The cash that was handed over; in an exchange without what the goods that came back paid."""
        back_vnd = sum_by_kind(self.returned).get(TenderKind.CASH, 0)
        return (self.cash.given_vnd if self.cash else 0) + back_vnd

    @property
    def given_back(self) -> dict[str, int]:
        """By kind what an exchange gives out: what came back was worth more than the new goods."""
        back, paid = sum_by_kind(self.returned), sum_by_kind(self.tenders)
        worth_more = sum(-vnd for vnd in back.values()) > sum(paid.values())
        over = {kind: -vnd - paid.get(kind, 0) for kind, vnd in back.items()} if worth_more else {}
        return {kind: vnd for kind, vnd in over.items() if vnd > 0}

    @property
    def made(self) -> str:
        return str(self.sale.number)


@dataclass(frozen=True, kw_only=True)
class TransferPanel(Panel):
    """The code on the screen and how its basket stands. `picture`: an SVG. `limit_vnd`: up to which a cashier alone confirms."""

    name: str = "transfer"
    state: CodeState
    account: BankAccount
    bank_name: str
    picture: str
    limit_vnd: int


@dataclass(frozen=True, kw_only=True)
class SalesPanel(Panel):
    """Receipts of a day; `asked`: what was typed, by field; `odd`: what is wrong, by field."""

    name: str = "sales"
    found: Sequence[Sale]
    asked: Mapping[str, str]
    odd: Mapping[str, str]
    day: date


@dataclass(frozen=True, kw_only=True)
class SalePanel(Panel):
    """One receipt and what may be done to it; `is_last`: it can be voided. `is_printed`: again, just now, in `language`."""

    name: str = "sale"
    sale: Sale
    lines: Sequence[SaleLine]
    tenders: Sequence[Tender]
    discounts: Sequence[Discount]
    corrections: Sequence[TenderCorrection]
    is_last: bool
    is_printed: bool = False
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class RefundPanel(Panel):
    """`back_milli`: how much came back already, by line. `key`: of the request that is answered again; "" for a new one.

    `other_vnd`: what a card or a transfer paid and has not given back.
    """

    is_done: ClassVar[bool] = False
    name: str = "refund"
    sound: str = "look"
    sale: Sale
    lines: Sequence[SaleLine]
    back_milli: Mapping[int, int]
    key: str = ""
    other_vnd: int = 0


@dataclass(frozen=True, kw_only=True)
class ShiftClosedPanel(Panel):
    """`head`: the journal's newest row, for the shift book. `parked`: baskets that wait at this till. `z_number`: of the Z.

    `explanations`: what was told about a difference since. `figures`: what the Z froze, empty where the shift has none.
    """

    name: str = "shift_closed"
    sound: str = "done"
    close: ShiftClose
    shift: Shift
    takings: ShiftTakings
    parked: Sequence[Basket]
    head: str
    cashiers: Sequence[CashierActs]
    explanations: Sequence[JournalRow]
    z_number: int | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def made(self) -> str:
        return str(self.shift.number)


@dataclass(frozen=True, kw_only=True)
class HandedOverPanel(Panel):
    """The drawer is in other hands; what was missing or over is told now."""

    name: str = "handed_over"
    sound: str = "done"
    hand_over: HandOver

    @property
    def made(self) -> str:
        return str(self.hand_over.shift_number)


def make_empty_panel(name: str) -> Panel:
    """The panel of this name before anything is shown on it."""
    kinds: dict[str, type[PayPanel | CheckPanel]] = {"pay": PayPanel, "check": CheckPanel}
    return kinds[name]() if name in kinds else Panel(name=name)

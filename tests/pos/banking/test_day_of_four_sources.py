"""A day told by poll, webhook, statement and hand, each transfer by two of them, in any order: every đồng is in the books once."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from pos.banking.note_transfer import OTHER, make_hand_signal, note_transfer
from pos.banking.queries import read_day
from pos.banking.take_in import take_in_signals
from pos.kernel.actor import SYSTEM, Approval
from pos.kernel.clock import SHOP_ZONE, day_start
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.payments.accounts import get_account
from pos.payments.feeds import sepay, sepay_webhook
from pos.payments.models import BankAccount, BankTransfer, TransferReport
from pos.payments.receive import join_report, list_waiting_reports
from pos.payments.signals import Direction, TransferSignal
from pos.payments.statements.list_signals import list_signals
from pos.sales.basket import add_goods, get_open_basket, park_basket
from pos.sales.models import Sale
from pos.sales.transfers import show_basket_code
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop
from tests.pos.payments import statement_files as files
from tests.pos.sales.test_refund import goods_at
from tests.pos.sales.transfer_steps import NUMBER, an_account

EVENING = day_start(TODAY) + timedelta(hours=19)
DOWNLOADED = 15  # o'clock: the statement holds all that came before
AMOUNTS = (20_000, 45_000, 50_000, 120_000)
PRICE = 60_000
ALONE = Approval(MANAGER, "", EVENING)  # nobody else works here


@dataclass
class Payment:
    """What truly happened. `parts`: what each of its two sources tells, by the source."""

    n: int
    at: datetime
    change_vnd: int
    reference: str
    text: str
    is_day_only: bool
    sources: tuple[str, str]
    signals: dict[str, TransferSignal] = field(default_factory=dict)


def make_codes(session: Session, count: int) -> list[str]:
    """So many baskets wait for 60.000 đồng each; their codes."""
    (product,) = goods_at(session, (PRICE, "piece"))
    an_open_shift(session)
    an_account(session)
    codes = []
    for _n in range(count):
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        codes.append(show_basket_code(session, station=STATION, by=CASHIER, at=MORNING).purpose)
        park_basket(session, get_open_basket(session, STATION), "", by=CASHIER, at=MORNING)
    return codes


def make_payments(dice: random.Random, codes: list[str]) -> list[Payment]:
    """60 of them: the same few amounts, minutes apart; of those within ten minutes of their like all sources tell the bank's number."""
    minutes = sorted(dice.sample(range(9 * 60, 18 * 60), 60))
    payments = []
    for n, minute in enumerate(minutes):
        at = day_start(TODAY) + timedelta(minutes=minute, seconds=dice.randrange(60))
        change = dice.choice(AMOUNTS) * dice.choice((1, 1, 1, -1))
        others = ("sepay", "sepay_webhook", "by_hand")
        told_by = (
            ("statement", dice.choice(others)) if minute < DOWNLOADED * 60 else tuple(dice.sample(others, 2))
        )
        text = "chuyen tien"
        if n % 6 == 0 and codes:
            change, text = (
                dice.choice((PRICE, PRICE, 20_000)),
                f"CT DEN {codes[n // 6 % len(codes)]} mua hang",
            )
        payments.append(Payment(n, at, change, "", text, n % 5 == 0, told_by))  # type: ignore[arg-type]
    for payment in payments:
        if has_number(dice, payment, payments):
            payment.reference = f"FT26328{payment.n:06}"
    return payments


def has_number(dice: random.Random, payment: Payment, payments: list[Payment]) -> bool:
    is_close = any(
        other is not payment
        and other.change_vnd == payment.change_vnd
        and abs(other.at - payment.at) < timedelta(minutes=3)
        for other in payments
    )
    return is_close or dice.random() < 0.5


def tell_poll(payment: Payment) -> TransferSignal:
    way = "in" if payment.change_vnd > 0 else "out"
    return sepay.read_transaction({
        "id": f"uuid-{payment.n}", "transaction_date": f"{payment.at.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}", "account_number": NUMBER,
        "transfer_type": way, "amount_in": max(payment.change_vnd, 0), "amount_out": max(-payment.change_vnd, 0), "accumulated": 0,
        "transaction_content": payment.text, "reference_number": payment.reference, "code": None,
    })  # fmt: skip


def tell_webhook(payment: Payment) -> TransferSignal:
    body = {
        "id": 1_000 + payment.n, "gateway": "MBBank", "transactionDate": f"{payment.at.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}",
        "accountNumber": NUMBER, "subAccount": None, "code": None, "content": payment.text.upper(),
        "transferType": "in" if payment.change_vnd > 0 else "out", "transferAmount": abs(payment.change_vnd), "accumulated": 0,
        "referenceCode": payment.reference, "description": "",
    }  # fmt: skip
    return sepay_webhook.read_signal(json.dumps(body).encode())


def tell_hand(payment: Payment, account_id: int) -> TransferSignal:
    """By the minute, as the app shows it."""
    with open_reading() as session:
        account = get_account(session, account_id)
    way = Direction.IN if payment.change_vnd > 0 else Direction.OUT
    seen_at = payment.at.replace(second=0)
    return make_hand_signal(
        account, way, abs(payment.change_vnd), seen_at, payment.reference, payment.text, f"hand-{payment.n}"
    )


def tell_statement(payments: list[Payment], folder: Path) -> list[TransferSignal]:
    """A file of MB's form; some of its lines have a day alone."""
    told = [payment for payment in payments if "statement" in payment.sources]
    rows = files.mb(
        [
            files.Transfer(payment.at.astimezone(SHOP_ZONE).replace(tzinfo=None), payment.change_vnd, payment.reference, payment.text)
            for payment in told
        ]
    )  # fmt: skip
    first = next(n for n, row in enumerate(rows) if row and str(row[0]).startswith("Ngày giao dịch")) + 1
    for row, payment in zip(rows[first:], told, strict=False):
        if payment.is_day_only:
            row[0] = row[0][:10]
    statement = files.read_file(folder, files.as_xlsx(rows))
    assert len(statement.lines) == len(told)
    by_row = {line.row: signal for line, signal in zip(statement.lines, list_signals(statement, NUMBER), strict=True)}  # fmt: skip
    return [by_row[first + n + 1] for n in range(len(told))]


class Teller:
    """The day's sources and the person who knows what truly happened."""

    def __init__(self, account_id: int, payments: list[Payment]) -> None:
        self.account_id = account_id
        self.truth = {
            (source, signal.source_key): payment
            for payment in payments
            for source, signal in payment.signals.items()
        }

    def find_number(self, session: Session, payment: Payment) -> int | None:
        """The transfer in the books that shows this payment: whose first report tells of it."""
        first: dict[int, Payment] = {}
        for report in session.query(TransferReport).order_by(TransferReport.id):
            if report.transfer_number is not None:
                first.setdefault(report.transfer_number, self.truth[report.source, report.source_key])
        return next((number for number, shown in first.items() if shown is payment), None)

    def tell(self, payment: Payment, source: str) -> None:
        signal = payment.signals[source]
        if source != "by_hand":
            take_in_signals(self.account_id, [signal], lambda *_: None, by=SYSTEM, at=EVENING)
            return
        try:
            note_transfer(
                self.account_id, signal, "", lambda *_: None, by=MANAGER, at=EVENING, approval=ALONE
            )
        except Refused:
            with open_reading() as session:
                number = self.find_number(session, payment)
            note_transfer(
                self.account_id,
                signal,
                str(number or OTHER),
                lambda *_: None,
                by=MANAGER,
                at=EVENING,
                approval=ALONE,
            )

    def answer(self) -> int:
        """A person says of each line that waits which transfer it is. How many there were."""
        with unit_of_work() as session:
            waiting = list_waiting_reports(session)
            for report in waiting:
                number = self.find_number(session, self.truth[report.source, report.source_key])
                join_report(session, report, number, by=MANAGER, at=EVENING)
            return len(waiting)


def prepare(folder: Path, seed: int) -> tuple[Teller, list[Payment], list[str]]:
    dice = random.Random(seed)
    with unit_of_work() as session:
        codes = make_codes(session, 7)
        account_id = session.query(BankAccount).one().id
    payments = make_payments(dice, codes)
    statement = dict(zip([p.n for p in payments if "statement" in p.sources], tell_statement(payments, folder), strict=True))  # fmt: skip
    for payment in payments:
        for source in payment.sources:
            payment.signals[source] = (
                statement[payment.n] if source == "statement" else tell_poll(payment) if source == "sepay"
                else tell_webhook(payment) if source == "sepay_webhook" else tell_hand(payment, account_id)
            )  # fmt: skip
    return Teller(account_id, payments), payments, codes


def compute(payments: list[Payment], codes: list[str]) -> dict[str, int]:
    """By plain arithmetic: what a basket's codes brought up to its price is received, the rest is to give back."""
    came = Counter(dict.fromkeys(codes, 0))
    for payment in payments:
        for code in codes:
            if code in payment.text:
                came[code] += payment.change_vnd
    received = sum(min(vnd, PRICE) for vnd in came.values())
    return {
        "in": sum(max(p.change_vnd, 0) for p in payments), "out": sum(max(-p.change_vnd, 0) for p in payments),
        "received": received, "surplus": sum(came.values()) - received, "sold": sum(PRICE for vnd in came.values() if vnd >= PRICE),
    }  # fmt: skip


def run_day(folder: Path, seed: int) -> None:
    teller, payments, codes = prepare(folder, seed)
    order = [(payment, source) for payment in payments for source in payment.sources]
    dice = random.Random(seed + 1)
    dice.shuffle(order)
    for n, (payment, source) in enumerate(order):
        teller.tell(payment, source)
        if n % 17 == 0:
            teller.answer()
    teller.answer()
    take_in_signals(teller.account_id, [], lambda *_: None, by=SYSTEM, at=EVENING)
    check_day(payments, codes)
    for payment, source in dice.sample(order, 20):  # told again by whoever told it
        if source != "by_hand":
            teller.tell(payment, source)
    check_day(payments, codes)


def check_day(payments: list[Payment], codes: list[str]) -> None:
    wanted = compute(payments, codes)
    with open_reading() as session:
        booked = Counter((t.amount_vnd if t.direction == "in" else -t.amount_vnd) for t in session.query(BankTransfer))  # fmt: skip
        assert booked == Counter(payment.change_vnd for payment in payments)
        sums = read_day(session, TODAY)
        assert (sums.in_vnd, sums.out_vnd) == (wanted["in"], wanted["out"])
        assert sums.in_count + sums.out_count == len(payments)
        assert sums.by_use == {use: wanted[use] for use in ("received", "surplus") if wanted[use]}
        assert sums.unmatched_vnd == wanted["in"] + wanted["out"] - wanted["received"] - wanted["surplus"]
        assert sums.sold_vnd == wanted["sold"]
        assert session.query(TransferReport).filter_by(transfer_number=None).count() == 0
        assert session.query(Sale).count() == wanted["sold"] // PRICE
        assert verify_books(session) == []


def test_a_day_is_in_the_books_once_whatever_the_order(any_shop: Shop, tmp_path: Path) -> None:
    any_shop.clock.at = EVENING
    run_day(tmp_path, 1)


@pytest.mark.parametrize("seed", range(2, 6))
def test_in_other_orders_of_other_days(shop: Shop, tmp_path: Path, seed: int) -> None:
    shop.clock.at = EVENING
    run_day(tmp_path, seed)

"""Bank transfers: a webhook's call until its sale is written, many signals against many codes, a till beside a provider that hangs."""

import random
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec

from pos.app import make_poller
from pos.banking.take_in import PART
from pos.config import Bank
from pos.demo.played_webhooks import make_sepay_call
from pos.demo.playing_bank import Fault, PlayingBank
from pos.kernel.actor import SYSTEM
from pos.kernel.clock import Clock
from pos.kernel.database import db, unit_of_work
from pos.payments.accounts import get_account
from pos.payments.models import BankAccount, PaymentCode
from pos.payments.purpose_code import make_purpose_code
from pos.payments.receive import receive_signals
from pos.payments.secret_store import SecretStore
from pos.payments.signals import Direction, TransferSignal

from .catalogue import code_of
from .figures import Figure, milliseconds, p50, p95, timed
from .shop import STATION, Till, app_over
from .sizes import Sizes

NUMBER = "19001234567890"
MOST_WEBHOOK_MS, MOST_MATCH_S, MOST_BESIDE = 500, 2.0, 1.10
ROUNDS = 4
EXPECTED_A_SIGNAL = 10  # signals for each code that is expected


def measure(folder: Path, other: Path, sizes: Sizes) -> list[Figure]:
    """Each in a shop with goods; the matching in one without."""
    till = Till(folder)
    with till.app.app_context(), PlayingBank(Clock(), hangs_s=60) as bank:
        account = _add_account(bank, folder, till)
        figures = [*_measure_webhook(till, bank, account, sizes), *_measure_beside_hang(till, bank, sizes)]
        db.engine.dispose()
    return figures + _measure_matching(other, sizes)


def _add_account(bank: PlayingBank, folder: Path, till: Till) -> BankAccount:
    with unit_of_work() as session:
        account = BankAccount(
            bank_bin="970422", number=NUMBER, holder="HO KINH DOANH MAU", feed="sepay", key="bench",
            changed_at=datetime.now(UTC),
        )  # fmt: skip
        session.add(account)
    store = SecretStore(folder)
    store.write(account.id, "sepay_token", bank.books.keys.sepay_token)
    store.write(account.id, "sepay_webhook", bank.books.keys.sepay_secret)
    config = till.app.extensions["ocop_config"]
    settings = msgspec.structs.replace(
        Bank(), sepay_url=bank.sepay_url, sepay_quick_seconds=0.5, slow_seconds=0.5
    )
    till.app.extensions["ocop_config"] = msgspec.structs.replace(config, bank=settings)
    return account


def _measure_webhook(till: Till, bank: PlayingBank, account: BankAccount, sizes: Sizes) -> list[Figure]:
    """From the call until it is answered: the sale is written then."""
    taken = []
    for n in range(1, sizes.views + 1):
        till.scan(code_of(n))
        till.client.post("/till/transfer", data={"key": f"transfer-{n}"})
        with unit_of_work() as session:
            code = session.query(PaymentCode).order_by(PaymentCode.id.desc()).first()
        if code is None:
            raise RuntimeError("the till showed no code")
        now = datetime.now(UTC)
        transfer = bank.add_transfer(code.amount_vnd, f"CT {code.purpose}", account=NUMBER)
        headers, body = make_sepay_call(transfer, bank.books.keys.sepay_secret, now)
        address = f"/bank/hook/sepay/{account.key}"
        milli, answer = timed(partial(till.client.post, address, data=body, headers=headers))
        if (
            answer.status_code != 200
            or till.client.get(f"/till/transfer/{code.id}/state?seen=x").status_code != 200
        ):
            raise RuntimeError(f"the webhook was answered with {answer.status_code}")
        taken.append(milli)
    return [
        Figure("webhook to sale, p50", p50(taken), "ms"),
        Figure("webhook to sale, p95", p95(taken), "ms", MOST_WEBHOOK_MS),
    ]


def _measure_beside_hang(till: Till, bank: PlayingBank, sizes: Sizes) -> list[Figure]:
    """The same scans with nobody asked and while a provider hangs, by turns."""
    alone: list[float] = []
    beside: list[float] = []
    _scan_all(till, sizes)
    for _round in range(ROUNDS):
        alone += _scan_all(till, sizes)
        bank.play_fault(Fault.HANGS, times=None)
        known, poller = len(bank.calls), make_poller(till.app).start()
        _await_call(bank, known)
        beside += _scan_all(till, sizes)
        stopped = milliseconds(poller.stop)
        bank.end_faults()
    return [
        Figure("scan beside a provider that hangs, p95", p95(beside), "ms", MOST_BESIDE, p95(alone)),
        Figure("stop beside a provider that hangs", stopped, "ms"),
    ]


def _scan_all(till: Till, sizes: Sizes) -> list[float]:
    return [milliseconds(partial(till.scan, code_of(n + 1))) for n in range(sizes.views)]


def _await_call(bank: PlayingBank, known: int) -> None:
    until = time.monotonic() + 10
    while len(bank.calls) == known and time.monotonic() < until:
        time.sleep(0.01)


def _measure_matching(folder: Path, sizes: Sizes) -> list[Figure]:
    """Many signals, a tenth of which bear a code that is expected: written down and matched, in the parts in which a feed's are."""
    at, count = datetime.now(UTC), sizes.times_sold
    with app_over(folder).app_context():
        account_id, purposes = _expect_codes(count // EXPECTED_A_SIGNAL, at)
        signals = _make_signals(count, purposes, at)
        named = 0
        begun = time.perf_counter()
        for first in range(0, count, PART):
            with unit_of_work() as session:
                account = get_account(session, account_id)
                received = receive_signals(session, account, signals[first : first + PART], by=SYSTEM, at=at)
            named += sum(bool(transfer.purpose) for transfer in received.transfers)
        seconds = time.perf_counter() - begun
        db.engine.dispose()
    if named != len(purposes):
        raise RuntimeError(f"{named} of {len(purposes)} codes were found")
    return [Figure(f"{count:,} signals against {len(purposes):,} codes", seconds, "s", MOST_MATCH_S)]


def _expect_codes(count: int, at: datetime) -> tuple[int, list[str]]:
    with unit_of_work() as session:
        account = BankAccount(
            bank_bin="970422", number=NUMBER, holder="HO KINH DOANH MAU", key="bench", changed_at=at
        )
        session.add(account)
        session.flush()
        codes = [
            PaymentCode(
                purpose=make_purpose_code(), account_id=account.id, basket_id=n, basket_version=1, amount_vnd=50_000,
                station=STATION, shown_by_name="Thu ngân", shown_at=at,
            )
            for n in range(count)
        ]  # fmt: skip
        session.add_all(codes)
        return account.id, [code.purpose for code in codes]


def _make_signals(count: int, purposes: list[str], at: datetime) -> list[TransferSignal]:
    dice = random.Random(1)
    return [
        TransferSignal(
            "sepay", f"id-{n}", NUMBER, Direction.IN, dice.randrange(1, 500) * 1000,
            at - timedelta(seconds=dice.randrange(40_000)), reference=f"FT{n:08}",
            text=f"MBVCB.{n:010}.{dice.randrange(10**6):06}."
            f"{'tien hang' if n % EXPECTED_A_SIGNAL else purposes[n // EXPECTED_A_SIGNAL]}.CT tu 0011 NGUYEN VAN A",
        )
        for n in range(count)
    ]  # fmt: skip

"""payments/statements/list_signals.py — a statement's lines as signals, each with the key that it has in every file with this line."""

import hashlib
import json
from collections import Counter

from ...kernel.clock import business_day
from ...kernel.errors import Refused
from ..signals import STATEMENT, TransferSignal
from .letterhead import make_account
from .statement import Statement, StatementLine


def list_signals(statement: Statement, account_number: str) -> list[TransferSignal]:
    """One a line, oldest first. Raises Refused where the statement is of another account."""
    refuse_other_account(statement, account_number)
    account = make_account(account_number)
    keys = make_keys(account, statement.lines)
    return [
        TransferSignal(
            source=STATEMENT,
            source_key=key,
            account_number=account_number,
            direction=line.direction,
            amount_vnd=line.amount_vnd,
            at=line.at,
            reference=line.reference,
            text=line.text,
            balance_vnd=line.balance_vnd,
            payer_name=line.payer_name,
            payer_account=line.payer_account,
            raw=line.raw,
            is_day_only=not line.has_time,
        )
        for line, key in zip(statement.lines, keys, strict=True)
    ]


def refuse_other_account(statement: Statement, account_number: str) -> None:
    """Raises Refused. Zeros before a number make no difference: a sheet drops them."""
    found = statement.account_number
    if found and found.lstrip("0") != make_account(account_number).lstrip("0"):
        raise Refused.because("statement_other_account", found=found, expected=account_number)


def make_keys(account: str, lines: tuple[StatementLine, ...]) -> list[str]:
    """A key for each line: account, day, reference, amount, direction, and which of the lines that agree in them it is.

    Without a reference balance and text stand for it, and the time of day where there is no balance. The older of two that agree is the first: a file that goes on longer,
    or begins earlier in the day, adds numbers and changes none.
    """
    counted: Counter[str] = Counter()
    keys = [""] * len(lines)
    for n in sorted(range(len(lines)), key=lambda n: lines[n].at):
        base = _make_base(account, lines[n])
        counted[base] += 1
        keys[n] = hashlib.sha256(f"{base}#{counted[base]}".encode()).hexdigest()[:40]
    return keys


def _make_base(account: str, line: StatementLine) -> str:
    day = business_day(line.at).isoformat()
    reference = "".join(line.reference.upper().split())
    told_by = [reference] if reference else [line.balance_vnd, line.text]
    if not reference and line.balance_vnd is None and line.has_time:
        told_by.append(line.at.isoformat())
    return json.dumps([account, day, line.amount_vnd, line.direction, *told_by], ensure_ascii=False)

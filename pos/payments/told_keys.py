"""payments/told_keys.py — what sources told of an account before, by the keys that they gave it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import BankAccount, TransferReport
from .signals import TransferSignal

STEP = 400  # keys asked for in one statement
ToldKeys = Mapping[tuple[str, str], tuple[str, int]]  # way and amount, by source and key


def read_told_keys(session: Session, account: BankAccount, signals: Sequence[TransferSignal]) -> ToldKeys:
    """Those of these signals that are written down."""
    told: dict[tuple[str, str], tuple[str, int]] = {}
    keys = sorted({signal.source_key for signal in signals})
    for first in range(0, len(keys), STEP):
        query = select(
            TransferReport.source,
            TransferReport.source_key,
            TransferReport.direction,
            TransferReport.amount_vnd,
        ).where(
            TransferReport.account_id == account.id, TransferReport.source_key.in_(keys[first : first + STEP])
        )
        for source, key, direction, amount_vnd in session.execute(query):
            told[source, key] = direction, amount_vnd
    return told


def list_fresh(signals: Sequence[TransferSignal], told: ToldKeys) -> list[TransferSignal]:
    """Those that their source has not told before, each once."""
    fresh: dict[tuple[str, str], TransferSignal] = {}
    for signal in signals:
        if (name := (signal.source, signal.source_key)) not in told:
            fresh.setdefault(name, signal)
    return list(fresh.values())


def list_changed(signals: Sequence[TransferSignal], told: ToldKeys) -> tuple[TransferSignal, ...]:
    """Those whose source told another amount or way under their key, before or among these."""
    known, changed = dict(told), []
    for signal in signals:
        facts = signal.direction.value, signal.amount_vnd
        if known.setdefault((signal.source, signal.source_key), facts) != facts:
            changed.append(signal)
    return tuple(changed)

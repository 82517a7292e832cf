"""payments/join.py — is this a transfer that another source told already? Pure.

A source tells a transfer under one key of its own; two sources have nothing in common for sure but account, direction and amount. So
the bank's number joins them, else the payment code, else the time; what could be two a person joins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..kernel.clock import business_day
from .signals import Direction, TransferSignal

SAME_MOMENT = timedelta(
    minutes=2
)  # two sources' times of one transfer; a person who looked types the minute alone
PERHAPS_SAME = timedelta(minutes=10)  # one source may be slow, or another buyer paid as much: a person looks
BOOKED_WITHIN = timedelta(days=3)  # a night's or weekend's transfer is booked on the next working day
_FAMILIES = {
    "sepay_webhook": "sepay",
    "casso_webhook": "casso",
}  # two ways to hear of the same provider's rows


@dataclass(frozen=True, slots=True)
class KnownTransfer:
    """A transfer in the books. `sources`: who has told of it, first at `told_at`."""

    number: int
    direction: Direction
    amount_vnd: int
    at: datetime
    is_day_only: bool
    reference: str
    purpose: str
    sources: frozenset[str]
    told_at: datetime


class Ambiguous(StrEnum):
    """Why a person must say which transfer it is."""

    SEVERAL = "several"  # more than one could be it
    OTHER_REFERENCE = "other_reference"  # one could be it, but the bank's numbers differ
    OTHER_TIME = "other_time"  # one could be it, but some minutes lie between


def find_twin(
    signal: TransferSignal, purpose: str, known: Iterable[KnownTransfer], at: datetime
) -> KnownTransfer | Ambiguous | None:
    """The transfer that the signal tells of, at `at`; None where it is a new other. `purpose`: the payment code in its text, "" for none."""
    same = [other for other in known if could_be(signal, purpose, other)]
    by_reference = [
        other
        for other in same
        if _has_same_reference(signal, other) and _is_near(signal, other, BOOKED_WITHIN)
    ]
    if by_reference:
        return _choose_nearest(
            signal, by_reference, is_sure=len({other.purpose for other in by_reference}) == 1
        )
    near = [other for other in same if _is_same_time(signal, other)]
    by_code = [other for other in near if purpose and other.purpose == purpose]
    candidates = by_code or near
    if not candidates:
        return None
    if all(_has_other_reference(signal, other) for other in candidates) and not _is_same_transfer(
        signal, by_code
    ):
        return Ambiguous.OTHER_REFERENCE
    sure = [other for other in candidates if _is_surely_same_time(signal, other, at)]
    if not sure:
        return Ambiguous.OTHER_TIME
    return _choose_nearest(signal, sure if by_code else candidates, is_sure=bool(by_code))


def _choose_nearest(
    signal: TransferSignal, candidates: Sequence[KnownTransfer], *, is_sure: bool
) -> KnownTransfer | Ambiguous:
    """The nearest in time; where they may be of two buyers, only if there is other."""
    if len(candidates) > 1 and not is_sure:
        return Ambiguous.SEVERAL
    return min(candidates, key=lambda other: (abs(other.at - signal.at), other.number))


def could_be(signal: TransferSignal, purpose: str, other: KnownTransfer) -> bool:
    """Nothing speaks against it: same way, same amount, not told by this source before, no other code."""
    if signal.source in other.sources:  # most are: a feed's newest row has many alike that it told before
        return False
    is_same = (other.direction, other.amount_vnd) == (signal.direction, signal.amount_vnd)
    codes_differ = bool(purpose and other.purpose and purpose != other.purpose)
    is_other_row = _is_of_one_provider(signal, other) and _has_other_reference(signal, other)
    return is_same and not codes_differ and not is_other_row


def could_be_told_again(signal: TransferSignal, purpose: str, other: KnownTransfer) -> bool:
    """Might its own source have told it before, under another key? Same day, way and amount, and no other code."""
    is_same = (other.direction, other.amount_vnd) == (signal.direction, signal.amount_vnd)
    is_same_day = business_day(other.at) == business_day(signal.at)
    is_code_other = bool(purpose and other.purpose and purpose != other.purpose)
    return signal.source in other.sources and is_same and is_same_day and not is_code_other


def _is_of_one_provider(signal: TransferSignal, other: KnownTransfer) -> bool:
    family = _FAMILIES.get(signal.source, signal.source)
    return any(_FAMILIES.get(source, source) == family for source in other.sources)


def _has_same_reference(signal: TransferSignal, other: KnownTransfer) -> bool:
    return bool(signal.reference) and signal.reference == other.reference


def _has_other_reference(signal: TransferSignal, other: KnownTransfer) -> bool:
    return bool(signal.reference and other.reference) and signal.reference != other.reference


def _is_same_transfer(signal: TransferSignal, by_code: Sequence[KnownTransfer]) -> bool:
    """One code, one time of day: banks write the number of one transfer in two ways. A second payment comes at another time."""
    return any(not _is_day_only(signal, other) and _is_near(signal, other, SAME_MOMENT) for other in by_code)


def _is_day_only(signal: TransferSignal, other: KnownTransfer) -> bool:
    return signal.is_day_only or other.is_day_only


def _is_near(signal: TransferSignal, other: KnownTransfer, most: timedelta) -> bool:
    return abs(other.at - signal.at) <= most


def _is_same_time(signal: TransferSignal, other: KnownTransfer) -> bool:
    if _is_day_only(signal, other):
        days = business_day(signal.at) - business_day(other.at)
        booked_later = days if signal.is_day_only else -days
        return timedelta(0) <= booked_later <= BOOKED_WITHIN
    return _is_near(signal, other, PERHAPS_SAME)


def _is_surely_same_time(signal: TransferSignal, other: KnownTransfer, at: datetime) -> bool:
    """Within two minutes; of a day alone, if that day was over when it was told: the day's statement is whole then."""
    if signal.is_day_only and business_day(signal.at) >= business_day(at):
        return False
    if other.is_day_only and business_day(other.at) >= business_day(other.told_at):
        return False
    return _is_day_only(signal, other) or _is_near(signal, other, SAME_MOMENT)

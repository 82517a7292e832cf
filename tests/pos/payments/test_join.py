"""Is it a transfer that another source told already? Sure, a person must look, or another one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.kernel.clock import day_start
from pos.payments.join import Ambiguous, KnownTransfer, find_twin
from pos.payments.signals import Direction, TransferSignal
from tests.conftest import MORNING, TODAY

KNOWN = KnownTransfer(7, Direction.IN, 45_000, MORNING, False, "", "", frozenset({"sepay"}), MORNING)
SAME, NEW = "same", "new"
TOMORROW = MORNING + timedelta(days=1)


def judge(known: dict[str, Any], told: dict[str, Any], purpose: str = "", at: Any = MORNING) -> str:
    facts: dict[str, Any] = {"source": "statement", "source_key": "k", "account_number": "1", "direction": Direction.IN,
                             "amount_vnd": 45_000, "at": MORNING} | told  # fmt: skip
    twin = find_twin(TransferSignal(**facts), purpose, [replace(KNOWN, **known)], at)
    return twin if isinstance(twin, Ambiguous) else NEW if twin is None else SAME


DAY = {"at": day_start(TODAY), "is_day_only": True}


@pytest.mark.parametrize(("known", "told", "purpose", "at", "answer"), [
    ({}, {}, "", MORNING, SAME),
    ({}, {"at": MORNING + timedelta(minutes=2)}, "", MORNING, SAME),
    ({}, {"at": MORNING + timedelta(minutes=3)}, "", MORNING, Ambiguous.OTHER_TIME),
    ({}, {"at": MORNING + timedelta(minutes=11)}, "", MORNING, NEW),
    ({}, {"amount_vnd": 44_999}, "", MORNING, NEW),
    ({}, {"direction": Direction.OUT}, "", MORNING, NEW),
    ({}, {"source": "sepay"}, "", MORNING, NEW),
    ({"reference": "FT1"}, {"reference": "FT1", "at": MORNING + timedelta(hours=30)}, "", MORNING, SAME),
    ({"reference": "FT1"}, {"reference": "FT2"}, "", MORNING, Ambiguous.OTHER_REFERENCE),
    ({"reference": "FT1"}, {"reference": "FT2", "source": "sepay_webhook"}, "", MORNING, NEW),
    ({"purpose": "OC1", "reference": "FT1"}, {"reference": "5254 - 1"}, "OC1", MORNING, SAME),
    ({"purpose": "OC1"}, {"at": MORNING + timedelta(minutes=4)}, "OC1", MORNING, Ambiguous.OTHER_TIME),
    ({"purpose": "OC1"}, {}, "OC2", MORNING, NEW),
    ({}, DAY, "", MORNING, Ambiguous.OTHER_TIME),
    ({}, DAY, "", TOMORROW, SAME),
    (DAY, {}, "", MORNING, Ambiguous.OTHER_TIME),
    (DAY | {"told_at": TOMORROW}, {}, "", TOMORROW, SAME),
], ids=["same moment", "two minutes", "three minutes", "eleven minutes", "another sum", "the other way", "told by it before", "same number",
        "other number", "another row of one provider", "code, its number written otherwise", "paid twice with one code?", "other code",
        "a day that goes on", "a day that is over", "known of a day that went on", "known of a day that was over"])  # fmt: skip
def test_what_is_sure_and_what_a_person_says(
    known: dict[str, Any], told: dict[str, Any], purpose: str, at: Any, answer: str
) -> None:
    assert judge(known, told, purpose, at) == answer


@given(st.integers(0, 20), st.booleans(), st.sampled_from(["", "FT1", "FT2"]))
def test_two_that_could_be_it_are_never_chosen_between_without_number_or_code(
    minutes: int, is_day_only: bool, reference: str
) -> None:
    at = MORNING + timedelta(minutes=minutes)
    signal = TransferSignal("statement", "k", "1", Direction.IN, 45_000, day_start(TODAY) if is_day_only else at,
                            reference=reference, is_day_only=is_day_only)  # fmt: skip
    alike = [KNOWN, replace(KNOWN, number=8, sources=frozenset({"casso"}))]
    assert find_twin(signal, "", alike, TOMORROW) in {None, *Ambiguous}

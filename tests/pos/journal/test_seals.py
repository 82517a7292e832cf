"""Seals of rows that are written in bulk: the same as of each row by itself, or `verify` would call honest books forged."""

from datetime import UTC
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pos.journal.record import ledger_digest, seal_rows
from pos.settlement.rows import OwedKind

VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(OwedKind)
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
)
ROWS = st.lists(st.text(), unique=True, max_size=5).flatmap(
    lambda names: st.lists(st.fixed_dictionaries({"n": VALUES, **dict.fromkeys(names, VALUES)}))
)


@given(rows=ROWS)
def test_rows_sealed_together_have_the_seal_of_each(rows: list[dict[str, Any]]) -> None:
    numbered = [{**row, "id": n} for n, row in enumerate(rows)]
    assert seal_rows("goods", numbered, ["id"]) == {
        f"goods:{row['id']}": ledger_digest(row) for row in numbered
    }


def test_equal_values_of_different_kinds_have_different_seals() -> None:
    values = [1, True, 1.0, 0.0, -0.0, "1", 'a"\\\n\x00\x7fđ₫\u2028', OwedKind.SOLD, "sold"]
    rows = [{"id": n, "value": value} for n, value in enumerate(values)]
    assert list(seal_rows("goods", rows, ["id"]).values()) == [ledger_digest(row) for row in rows]

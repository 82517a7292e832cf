"""PINs: what is kept of them, and what tries cost."""

from argon2 import Type

from tests.conftest import REAL_HASHER


def test_what_is_kept_of_a_pin_is_slow_to_guess() -> None:
    """RFC 9106's second recommendation: argon2id, 64 MiB, three passes. The other tests use a quick one."""
    assert (REAL_HASHER.type, REAL_HASHER.memory_cost, REAL_HASHER.time_cost) == (Type.ID, 65_536, 3)
    kept = REAL_HASHER.hash("246813")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3")
    assert "246813" not in kept
    assert REAL_HASHER.verify(kept, "246813")

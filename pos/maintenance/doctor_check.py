"""maintenance/doctor_check.py — one thing that doctor looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """One thing looked at. `ok` or not; where not, what to do."""

    about: str
    ok: bool
    found: str
    remedy: str = ""

"""Why something was refused: a code with parameters. Its sentence is made where it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Fact = str | int | date | None


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` names the rule; `facts` are what the sentence needs (dates as dates, money as đồng)."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @classmethod
    def make(cls, code: str, /, **facts: Fact) -> "Reason":
        return cls(code, facts)

    @classmethod
    def from_plain(cls, facts: Mapping[str, Fact]) -> "Reason":
        """As the journal kept it: days as days again."""
        kept = {name: _read_day(value) for name, value in facts.items() if name != "code"}
        return cls(str(facts.get("code", "")), kept)

    def plain(self) -> dict[str, str | int | None]:
        """For the journal: a date as ISO text."""
        facts = {k: v.isoformat() if isinstance(v, date) else v for k, v in self.facts.items()}
        return {"code": self.code, **facts}


def _read_day(value: Fact) -> Fact:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value

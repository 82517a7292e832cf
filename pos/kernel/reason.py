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

    def plain(self) -> dict[str, str | int | None]:
        """For the journal: a date as ISO text."""
        facts = {k: v.isoformat() if isinstance(v, date) else v for k, v in self.facts.items()}
        return {"code": self.code, **facts}

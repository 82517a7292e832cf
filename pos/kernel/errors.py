"""What can go wrong in the shop, as four kinds. The web turns each into one status."""

from typing import Self

from .reason import Fact, Reason


class ShopError(Exception):
    """Anything the shop says no to. `status` is what HTTP calls it."""

    status = 400

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons

    def __reduce__(self) -> tuple[type[Self], tuple[Reason, ...]]:
        """Across processes with its reasons, which the text alone isn't."""
        return type(self), self.reasons

    @classmethod
    def because(cls, code: str, /, **facts: Fact) -> Self:
        return cls(Reason(code, facts))


class Refused(ShopError):
    """A rule of the shop or the law forbids it."""

    status = 422


class NotFound(ShopError):
    status = 404


class NotAllowed(ShopError):
    """The person may not do it (or not without an approval)."""

    status = 403


class Stale(ShopError):
    """Somebody else changed it meanwhile; look again."""

    status = 409

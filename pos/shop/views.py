"""shop/views.py — what the shop's policy opens to cashiers beyond the till. No routes of its own."""

from flask import g

from ..kernel.actor import Role
from ..kernel.errors import NotAllowed


def refuse_cashiers_without_policy() -> None:
    """Before each request of a room that cashiers enter only where the policy says so.

    `g.cashiers_receive` asks the policy (identity/views.py). Raises NotAllowed (`not_your_page`).
    """
    if g.actor is not None and g.actor.role is Role.CASHIER and not g.cashiers_receive():
        raise NotAllowed.because("not_your_page")

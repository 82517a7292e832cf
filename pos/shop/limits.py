"""shop/limits.py — how much of the shop's cash a cashier may move alone; above that a manager approves."""

from dataclasses import dataclass

from .models import Shop

GOOD_FOR_DAYS = 365  # a gift voucher, where the shop has set nothing else


@dataclass(frozen=True, slots=True)
class CashLimits:
    """What a cashier does without an approval.

    `discount_bp`: how much of what a basket's goods cost may be taken off it. `transfer_vnd`: up to which sum a cashier alone may say
    that a transfer has come.

    `refund_vnd`: given back of one sale in all; `refund_shift_vnd`: given back at one till in one day; `refund_days`: how old the
    sale may be (0: of today); `refund_others`: also sales of another cashier. `cash_move_vnd`: cash in and out
    that is no sale, at one till in one day, both ways added up. A day counts all shifts of the till: who closes one and
    opens another begins no new limit.
    """

    refund_vnd: int
    refund_shift_vnd: int
    refund_days: int
    refund_others: bool
    cash_move_vnd: int
    discount_bp: int
    transfer_vnd: int


def get_limits(shop: Shop) -> CashLimits:
    """The manager's own, or the defaults where none were set (a shop that is older than the limit)."""
    return CashLimits(
        refund_vnd=shop.refund_limit_vnd,
        refund_shift_vnd=_value_or_default(shop.refund_shift_limit_vnd, 500_000),
        refund_days=_value_or_default(shop.refund_days, 3),
        refund_others=bool(shop.refund_others),
        cash_move_vnd=_value_or_default(shop.cash_move_limit_vnd, 100_000),
        discount_bp=_value_or_default(shop.discount_limit_bp, 0),
        transfer_vnd=_value_or_default(shop.transfer_limit_vnd, 0),
    )


def _value_or_default(value: int | None, default: int) -> int:
    return default if value is None else value

"""vouchers — gift vouchers that the shop sells or gives: their codes, their balances."""

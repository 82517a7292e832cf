"""accounts — pages of what the shop owes and is owed: buyers on account, gift vouchers, money to give back."""

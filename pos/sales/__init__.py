"""Selling: the basket, the sale it becomes, the refund, the receipt."""

"""Producers (chủ thể OCOP) and the terms on which the shop takes their goods."""

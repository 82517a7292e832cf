"""payments/reasons.py — the sentences of this room's reasons: what is wrong, what to do, which rule says so."""

from .statements.reasons import REASONS as STATEMENT_REASONS

REASONS = {**STATEMENT_REASONS}

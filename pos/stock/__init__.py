"""The stock ledger: places, lots, moves, holds, and what is on hand."""

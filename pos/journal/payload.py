"""journal/payload.py — the details of a journal's row, out of its text."""

import json
from typing import Any


def read_payload(text: str) -> dict[str, Any]:
    """The details by name; none where the text is no JSON object: whoever wrote that is found by `verify`, not by a page that falls."""
    try:
        details = json.loads(text)
    except ValueError:
        return {}
    return details if isinstance(details, dict) else {}


def read_rows(details: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A detail that is a list of rows; none where it is anything else."""
    rows = details.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def read_facts(text: str) -> dict[str, dict[str, Any]]:
    """The state of each versioned row that was written with the act, by the row's name ("product:12")."""
    facts = read_payload(text).get("facts")
    if not isinstance(facts, dict):
        return {}
    return {name: state for name, state in facts.items() if isinstance(state, dict)}


def names_amount(value: Any, amount_vnd: int, *, is_money: bool = False) -> bool:
    """Is the sum, with either sign, one of the details whose names end in `_vnd`, at any depth?"""
    if isinstance(value, dict):
        return any(
            names_amount(each, amount_vnd, is_money=is_money or str(name).endswith("_vnd"))
            for name, each in value.items()
        )
    if isinstance(value, list):
        return any(names_amount(each, amount_vnd, is_money=is_money) for each in value)
    return is_money and isinstance(value, int) and not isinstance(value, bool) and abs(value) == amount_vnd

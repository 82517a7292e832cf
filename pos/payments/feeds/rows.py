"""feeds/rows.py — one row of a provider's answer, read strictly: what isn't clear refuses the row and is told, the others go on."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...kernel.clock import SHOP_ZONE
from ...kernel.errors import Refused
from ...kernel.reason import Reason
from ..signals import TransferSignal

MOST_VND = 9_999_999_999_999  # thirteen digits
MOST_BALANCE_VND = 10**17
LONGEST_KEY = 120
LONGEST_ACCOUNT = 40
LONGEST_TEXT = 2_000
LONGEST_NAME = 200
DEEPEST = 20
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
YEARS = range(2000, 2200)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that names no transfer for certain: why, and its own text for a person to look at (personal)."""

    reason: Reason
    raw: str


def refuse_changed(signal: TransferSignal) -> RefusedRow:
    """A row whose key the provider used before with another amount or way: nobody can say which is true."""
    what = f"{signal.source_key} {signal.direction} {signal.amount_vnd}"
    return RefusedRow(Reason.make("feed_row_changed", key=signal.source_key), signal.raw or what)


def load_object(text: bytes) -> dict[str, Any] | None:
    """The JSON object that the text is; None for anything else, for what is no number, and for one nested deeper than any provider's."""
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and not _is_deep(found) else None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _is_deep(value: Any) -> bool:
    level = [value]
    for _depth in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


def read_rows(
    rows: Iterable[Any], read_signal: Callable[[Row], TransferSignal | None]
) -> tuple[list[TransferSignal], list[RefusedRow]]:
    """The rows' signals, each key once, and the rows that were refused, those with a key's second amount among them.

    A reader's None is a row that is no transfer.
    """
    signals: dict[str, TransferSignal] = {}
    refused: dict[str, RefusedRow] = {}
    for row in rows:
        try:
            signal = read_signal(require_object(row))
        except Refused as no:
            raw = dump_row(row)
            refused.setdefault(raw, RefusedRow(no.reasons[0], raw))
        else:
            if signal is not None:
                keep_first(signal, signals, refused)
    return list(signals.values()), list(refused.values())


def keep_first(
    signal: TransferSignal, signals: dict[str, TransferSignal], refused: dict[str, RefusedRow]
) -> None:
    """Add it to those that were read; of a key that has another amount or way already, to those that are refused."""
    first = signals.setdefault(signal.source_key, signal)
    if (first.direction, first.amount_vnd) != (signal.direction, signal.amount_vnd):
        row = refuse_changed(signal)
        refused.setdefault(row.raw, row)


def require_object(row: Any) -> Row:
    if not isinstance(row, dict):
        raise Refused.because("feed_row_odd")
    return row


def dump_row(row: Any) -> str:
    """The row as JSON that any database takes."""
    return _make_storable(json.dumps(row, ensure_ascii=False))


def read_key(row: Row, name: str) -> str:
    """A text or whole number that names something, never empty."""
    value = row.get(name)
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not (text := clean_text(text)):
        raise Refused.because("feed_row_lacks", field=name)
    if len(text) > LONGEST_KEY:
        raise Refused.because("feed_row_field_odd", field=name)
    return text


def read_account(row: Row, name: str) -> str:
    number = read_key(row, name).replace(" ", "")
    if len(number) > LONGEST_ACCOUNT or not (number.isascii() and number.isalnum()):
        raise Refused.because("feed_row_field_odd", field=name)
    return number


def read_text(row: Row, name: str, most: int = LONGEST_TEXT) -> str:
    """A text that may be missing; a number is taken for its digits."""
    value = row.get(name)
    if value is None or isinstance(value, bool):
        return ""
    if not isinstance(value, (str, int)):
        raise Refused.because("feed_row_field_odd", field=name)
    return clean_text(str(value))[:most]


def read_reference(row: Row, name: str) -> str:
    text = read_text(row, name)
    if len(text) > LONGEST_KEY:
        raise Refused.because("feed_row_field_odd", field=name)
    return text


def read_whole(row: Row, name: str) -> int:
    """A whole number of đồng, negative ones too. 50000.0 is whole; "50000" and 12.5 are not guessed at."""
    value = row.get(name)
    if value is None:
        raise Refused.because("feed_row_lacks", field=name)
    if isinstance(value, float) and value.is_integer() and abs(value) <= MOST_VND:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused.because("feed_row_amount_odd", field=name)
    return value


def require_amount(amount_vnd: int, name: str) -> int:
    """Above 0, of thirteen digits at the most."""
    if not 0 < amount_vnd <= MOST_VND:
        raise Refused.because("feed_row_amount_odd", field=name)
    return amount_vnd


def read_balance(row: Row, name: str) -> int | None:
    """The account's balance; None where the provider has none, which some write as 0. It proves nothing, so an odd one is none."""
    value = row.get(name)
    if isinstance(value, float) and value.is_integer() and abs(value) < MOST_BALANCE_VND:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= MOST_BALANCE_VND:
        return None
    return value or None


def read_time(row: Row, name: str) -> datetime:
    """In UTC; without a zone it is Việt Nam's time."""
    value = row.get(name)
    if value is None or value == "":
        raise Refused.because("feed_row_lacks", field=name)
    if not isinstance(value, str) or _TIME.fullmatch(value) is None:
        raise Refused.because("feed_row_time_odd", field=name)
    try:
        at = datetime.fromisoformat(value)
        local = at if at.tzinfo is not None else at.replace(tzinfo=SHOP_ZONE)
        if local.year not in YEARS:
            raise Refused.because("feed_row_time_odd", field=name)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused.because("feed_row_time_odd", field=name) from None


def require_dong(row: Row) -> None:
    """Where a row names its currency, it is the đồng."""
    currency = row.get("currency")
    if currency not in (None, "", "VND", "vnd", "704"):
        raise Refused.because("feed_row_other_currency", currency=read_text(row, "currency", 20))


def clean_text(text: str) -> str:
    """In one line, without what no database keeps."""
    return " ".join(
        "".join(letter if letter.isprintable() else " " for letter in _make_storable(text)).split()
    )


def _make_storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")

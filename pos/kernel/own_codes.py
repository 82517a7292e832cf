"""kernel/own_codes.py — the codes that the shop itself gives to price tags, receipts and vouchers, as printed and as read back.

The one place that knows their prefixes. A product's own number that looks like one of them is refused, but an earlier
version kept it: `scanning/resolve.py` finds what it may mean, and the cashier tells which.
"""

import re

_TAG = re.compile(r"TG-?(\d{1,15})", re.IGNORECASE | re.ASCII)
_TAG_ADDRESS = re.compile(r"https?://\S+/g/([\w-]{8,24})", re.ASCII)
_LOT_ADDRESS = re.compile(r"https?://\S+/t/([\w-]{8,40})", re.ASCII)
_RECEIPT_NUMBER = re.compile(
    r"(?:([A-Z](?:[A-Z0-9]{1,5})(?=-)|[A-Z]{2,6})-?)?(\d{1,12})", re.IGNORECASE | re.ASCII
)
_RECEIPT = re.compile(r"PT-?(\d{1,12})", re.IGNORECASE | re.ASCII)
VOUCHER_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 characters that nobody mistakes for another
VOUCHER_LENGTH = 16  # 80 random bits
LONGEST_WITH_CODE = 100  # characters: an address around a code is no longer
_VOUCHER = re.compile(rf"QT([{VOUCHER_ALPHABET}]{{{VOUCHER_LENGTH}}})")


def format_tag_code(tag_id: int) -> str:
    """'TG-123': short enough for a small label."""
    return f"TG-{tag_id}"


def format_tag_address(base_url: str, tag_id: int, trace_code: str) -> str:
    """What the QR code of a tag holds: its page for buyers; without a public address its code, for the shop's own phones."""
    return f"{base_url.rstrip('/')}/g/{trace_code}" if base_url else format_tag_code(tag_id)


def parse_tag_code(text: str) -> int | None:
    """The tag's id; None for any other text."""
    found = _TAG.fullmatch(text.strip())
    return int(found.group(1)) if found else None


def parse_tag_address(text: str) -> str | None:
    """The random code in the address that a tag's QR code holds; None for any other text."""
    found = _TAG_ADDRESS.fullmatch(text.strip())
    return found.group(1) if found else None


def parse_lot_address(text: str) -> str | None:
    """The random code in the address that a lot's label holds; None for any other text."""
    found = _LOT_ADDRESS.fullmatch(text.strip())
    return found.group(1) if found else None


def format_receipt_code(number: int) -> str:
    """'PT-000123', as the barcode of a receipt holds it."""
    return f"PT-{number:06}"


def format_receipt_number(number: int, shop_code: str | None) -> str:
    """'MP-000123', as people read it; '000123' in a shop that has no code."""
    return f"{shop_code}-{number:06}" if shop_code else f"{number:06}"


def format_document_number(number: int, shop_code: str | None) -> str:
    """The number of any other document that leaves the shop: 'MP-12', or '12' in a shop that has no code."""
    return f"{shop_code}-{number}" if shop_code else f"{number}"


def parse_receipt_code(text: str) -> int | None:
    """The receipt's number; None for any other text."""
    found = _RECEIPT.fullmatch(text.strip())
    return int(found.group(1)) if found else None


def parse_receipt_number(text: str, shop_code: str | None) -> int | None:
    """The number that was typed or scanned where a receipt is asked for: as its barcode holds it, with or without the code
    of the shop; None for another text, and for a receipt that bears another shop's code.
    """
    found = _RECEIPT_NUMBER.fullmatch(text.strip())
    if found is None or (found[1] or "").upper() not in {"", "PT", (shop_code or "").upper()}:
        return None
    return int(found[2])


def format_voucher_code(letters: str) -> str:
    """'QT-ABCD-EFGH-JKLM-NPQR', as it stands on paper; its barcode holds the same without dashes."""
    return "-".join(["QT", *(letters[at : at + 4] for at in range(0, len(letters), 4))])


def parse_voucher_code(text: str, *, is_asked: bool = False) -> str | None:
    """The sixteen letters of a voucher's code, scanned or typed with or without its dashes; None for any other text.

    `is_asked`: a code of a voucher was asked for, so that its QT may be left out.
    """
    bare = re.sub(r"[\s-]", "", text[:80]).upper()
    found = _VOUCHER.fullmatch(f"QT{bare}" if is_asked and not bare.startswith("QT") else bare)
    return found.group(1) if found else None


def may_be_voucher_code(text: str) -> bool:
    """Could it be a voucher's code with a slip in it? Such a text is kept in no journal."""
    if len(text) > LONGEST_WITH_CODE:
        return False
    bare = re.sub(r"[^A-Z0-9]", "", text.upper())
    runs = re.findall(rf"[{VOUCHER_ALPHABET}]{{{VOUCHER_LENGTH - 2},}}", bare)
    return any(sum(letter.isalpha() for letter in run) >= 4 for run in runs)


def is_own_code(text: str) -> bool:
    """Would a scanner's text be taken for one of the shop's tags, receipts or vouchers?"""
    return any(parse(text) is not None for parse in (parse_tag_code, parse_receipt_code, parse_voucher_code))

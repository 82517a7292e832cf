"""payments/vietqr.py — the text within a VietQR code: written from what is to be paid, and read back. Pure.

Merchant-presented code of EMVCo as NAPAS's "QR Format T&C" 1.0 (09/2021) profiles it: ids and lengths of two digits, the bank
account in 38, the labels and the purpose in 62, CRC-16/CCITT-FALSE over all before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..kernel.text import normalize_text, remove_accents

NAPAS = "A000000727"
TO_ACCOUNT, TO_CARD = "QRIBFTTA", "QRIBFTTC"
REUSABLE, ONCE = "11", "12"
DONG, VIET_NAM = "704", "VN"
LONGEST_ACCOUNT = 19
LONGEST_PURPOSE = 25
LONGEST_LABEL = 25
LONGEST_VALUE = 99  # a length has two digits
MOST_VND = 9_999_999_999_999  # thirteen digits
FAST_LIMIT_VND = 500_000_000  # a fast transfer (24/7) is below it
LONGEST_TEXT = 512  # the most that EMVCo allows

_ACCOUNT = re.compile(rf"[A-Za-z0-9]{{1,{LONGEST_ACCOUNT}}}")
_CARD = re.compile(rf"[0-9]{{1,{LONGEST_ACCOUNT}}}")
_BIN = re.compile(r"[0-9]{6}")
_AMOUNT = re.compile(r"[0-9]{1,13}")
_PURPOSE = re.compile(r"[A-Za-z0-9 ]*")
_LABEL = re.compile(rf"[A-Za-z0-9 ./_-]{{0,{LONGEST_LABEL}}}")
_NEEDED = ("00", "01", "38", "53", "58", "63")
_LABELS = {"bill_number": "01", "reference": "05", "terminal": "07", "purpose": "08"}


@dataclass(frozen=True, slots=True)
class TransferCode:
    """What a VietQR code asks for. `account`: the number of a card where `is_card`. Without `amount_vnd` the payer types it."""

    bank_bin: str
    account: str
    is_card: bool = False
    amount_vnd: int | None = None
    purpose: str = ""
    bill_number: str = ""
    reference: str = ""
    terminal: str = ""

    @property
    def service_code(self) -> str:
        return TO_CARD if self.is_card else TO_ACCOUNT


@dataclass(frozen=True, slots=True)
class DecodedCode:
    """A code that was read. `initiation`: "11" may be used again, "12" is for one payment, as the code itself says."""

    code: TransferCode
    initiation: str


def list_code_reasons(code: TransferCode) -> tuple[Reason, ...]:
    """Every reason why nobody could pay by this code: those that `encode_vietqr` refuses, and the limit of a fast transfer."""
    reasons = _list_faults(code)
    if code.amount_vnd is not None and FAST_LIMIT_VND <= code.amount_vnd <= MOST_VND:
        reasons = (*reasons, Reason.make("transfer_not_fast", limit_vnd=FAST_LIMIT_VND))
    return reasons


def _list_faults(code: TransferCode) -> tuple[Reason, ...]:
    purpose = fold_purpose(code.purpose)
    amount_fits = code.amount_vnd is None or 0 < code.amount_vnd <= MOST_VND
    labels = (code.bill_number, code.reference, code.terminal)
    account_fits = (_CARD if code.is_card else _ACCOUNT).fullmatch(code.account) is not None
    checks = (
        (_BIN.fullmatch(code.bank_bin) is None, Reason.make("bank_bin_odd")),
        (not account_fits, Reason.make("bank_card_odd" if code.is_card else "bank_account_odd")),
        (not amount_fits, Reason.make("transfer_amount_odd")),
        (len(purpose) > LONGEST_PURPOSE, Reason.make("purpose_too_long", most=LONGEST_PURPOSE)),
        (_PURPOSE.fullmatch(purpose) is None, Reason.make("purpose_odd")),
        (any(_LABEL.fullmatch(label) is None for label in labels), Reason.make("code_label_odd", most=LONGEST_LABEL)),
        (len(_encode_additional(code, purpose)) > LONGEST_VALUE, Reason.make("code_labels_too_long")),
    )  # fmt: skip
    return tuple(reason for fails, reason in checks if fails)


def fold_purpose(text: str) -> str:
    """The purpose as a code can hold it: "Tiền mật ong" becomes "Tien mat ong"."""
    return normalize_text(remove_accents(text))


def encode_vietqr(code: TransferCode) -> str:
    """The code's text. Raises Refused with every reason; how large a fast transfer may be is `list_code_reasons`' to say."""
    if reasons := _list_faults(code):
        raise Refused(*reasons)
    beneficiary = _encode_field("00", code.bank_bin) + _encode_field("01", code.account)
    additional = _encode_additional(code, fold_purpose(code.purpose))
    fields = (
        ("00", "01"),
        ("01", REUSABLE if code.amount_vnd is None else ONCE),
        ("38", _encode_field("00", NAPAS) + _encode_field("01", beneficiary) + _encode_field("02", code.service_code)),
        ("53", DONG),
        ("54", "" if code.amount_vnd is None else str(code.amount_vnd)),
        ("58", VIET_NAM),
        ("62", additional),
    )  # fmt: skip
    text = "".join(_encode_field(tag, value) for tag, value in fields if value) + "6304"
    return f"{text}{sum_crc(text):04X}"


def _encode_additional(code: TransferCode, purpose: str) -> str:
    values = {name: getattr(code, name) for name in _LABELS} | {"purpose": purpose}
    return "".join(_encode_field(_LABELS[name], value) for name, value in values.items() if value)


def _encode_field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02}{value}"


def sum_crc(text: str) -> int:
    """CRC-16/CCITT-FALSE of ASCII text: polynomial 0x1021, begun with 0xFFFF."""
    crc = 0xFFFF
    for octet in text.encode("ascii"):
        crc ^= octet << 8
        for _bit in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc


def decode_vietqr(text: str) -> DecodedCode:
    """What a code's text says. Raises Refused for text that is none, is damaged, or is for other money than a transfer in đồng.

    Fields that a shop's code has no use for (name, city, category of the merchant) are passed over.
    """
    text = text.strip()
    if not (text.isascii() and text.isprintable()) or len(text) > LONGEST_TEXT:
        raise Refused.because("vietqr_other_letters")
    fields = _read_fields(text)
    for tag in _NEEDED:
        if tag not in fields:
            raise Refused.because("vietqr_field_missing", tag=tag)
    if list(fields)[-1] != "63":
        raise Refused.because("vietqr_too_long")
    if fields["63"] != f"{sum_crc(text[:-4]):04X}":
        raise Refused.because("vietqr_crc_wrong")
    is_vietqr = (fields["00"], fields["53"], fields["58"]) == ("01", DONG, VIET_NAM)
    if not is_vietqr or fields["01"] not in {REUSABLE, ONCE}:
        raise Refused.because("vietqr_foreign")
    bank_bin, account, is_card = _read_beneficiary(fields["38"])
    labels = _read_fields(fields.get("62", ""), "62/")
    code = TransferCode(
        bank_bin, account, is_card, _read_amount(fields.get("54")),
        **{name: labels.get(f"62/{tag}", "") for name, tag in _LABELS.items()},
    )  # fmt: skip
    return DecodedCode(code, fields["01"])


def _read_fields(text: str, within: str = "") -> dict[str, str]:
    fields: dict[str, str] = {}
    for tag, value in _split_fields(text):
        if within + tag in fields:
            raise Refused.because("vietqr_field_twice", tag=within + tag)
        fields[within + tag] = value
    return fields


def _split_fields(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        value = text[at + 4 : at + 4 + int(head[2:])] if re.fullmatch(r"[0-9]{4}", head) else ""
        if not value or len(value) != int(head[2:]):
            raise Refused.because("vietqr_lengths_wrong")
        yield head[:2], value
        at += 4 + len(value)
        if head[:2] == "63" and at < len(text):
            raise Refused.because("vietqr_too_long")


def _read_beneficiary(text: str) -> tuple[str, str, bool]:
    fields = _read_fields(text, "38/")
    whose = _read_fields(fields.get("38/01", ""), "38/01/")
    if not set(whose) <= {"38/01/00", "38/01/01"}:  # a length that is too great took in what follows
        raise Refused.because("vietqr_lengths_wrong")
    wanted = fields | whose
    for tag in ("38/00", "38/01", "38/01/00", "38/01/01", "38/02"):
        if tag not in wanted:
            raise Refused.because("vietqr_field_missing", tag=tag)
    if fields["38/00"] != NAPAS or fields["38/02"] not in {TO_ACCOUNT, TO_CARD}:
        raise Refused.because("vietqr_foreign")
    bank_bin, account = whose["38/01/00"], whose["38/01/01"]
    if _BIN.fullmatch(bank_bin) is None:
        raise Refused.because("bank_bin_odd")
    if _ACCOUNT.fullmatch(account) is None:
        raise Refused.because("bank_account_odd")
    return bank_bin, account, fields["38/02"] == TO_CARD


def _read_amount(text: str | None) -> int | None:
    if text is None:
        return None
    if _AMOUNT.fullmatch(text) is None or not int(text):
        raise Refused.because("transfer_amount_odd")
    return int(text)

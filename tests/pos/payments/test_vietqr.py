"""VietQR: published codes to the byte, a computation of another's, whatever else is refused with its reason."""

import binascii
import io
import json
import random
import string
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from hardware.decode import decode_picture
from hardware.scanners.camera import read_by_pyzbar, read_by_zxing
from pos.kernel.errors import Refused
from pos.payments.banks import find_bank, list_banks
from pos.payments.code_picture import draw_code_image, draw_code_svg
from pos.payments.vietqr import (
    FAST_LIMIT_VND,
    MOST_VND,
    TransferCode,
    decode_vietqr,
    encode_vietqr,
    fold_purpose,
    list_code_reasons,
)
from pos.web.reasons import load_reasons

VECTORS = json.loads(Path(__file__).with_name("vietqr_vectors.json").read_text("utf-8"))
GOOD = [vector for vector in VECTORS if vector["inputs"]]
REBUILT = [vector for vector in GOOD if vector["conformance"] == "strict"]
BAD = [vector for vector in VECTORS if not vector["inputs"]]


def code_of(inputs: dict[str, str]) -> TransferCode:
    return TransferCode(
        inputs["bin"],
        inputs["account"],
        inputs["service"] == "QRIBFTTC",
        int(inputs["amount"]) if "amount" in inputs else None,
        purpose=inputs.get("purpose", ""),
        bill_number=inputs.get("bill_number", ""),
        reference=inputs.get("reference_label", ""),
        terminal=inputs.get("terminal_label", ""),
    )


def codes_of(text: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        decode_vietqr(text)
    return [reason.code for reason in caught.value.reasons]


def build_independently(code: TransferCode) -> str:
    """The same by another way: a tree of dictionaries, and the library's checksum."""

    def flat(tree: dict[str, object]) -> str:
        parts = ((tag, flat(value) if isinstance(value, dict) else str(value)) for tag, value in tree.items())
        return "".join(tag + str(len(value)).zfill(2) + value for tag, value in parts)

    tree: dict[str, object] = {
        "00": "01",
        "01": "11",
        "38": {
            "00": "A000000727",
            "01": {"00": code.bank_bin, "01": code.account},
            "02": "QRIBFTTC" if code.is_card else "QRIBFTTA",
        },
        "53": "704",
    }
    if code.amount_vnd is not None:
        tree |= {"01": "12", "54": code.amount_vnd}
    tree["58"] = "VN"
    labels = {"01": code.bill_number, "05": code.reference, "07": code.terminal, "08": code.purpose}
    if any(labels.values()):
        tree["62"] = {tag: value for tag, value in labels.items() if value}
    body = flat(tree) + "6304"
    return body + format(binascii.crc_hqx(body.encode(), 0xFFFF), "04X")


def signed(body: str) -> str:
    """A code with the checksum that fits it."""
    return body + "6304" + format(binascii.crc_hqx(f"{body}6304".encode(), 0xFFFF), "04X")


WORDS = string.ascii_letters + string.digits
PLAIN_ACCOUNT = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN"


def test_the_vectors_are_as_many_as_they_should_be() -> None:
    assert (len(REBUILT), len(GOOD), len(BAD)) == (21, 22, 3)


@pytest.mark.parametrize("vector", REBUILT, ids=lambda vector: vector["payload"][-4:])
def test_a_published_code_is_rebuilt_to_the_byte(vector: dict[str, dict[str, str]]) -> None:
    assert encode_vietqr(code_of(vector["inputs"])) == vector["payload"]


@pytest.mark.parametrize("vector", GOOD, ids=lambda vector: vector["payload"][-4:])
def test_a_published_code_is_read(vector: dict[str, dict[str, str]]) -> None:
    found = decode_vietqr(str(vector["payload"]))
    assert (found.code, found.initiation) == (code_of(vector["inputs"]), vector["inputs"]["init"])


@pytest.mark.parametrize("vector", BAD, ids=lambda vector: vector["conformance"])
def test_a_published_mistake_is_refused_with_its_reason(vector: dict[str, str]) -> None:
    wrong_crc = vector["conformance"].endswith("bad_crc")
    assert codes_of(vector["payload"]) == ["vietqr_crc_wrong" if wrong_crc else "vietqr_lengths_wrong"]


def test_ten_thousand_random_codes_agree_with_an_independent_computation() -> None:
    dice = random.Random(16)

    def word(letters: str, least: int, most: int) -> str:
        return "".join(dice.choice(letters) for _ in range(dice.randint(least, most)))

    for _ in range(10_000):
        is_card = dice.random() < 0.2
        code = TransferCode(
            word(string.digits, 6, 6),
            word(string.digits if is_card else WORDS, 1, 19),
            is_card,
            dice.choice([None, dice.randint(1, 999_999), dice.randint(1, MOST_VND)]),
            word(WORDS, 0, 25),
            *(word(WORDS, 0, 15) if dice.random() < 0.3 else "" for _ in range(3)),
        )
        payload = encode_vietqr(code)
        assert payload == build_independently(code)
        assert decode_vietqr(payload).code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_vnd": 0}, "transfer_amount_odd"),
        ({"amount_vnd": -1}, "transfer_amount_odd"),
        ({"amount_vnd": MOST_VND + 1}, "transfer_amount_odd"),
        ({"purpose": "a" * 26}, "purpose_too_long"),
        ({"purpose": "MP_1"}, "purpose_odd"),
        ({"purpose": "tiền 蜜"}, "purpose_odd"),
        ({"bank_bin": "97040"}, "bank_bin_odd"),
        ({"bank_bin": "9704O3"}, "bank_bin_odd"),
        ({"bank_bin": "٩٧٠٤٠٣"}, "bank_bin_odd"),
        ({"account": "1" * 20}, "bank_account_odd"),
        ({"account": ""}, "bank_account_odd"),
        ({"account": "12 34"}, "bank_account_odd"),
        ({"account": "12A4", "is_card": True}, "bank_card_odd"),
        ({"terminal": "quầy 1"}, "code_label_odd"),
        ({"reference": "x" * 26}, "code_label_odd"),
        (
            {"purpose": "a" * 25, "reference": "b" * 25, "terminal": "c" * 25, "bill_number": "d" * 25},
            "code_labels_too_long",
        ),
    ],
)
def test_what_no_code_can_hold_is_refused_with_its_reason(change: dict[str, object], code: str) -> None:
    fields: dict[str, object] = {
        "bank_bin": "970403",
        "account": "0011012345678",
        "amount_vnd": 1000,
        **change,
    }
    with pytest.raises(Refused) as caught:
        encode_vietqr(TransferCode(**fields))  # type: ignore[arg-type]
    assert [reason.code for reason in caught.value.reasons] == [code]
    assert code in load_reasons()


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Refused) as caught:
        encode_vietqr(TransferCode("1", "", amount_vnd=0, purpose="?" * 30))
    assert len(caught.value.reasons) == 5


def test_a_purpose_loses_its_accents_and_is_measured_without_them() -> None:
    payload = encode_vietqr(
        TransferCode("970403", "1", purpose="  Tiền   ĐƯỜNG phèn, đũa"[:-5] + " đũa nhé ")
    )
    assert decode_vietqr(payload).code.purpose == "Tien DUONG phen dua nhe"


def test_the_limit_of_a_fast_transfer_is_its_own_question() -> None:
    below, at = (
        TransferCode("970403", "1", amount_vnd=amount) for amount in (FAST_LIMIT_VND - 1, FAST_LIMIT_VND)
    )
    assert list_code_reasons(below) == ()
    assert [reason.code for reason in list_code_reasons(at)] == ["transfer_not_fast"]
    assert decode_vietqr(encode_vietqr(at)).code == at
    assert [r.code for r in list_code_reasons(TransferCode("970403", "1", amount_vnd=0))] == [
        "transfer_amount_odd"
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "vietqr_field_missing"),
        ("6304", "vietqr_lengths_wrong"),
        ("0002é1", "vietqr_other_letters"),
        ("0002\x001", "vietqr_other_letters"),
        ("0" * 600, "vietqr_other_letters"),
        ("https://example.vn", "vietqr_lengths_wrong"),
        (signed(PLAIN_ACCOUNT) + "99", "vietqr_too_long"),
        (signed(PLAIN_ACCOUNT) + "5802VN", "vietqr_too_long"),
        (signed(PLAIN_ACCOUNT + "5802VN"), "vietqr_field_twice"),
        (signed(PLAIN_ACCOUNT.replace("5802VN", "")), "vietqr_field_missing"),
        (signed(PLAIN_ACCOUNT.replace("010211", "")), "vietqr_field_missing"),
        (signed(PLAIN_ACCOUNT.replace("010211", "010213")), "vietqr_foreign"),
        (signed(PLAIN_ACCOUNT.replace("704", "840")), "vietqr_foreign"),
        (signed(PLAIN_ACCOUNT.replace("A000000727", "A000000677")), "vietqr_foreign"),
        (signed(PLAIN_ACCOUNT.replace("QRIBFTTA", "QRPUSHXX")), "vietqr_foreign"),
        (signed(PLAIN_ACCOUNT.replace("970403", "97O403")), "bank_bin_odd"),
        (signed(PLAIN_ACCOUNT.replace("0011012345678", "001101234567-")), "bank_account_odd"),
        (signed(PLAIN_ACCOUNT + "540310."), "transfer_amount_odd"),
        (signed(PLAIN_ACCOUNT + "54010"), "transfer_amount_odd"),
        (signed(PLAIN_ACCOUNT + "540512.50"), "transfer_amount_odd"),
        (signed(PLAIN_ACCOUNT + "620908021"), "vietqr_lengths_wrong"),
        (signed(PLAIN_ACCOUNT + "62120802ab0802ab"), "vietqr_field_twice"),
        (signed(PLAIN_ACCOUNT).replace("QRIBFTTA", "QRIBFTTC"), "vietqr_crc_wrong"),
        (signed(PLAIN_ACCOUNT)[:-1], "vietqr_lengths_wrong"),
    ],
)  # fmt: skip
def test_text_that_is_no_code_is_refused_with_its_reason(text: str, code: str) -> None:
    assert codes_of(text) == [code]
    assert code in load_reasons()


def test_fields_that_a_shop_has_no_use_for_are_passed_over() -> None:
    other = PLAIN_ACCOUNT.replace("5303704", "52045499" + "5303704") + "5908NHA HANG" + "6006HA NOI"
    assert decode_vietqr(f" {signed(other)}\n").code == decode_vietqr(signed(PLAIN_ACCOUNT)).code


@given(st.text() | st.text("0123456789ABCN") | st.builds(signed, st.text("0123456789AV", max_size=60)))
def test_no_text_raises_but_a_refusal(text: str) -> None:
    with suppress(Refused):
        assert decode_vietqr(text).code.bank_bin


words = st.text() | st.text(WORDS, max_size=26)


@given(
    st.builds(
        TransferCode,
        words | st.just("970403"),
        words,
        st.booleans(),
        st.none() | st.integers(),
        words,
        words,
        words,
        words,
    )
)
def test_any_input_is_written_and_read_again_or_refused(code: TransferCode) -> None:
    reasons = {reason.code for reason in list_code_reasons(code)} - {"transfer_not_fast"}
    if reasons:
        with pytest.raises(Refused):
            encode_vietqr(code)
    else:
        assert decode_vietqr(encode_vietqr(code)).code == replace(code, purpose=fold_purpose(code.purpose))


@given(st.data())
def test_one_wrong_character_is_always_noticed(data: st.DataObject) -> None:
    payload = data.draw(st.sampled_from(REBUILT))["payload"]
    at = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(st.sampled_from(WORDS + " .").filter(lambda letter: letter != payload[at]))
    codes_of(payload[:at] + other + payload[at + 1 :])


@pytest.mark.parametrize("vector", REBUILT[:12], ids=lambda vector: vector["payload"][-4:])
def test_the_picture_is_read_back_by_both_decoders(vector: dict[str, str]) -> None:
    picture = draw_code_image(vector["payload"], module=4)
    dots = np.asarray(picture.convert("L"))
    for found in (read_by_zxing(dots), read_by_pyzbar(dots)):
        assert [code.text for code in found] == [vector["payload"]]
    file = io.BytesIO()
    picture.save(file, "PNG")
    file.seek(0)
    assert [code.text for code in decode_picture(file)] == [vector["payload"]]


def test_the_drawing_has_the_dots_of_the_picture() -> None:
    payload = REBUILT[0]["payload"]
    drawing, picture = (
        ElementTree.fromstring(draw_code_svg(payload, module=5)),
        draw_code_image(payload, module=1),
    )
    assert drawing.get("width") == str(picture.width * 5)
    path = drawing[1].get("d") or ""
    dark = {
        tuple(map(int, part.removesuffix("h1v1h-1z").split())) for part in path.split("M") if part
    }  # fmt: skip
    width, height = picture.size
    assert dark == {(x, y) for x in range(width) for y in range(height) if not picture.getpixel((x, y))}
    with pytest.raises(Refused):
        draw_code_svg("x" * 5000)


def test_banks_are_found_by_their_number() -> None:
    banks = list_banks()
    assert len({bank.bin for bank in banks}) == len(banks) == 17
    assert all(len(bank.bin) == 6 and bank.bin.isdigit() and bank.short and bank.name for bank in banks)
    found = find_bank("970436")
    assert found is not None
    assert found.name == "Vietcombank"
    assert find_bank("000000") is None

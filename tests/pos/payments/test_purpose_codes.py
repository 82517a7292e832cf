"""The purpose code: what its check character notices, and how it is found in what banks make of it."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.payments.find_code import Certainty, CodeFinder, CodeMatch, find_purpose_codes, fold_bank_text
from pos.payments.purpose_code import (
    ALPHABET,
    LONGEST_CODE,
    find_check_character,
    is_purpose_code,
    make_purpose_code,
)
from pos.payments.vietqr import TransferCode, decode_vietqr, encode_vietqr

bodies = st.text(ALPHABET, min_size=8, max_size=8)
codes = bodies.map(lambda body: "MP" + body + find_check_character(body))
CODE = "MPK7X2Q9FB" + find_check_character("K7X2Q9FB")
OTHER = "MPW4TTC8HR" + find_check_character("W4TTC8HR")
CUT = "MPK7X2Q9FB"


@pytest.mark.parametrize("prefix", ["MP", "OCOP", "HTXIO"])
def test_a_code_is_short_begins_with_letters_and_fits_a_transfer(prefix: str) -> None:
    made = {make_purpose_code(prefix) for _ in range(500)}
    assert len(made) == 500
    for code in made:
        assert code.startswith(prefix)
        assert len(code) == len(prefix) + 9 <= LONGEST_CODE
        assert is_purpose_code(code, prefix)
        assert not is_purpose_code(code.lower(), prefix)
    assert decode_vietqr(encode_vietqr(TransferCode("970436", "1", purpose=code))).code.purpose == code


@pytest.mark.parametrize("prefix", ["", "M", "MPMPMP", "M1", "mp", "MÃ"])
def test_a_prefix_is_two_to_five_letters(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        make_purpose_code(prefix)


@given(codes, st.integers(2, 10), st.sampled_from(ALPHABET))
def test_each_single_wrong_character_is_noticed(code: str, at: int, other: str) -> None:
    wrong = code[:at] + other + code[at + 1 :]
    assert is_purpose_code(wrong) == (other == code[at])


@given(codes, st.integers(1, 9))
def test_each_swap_of_neighbours_is_noticed(code: str, at: int) -> None:
    wrong = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert is_purpose_code(wrong) == (wrong == code)


def test_every_error_of_these_kinds_is_noticed_without_exception() -> None:
    """The check is linear, so all errors are those of one code: each pair of places and of values, counted out."""
    for at in range(8):
        checks = {find_check_character("A" * at + letter + "A" * (7 - at)) for letter in ALPHABET}
        assert len(checks) == 32
    for at in range(7):
        for first in ALPHABET:
            for second in ALPHABET.replace(first, ""):
                left, right = "A" * at, "A" * (6 - at)
                assert find_check_character(left + first + second + right) != find_check_character(
                    left + second + first + right
                )
    for first in ALPHABET:  # the last random character and the check character
        code = "MPAAAAAAA" + first + find_check_character("AAAAAAA" + first)
        swapped = code[:-2] + code[-1] + code[-2]
        assert swapped == code or not is_purpose_code(swapped)


# What receivers saw, X being the code: dots, spaces, cut words, chunks, prefixes, suffixes.
FORMS = [
    "MBVCB.2427229823.174242.X.CT tu 0011001234567 NGUYEN VAN A toi 19001234567890 HTX MUONG PHANG (ACB) A Chau",
    "MBVCB.15444160238.6218BFTVGL256UBX.X",
    "MBVCB.2427229823.174242.X.CT tu 001 NGUYEN toi 190 A (ACB) A Chau GD 174242-090822 15:45:46",
    "CUSTOMER MBVCB 2420648919 339176 X  CT tu 0011 NGUYEN VAN A to i 1900 MB   Quan Doi Trace 339176",
    "CUSTOMER NGUYEN VAN A X. DEN: HTX MUONG PHANG",
    "CUSTOMER MBCT 123456 X",
    "ND:CT DEN:231915042064 MBVCB.2707051024.042064.X.CT tu 001 toi 002 (VIETINBANK); tai Napas",
    "CT DEN:326016308274 X-170923-16:04:46 308274",
    "884114.100924.223854.X FT24255276428461",
    "884114.100924.223854.NGUYEN VAN A chuyen X",
    "IBBIZ20240912345.123456.X",
    "MBBIZ123.X",
    "SHGD:10012345.DD:240912.BO:NGUYEN VAN A.Remark:X",
    "MB(123456789)(X)",
    "123456-VCB;0011001234567;X",
    "Vietcombank:0011001234567:X",
    "123456-IBFT X",
    "X",
    "chuyển tiền mật ong X cảm ơn",
    "QR - X",
    "FT24255XGD123456",
    "thanhtoanXxong",
]


def split_up(code: str) -> list[str]:
    return [
        code,
        code.lower(),
        code.title(),
        f"{code[:2]} {code[2:]}",
        f"{code[:6]}.{code[6:]}",
        f"{code[:4]}-{code[4:8]}-{code[8:]}",
        " ".join(code),
        f"{code[:7]}\n{code[7:]}",
        f"{code[:5]}_/#{code[5:]}",
        code.replace("K", "\uff2b"),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_code_is_found_in_every_form_that_was_seen(form: str) -> None:
    finder = CodeFinder("MP", [CODE, OTHER])
    for spelled in split_up(CODE):
        assert finder.find(form.replace("X", spelled)) == (CodeMatch(CODE, Certainty.SURE),), spelled


@pytest.mark.parametrize(
    "form", [form.removesuffix("X") + ("X" if form.endswith("X") else "") for form in FORMS]
)
def test_a_cut_code_is_unsure_while_only_one_begins_so(form: str) -> None:
    for left in (CODE[:8], CODE[:9], CODE[:10], CODE[:10].lower()):
        text = form.replace("X", left + " ")
        assert find_purpose_codes(text, "MP", [CODE, OTHER]) == (CodeMatch(CODE, Certainty.UNSURE),), left
    twin = CODE[:8] + ("AB" if CODE[8] != "A" else "BA")
    twin += find_check_character(twin[2:])
    for text in (form.replace("X", CODE[:8] + " "), form.replace("X", CODE[:7] + " ")):
        assert find_purpose_codes(text, "MP", [CODE, twin, OTHER]) == ()
    assert find_purpose_codes(form.replace("X", CODE[:7] + " "), "MP", [CODE, OTHER]) == ()


def test_a_well_made_code_that_does_not_wait_is_told_as_unknown() -> None:
    assert find_purpose_codes(f"CT {CODE.lower()} xong", "MP") == (CodeMatch(CODE, Certainty.UNKNOWN),)
    assert find_purpose_codes(f"CT {CODE[:-1]}{'A' if CODE[-1] != 'A' else 'B'}", "MP") == ()
    assert find_purpose_codes(f"CT {CODE} {OTHER}", "MP", [OTHER]) == (CodeMatch(OTHER, Certainty.SURE),)


def test_two_codes_in_one_text_are_both_told_in_their_order() -> None:
    found = find_purpose_codes(f"{OTHER} va {CODE}", "MP", [CODE, OTHER])
    assert [item.code for item in found] == [OTHER, CODE]


def test_a_code_of_an_earlier_prefix_is_found_while_it_waits() -> None:
    old = make_purpose_code("OCOP")
    assert find_purpose_codes(f"ck {old[:6]} {old[6:]}", "MP", [old, CODE]) == (
        CodeMatch(old, Certainty.SURE),
    )


@given(
    codes,
    st.text(max_size=80),
    st.text(max_size=80),
    st.lists(st.sampled_from([" ", ".", "-", "", "", "\n", "_"]), min_size=11, max_size=11),
    st.booleans(),
)
def test_a_code_is_found_whatever_stands_around_and_within(
    code: str, before: str, after: str, parts: list[str], is_lower: bool
) -> None:
    mangled = "".join(letter + part for letter, part in zip(code, parts, strict=True))
    found = find_purpose_codes(
        before + (mangled.lower() if is_lower else mangled) + after, "MP", [code, OTHER]
    )
    assert CodeMatch(code, Certainty.SURE) in found


@given(st.text())
def test_any_text_can_be_looked_through(text: str) -> None:
    assert set(fold_bank_text(text)) <= set(string.ascii_uppercase + string.digits + " ")
    assert find_purpose_codes(text, "MP", [CODE]) in {(), (CodeMatch(CODE, Certainty.SURE),)}
    assert find_purpose_codes(text * 500, "MP") == ()


def test_ten_thousand_texts_without_a_code_show_none() -> None:
    dice = random.Random(16)
    words = [
        "CT",
        "TU",
        "TOI",
        "NGUYEN",
        "TRAN",
        "COMPANY",
        "MPA",
        "MP",
        "CAMPUS",
        "TIEN",
        "HANG",
        "MAT",
        "ONG",
        "THANH",
        "TOAN",
        "CHUYEN",
        "KHOAN",
        "CUSTOMER",
        "TRACE",
        "NAPAS",
        "MBVCB",
    ]
    finder = CodeFinder("MP", [make_purpose_code() for _ in range(1000)])

    def piece() -> str:
        kind = dice.random()
        if kind < 0.5:
            return dice.choice(words)
        letters = string.digits if kind < 0.8 else string.ascii_uppercase + string.digits
        return "".join(dice.choice(letters) for _ in range(dice.randint(4, 14)))

    for _ in range(10_000):
        separator = dice.choice([" ", ".", "", "-"])
        text = separator.join(piece() for _ in range(dice.randint(2, 14)))
        assert finder.find(text) == (), text

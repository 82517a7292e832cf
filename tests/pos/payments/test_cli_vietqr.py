"""The command `ocop-pos vietqr`, as it is typed."""

import json

import pytest
from click.testing import CliRunner, Result

from pos.cli import main

PAYLOAD = (
    "00020101021238580010A000000727012800069704220114190012345678900208QRIBFTTA53037045405390005802VN"
    "62140810OC7K2QF9XA6304FD26"
)
WORDS = (
    "encode", "--bin", "970422", "--account", "19001234567890", "--amount", "39000", "--purpose", "OC7K2QF9XA",
)  # fmt: skip


def vietqr(*words: str) -> Result:
    return CliRunner().invoke(main, ("vietqr", *words))


def test_the_payload_is_the_first_line_and_what_it_says_follows() -> None:
    lines = vietqr(*WORDS).stdout.splitlines()
    assert lines[0] == PAYLOAD
    assert {"bin: 970422", "amount: 39000", "purpose: OC7K2QF9XA"} <= set(lines[1:])


def test_for_a_machine_and_as_a_picture() -> None:
    fields = json.loads(vietqr(*WORDS, "--json").stdout)
    assert fields["payload"] == PAYLOAD
    assert fields == {"payload": PAYLOAD} | json.loads(vietqr("decode", PAYLOAD, "--json").stdout)
    assert fields["amount"] == 39000
    assert vietqr(*WORDS, "--svg").stdout.startswith("<svg ")


def test_a_card_and_all_labels_come_back() -> None:
    done = vietqr(
        "encode", "--bin", "970403", "--card", "9704031101234567", "--bill-number", "B1", "--reference", "R2",
        "--terminal", "T3",
    )  # fmt: skip
    fields = json.loads(vietqr("decode", done.stdout.splitlines()[0], "--json").stdout)
    assert (fields["service"], fields["init"], fields["amount"]) == ("QRIBFTTC", "11", None)
    assert (fields["bill_number"], fields["reference"], fields["terminal"]) == ("B1", "R2", "T3")
    assert "terminal: T3" in vietqr("decode", done.stdout.splitlines()[0]).stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "words_said"),
    [
        (("encode", "--bin", "97042", "--account", "1"), "six digits"),
        (("encode", "--bin", "970422", "--account", "1", "--amount", "0"), "above 0"),
        (("encode", "--bin", "970422", "--account", "1", "--purpose", "a" * 26), "longer than 25"),
        (("decode", PAYLOAD[:-1] + "7"), "check sum"),
        (("decode", "Xin chào"), "no VietQR code"),
    ],
)
def test_what_is_refused_is_told_in_one_sentence(words: tuple[str, ...], words_said: str) -> None:
    done = vietqr(*words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("ocop-pos: ")
    assert words_said in done.stderr


@pytest.mark.parametrize("words", [
    ("encode", "--bin", "970422"), ("encode", "--bin", "970422", "--account", "1", "--card", "2"), ("decode",),
    ("encode", "--bin", "970422", "--account", "1", "--amount", "12.5"), (*WORDS, "--json", "--svg"),
])  # fmt: skip
def test_what_is_typed_wrongly_ends_with_two(words: tuple[str, ...]) -> None:
    assert vietqr(*words).exit_code == 2


def test_a_large_amount_is_written_with_a_warning() -> None:
    done = vietqr("encode", "--bin", "970422", "--account", "1", "--amount", "500000000")
    assert (done.exit_code, "500.000.000" in done.stderr) == (0, True)
    assert done.stdout.startswith("000201")

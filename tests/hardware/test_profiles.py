"""What is known of a printer's model, and what a configuration may say of it."""

import pytest

from hardware.ports import DeviceError
from hardware.printers.charsets import Charset
from hardware.printers.escpos import EscposPrinter
from hardware.printers.profiles import get_profile, list_profiles

EPSON = get_profile("TM-T88V")


def test_profiles_come_from_the_book() -> None:
    assert list_profiles()[0] == "generic"
    assert {"TM-T88V", "TM-T20II", "POS-5890", "default", "simple"} <= set(list_profiles())
    assert "TSP600" not in list_profiles()
    assert dict(EPSON.charsets) == {"tcvn3": (30, 31), "cp1258": (52,), "ascii": (0,)}
    assert (EPSON.status, EPSON.cutter, EPSON.drawer, EPSON.native_codes) == ("asb", True, True, True)
    cheap = get_profile("POS-5890")
    assert dict(cheap.charsets) == {"cp1258": (27,), "cp1258:94": (94,), "ascii": (0,)}
    assert (cheap.status, cheap.cutter, cheap.native_codes) == ("dle_eot", False, False)
    assert get_profile("simple").status == "none"
    assert all(get_profile(name).charset() for name in list_profiles())


@pytest.mark.parametrize("made", [
    {"profile": "nobody's"}, {"mode": "voice"}, {"charset": "viscii:5"}, {"charset": "tcvn3"}, {"charset": "cp1258:x"}, {"charset": "cp1258:300"},
    {"address": "serial:///dev/x?baud=fast"}, {"address": "serial:///dev/x?baud=0"},
])  # fmt: skip
def test_a_wrong_word_in_the_configuration_is_told_at_once(made: dict[str, str]) -> None:
    with pytest.raises(DeviceError) as caught:
        EscposPrinter("p", **{"address": "tcp://192.0.2.7", **made})  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.permanent) == ("device_misconfigured", True)


def test_a_charset_may_be_named_with_the_pages_to_look_for_it() -> None:
    """As the page of letters names them, whatever the model says of itself."""
    assert EscposPrinter("p", "tcp://192.0.2.7").charset == Charset("ascii", (0,))
    assert EscposPrinter("p", "tcp://192.0.2.7", charset="tcvn3:30/31").charset == Charset("tcvn3", (30, 31))
    assert EscposPrinter("p", "tcp://192.0.2.7", profile="POS-5890", charset="cp1258:52").charset.pages == (
        52,
    )
    for model in list_profiles():
        for name in get_profile(model).candidates():
            assert get_profile(model).charset(name)

"""What a model of printer can do, from python-escpos' collection (escpos-printer-db, CC BY 4.0).

The collection doesn't say how a model tells its condition. GS a (it tells by itself) is documented for
Epson's own; the others are asked by DLE EOT, and one that is silent counts as ready anyhow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from ..ports import DeviceError
from .charsets import Charset, list_tables

Status = Literal["dle_eot", "asb", "none"]
ASCII = {"ascii": (0,)}
# Where printers that nobody described have Vietnamese, if they have it.
USUAL = {
    "tcvn3:30/31": (30, 31),
    "cp1258:52": (52,),
    "cp1258:27": (27,),
    "cp1258:94": (94,),
    "cp1258:35": (35,),
}


@dataclass(frozen=True, slots=True)
class Profile:
    """`charsets`: where it has its letters, by our names (`charsets.py`); the first is the one to use.

    `native_codes`: it draws QR codes (GS ( k) and Code 128 (GS k) itself.
    """

    name: str
    charsets: Mapping[str, tuple[int, ...]]
    status: Status = "dle_eot"
    cutter: bool = True
    drawer: bool = True
    native_codes: bool = False

    def charset(self, wanted: str = "") -> Charset:
        """`wanted` by its name, or with the pages to look for it: `cp1258:94`, `tcvn3:30/31`.

        Raises DeviceError (`device_misconfigured`) for one that isn't there.
        """
        wanted = wanted or next(iter(self.charsets))
        name, _, numbers = wanted.partition(":")
        try:
            pages = self.charsets.get(wanted) or tuple(int(number) for number in numbers.split("/"))
            list_tables(name)
        except (ValueError, KeyError) as odd:
            raise DeviceError("device_misconfigured", f"charset {wanted}", permanent=True) from odd
        if not all(0 <= page <= 255 for page in pages):
            raise DeviceError("device_misconfigured", f"charset {wanted}", permanent=True)
        return Charset(name, pages)

    def candidates(self) -> list[str]:
        """The charsets worth trying on its paper."""
        return list(self.charsets if len(self.charsets) > 1 else {**USUAL, **self.charsets})


GENERIC = Profile("generic", ASCII)


def list_profiles() -> list[str]:
    """Every model's name, ours first. Those that speak Star's language are left out: we don't."""
    return [
        "generic",
        *sorted(name for name, data in _book().items() if not data["features"]["starCommands"]),
    ]


@lru_cache
def get_profile(name: str) -> Profile:
    """Raises DeviceError (`device_misconfigured`, permanent) for a model unknown."""
    if name == "generic":
        return GENERIC  # without the half second that the book takes to load
    if name not in list_profiles():
        raise DeviceError("device_misconfigured", f"profile {name}", permanent=True)
    data = _book()[name]
    features = data["features"]
    return Profile(
        name,
        {**_vietnamese(data["codePages"]), **ASCII},
        status=_status(name, data["vendor"]),
        cutter=features["paperFullCut"] or features["paperPartCut"],
        drawer=features["pulseStandard"],
        native_codes=features["qrCode"] and features["barcodeB"],
    )


def _book() -> dict[str, dict[str, Any]]:
    from escpos.capabilities import CAPABILITIES

    book: dict[str, dict[str, Any]] = CAPABILITIES["profiles"]
    return book


def _status(name: str, vendor: str) -> Status:
    if name == "simple":
        return "none"
    return "asb" if vendor == "Epson" else "dle_eot"


def _vietnamese(pages: dict[str, str]) -> dict[str, tuple[int, ...]]:
    """VN3 first: each of its letters is one byte, so that no printer can set a tone beside its vowel."""
    numbers = {
        content: [int(n) for n, other in pages.items() if other == content] for content in pages.values()
    }
    found: dict[str, tuple[int, ...]] = {}
    if "TCVN-3-1" in numbers and "TCVN-3-2" in numbers:
        found["tcvn3"] = (numbers["TCVN-3-1"][0], numbers["TCVN-3-2"][0])
    found |= {f"cp1258:{n}" if at else "cp1258": (n,) for at, n in enumerate(numbers.get("CP1258", []))}
    return found

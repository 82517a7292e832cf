"""lan/phone_address.py — where a phone reaches the shop: at its public address, else in its network; or why it doesn't."""

from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import current_app, request

from ..web.context import current_config
from .certificate import list_own_addresses

NETWORK_ADDRESS = "ocop_network_address"  # of the door that stands open, whichever port it found


class PhoneFault(StrEnum):
    """Why no phone reaches this computer."""

    CLOSED = "closed"
    NO_NETWORK = "no_network"
    OWN_COMPUTER = "own_computer"


def find_network_address() -> str:
    """The shop's https address in its own network; "" where it is not open to it."""
    opened: str = current_app.extensions.get(NETWORK_ADDRESS, "")
    lan = current_config().lan
    return opened or (f"https://{list_own_addresses()[0]}:{lan.port}" if lan.enabled else "")


def find_phone_address(path: str) -> str:
    """Where a phone reaches this path: at the public address, else in the shop's network, else as this request did."""
    public, network = current_config().public.base_url, find_network_address()
    if public and _is_own_computers(public) and network:
        public = ""
    return (public or network or request.url_root).rstrip("/") + path


def find_phone_fault() -> PhoneFault | None:
    """None where a phone reaches what `find_phone_address` says."""
    if not _is_own_computers(find_phone_address("/")):
        return None
    if find_network_address():
        return PhoneFault.NO_NETWORK
    return PhoneFault.OWN_COMPUTER if current_config().public.base_url else PhoneFault.CLOSED


def _is_own_computers(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

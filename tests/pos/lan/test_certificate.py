"""The certificate names private addresses alone."""

import pytest

from pos.lan.certificate import is_private


@pytest.mark.parametrize(
    ("address", "private"),
    [("192.168.1.5", True), ("100.101.102.103", True), ("127.0.0.1", True), ("8.8.8.8", False)],
)
def test_the_certificate_names_private_addresses_alone(address: str, private: bool) -> None:
    assert is_private(address) is private

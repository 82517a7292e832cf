"""lan/certificate.py — the shop's own certificate authority, and the certificate its computer shows to phones.

A phone trusts the authority once; the server's certificate is made anew whenever the computer's address
has changed. The authority can sign for nothing but private networks (RFC 5280, 4.2.1.10), so that a phone
that trusts it gives away nothing else.
"""

import contextlib
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..kernel.private_file import write_private

AUTHORITY_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=397)  # Apple refuses server certificates that last longer than 398 days
RENEW_BEFORE = timedelta(days=30)
PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10", "::1/128", "100.64.0.0/10")  # fmt: skip
PRIVATE_NAMES = ("localhost", "local", "lan", "home.arpa")
AUTHORITY, SERVER = "shop-authority", "shop-server"


def list_own_addresses() -> list[str]:
    """The addresses of this computer on its networks, the one that leads outside first. Sends nothing."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # only asks the routing table: a datagram socket sends no greeting
        found.append(probe.getsockname()[0])
    with contextlib.suppress(OSError):
        found += [
            str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        ]
    return [address for address in dict.fromkeys([*found, "127.0.0.1"]) if is_private(address)]


def is_private(address: str) -> bool:
    """Can the authority vouch for it? One address outside would spoil the whole certificate (RFC 5280, 6.1.3)."""
    wanted = ipaddress.ip_address(address)
    networks = (ipaddress.ip_network(network) for network in PRIVATE_NETWORKS)
    return any(wanted in network for network in networks if network.version == wanted.version)


def prepare_certificate(folder: Path, addresses: Sequence[str], *, at: datetime) -> tuple[Path, Path]:
    """The server's certificate (with its chain) and key for these addresses, made or made anew where needed."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = folder / f"{AUTHORITY}.pem"
    if not authority.is_file():
        _make_authority(folder, at)
    chain, key = folder / f"{SERVER}.pem", folder / f"{SERVER}.key"
    if not (chain.is_file() and key.is_file() and _is_valid_for(chain, addresses, at)):
        _make_server(folder, addresses, at)
    return chain, key


def authority_der(folder: Path) -> bytes | None:
    """The authority as a phone takes it in (DER); None before `prepare_certificate` has made one."""
    path = folder / f"{AUTHORITY}.pem"
    if not path.is_file():
        return None
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(serialization.Encoding.DER)


def fingerprint(der: bytes) -> str:
    """SHA-256 in pairs, as phones show it."""
    figures = x509.load_der_x509_certificate(der).fingerprint(hashes.SHA256()).hex().upper()
    return ":".join(figures[n : n + 2] for n in range(0, len(figures), 2))


def _is_valid_for(chain: Path, addresses: Sequence[str], at: datetime) -> bool:
    try:
        server = x509.load_pem_x509_certificates(chain.read_bytes())[0]
        names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, IndexError, x509.ExtensionNotFound):
        return False
    covered = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    return set(addresses) <= covered and at < server.not_valid_after_utc - RENEW_BEFORE


def _make_authority(folder: Path, at: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("OCOP POS – máy của điểm bán")
    made = (
        _begin_certificate(name, name, key.public_key(), at, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_list_private_names(), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_private(folder / f"{AUTHORITY}.key", _key_bytes(key))
    write_private(folder / f"{AUTHORITY}.pem", made.public_bytes(serialization.Encoding.PEM))


def _make_server(folder: Path, addresses: Sequence[str], at: datetime) -> None:
    authority = x509.load_pem_x509_certificate((folder / f"{AUTHORITY}.pem").read_bytes())
    signer = serialization.load_pem_private_key((folder / f"{AUTHORITY}.key").read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)  # noqa: S101  made above
    key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    made = (
        _begin_certificate(_name("OCOP POS"), authority.subject, key.public_key(), at, SERVER_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    write_private(folder / f"{SERVER}.key", _key_bytes(key))
    write_private(folder / f"{SERVER}.pem", made.public_bytes(pem) + authority.public_bytes(pem))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _begin_certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))  # a phone's clock may be behind
        .not_valid_after(at + lasts)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _list_private_names() -> Iterable[x509.GeneralName]:
    networks = [x509.IPAddress(ipaddress.ip_network(network)) for network in PRIVATE_NETWORKS]
    return [*networks, *(x509.DNSName(name) for name in PRIVATE_NAMES)]


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

"""An authority of the office's own for https, and the certificate it gives this server.

A folder holds ``authority.crt`` and ``authority.key``, ``motcham.json`` (a policy
by which Chromium trusts it), ``server.pem`` and ``server.key``; an office that
has a certificate from elsewhere puts only the last two there. Machines that are
shown the authority trust it, so it is bound to the names of local networks and
those it was made for: whoever steals its key can play no bank to anybody.

Source: RFC 5280, 4.2.1.10 (name constraints).
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from web.origin import PRIVATE

AUTHORITY_FOR = timedelta(days=3653)
SERVER_FOR = timedelta(days=397)  # browsers take none that holds longer
SLACK = timedelta(hours=1)  # the clock of a kiosk may be behind ours
SOON = timedelta(days=30)  # from here on its end is told to whoever looks after the machine
HERE = ("localhost", "127.0.0.1", "::1")
NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8",
            "::1/128", "fc00::/7", "fe80::/10")  # fmt: skip
HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")

Address = IPv4Address | IPv6Address


class BadCertificates(Exception):
    """What cannot be made or read, and why, for whoever gave the command."""


@dataclass(frozen=True)
class Names:
    """Under which names and addresses a server is reached, in the order they were given."""

    dns: tuple[str, ...]
    addresses: tuple[Address, ...]

    def __str__(self) -> str:
        return ", ".join([*self.dns, *map(str, self.addresses)])


@dataclass(frozen=True)
class Serving:
    """The certificate in a folder. ``fingerprint`` is the authority's, "" where that stands elsewhere."""

    names: Names
    until: datetime
    fingerprint: str


def read_names(words: Iterable[str]) -> Names:
    """Names and addresses as they are typed, and the machine's own; BadCertificates tells all others."""
    dns, addresses, wrong = list[str](), list[Address](), []
    for word in [*words, *HERE]:
        if (address := _address(word)) is not None:
            addresses.append(address)
        elif HOST_NAME.fullmatch(word.lower()) and not word.rpartition(".")[2].isdecimal():
            dns.append(word.lower())
        else:
            wrong.append(word)
    if wrong:
        raise BadCertificates(f"neither a name nor an address: {', '.join(wrong)}")
    return Names(tuple(dict.fromkeys(dns)), tuple(dict.fromkeys(addresses)))


def make(folder: Path, names: Names, *, now: datetime) -> None:
    """An authority and a certificate in an empty folder; BadCertificates where there is one already."""
    for name in ("authority.key", "server.pem"):
        if (folder / name).exists():
            raise BadCertificates(f"{folder / name} is there already: renew it, or move the folder away")
    _make_folder(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(key, names, now=now)
    _write_key(folder / "authority.key", key)
    _write(folder / "authority.crt", authority.public_bytes(serialization.Encoding.PEM))
    policy = {"CACertificates": [b64encode(authority.public_bytes(serialization.Encoding.DER)).decode()]}
    _write(folder / "motcham.json", json.dumps(policy).encode())
    _write_key(folder / "server.key", ec.generate_private_key(ec.SECP256R1()))
    _give(folder, authority, key, names, now=now)


def renew(folder: Path, names: Names | None, *, now: datetime) -> None:
    """A certificate from today for the same key, of the same names unless others are given.

    The authority stays, so nobody has to trust anything anew. Raises
    BadCertificates where it stands elsewhere, is over, or may not give these names.
    """
    if not (folder / "authority.key").exists():
        raise BadCertificates(
            f"{folder} has no authority of its own: its certificate is renewed where it is from"
        )
    authority, key = _read(folder / "authority.crt"), _read_key(folder / "authority.key")
    if authority.not_valid_after_utc < now + SOON:
        raise BadCertificates(
            f"the authority itself holds until {authority.not_valid_after_utc:%Y-%m-%d}: make another"
        )
    names = names or _names(_read(folder / "server.pem"))
    if strange := _not_permitted(authority, names):
        raise BadCertificates(
            f"the authority was not made for {', '.join(strange)}: move {folder} away and make another,"
            " which every machine has to be shown"
        )
    _give(folder, authority, key, names, now=now)


def serving(folder: Path) -> Serving:
    """The certificate that is served; BadCertificates where there is none, or none that can be read."""
    certificate = _read(folder / "server.pem")
    authority = folder / "authority.crt"
    fingerprint = _read(authority).fingerprint(hashes.SHA256()).hex(":").upper() if authority.exists() else ""
    return Serving(_names(certificate), certificate.not_valid_after_utc, fingerprint)


def trouble(folder: Path, *, now: datetime) -> str | None:
    """What a person must do something about: it is over, ends soon, or cannot be read."""
    try:
        until = serving(folder).until
    except BadCertificates as fault:
        return str(fault)
    if until - now > SOON:
        return None
    return f"{'over since' if until < now else 'ends'} {until:%Y-%m-%d}"


def _authority(key: ec.EllipticCurvePrivateKey, names: Names, *, now: datetime) -> x509.Certificate:
    title = f"Một Chạm {str(names).partition(',')[0]} {now:%Y}"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title[:64])])
    networks = (*map(ip_network, NETWORKS), *map(ip_network, names.addresses))
    permitted = [
        *(x509.DNSName(name) for name in dict.fromkeys((*PRIVATE, *names.dns))),
        *(x509.IPAddress(network) for network in networks),
    ]
    builder = (
        _builder(subject, subject, key.public_key(), now=now, term=AUTHORITY_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
    )
    return builder.sign(key, hashes.SHA256())


def _give(
    folder: Path, authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, names: Names, *, now: datetime
) -> None:
    own = _read_key(folder / "server.key").public_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(names).partition(",")[0][:64])])
    called = [*map(x509.DNSName, names.dns), *map(x509.IPAddress, names.addresses)]
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    server = (
        _builder(subject, authority.subject, own, now=now, term=SERVER_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(called), critical=False)
        .add_extension(issuer, critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "server.pem", server.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, now: datetime, term: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now - SLACK + term)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _not_permitted(authority: x509.Certificate, names: Names) -> list[str]:
    permitted = (
        authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    )
    zones = [one.value for one in permitted if isinstance(one, x509.DNSName)]
    networks: Sequence[IPv4Network | IPv6Network] = [
        one.value
        for one in permitted
        if isinstance(one, x509.IPAddress) and isinstance(one.value, IPv4Network | IPv6Network)
    ]
    dns = [name for name in names.dns if not any(name == zone or name.endswith(f".{zone}") for zone in zones)]
    addresses = [one for one in names.addresses if not any(one in network for network in networks)]
    return [*dns, *map(str, addresses)]


def _names(certificate: x509.Certificate) -> Names:
    called = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = [one for one in called.get_values_for_type(x509.IPAddress) if isinstance(one, Address)]
    return Names(tuple(called.get_values_for_type(x509.DNSName)), tuple(addresses))


def _address(word: str) -> Address | None:
    try:
        return ip_address(word)
    except ValueError:
        return None


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError:
        raise BadCertificates(f"there is no {path}") from None
    except (OSError, ValueError) as fault:
        raise BadCertificates(f"{path}: {fault}") from fault


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, TypeError, ValueError) as fault:
        raise BadCertificates(f"{path}: {fault}") from fault
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadCertificates(f"{path} was not made here")
    return key


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    _write(path, key.private_bytes(encoding, form, serialization.NoEncryption()))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise BadCertificates(f"{folder}: {fault.strerror}") from fault


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, for its owner alone: a server may read it at this very moment."""
    draft = path.with_name(f".new-{path.name}")
    try:
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as fault:
        raise BadCertificates(f"{path}: {fault.strerror}") from fault

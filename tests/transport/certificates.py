"""Certificates for a test, signed by an authority that exists for that test alone.

Called by test_tls.py.
"""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PEM = serialization.Encoding.PEM
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key, as PEM files."""

    certificate_file: Path
    key_file: Path


class Authority:
    """Signs what it is asked to; `file` is its own certificate."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name}.pem"
        made = self._certificate(self._key, self._name, days=1)
        whole = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.file.write_bytes(whole.sign(self._key, hashes.SHA256()).public_bytes(_PEM))

    def issue(self, name: str, *, host: str = "127.0.0.1", days: int = 1) -> Issued:
        """For an address or a host's name; negative `days`: it has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._certificate(key, _named(name), days=days)
        whole = made.add_extension(x509.SubjectAlternativeName([_general(host)]), critical=False)
        issued = Issued(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        signed = whole.sign(self._key, hashes.SHA256())
        issued.certificate_file.write_bytes(signed.public_bytes(_PEM))
        issued.key_file.write_bytes(
            key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        return issued

    def _certificate(
        self, key: ec.EllipticCurvePrivateKey, name: x509.Name, *, days: int
    ) -> x509.CertificateBuilder:
        until = dt.datetime.now(dt.UTC) + days * _DAY
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(until - 10 * _DAY)
            .not_valid_after(until)
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)

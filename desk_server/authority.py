"""The desk's own certificate authority: it takes a public key, never a name, a date or a usage from outside."""

from __future__ import annotations

import datetime as dt
import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared.errors import DeskError, RequestRefusedError
from shared.files import write_atomic
from shared.key_store import new_key

CA_DAYS = 20 * 365
SERVER_DAYS = 5 * 365
OWNER_DAYS = 2 * 365
MACHINE_DAYS = 90
OWNER_NAME = "owner.local"  # a dot, which no machine's name can have
_LONGEST_COMMON_NAME = 64
_LONGEST_REQUEST = 8_000  # of a P-256 key it has about 400 characters
_CLOCK_SKEW = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A signed certificate: its PEM text, its serial number and its end."""

    pem: bytes
    serial: int
    not_after: dt.datetime


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key as unencrypted PKCS 8; whoever writes it sets mode 0600."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _san(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def certificate_end(file: Path) -> dt.datetime:
    """When the certificate in a PEM file ends."""
    return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc


def requested_key(request: str) -> ec.EllipticCurvePublicKey:
    """The public key of a signing request in PEM, and nothing else of it.

    Raises:
        RequestRefusedError: it can't be read, its key is not P-256, or whoever made it does not hold the private key.
    """
    if len(request) > _LONGEST_REQUEST:
        raise RequestRefusedError("The signing request is too long.")
    try:
        read = x509.load_pem_x509_csr(request.encode("utf-8"))
        key = read.public_key()
        is_proved = read.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise RequestRefusedError("The signing request can't be read.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise RequestRefusedError("The key of the signing request is not of the kind P-256.")
    if not is_proved:
        raise RequestRefusedError("The signing request is not signed by its own key.")
    return key


def fingerprint(file: Path) -> str:
    """The SHA-256 of the certificate in a PEM file, in hexadecimal: by this a machine knows the desk at first sight."""
    return x509.load_pem_x509_certificate(file.read_bytes()).fingerprint(hashes.SHA256()).hex()


class Authority:
    """The CA in a folder: ``ca.key`` (0600) and ``ca.crt``. ``now`` is given by tests alone."""

    def __init__(self, folder: Path, now: dt.datetime | None = None) -> None:
        self.folder = folder
        self._now = now

    @property
    def certificate_file(self) -> Path:
        """The root that machines trust and the server checks them by."""
        return self.folder / "ca.crt"

    @property
    def _key_file(self) -> Path:
        return self.folder / "ca.key"

    def ensure(self) -> None:
        """Make the CA where there is none; the certificate is written last, so a half-made one is made anew."""
        if self.certificate_file.is_file() and self._key_file.is_file():
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = new_key()
        name = _name(f"SupportDesk CA {secrets.token_hex(4)}")
        builder = self._builder(name, name, key.public_key(), CA_DAYS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
        write_atomic(self._key_file, key_pem(key), 0o600)
        write_atomic(self.certificate_file, builder.sign(key, hashes.SHA256()).public_bytes(_PEM))

    def sign_machine(self, name: str, public_key: ec.EllipticCurvePublicKey, days: int = MACHINE_DAYS) -> Certificate:
        """A client certificate for a machine or for ``owner.local``: good for logging in, for nothing else."""
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        return self._sign(name, public_key, days, usage, ())

    def sign_request(self, name: str, request: str, days: int = MACHINE_DAYS) -> Certificate:
        """The same for a signing request's key; of what else stands in the request nothing is taken."""
        return self.sign_machine(name, requested_key(request), days)

    def sign_server(
        self, hosts: tuple[str, ...], public_key: ec.EllipticCurvePublicKey, days: int = SERVER_DAYS
    ) -> Certificate:
        """The server's certificate for the names and addresses that machines reach it by."""
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        name = hosts[0] if len(hosts[0]) <= _LONGEST_COMMON_NAME else "SupportDesk server"  # clients look at the SAN
        return self._sign(name, public_key, days, usage, hosts)

    def _sign(
        self,
        name: str,
        public_key: ec.EllipticCurvePublicKey,
        days: int,
        usage: x509.ExtendedKeyUsage,
        hosts: tuple[str, ...],
    ) -> Certificate:
        ca_key, ca = self._load()
        builder = self._builder(_name(name), ca.subject, public_key, days)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
        builder = builder.add_extension(usage, critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName([_san(host) for host in hosts]), critical=False)
        signed = builder.sign(ca_key, hashes.SHA256())
        return Certificate(signed.public_bytes(_PEM), signed.serial_number, signed.not_valid_after_utc)

    def _builder(
        self, subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, days: int
    ) -> x509.CertificateBuilder:
        now = self._now or dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _CLOCK_SKEW)
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        )

    def _load(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        try:
            key = serialization.load_pem_private_key(self._key_file.read_bytes(), password=None)
            certificate = x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
        except (OSError, ValueError) as error:
            raise DeskError(f"The certificate authority in {self.folder} can't be read; restore it.") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise DeskError(f"The key in {self._key_file} is not of the kind that this desk uses.")
        return key, certificate


_PEM = serialization.Encoding.PEM


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )

"""Certificates that a forger would make: by another authority, or by ours with its key stolen.

Whatever is not stated is as honest as in a machine's own certificate, so that a refusal is due to what is stated alone.
"""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from desk_server.authority import key_pem
from shared.key_store import new_key

CN = NameOID.COMMON_NAME
CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
Names = str | list[tuple[ObjectIdentifier, str]]


@dataclass(frozen=True)
class Signer:
    """Whoever signs: a certificate and its key."""

    certificate: x509.Certificate
    key: Any

    @classmethod
    def of(cls, folder: Path) -> Signer:
        """The authority in a desk's ``ca`` folder."""
        return cls.of_files(folder / "ca.crt", folder / "ca.key")

    @classmethod
    def of_files(cls, certificate: Path, key: Path) -> Signer:
        """Any certificate with its unencrypted key."""
        return cls(
            x509.load_pem_x509_certificate(certificate.read_bytes()),
            serialization.load_pem_private_key(key.read_bytes(), password=None),
        )


@dataclass(frozen=True)
class Forged:
    """A certificate and its key in files, as libpq wants them."""

    certificate: x509.Certificate
    folder: Path

    @property
    def serial(self) -> int:
        return self.certificate.serial_number

    @property
    def keywords(self) -> dict[str, str]:
        return {"sslcert": str(self.folder / "forged.crt"), "sslkey": str(self.folder / "forged.key")}


def subject(names: Names) -> x509.Name:
    """A distinguished name: one common name, or what is stated."""
    parts = [(CN, names)] if isinstance(names, str) else names
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an empty name is meant
        return x509.Name([x509.NameAttribute(oid, value, _validate=False) for oid, value in parts])


def twin_of(signer: Signer) -> Signer:
    """An authority of the same names and dates with a key of its own."""
    key, real = new_key(), signer.certificate
    builder = x509.CertificateBuilder(
        real.issuer, real.subject, key.public_key(), real.serial_number,
        real.not_valid_before_utc, real.not_valid_after_utc,
    )  # fmt: skip
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return Signer(builder.sign(key, hashes.SHA256()), key)


def forge(
    folder: Path,
    signer: Signer,
    names: Names,
    *,
    usage: tuple[ObjectIdentifier, ...] = (CLIENT,),
    starts: dt.timedelta = dt.timedelta(minutes=-5),
    ends: dt.timedelta = dt.timedelta(days=30),
    hosts: tuple[str, ...] = (),
    is_authority: bool = False,
) -> Forged:
    """A certificate signed by ``signer`` with a key of its own, in ``folder``."""
    key, now = new_key(), dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(
        signer.certificate.subject, subject(names), key.public_key(), x509.random_serial_number(),
        now + starts, now + ends,
    )  # fmt: skip
    builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage(list(usage)), critical=False)
    if hosts:
        names_of_host = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names_of_host, critical=False)
    certificate = builder.sign(signer.key, hashes.SHA256())
    return write(folder, certificate, key_pem(key))


def write(folder: Path, certificate: x509.Certificate, key: bytes) -> Forged:
    """Files of a certificate and its key, the key as libpq wants it: readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "forged.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "forged.key").touch(mode=0o600)
    (folder / "forged.key").write_bytes(key)
    return Forged(certificate, folder)


def request(
    names: Names,
    key: Any = None,
    *,
    extensions: tuple[x509.ExtensionType, ...] = (),
    signed_by: Any = None,
) -> str:
    """A signing request as PEM text. ``signed_by``: another key than the one it asks for."""
    key = key or new_key()
    builder = x509.CertificateSigningRequestBuilder(subject(names))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    return (pem if signed_by is None else _with_other_key(builder, signed_by, key)).decode()


def _with_other_key(builder: x509.CertificateSigningRequestBuilder, liar: Any, victim: Any) -> bytes:
    """A request for the victim's public key, signed by somebody who does not have its private key."""
    stated = builder.sign(victim, hashes.SHA256())
    honest = builder.sign(liar, hashes.SHA256())
    spki = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    der = honest.public_bytes(serialization.Encoding.DER)
    forged = der.replace(honest.public_key().public_bytes(*spki), stated.public_key().public_bytes(*spki))
    assert forged != der
    return x509.load_der_x509_csr(forged).public_bytes(serialization.Encoding.PEM)


def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """An RSA key, weak ones too."""
    return rsa.generate_private_key(65537, bits)


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """The public half, to compare."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

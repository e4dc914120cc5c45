"""The certificate authority: it decides name, usage and dates; of a request it takes the public key alone."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import random
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from desk_server.authority import Authority, certificate_end, fingerprint, key_pem
from shared.errors import DeskError, RequestRefusedError
from shared.key_store import new_key

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    made = Authority(tmp_path / "ca", now=NOW)
    made.ensure()
    return made


def _load(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def _usages(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def test_machine_certificate_is_for_its_name_and_for_logging_in_alone(authority: Authority) -> None:
    key = new_key()
    signed = authority.sign_machine("pc-0417", key.public_key(), days=10)
    certificate = _load(signed.pem)
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "pc-0417"
    assert _usages(certificate) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.public_key().public_numbers() == key.public_key().public_numbers()
    assert signed.serial == certificate.serial_number
    assert signed.not_after == NOW + dt.timedelta(days=10)
    certificate.verify_directly_issued_by(_load(authority.certificate_file.read_bytes()))


def test_server_certificate_names_hosts_and_addresses(authority: Authority) -> None:
    certificate = _load(authority.sign_server(("desk.example", "127.0.0.1", "::1"), new_key().public_key()).pem)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["desk.example"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    assert _usages(certificate) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_ca_may_sign_no_further_ca_and_its_key_is_its_owners(authority: Authority) -> None:
    ca = _load(authority.certificate_file.read_bytes())
    constraints = ca.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert (constraints.value.ca, constraints.value.path_length) == (True, 0)
    assert (authority.folder / "ca.key").stat().st_mode & 0o777 == 0o600
    assert isinstance(ca.public_key(), ec.EllipticCurvePublicKey)
    assert certificate_end(authority.certificate_file) > NOW + dt.timedelta(days=19 * 365)


def test_ensure_keeps_a_whole_ca_and_makes_a_half_made_one_anew(authority: Authority) -> None:
    before = authority.certificate_file.read_bytes()
    authority.ensure()
    assert authority.certificate_file.read_bytes() == before
    authority.certificate_file.unlink()  # killed between key and certificate
    authority.ensure()
    assert authority.certificate_file.read_bytes() != before
    authority.sign_machine("pc-1", new_key().public_key())


def test_serials_differ(authority: Authority) -> None:
    key = new_key().public_key()
    assert len({authority.sign_machine("pc-1", key).serial for _ in range(20)}) == 20


def test_damaged_ca_is_a_sentence(authority: Authority) -> None:
    authority.sign_machine("pc-1", new_key().public_key())
    (authority.folder / "ca.key").write_text("-----BEGIN")
    with pytest.raises(DeskError, match="can't be read"):
        authority.sign_machine("pc-1", new_key().public_key())


def test_key_is_p256_in_pkcs8() -> None:
    key = new_key()
    assert isinstance(key.curve, ec.SECP256R1)
    assert key_pem(key).startswith(b"-----BEGIN PRIVATE KEY-----")


def _request(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str = "pc-0417"
) -> x509.CertificateSigningRequest:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    wishes = x509.BasicConstraints(ca=True, path_length=None)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    names = x509.SubjectAlternativeName([x509.DNSName("desk.example")])
    for wish in (wishes, usage, names):
        builder = builder.add_extension(wish, critical=True)
    return builder.sign(key, hashes.SHA256())


def _pem(request: x509.CertificateSigningRequest) -> str:
    return request.public_bytes(Encoding.PEM).decode()


def test_of_a_request_the_public_key_alone_is_taken(authority: Authority) -> None:
    """It asks to be postgres, a CA and a server; it becomes the machine's certificate, for logging in."""
    key = new_key()
    certificate = _load(authority.sign_request("pc-0417", _pem(_request(key, "postgres"))).pem)
    assert certificate.subject.rfc4514_string() == "CN=pc-0417"
    assert _usages(certificate) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert certificate.public_key().public_numbers() == key.public_key().public_numbers()
    assert certificate.not_valid_after_utc == NOW + dt.timedelta(days=90)


def test_whoever_asks_holds_the_private_key(authority: Authority) -> None:
    """Somebody else's public key under one's own signature would be a certificate for a key that one has not."""
    mine, other = (_request(new_key()).public_bytes(Encoding.DER) for _ in range(2))
    point = _key_point(mine)
    forged = mine.replace(point, _key_point(other))
    assert forged != mine
    with pytest.raises(RequestRefusedError, match="not signed by its own key"):
        authority.sign_request("pc-1", _pem(x509.load_der_x509_csr(forged)))
    authority.sign_request("pc-1", _pem(x509.load_der_x509_csr(mine)))


def _key_point(request: bytes) -> bytes:
    """The public key of a request as its bytes stand in it."""
    numbers = x509.load_der_x509_csr(request).public_key().public_numbers()
    return b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (ec.generate_private_key(ec.SECP384R1()), "not of the kind P-256"),
        (ec.generate_private_key(ec.SECP256K1()), "not of the kind P-256"),
        (rsa.generate_private_key(65537, 2048), "not of the kind P-256"),
    ],
    ids=["p384", "k256", "rsa"],
)
def test_keys_of_another_kind_are_refused_with_the_reason(authority: Authority, key: Any, reason: str) -> None:
    with pytest.raises(RequestRefusedError, match=reason):
        authority.sign_request("pc-1", _pem(_request(key)))


def test_a_key_of_edwards_is_refused(authority: Authority) -> None:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    with pytest.raises(RequestRefusedError, match="not of the kind P-256"):
        authority.sign_request("pc-1", _pem(builder.sign(ed25519.Ed25519PrivateKey.generate(), None)))


@pytest.mark.parametrize(
    "text", ["", "no request", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n", "x" * 100_000, "\ud83d"]
)
def test_what_is_no_request_is_refused_with_a_reason(authority: Authority, text: str) -> None:
    with pytest.raises(RequestRefusedError):
        authority.sign_request("pc-1", text)


def test_damaged_requests_are_refused_and_nothing_else_happens(authority: Authority) -> None:
    whole = _request(new_key()).public_bytes(Encoding.DER)
    # but in the count of unused bits before the signature, which may say the same in another way
    unused_bits = len(whole) - len(x509.load_der_x509_csr(whole).signature) - 1
    places = [place for place in range(len(whole)) if place != unused_bits]
    dice = random.Random(12)
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[dice.choice(places)] ^= 1 << dice.randrange(8)
        text = (
            "-----BEGIN CERTIFICATE REQUEST-----\n"
            + base64.encodebytes(damaged).decode()
            + "-----END CERTIFICATE REQUEST-----\n"
        )
        with pytest.raises(RequestRefusedError):
            authority.sign_request("pc-1", text)


def test_the_fingerprint_is_of_the_whole_certificate(authority: Authority) -> None:
    der = _load(authority.certificate_file.read_bytes()).public_bytes(Encoding.DER)
    assert fingerprint(authority.certificate_file) == hashlib.sha256(der).hexdigest()

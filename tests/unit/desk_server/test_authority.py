"""The certificate authority: it decides name, usage and dates; of a request it takes the public key alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from desk_server.authority import Authority, certificate_end, key_pem, new_key
from shared.errors import DeskError

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
    assert certificate.public_key().public_numbers() == key.public_key().public_numbers()  # type: ignore[union-attr]
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

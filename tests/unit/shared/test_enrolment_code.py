"""The one-time code: there and back, what is forgiven in what was pasted, and what each damage is called."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_server.authority import Authority
from shared.domain.enrolment import (
    EnrolmentCode,
    fingerprint_of,
    fingerprint_of_pem,
    parse_server,
    server_text,
)
from shared.errors import CodeFault, DamagedCodeError, UserError

FINGERPRINT = hashlib.sha256(b"a certificate").hexdigest()
# the same in every process: the names of tests are made from it
CODE = EnrolmentCode("pc-0417", "pjnak5w35zlekixnjsmi7zalau", FINGERPRINT, "desk.example", 5433)
TEXT = CODE.text()
SECRET = CODE.secret


@given(
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True),
    st.binary(min_size=32, max_size=32),
    st.sampled_from(["desk", "desk.example", "10.0.0.7", "::1", "fe80::1", "my_host"]),
    st.integers(1, 65535),
)
def test_there_and_back(machine: str, digest: bytes, host: str, port: int) -> None:
    code = EnrolmentCode.new(machine, digest.hex(), host, port)
    assert EnrolmentCode.parse(code.text()) == code


def test_the_text_is_name_secret_fingerprint_and_server() -> None:
    name, secret, rest = TEXT.split(".", 2)
    assert (name, secret) == ("pc-0417", SECRET)
    assert rest.endswith("@desk.example:5433")
    assert len(secret) == 26
    assert TEXT.islower()


def test_a_secret_is_new_each_time_and_only_its_hash_is_stored() -> None:
    assert len({EnrolmentCode.new("pc", FINGERPRINT, "desk", 1).secret for _ in range(100)}) == 100
    assert CODE.claim == f"{CODE.machine}.{SECRET}"
    assert CODE.secret_hash() == hashlib.sha256(CODE.claim.encode()).digest()


def test_the_secret_is_not_in_the_repr() -> None:
    assert SECRET not in repr(CODE)
    assert SECRET not in f"{CODE}"
    assert "pc-0417" in repr(CODE)


@pytest.mark.parametrize(
    "pasted",
    [
        f"  {TEXT}\n",
        f"{TEXT[:20]}\r\n{TEXT[20:60]}\n   {TEXT[60:]}",
        " ".join(TEXT),
        TEXT.upper(),
        f'"{TEXT}"',
        f"`{TEXT}`",
        f"“{TEXT}”",
        f"\ufeff{TEXT[:7]}\u200b{TEXT[7:]}\u00a0",
        TEXT.replace(".", "．").replace("@", "＠").replace(":", "：").replace("-", "－"),
    ],
)
def test_what_pasting_adds_is_forgiven(pasted: str) -> None:
    assert EnrolmentCode.parse(pasted) == CODE


def test_a_fingerprint_may_be_hexadecimal() -> None:
    assert EnrolmentCode.parse(f"pc-0417.{SECRET}.{FINGERPRINT}@desk.example:5433") == CODE
    colons = ":".join(FINGERPRINT[at : at + 2] for at in range(0, 64, 2)).upper()
    assert EnrolmentCode.new("pc", colons, "desk", 1).fingerprint == FINGERPRINT


def test_the_server_that_is_named_goes_before_the_one_in_the_code() -> None:
    assert (CODE.host, CODE.port) == ("desk.example", 5433)
    named = EnrolmentCode.parse(TEXT, "10.1.2.3:6000")
    assert (named.host, named.port) == ("10.1.2.3", 6000)
    assert EnrolmentCode.parse(TEXT, "   ") == CODE
    bare = TEXT.partition("@")[0]
    assert EnrolmentCode.parse(bare, "other").port == 5432


@pytest.mark.parametrize(
    ("pasted", "fault"),
    [
        ("", CodeFault.EMPTY),
        (" \n ", CodeFault.EMPTY),
        ("@desk.example:5433", CodeFault.EMPTY),
        ("hello", CodeFault.SHORT),
        (TEXT[:40], CodeFault.SHORT),
        (TEXT.partition("@")[0][:-1] + "@desk:1", CodeFault.SHORT),
        (TEXT.replace(SECRET, SECRET[:-1]), CodeFault.SHORT),
        (TEXT.replace(SECRET, ""), CodeFault.SHORT),
        (TEXT.replace(SECRET, SECRET + "a"), CodeFault.LONG),
        (TEXT.replace("@", "aaa@"), CodeFault.LONG),
        (TEXT.replace(SECRET, "0" + SECRET[1:]), CodeFault.LETTERS),
        (TEXT.replace(SECRET, "é" + SECRET[1:]), CodeFault.LETTERS),
        (TEXT.replace("pc-0417", "pc_0417"), CodeFault.LETTERS),
        (TEXT.replace("pc-0417", "a" * 41), CodeFault.LETTERS),
        (TEXT.partition("@")[0], CodeFault.NO_SERVER),
        (TEXT.replace("5433", "99999"), CodeFault.SERVER),
        (TEXT.replace("5433", "0"), CodeFault.SERVER),
        (TEXT.replace("5433", "٣٣"), CodeFault.SERVER),
        (TEXT.replace("desk.example", "desk example/x"), CodeFault.SERVER),
    ],
)
def test_each_damage_is_named(pasted: str, fault: CodeFault) -> None:
    with pytest.raises(DamagedCodeError) as caught:
        EnrolmentCode.parse(pasted)
    assert caught.value.fault is fault
    assert isinstance(caught.value, UserError)
    assert SECRET[:10] not in str(caught.value)


@given(st.text())
def test_whatever_is_pasted_is_a_code_or_a_sentence(pasted: str) -> None:
    try:
        EnrolmentCode.parse(pasted)
    except DamagedCodeError as error:
        assert str(error).endswith(".")


@given(st.integers(0, len(TEXT) - 1), st.characters())
def test_one_wrong_letter_is_another_code_or_a_sentence(at: int, letter: str) -> None:
    try:
        EnrolmentCode.parse(TEXT[:at] + letter + TEXT[at + 1 :])
    except DamagedCodeError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("desk", ("desk", 5432)),
        ("desk:", ("desk", 5432)),
        ("Desk.Example:5433", ("desk.example", 5433)),
        ("[::1]:5433", ("::1", 5433)),
        ("::1", ("::1", 5432)),
        ("[fe80::1%eth0]:5433", ("fe80::1%eth0", 5433)),
        ("192.168.1.9:5432", ("192.168.1.9", 5432)),
    ],
)
def test_a_server_is_host_and_port(text: str, server: tuple[str, int]) -> None:
    assert parse_server(text) == server
    assert parse_server(server_text(*server)) == server


@pytest.mark.parametrize("text", ["-desk", "desk:x", "desk:-1", "[::1", "[::1]5433x", "a:b:c:z", "host=x", "/s"])
def test_what_is_no_server_is_a_sentence(text: str) -> None:
    with pytest.raises(DamagedCodeError, match="HOST:PORT") as caught:
        parse_server(text)
    assert caught.value.fault is CodeFault.SERVER


def test_the_fingerprint_is_that_of_the_authority(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.ensure()
    pem = authority.certificate_file.read_bytes()
    der = ssl.PEM_cert_to_DER_cert(pem.decode())
    assert fingerprint_of_pem(pem) == fingerprint_of(der) == hashlib.sha256(der).hexdigest()
    with pytest.raises(ValueError, match="no certificate"):
        fingerprint_of_pem(b"nothing here")


def test_a_server_without_a_port_has_that_of_the_code() -> None:
    code = EnrolmentCode.new("pc", FINGERPRINT, "desk", 6543)
    for server, port in (("other", 6543), ("other:5433", 5433)):
        parsed = EnrolmentCode.parse(code.text(), server)
        assert (parsed.host, parsed.port) == ("other", port)
    bare = code.text().split("@")[0]
    assert EnrolmentCode.parse(bare, "other").port == EnrolmentCode.parse(f"{bare}@de!sk:1", "other").port == 5432

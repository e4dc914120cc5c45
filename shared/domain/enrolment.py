"""The one-time code of an enrolment: which machine, the secret, whose certificates to trust, and where the server is.

As text it is ``NAME.SECRET.FINGERPRINT@HOST:PORT``, all in lower case. The secret has 128 bits; the fingerprint is the
SHA-256 of the authority's certificate, so that a machine knows its server before it says anything to it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass, field

from shared.errors import CodeFault, DamagedCodeError

DEFAULT_PORT = 5432
_MACHINE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_BASE32 = re.compile(r"[a-z2-7]+")
_HEX = re.compile(r"[0-9a-f]{64}")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9_])?")
_BRACKETS = re.compile(r"\[(?P<host>[^\]]*:[^\]]*)\](:(?P<port>.*))?")
_IPV6 = re.compile(r"[0-9a-f:.]+(%[\w.-]+)?")
_SECRET_LENGTH, _FINGERPRINT_LENGTH = 26, 52
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A code, taken apart. ``fingerprint`` is hexadecimal. ``repr()`` leaves the secret out: it may reach a log."""

    machine: str
    secret: str = field(repr=False)
    fingerprint: str
    host: str
    port: int

    @classmethod
    def new(cls, machine: str, fingerprint: str, host: str, port: int) -> EnrolmentCode:
        """A fresh code for a machine; ``fingerprint`` as ``fingerprint_of`` gives it, or in base32."""
        return cls(machine, _base32(secrets.token_bytes(16)), _hexadecimal(fingerprint), host, port)

    @classmethod
    def parse(cls, text: str, server: str | None = None) -> EnrolmentCode:
        """The code in what a person pasted; white space, line breaks, quotes and capitals are forgiven.

        Args:
            server: ``HOST`` or ``HOST:PORT``; it goes before the one in the code, which may then have none.
                Without a port it has that of the code.
        """
        code, _, stated = _cleaned(text).partition("@")
        if not code:
            raise DamagedCodeError("This is no code: it is empty.", CodeFault.EMPTY)
        machine, secret, fingerprint = _parts(code)
        if server is None or not server.strip():
            return cls(machine, secret, fingerprint, *parse_server(stated))
        host, port = parse_server(server, _stated_port(stated))
        return cls(machine, secret, fingerprint, host, port)

    def text(self) -> str:
        """What a person copies."""
        fingerprint = _base32(bytes.fromhex(self.fingerprint))
        return f"{self.machine}.{self.secret}.{fingerprint}@{server_text(self.host, self.port)}"

    @property
    def claim(self) -> str:
        """What is handed in: the name belongs to it, so that a code with another name is none, and uses none."""
        return f"{self.machine}.{self.secret}"

    def secret_hash(self) -> bytes:
        """What the desk stores of the claim."""
        return hashlib.sha256(self.claim.encode("ascii")).digest()


def parse_server(text: str, default_port: int = DEFAULT_PORT) -> tuple[str, int]:
    """Host and port of ``HOST``, ``HOST:PORT`` or ``[IPV6]:PORT``; DamagedCodeError where it is none of these."""
    server = _cleaned(text)
    if not server:
        raise DamagedCodeError(
            "The code does not say where the server is, and no server was named.", CodeFault.NO_SERVER
        )
    in_brackets = _BRACKETS.fullmatch(server)
    if in_brackets:
        host, port = in_brackets["host"], in_brackets["port"] or ""
    elif server.count(":") > 1:
        host, port = server, ""
    else:
        host, _, port = server.partition(":")
    is_host = bool((_IPV6 if ":" in host else _HOST).fullmatch(host))
    if not is_host or not _is_port(port):
        raise DamagedCodeError("The server is no HOST:PORT.", CodeFault.SERVER)
    return host, int(port or default_port)


def _stated_port(stated: str) -> int:
    try:
        return parse_server(stated)[1]
    except DamagedCodeError:  # that is why another one was named
        return DEFAULT_PORT


def server_text(host: str, port: int) -> str:
    """``HOST:PORT``, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def fingerprint_of(certificate: bytes) -> str:
    """The fingerprint of a certificate in DER, hexadecimal."""
    return hashlib.sha256(certificate).hexdigest()


def fingerprint_of_pem(certificate: str | bytes) -> str:
    """The fingerprint of the first certificate in a PEM text, such as a profile's ``ca.crt``."""
    text = certificate.decode("ascii", "replace") if isinstance(certificate, bytes) else certificate
    found = _PEM.search(text)
    if found is None:
        raise ValueError("no certificate in this text")
    return fingerprint_of(base64.b64decode("".join(found.group(1).split()), validate=True))


def _cleaned(text: str) -> str:
    """Without what mail, terminals and input methods add: full-width signs, breaks, invisible letters, quotes."""
    plain = unicodedata.normalize("NFKC", text).lower()
    kept = (sign for sign in plain if not sign.isspace() and unicodedata.category(sign) not in ("Cf", "Cc"))
    return "".join(kept).strip("'\"`‘’“”«»<>,;")


def _parts(code: str) -> tuple[str, str, str]:
    parts = code.split(".")
    if len(parts) != 3 or not all(parts):
        raise DamagedCodeError("This code is not complete. Copy it again, as a whole.", CodeFault.SHORT)
    machine, secret, fingerprint = parts
    is_hexadecimal = bool(_HEX.fullmatch(fingerprint))
    lengths_are_right = len(secret) == _SECRET_LENGTH and (is_hexadecimal or len(fingerprint) == _FINGERPRINT_LENGTH)
    letters_are_right = bool(
        _MACHINE.fullmatch(machine) and _BASE32.fullmatch(secret) and (is_hexadecimal or _BASE32.fullmatch(fingerprint))
    )
    if not letters_are_right:
        raise DamagedCodeError("There are signs in this code that no code has. Copy it again.", CodeFault.LETTERS)
    if not lengths_are_right:
        is_long = len(secret) > _SECRET_LENGTH or len(fingerprint) > _FINGERPRINT_LENGTH
        words, fault = ("has too many letters", CodeFault.LONG) if is_long else ("is not complete", CodeFault.SHORT)
        raise DamagedCodeError(f"This code {words}. Copy it again, as a whole.", fault)
    return machine, secret, _hexadecimal(fingerprint)


def _is_port(port: str) -> bool:
    return not port or (port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65_536)


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode("ascii").rstrip("=").lower()


def _hexadecimal(fingerprint: str) -> str:
    given = fingerprint.strip().lower().replace(":", "")
    if _HEX.fullmatch(given):
        return given
    try:
        digest = base64.b32decode(given.upper() + "=" * (-len(given) % 8))
    except binascii.Error as error:
        raise DamagedCodeError("The fingerprint in this code is damaged.", CodeFault.LETTERS) from error
    if len(digest) != hashlib.sha256().digest_size:
        raise DamagedCodeError("The fingerprint in this code is damaged.", CodeFault.LETTERS)
    return digest.hex()

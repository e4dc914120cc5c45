"""Which desk a server belongs to, found out before anything is said to it.

The TLS handshake is made without trusting anybody, and nothing is sent in it: the server shows its chain, the chain
holds its desk's authority, and the authority's fingerprint is what a one-time code carries.
"""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import struct
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from shared.domain.enrolment import fingerprint_of, server_text
from shared.errors import ClockError, DatabaseUnavailableError, NotADeskError, WrongServerError

LOOK_SECONDS = 5.0
CLOCKS_APART = dt.timedelta(hours=12)
_SSL_REQUEST = struct.pack("!ii", 8, 80_877_103)


@dataclass(frozen=True, slots=True)
class ServerProof:
    """The authority's certificate as PEM, and the days between which the server's own one is good."""

    authority: str
    not_before: dt.datetime
    not_after: dt.datetime


def prove_server(host: str, port: int, fingerprint: str) -> ServerProof:
    """The server's proof that it belongs to the desk with this fingerprint; WrongServerError where it does not.

    Sent are the request for TLS and the handshake, nothing else. That the server holds the key of a certificate of
    this authority, made out to this host, is for the connection to check that trusts this authority alone.
    """
    chain = _shown_chain(host, port)
    for certificate in chain:
        if fingerprint_of(certificate) == fingerprint:
            return ServerProof(ssl.DER_cert_to_PEM_cert(certificate), *_validity(chain[0]))
    raise WrongServerError(
        "This server does not belong to the desk that gave the code out. Nothing was sent to it; check the address."
    )


def check_clocks(here: dt.datetime, there: dt.datetime) -> None:
    """ClockError where the two are a day apart: certificates would be refused as not yet or no longer good."""
    if abs(here - there) > CLOCKS_APART:
        raise ClockError(
            f"This computer's clock says {_minute(here)}, the server's {_minute(there)}. Set the one that is wrong, "
            "then use the code: it is still good."
        )


def check_certificate_days(here: dt.datetime, proof: ServerProof) -> None:
    """ClockError where the server's certificate is not good by this computer's clock."""
    if not proof.not_before <= here <= proof.not_after:
        raise ClockError(
            f"This computer's clock says {_minute(here)}; the server's certificate is good from "
            f"{_minute(proof.not_before)} to {_minute(proof.not_after)}. Set the clock that is wrong, then use the "
            "code: it is still good."
        )


def _minute(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _shown_chain(host: str, port: int) -> list[bytes]:
    try:
        plain = socket.create_connection((host, port), timeout=LOOK_SECONDS)
    except (OSError, UnicodeError) as error:
        raise DatabaseUnavailableError(
            f"Nothing answers at {server_text(host, port)}. Is the server on, and is that its address? "
            "Another one is named by --server HOST:PORT."
        ) from error
    try:
        with closing(plain):
            return _chain_by_tls(plain, host)
    except ssl.SSLError as error:
        raise NotADeskError("What answers there speaks no TLS 1.3: it is no server of a desk.") from error
    except (OSError, UnicodeError) as error:
        raise NotADeskError("What answers there hangs up, or says nothing: it is no server of a desk.") from error


def _chain_by_tls(plain: socket.socket, host: str) -> list[bytes]:
    plain.sendall(_SSL_REQUEST)
    if plain.recv(1) != b"S":
        raise NotADeskError("What answers there is no server of a desk.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # whom to trust is what is being found out
    with context.wrap_socket(plain, server_hostname=host) as secure:
        return _chain_of(secure)


def _chain_of(secure: ssl.SSLSocket) -> list[bytes]:
    """Python has the chain from 3.10 on, in public from 3.13 on."""
    source: Any = secure if hasattr(secure, "get_unverified_chain") else secure._sslobj  # type: ignore[attr-defined] # 3.13 has it
    shown = source.get_unverified_chain() or []
    return [one if isinstance(one, bytes) else ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in shown]


def _validity(certificate: bytes) -> tuple[dt.datetime, dt.datetime]:
    from cryptography import x509

    try:
        read = x509.load_der_x509_certificate(certificate)
    except ValueError as error:
        raise NotADeskError("The certificate that the server shows can't be read.") from error
    return read.not_valid_before_utc, read.not_valid_after_utc

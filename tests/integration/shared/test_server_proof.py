"""What a server hears before it has proved that it belongs to the desk: nothing. Shown by one that writes all down."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from pathlib import Path

import pytest

from desk_server.authority import Authority, key_pem
from shared.domain.enrolment import EnrolmentCode, fingerprint_of_pem
from shared.enrolment import Enrolment
from shared.errors import UnknownCodeError, WrongServerError
from shared.key_store import new_key
from shared.server_proof import prove_server
from tests.desks import RunningDesk

SETTINGS = {
    "server_version": "17.10", "client_encoding": "UTF8", "DateStyle": "ISO, MDY", "integer_datetimes": "on",
    "standard_conforming_strings": "on",
}  # fmt: skip


def message(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return kind + struct.pack("!i", len(body) + 4) + body


READY = message(b"Z", b"I")


class ListeningServer:
    """A server with certificates of its own that speaks enough of PostgreSQL to be told the code."""

    def __init__(self, folder: Path) -> None:
        authority = Authority(folder)
        authority.ensure()
        key = new_key()
        certificate = authority.sign_server(("localhost",), key.public_key())
        (folder / "key").write_bytes(key_pem(key))
        ca = authority.certificate_file.read_bytes()
        (folder / "chain").write_bytes(certificate.pem + ca)
        self.fingerprint = fingerprint_of_pem(ca)
        self.heard: list[bytes] = []  # by TLS, as it arrived
        self.handshakes = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "chain", folder / "key")
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def stop(self) -> None:
        """Afterwards all that came is in ``heard``."""
        if self._thread.is_alive():
            self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join()
            self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            with plain:
                plain.settimeout(5)
                try:
                    self._talk(plain)
                except OSError:
                    continue

    def _talk(self, plain: socket.socket) -> None:
        assert plain.recv(8) == struct.pack("!ii", 8, 80_877_103)
        plain.sendall(b"S")
        with self._context.wrap_socket(plain, server_side=True) as secure:
            self.handshakes += 1
            while said := secure.recv(65_536):
                self.heard.append(said)
                secure.sendall(self._answer(said))

    def _answer(self, said: bytes) -> bytes:
        if len(self.heard) == 1:
            status = [message(b"S", f"{k}\0{v}\0".encode()) for k, v in SETTINGS.items()]
            return b"".join([message(b"R", struct.pack("!i", 0)), *status, message(b"K", b"\0" * 8), READY])
        if b"clock_timestamp" in said:
            field = b"clock\0" + struct.pack("!ihihih", 0, 0, 701, 8, -1, 0)
            now = str(time.time()).encode()
            row = struct.pack("!hi", 1, len(now)) + now
            return (
                message(b"T", struct.pack("!h", 1), field) + message(b"D", row) + message(b"C", b"SELECT 1\0") + READY
            )
        return message(b"E", b"SERROR\0VERROR\0CDK030\0Mas it says\0\0") + READY


@pytest.fixture
def stranger(tmp_path: Path):
    server = ListeningServer(tmp_path / "stranger")
    yield server
    server.stop()


def test_another_server_hears_nothing_of_the_code(desk: RunningDesk, stranger: ListeningServer, tmp_path: Path) -> None:
    ours = fingerprint_of_pem(desk.desk.authority.certificate_file.read_bytes())
    code = EnrolmentCode.new("pc-1", ours, "localhost", stranger.port)
    with pytest.raises(WrongServerError) as caught:
        Enrolment(code, tmp_path / "profile").run()
    stranger.stop()
    assert "Nothing was sent" in str(caught.value)
    assert (stranger.handshakes, stranger.heard) == (1, [])
    assert not (tmp_path / "profile").exists()


def test_the_same_server_hears_it_where_the_code_is_its_own(stranger: ListeningServer, tmp_path: Path) -> None:
    """So that the silence above is the check's, not the listener's."""
    code = EnrolmentCode.new("pc-1", stranger.fingerprint, "localhost", stranger.port)
    with pytest.raises(UnknownCodeError):
        Enrolment(code, tmp_path / "profile").run()
    assert any(code.secret.encode() in said for said in stranger.heard)


def test_a_certificate_without_its_authority_proves_nothing(desk: RunningDesk, tmp_path: Path) -> None:
    """A stranger may show our authority's certificate, which is public; his own certificate is not of it."""
    ca = desk.desk.authority.certificate_file.read_bytes()
    server = ListeningServer(tmp_path / "stranger")
    (tmp_path / "stranger" / "chain").write_bytes((tmp_path / "stranger" / "chain").read_bytes() + ca)
    server._context.load_cert_chain(tmp_path / "stranger" / "chain", tmp_path / "stranger" / "key")
    code = EnrolmentCode.new("pc-1", fingerprint_of_pem(ca), "localhost", server.port)
    try:
        with pytest.raises(WrongServerError, match="no proof"):
            Enrolment(code, tmp_path / "profile").run()
    finally:
        server.stop()
    assert (server.handshakes, server.heard) == (1, [])  # libpq's own handshake was not finished


def test_a_desks_own_server_proves_itself(desk: RunningDesk) -> None:
    ca = desk.desk.authority.certificate_file.read_text("ascii")
    proof = prove_server("localhost", desk.port, fingerprint_of_pem(ca))
    assert proof.authority.split() == ca.split()
    assert proof.not_before < proof.not_after
    with pytest.raises(WrongServerError):
        prove_server("localhost", desk.port, "00" * 32)

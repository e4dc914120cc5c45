"""Keys and certificates in the wrong hands, and a server that is not ours."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from cryptography.hazmat.primitives import serialization

from shared.config import CERTIFICATE_FILE
from shared.key_store import new_key
from tests.attack.forging import CLIENT, SERVER, Forged, Signer, forge, twin_of
from tests.desks import RunningDesk
from tests.integration.database.world import one

Connect = Callable[..., Any]
_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


def own_key(desk: RunningDesk, machine: str, file: Path, mode: int = 0o600) -> Path:
    """The machine's own key file, copied with another mode."""
    shutil.copy(desk.profile(machine).connect_args()["sslkey"], file)
    file.chmod(mode)
    return file


def test_a_certificate_without_its_key(desk: RunningDesk, raw: Connect) -> None:
    """The certificate is sent in each handshake: whoever has seen it has no more than that."""
    stolen = str(desk.profile("full").directory / CERTIFICATE_FILE)
    with pytest.raises(psycopg2.OperationalError, match=r"mismatch|could not load private key"):
        raw("query", user="m_pc-full", sslcert=stolen)
    with pytest.raises(psycopg2.OperationalError, match=r"but not private key|could not load|does not exist"):
        raw("query", user="m_pc-full", sslcert=stolen, sslkey="/nonexistent")
    assert one(raw("full").cursor(), "SELECT session_user") == "m_pc-full"


def test_a_key_that_others_may_read(desk: RunningDesk, raw: Connect, tmp_path: Path) -> None:
    for mode in (0o644, 0o660, 0o604):
        with pytest.raises(psycopg2.OperationalError, match=r"group or world access|permissions"):
            raw("full", sslkey=str(own_key(desk, "full", tmp_path / f"{mode:o}.key", mode)))
    assert one(raw("full", sslkey=str(own_key(desk, "full", tmp_path / "own.key"))).cursor(), "SELECT 1") == 1


def test_a_key_copied_without_its_password(raw: Connect, desk: RunningDesk, tmp_path: Path) -> None:
    """An encrypted key: the wrong password, and none, load nothing; the right one does."""
    key = new_key()
    file = tmp_path / "own.key"
    file.touch(mode=0o600)
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"the right one"),
        )
    )
    signed = desk.desk.authority.sign_machine("pc-full", key.public_key())
    (tmp_path / "own.crt").write_bytes(signed.pem)
    files = {"sslkey": str(file), "sslcert": str(tmp_path / "own.crt")}
    for password in ("", "wrong", "the right one "):
        with pytest.raises(psycopg2.OperationalError, match="could not load private key"):
            raw("full", **files, sslpassword=password)
    with pytest.raises(psycopg2.OperationalError, match="not the enrolled one"):
        raw("full", **files, sslpassword="the right one")  # the key was read: only the serial is unknown


class FakeServer:
    """Answers PostgreSQL's request for TLS with a certificate of its own and notes what a client then sends."""

    def __init__(self, forged: Forged) -> None:
        self.heard: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(forged.keywords["sslcert"], forged.keywords["sslkey"])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.settimeout(30)
            if connection.recv(8) != _SSL_REQUEST:
                return
            connection.sendall(b"S")
            try:
                with self._context.wrap_socket(connection, server_side=True) as tls:
                    self.heard.append(tls.recv(1000))
            except (ssl.SSLError, OSError):
                pass

    def close(self) -> None:
        self._listener.close()
        self._thread.join()


@pytest.fixture
def man_in_the_middle(raw: Connect) -> Iterator[Callable[[Forged], tuple[str, list[bytes]]]]:
    """Sends pc-full's client to a fake server; answers the client's error and what the server heard."""

    def meet(forged: Forged) -> tuple[str, list[bytes]]:
        with closing(FakeServer(forged)) as server, pytest.raises(psycopg2.OperationalError) as caught:
            raw("full", port=server.port, hostaddr="127.0.0.1")
        return str(caught.value), server.heard

    yield meet


def test_a_server_of_another_authority_hears_nothing(
    desk: RunningDesk, man_in_the_middle: Callable[[Forged], tuple[str, list[bytes]]], tmp_path: Path
) -> None:
    ours = Signer.of(desk.desk.authority.folder)
    as_server: dict[str, Any] = {"usage": (SERVER,), "hosts": ("localhost",)}
    said, heard = man_in_the_middle(forge(tmp_path / "m", twin_of(ours), "localhost", **as_server))
    assert "certificate verify failed" in said or "signature failure" in said
    assert b"".join(heard) == b""
    _, heard = man_in_the_middle(forge(tmp_path / "c", ours, "localhost", **as_server))
    assert b"m_pc-full" in heard[0]  # the control: the real server's certificate is told who comes


@pytest.mark.parametrize(
    ("name", "usage", "hosts"),
    [("pc-query", (CLIENT,), ()), ("localhost", (CLIENT,), ("localhost",)), ("other", (SERVER,), ("other.example",))],
    ids=["a-machine", "a-machine-named-as-the-server", "a-server-of-ours-elsewhere"],
)
def test_a_certificate_of_ours_is_not_yet_our_server(
    desk: RunningDesk, man_in_the_middle: Callable[[Forged], tuple[str, list[bytes]]], tmp_path: Path,
    name: str, usage: tuple[Any, ...], hosts: tuple[str, ...],
) -> None:  # fmt: skip
    """A machine that pretends to be the server gets no further than the handshake."""
    ours = Signer.of(desk.desk.authority.folder)
    said, heard = man_in_the_middle(forge(tmp_path / "m", ours, name, usage=usage, hosts=hosts))
    assert "certificate verify failed" in said or "does not match host name" in said
    assert b"".join(heard) == b""


def test_a_server_without_tls_hears_nothing(raw: Connect) -> None:
    """Whoever answers "no TLS here" is told neither name nor anything else."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(30)
                connection.recv(8)
                connection.sendall(b"N")
                heard.append(connection.recv(1000))

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(psycopg2.OperationalError, match="does not support SSL"):
            raw("full", port=listener.getsockname()[1], hostaddr="127.0.0.1")
        thread.join()
    assert heard == [b""]

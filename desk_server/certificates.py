"""The server's own certificates: the one that machines check, and the owner's where there is no socket."""

from __future__ import annotations

import datetime as dt
import socket
from pathlib import Path

from desk_server.authority import OWNER_DAYS, OWNER_NAME, certificate_end, key_pem
from desk_server.cluster_files import ROOT_CERTIFICATE, SERVER_CERTIFICATE, SERVER_KEY
from desk_server.desk import Desk
from desk_server.settings import DeskSettings
from shared.files import write_atomic
from shared.key_store import new_key

RENEW_DAYS = 60
_RENEWING = ".renewing-server-certificate"


def server_certificate_files(desk: Desk) -> dict[str, str | bytes]:
    """A new key and certificate of the server, and the CA that it checks machines by."""
    key = new_key()
    certificate = desk.authority.sign_server(server_names(desk.settings), key.public_key())
    return {
        SERVER_KEY: key_pem(key),
        SERVER_CERTIFICATE: certificate.pem,
        ROOT_CERTIFICATE: desk.authority.certificate_file.read_bytes(),
    }


def server_names(settings: DeskSettings) -> tuple[str, ...]:
    """All that the server may be called by, stated names first, each once."""
    names = (*settings.hosts, "localhost", "127.0.0.1", "::1", socket.gethostname())
    return tuple(dict.fromkeys(name for name in names if name))


def ensure_owner_certificate(desk: Desk) -> None:
    """The owner's certificate, where he comes in by one; made anew before it ends."""
    if desk.settings.owner_login != "certificate":
        return
    folder = desk.data / "owner"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / "client.crt"
    if file.exists() and (folder / "client.key").exists() and not ends_soon(file):
        return
    key = new_key()
    certificate = desk.authority.sign_machine(OWNER_NAME, key.public_key(), OWNER_DAYS)
    file.unlink(missing_ok=True)  # killed in between, key and certificate must not be taken for a pair
    write_atomic(folder / "client.key", key_pem(key), 0o600)
    write_atomic(file, certificate.pem)


def renew_before_start(desk: Desk) -> None:
    """New certificates for the server and its owner, where they are about to end."""
    ensure_owner_certificate(desk)
    if renewal_is_due(desk) or ends_soon(desk.cluster.folder / SERVER_CERTIFICATE):
        replace_server_certificate(desk)


def ask_for_renewal(desk: Desk) -> None:
    """Have the server's certificate replaced by the next ``init`` or ``start``."""
    (desk.data / _RENEWING).touch()


def renewal_is_due(desk: Desk) -> bool:
    """Whether a new certificate was asked for, or was being written when its writer was killed."""
    return (desk.data / _RENEWING).exists()


def replace_server_certificate(desk: Desk) -> None:
    """A new key and certificate of the server. They are two files: killed in between, it is done again."""
    ask_for_renewal(desk)
    for name, content in server_certificate_files(desk).items():
        desk.cluster.write_file(name, content)
    (desk.data / _RENEWING).unlink()


def ends_soon(file: Path, days: int = RENEW_DAYS) -> bool:
    """Whether a certificate ends within so many days."""
    return certificate_end(file) < dt.datetime.now(dt.UTC) + dt.timedelta(days=days)

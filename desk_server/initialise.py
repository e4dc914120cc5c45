"""``desk-server init``: from an empty folder to a desk that works, step by step; each step may be done again."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from desk_server import bootstrap, migrate
from desk_server.account import own_account, person_name, server_account
from desk_server.atomic_file import write_atomic
from desk_server.authority import OWNER_NAME, certificate_end, key_pem, new_key
from desk_server.binaries import SHARED_HOME, find_binaries
from desk_server.cluster_files import (
    ROOT_CERTIFICATE,
    SERVER_CERTIFICATE,
    SERVER_KEY,
    conf_text,
    embedded_settings,
    hba_lines,
    ident_lines,
)
from desk_server.desk import Desk, new_key as new_desk_key
from desk_server.machines import add_machine, proposed_name
from desk_server.postgres import port_is_free
from desk_server.settings import DEFAULT_PORT, SETTINGS_FILE, DeskSettings, check_folder_is_ours
from shared.errors import DeskError, UserError

_FIRST_PORT, _LAST_PORT = 20_000, 32_000  # below what systems give to outgoing connections


@dataclass(frozen=True, slots=True)
class InitOptions:
    """What was asked for; None: as it is, or the default for a new desk."""

    data: Path
    port: int | None = None
    cluster: Path | None = None
    person: str | None = None
    owner_login: str | None = None
    hosts: tuple[str, ...] = ()
    replaces_certificate: bool = False


def initialise(options: InitOptions, step: Callable[[str], None] = lambda _: None) -> Desk:
    """Make the desk, or finish one that was begun, or bring a finished one up to date. ``step`` hears of progress."""
    check_folder_is_ours(options.data)
    desk = _open_or_begin(options)
    _check_unchanged(desk.settings, options)
    if desk.settings.is_initialised and desk.settings.migrated == migrate.fingerprint():
        return desk
    if desk.settings.kind == "site":
        return _initialise_site(desk, options, step)
    _make_cluster(desk, step)
    with running(desk):
        return _fill(desk, options, step)


def _initialise_site(desk: Desk, options: InitOptions, step: Callable[[str], None]) -> Desk:
    from desk_server import site_cluster

    desk.authority.ensure()
    step("Writing into the site's cluster")
    site_cluster.enter(desk, replaces_certificate=options.replaces_certificate)
    return _fill(desk, options, step)


def _fill(desk: Desk, options: InitOptions, step: Callable[[str], None]) -> Desk:
    """All that goes on in the running cluster."""
    step("Making roles and schema")
    mark = bring_up_to_date(desk)
    machine = desk.settings.machine
    if machine is None:
        machine = proposed_name()
        step(f"Enrolling this machine as {machine}")
        add_machine(desk, machine, "admin", [options.person or person_name()], desk.profiles / machine)
    return desk.with_settings(is_initialised=True, migrated=mark, machine=machine)


def bring_up_to_date(desk: Desk) -> str:
    """Bootstrap, migrations, bootstrap; gives the fingerprint of what was run."""
    mark = migrate.fingerprint()
    bootstrap.before_migrations(desk)
    migrate.upgrade(desk)
    bootstrap.after_migrations(desk)
    return mark


@contextmanager
def running(desk: Desk) -> Iterator[None]:
    """The embedded cluster runs within the block, and afterwards as before it."""
    if desk.settings.kind == "site" or desk.cluster.is_running():
        yield
        return
    start_cluster(desk)
    try:
        yield
    finally:
        desk.cluster.stop()


def start_cluster(desk: Desk) -> None:
    """Start the embedded cluster, with its socket folder and a server certificate that is not about to end."""
    desk.ensure_socket_dir()
    desk.cluster.start(desk.settings.port)


def _open_or_begin(options: InitOptions) -> Desk:
    if (options.data / SETTINGS_FILE).exists():
        return Desk.open(options.data)
    data = options.data.absolute()
    settings = _site_settings(options) if options.cluster else _embedded_settings(options, data)
    _make_folder(data)
    settings.save(data)
    return Desk.open(data)


def _make_folder(data: Path) -> None:
    """Others may pass through it (PostgreSQL's account must), not look into it."""
    missing = [folder for folder in (data, *data.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
    if data in missing:
        data.chmod(0o711)


def _embedded_settings(options: InitOptions, data: Path) -> DeskSettings:
    account = server_account()
    binaries = find_binaries(account)
    key = new_desk_key(data)
    home = "."
    if not _could_enter(data):
        home = str(SHARED_HOME / key)
    port = _chosen_port(options.port)
    return DeskSettings(
        key=key,
        kind="embedded",
        port=port,
        hosts=options.hosts,
        home=home,
        pg_bin=str(binaries.folder),
        account=account.name,
        owner_login=_owner_login(options),
    )


def _could_enter(data: Path) -> bool:
    existing = next(folder for folder in (data, *data.parents) if folder.exists())
    if existing == data:
        return server_account().can_enter(data)
    return server_account().can_enter(existing) and _new_folders_are_passable()


def _new_folders_are_passable() -> bool:
    mask = os.umask(0o022)
    os.umask(mask)
    return own_account().uid != 0 or not mask & 0o001


def _owner_login(options: InitOptions) -> str:
    if options.owner_login is None:
        return "certificate" if os.name == "nt" else "socket"
    if options.owner_login == "socket" and os.name == "nt":
        raise UserError("Windows has no local socket for the owner; use --owner-login certificate.")
    return options.owner_login


def _chosen_port(port: int | None) -> int:
    if port == 0:
        return free_port()
    port = port or DEFAULT_PORT
    if not port_is_free(port):
        raise DeskError(f"Port {port} is in use by another program; choose another one with --port.")
    return port


def free_port() -> int:
    """A port that nobody listens on just now."""
    for _ in range(200):
        port = _FIRST_PORT + secrets.randbelow(_LAST_PORT - _FIRST_PORT)
        if port_is_free(port):
            return port
    raise DeskError("No free port was found.")


def _site_settings(options: InitOptions) -> DeskSettings:
    from desk_server import site_cluster

    if options.cluster is None:
        raise UserError("No cluster was given.")
    return site_cluster.settings_for(
        options.cluster.absolute(), new_desk_key(options.data), options.hosts, _owner_login(options)
    )


def _check_unchanged(settings: DeskSettings, options: InitOptions) -> None:
    """A desk keeps what it was made with; another wish is refused rather than ignored."""
    if options.port and options.port != settings.port:
        raise UserError(f"This desk was made with port {settings.port}; it can't be changed by init.")
    if options.owner_login and options.owner_login != settings.owner_login:
        raise UserError(f"This desk was made with --owner-login {settings.owner_login}.")
    if options.hosts and options.hosts != settings.hosts:
        raise UserError(f"This desk was made for the hosts {', '.join(settings.hosts) or 'of this computer'}.")
    if options.cluster and (
        settings.kind != "site" or Path(settings.cluster).resolve() != options.cluster.resolve()
    ):
        raise UserError(f"This desk lies in another cluster: {settings.cluster}.")


def _make_cluster(desk: Desk, step: Callable[[str], None]) -> None:
    desk.authority.ensure()
    if desk.settings.owner_login == "certificate":
        ensure_owner_certificate(desk)
    if desk.cluster_folder.exists():
        desk.cluster  # noqa: B018 - refuses one that is too old
        return
    step("Making the database cluster")
    if desk.home != desk.data:
        desk.home.mkdir(mode=0o711, parents=True, exist_ok=True)
    desk.cluster.make(embedded_files(desk), desk.settings.superuser)


def embedded_files(desk: Desk) -> dict[str, str | bytes]:
    """What an embedded cluster starts with."""
    settings = desk.settings
    return {
        **server_certificate_files(desk),
        "pg_hba.conf": "\n".join(hba_lines(settings)) + "\n",
        "pg_ident.conf": "\n".join(ident_lines(settings, [own_account().name])) + "\n",
        "desk.conf": conf_text(embedded_settings(settings, str(desk.socket_dir))),
        "postgresql.conf": "# All of SupportDesk's settings are in desk.conf; add your own below the line.\n"
        "include = 'desk.conf'\n",
    }


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
    names = (*settings.hosts, "localhost", "127.0.0.1", "::1", socket.gethostname(), socket.getfqdn())
    return tuple(dict.fromkeys(name for name in names if name))


def ensure_owner_certificate(desk: Desk) -> None:
    """The owner's certificate where there is no socket with peer login; made anew before it ends."""
    folder = desk.data / "owner"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / "client.crt"
    if file.exists() and (folder / "client.key").exists() and not ends_soon(file):
        return
    key = new_key()
    certificate = desk.authority.sign_machine(OWNER_NAME, key.public_key())
    write_atomic(folder / "client.key", key_pem(key), 0o600)
    write_atomic(file, certificate.pem)


def ends_soon(file: Path, days: int = 60) -> bool:
    """Whether a certificate ends within so many days."""
    import datetime as dt

    return certificate_end(file) < dt.datetime.now(dt.UTC) + dt.timedelta(days=days)

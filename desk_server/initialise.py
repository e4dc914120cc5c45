"""``desk-server init``: from an empty folder to a desk that works, step by step; each step may be done again."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import psycopg2

from desk_server import bootstrap, migrate
from desk_server.account import Account, account_named, own_account, person_name, server_account
from desk_server.account_files import read_file
from desk_server.binaries import SHARED_HOME, find_binaries
from desk_server.certificates import (
    ask_for_renewal,
    ensure_owner_certificate,
    renewal_is_due,
    replace_server_certificate,
    server_certificate_files,
)
from desk_server.cluster_files import conf_text, embedded_settings, hba_lines, ident_lines
from desk_server.desk import Desk, new_desk_key
from desk_server.homes import write_note
from desk_server.init_options import InitOptions, check_unchanged, finished_desk, is_up_to_date
from desk_server.machines import add_machine, proposed_name
from desk_server.postgres import port_is_free
from desk_server.running import running
from desk_server.schema_record import current_shape, keep_record
from desk_server.settings import DEFAULT_PORT, SETTINGS_FILE, DeskSettings, check_folder_is_ours, make_data_folder
from shared.config import PROFILE_FILE, Profile
from shared.errors import DeskError, ProfileError, UserError

_FIRST_PORT, _LAST_PORT = 20_000, 32_000  # below what systems give to outgoing connections


def initialise(
    options: InitOptions, step: Callable[[str], None] = lambda _: None, planned: DeskSettings | None = None
) -> Desk:
    """Make the desk, or finish one that was begun, or bring a finished one up to date.

    Args:
        step: hears of progress.
        planned: what ``planned_settings`` gave, where that was asked before.
    """
    check_folder_is_ours(options.data)
    desk = finished_desk(options) or _open_or_begin(options, planned)
    if is_up_to_date(desk, options):
        return desk
    if options.changes_hosts(desk.settings):
        desk = _change_hosts(desk, options.hosts, step)
    if desk.settings.kind == "site":
        return _initialise_site(desk, options, step)
    _make_cluster(desk, step)
    with running(desk):
        return _fill(desk, options, step)


def renew_files(desk: Desk) -> Desk:
    """What an earlier version wrote into the cluster, as this one writes it; the desk as it is found there."""
    desk.authority.ensure()
    if desk.settings.kind == "embedded":
        _renew_files(desk)
        return desk
    from desk_server import site_cluster

    desk = site_cluster.find_again(desk)
    site_cluster.enter(desk)
    return desk


def _initialise_site(desk: Desk, options: InitOptions, step: Callable[[str], None]) -> Desk:
    from desk_server import site_cluster

    desk.authority.ensure()
    desk = site_cluster.find_again(desk)
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
    check_login(desk, machine)
    desk.cluster.remove_half_made()
    return desk.with_settings(is_initialised=True, migrated=mark, machine=machine)


def check_login(desk: Desk, machine: str) -> None:
    """Prove that the enrolled machine gets in, with all that it takes: host name, TLS, certificate, role, rights."""
    profile = desk.profiles / machine
    if not (profile / PROFILE_FILE).exists():
        return  # moved to where the client looks for it
    # by an address that this computer has: it need not know the name that the others call it by
    way = {**Profile.load(profile).connect_args(), "hostaddr": desk.local_address}
    try:
        psycopg2.connect(**way).close()
    except psycopg2.OperationalError as error:
        raise DeskError(f"The desk was made, but its first machine does not get in: {error}") from error


def bring_up_to_date(desk: Desk) -> str:
    """Bootstrap, migrations, bootstrap; gives the fingerprint of what was run."""
    mark = migrate.fingerprint()
    bootstrap.create_database(desk)
    with contextlib.closing(desk.owner_connection()) as connection:
        before = current_shape(desk, connection)
        bootstrap.before_migrations(desk)
        migrate.upgrade(desk)
        bootstrap.after_migrations(desk)
        keep_record(desk, before, current_shape(desk, connection))
    return mark


def planned_settings(options: InitOptions) -> DeskSettings | None:
    """The settings of a new desk before anything is made, None where it was begun; DeskError where it can't be."""
    if (options.data / SETTINGS_FILE).exists():
        return None
    return _site_settings(options) if options.cluster else _embedded_settings(options, options.data.absolute())


def _open_or_begin(options: InitOptions, planned: DeskSettings | None) -> Desk:
    if (options.data / SETTINGS_FILE).exists():
        return _go_on(Desk.open(options.data), options)
    data = options.data.absolute()
    settings = planned or planned_settings(options)
    make_data_folder(data)
    if settings is None:
        raise DeskError(f"{data} was changed by another program meanwhile; run desk-server init again.")
    if settings.kind == "embedded":  # folders just made may be closed, by the umask
        settings = settings.changed(home=_home_for(account_named(settings.account), data, settings.key))
    settings.save(data)
    return Desk.open(data)


def _change_hosts(desk: Desk, hosts: tuple[str, ...], step: Callable[[str], None]) -> Desk:
    """Other names for the server: in its certificate (by what init does next) and in the profiles beside the desk."""
    ask_for_renewal(desk)
    is_opened = not desk.settings.hosts and desk.settings.kind == "embedded" and desk.cluster.is_running()
    changed = desk.with_settings(hosts=hosts, migrated=None)
    for file in desk.profiles.glob(f"*/{PROFILE_FILE}"):
        with contextlib.suppress(ProfileError):  # a half-made one is made anew
            Profile.load(file.parent).model_copy(update={"host": changed.host}).save()
    step(f"The desk's hosts are now {', '.join(hosts)}. A machine that was given another one is enrolled anew.")
    if is_opened:
        step("It listens to other computers after: desk-server stop, desk-server start")
    return changed


def _go_on(desk: Desk, options: InitOptions) -> Desk:
    """A desk that was only begun: nobody depends on its port yet, so that another one may be taken."""
    is_begun = not desk.settings.is_initialised and desk.settings.kind == "embedded"
    if is_begun and options.port not in (None, 0, desk.settings.port):
        desk = _change_port(desk, options.port)
    check_unchanged(desk.settings, options)
    return desk


def _change_port(desk: Desk, port: int | None) -> Desk:
    if desk.cluster_folder.exists():
        desk.cluster.stop()
    changed = desk.with_settings(port=port, machine=None)  # a machine enrolled already has the old port
    if changed.cluster_folder.exists():
        changed.cluster.write_file("desk.conf", cluster_conf(changed))
    return changed


def cluster_conf(desk: Desk) -> str:
    """The text of an embedded cluster's desk.conf."""
    return conf_text(embedded_settings(desk.settings, str(desk.socket_dir)))


def _embedded_settings(options: InitOptions, data: Path) -> DeskSettings:
    account = server_account()
    binaries = find_binaries(account)
    key = new_desk_key(data)
    port = _chosen_port(options.port)
    return DeskSettings(
        key=key,
        kind="embedded",
        port=port,
        hosts=options.hosts,
        home=_home_for(account, data, key),
        pg_bin=str(binaries.folder),
        account=account.name,
        owner_login=_owner_login(options),
    )


def _home_for(account: Account, data: Path, key: str) -> str:
    return "." if account.can_enter(data) else str(SHARED_HOME / key)


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


def _make_cluster(desk: Desk, step: Callable[[str], None]) -> None:
    desk.authority.ensure()
    ensure_owner_certificate(desk)
    if desk.cluster_folder.exists():
        _renew_files(desk)
        write_note(desk)
        return
    step("Making the database cluster")
    if desk.home != desk.data:
        desk.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        write_note(desk)
    desk.cluster.make(embedded_files(desk), desk.settings.superuser)


def _renew_files(desk: Desk) -> None:
    """What an earlier version wrote, as this one writes it; refuses a cluster that is too old."""
    changed = renewal_is_due(desk)
    if changed:
        replace_server_certificate(desk)
    for name, text in _generated_files(desk).items():
        if read_file(desk.account, desk.cluster.folder / name) != text.encode("utf-8"):
            desk.cluster.write_file(name, text)
            changed = True
    if changed and desk.cluster.is_running():
        desk.cluster.reload()


def _generated_files(desk: Desk) -> dict[str, str]:
    return {
        "pg_hba.conf": "\n".join(hba_lines(desk.settings)) + "\n",
        "pg_ident.conf": "\n".join(ident_lines(desk.settings, [own_account().name])) + "\n",
        "desk.conf": cluster_conf(desk),
    }


def embedded_files(desk: Desk) -> dict[str, str | bytes]:
    """What an embedded cluster starts with."""
    return {
        **server_certificate_files(desk),
        **_generated_files(desk),
        "postgresql.conf": "# All of SupportDesk's settings are in desk.conf; add your own below the line.\n"
        "include = 'desk.conf'\n",
    }

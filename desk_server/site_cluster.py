"""``init --cluster``: our database, hba, ident and TLS lines in a site's own running cluster, whose rest goes on."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desk_server.account import Account, account_of, own_account
from desk_server.account_files import read_file, replace_file
from desk_server.binaries import Binaries, read_version
from desk_server.bootstrap import CREATE_DATABASE
from desk_server.certificates import ensure_owner_certificate, renewal_is_due, replace_server_certificate
from desk_server.cluster_files import (
    ROOT_CERTIFICATE,
    SERVER_CERTIFICATE,
    conf_text,
    hba_lines,
    ident_lines,
    tls_settings,
)
from desk_server.desk import DATABASE, Desk
from desk_server.postgres import Cluster, check_cluster_major
from desk_server.settings import DeskSettings
from shared.errors import DeskError

_BEGIN, _END = "# BEGIN SupportDesk: written by desk-server init, leave as it is\n", "# END SupportDesk\n"
_BLOCK = re.compile(r"^# BEGIN SupportDesk.*?^# END SupportDesk\n", re.MULTILINE | re.DOTALL)
_RELOAD_SECONDS = 15
_DATABASE_ATTEMPTS, _DATABASE_PAUSE_SECONDS = 3, 0.5
_DATABASE_COMMENTS = "SELECT datname, coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database"
_FILE_ERRORS = {
    "pg_hba.conf": "SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL",
    "pg_ident.conf": "SELECT line_number, error FROM pg_ident_file_mappings WHERE error IS NOT NULL",
}
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """Where the site's cluster has its files, and the TLS it answers with now."""

    hba: Path
    ident: Path
    conf: Path
    ssl: str
    certificate: str
    ca: str


def settings_for(pgdata: Path, key: str, hosts: tuple[str, ...], owner_login: str) -> DeskSettings:
    """The settings of a desk in the running cluster ``pgdata``; changes nothing."""
    check_cluster_major(pgdata)
    account = _cluster_account(pgdata)
    binaries = _binaries_of(pgdata, account)
    running = Cluster(pgdata, binaries, account).postmaster()
    if running is None or not running.is_ready:
        raise DeskError(f"The cluster in {pgdata} does not run; start it, then run init again.")
    if owner_login == "socket" and not running.socket_dir:
        raise DeskError(f"The cluster in {pgdata} has no local socket; use --owner-login certificate.")
    settings = DeskSettings(
        key=key,
        kind="site",
        port=running.port,
        hosts=hosts,
        cluster=str(pgdata),
        socket_dir=running.socket_dir or None,
        pg_bin=str(binaries.folder),
        account=account.name,
        owner_login=owner_login,
    )
    site = Site(settings, Cluster(pgdata, binaries, account))
    return settings.changed(superuser=site.find_superuser())


def find_again(desk: Desk) -> Desk:
    """The desk with the port and socket that the site's cluster has now; DeskError where it does not run."""
    running = desk.cluster.postmaster()
    if running is None or not running.is_ready:
        raise DeskError(f"The cluster in {desk.cluster_folder} does not run; start it, then run init again.")
    return desk.with_settings(port=running.port, socket_dir=running.socket_dir or None)


def enter(desk: Desk, *, replaces_certificate: bool = False) -> None:
    """Write our lines into the cluster and have it read them; on an error everything is as before."""
    site = Site(desk.settings, desk.cluster)
    files = site.files()
    _check_certificate(files, replaces_certificate)
    site.ensure_database()
    ensure_owner_certificate(desk)
    is_due = renewal_is_due(desk) or not (desk.cluster_folder / SERVER_CERTIFICATE).exists()
    if is_due or not _is_of_our_ca(desk):
        replace_server_certificate(desk)
    originals = {file: read_file(desk.account, file) for file in (files.hba, files.ident, files.conf)}
    try:
        _turn_tls_on(desk, site, files)
        _put_block(desk.account, files.hba, hba_lines(desk.settings), at_top=True)
        site.check_files()
        desk.cluster.reload()
        _try_for_a_while(lambda: desk.owner_connection().close())
    except BaseException:
        for file, content in originals.items():
            _replace(desk.account, file, content)
        with contextlib.suppress(DeskError):
            desk.cluster.reload()
        raise


def _is_of_our_ca(desk: Desk) -> bool:
    return (desk.cluster_folder / ROOT_CERTIFICATE).read_bytes() == desk.authority.certificate_file.read_bytes()


def _cluster_account(pgdata: Path) -> Account:
    if sys.platform == "win32":
        return own_account()
    account, own = account_of(pgdata.stat().st_uid), own_account()
    if own.uid not in (0, account.uid):
        raise DeskError(f"The cluster in {pgdata} belongs to {account.name}; run this as {account.name} or root.")
    return account


def _binaries_of(pgdata: Path, account: Account) -> Binaries:
    """The programs that the server was started from, as its account says: so it is that account who runs them."""
    try:
        words = shlex.split((pgdata / "postmaster.opts").read_text(encoding="utf-8"), posix=os.name == "posix")
        found = read_version(Path(words[0].strip('"')).parent, account)
    except (OSError, ValueError, IndexError):
        found = None
    on_path = shutil.which("postgres")
    found = found or (read_version(Path(on_path).parent, account) if on_path else None)
    if found is None:
        raise DeskError(f"The programs of the cluster in {pgdata} were not found; is it running?")
    return found


class Site:
    """The cluster as its own administrator sees it: through psql, by whatever way in the site has."""

    def __init__(self, settings: DeskSettings, cluster: Cluster) -> None:
        self._settings = settings
        self._cluster = cluster

    def query(self, statement: str, database: str = "postgres", user: str | None = None) -> list[list[str]]:
        """The rows of a statement as texts; DeskError with PostgreSQL's word where it fails."""
        options = ["-X", "-A", "-t", "-w", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-p", str(self._settings.port)]
        options += ["-h", self._settings.socket_dir or "localhost", "-U", user or self._settings.superuser]
        command: list[str | Path] = [self._cluster.binaries.program("psql"), *options, "-d", database, "-c", statement]
        answer = self._cluster.account.run(command, timeout=60)
        if answer.returncode != 0:
            reason = (answer.stdout or "").strip().splitlines()
            raise DeskError(f"The cluster refused its administrator: {reason[-1] if reason else 'no reason given'}")
        return [line.split("\x1f") for line in (answer.stdout or "").splitlines() if line]

    def find_superuser(self) -> str:
        """The name of a superuser that the cluster's own account may be."""
        failure: DeskError | None = None
        for name in dict.fromkeys(("postgres", self._cluster.account.name)):
            try:
                if self.query("SELECT current_setting('is_superuser')", user=name) == [["on"]]:
                    return name
            except DeskError as error:
                failure = failure or error
        raise failure or DeskError("The cluster's own account is no superuser in it.")

    def files(self) -> SiteFiles:
        """Where the cluster has its files."""
        names = ("hba_file", "ident_file", "config_file", "ssl", "ssl_cert_file", "ssl_ca_file")
        row = self.query("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))[0]
        hba, ident, conf = (Path(text).resolve() for text in row[:3])
        return SiteFiles(hba, ident, conf, *row[3:])

    def ensure_database(self) -> None:
        """Make sure that database desk is there and ours; DeskError where another's has its name."""
        for attempt in range(1, _DATABASE_ATTEMPTS + 1):
            try:
                self._make_database()
            except DeskError:
                # A killed init leaves its last statement running, which may come between two of ours.
                if attempt == _DATABASE_ATTEMPTS:
                    raise
                time.sleep(_DATABASE_PAUSE_SECONDS)
            else:
                return

    def _make_database(self) -> None:
        """Make it under another name, mark it as ours, then rename: it is ours whenever it is there."""
        ours, staged = f"SupportDesk {self._settings.key}", f"desk_new_{self._settings.key}"
        comments = dict(self.query(_DATABASE_COMMENTS))
        if comments.get(DATABASE) == ours:
            return
        if DATABASE in comments:
            raise DeskError("The cluster has a database desk already, and it is not of this data folder.")
        if staged not in comments:
            self.query(CREATE_DATABASE.replace(f"DATABASE {DATABASE}", f"DATABASE {staged}"))
        self.query(f"COMMENT ON DATABASE {staged} IS '{ours}'")
        self.query(f"ALTER DATABASE {staged} RENAME TO {DATABASE}")

    def check_files(self) -> None:
        """Refuse files that PostgreSQL can't read; it looks at the files, not at what it has loaded."""
        for name, errors in _FILE_ERRORS.items():
            rows = self.query(errors)
            if rows:
                raise DeskError(f"{name} of the cluster has an error in line {rows[0][0]}: {rows[0][1]}")


def _check_certificate(files: SiteFiles, replaces_certificate: bool) -> None:
    """A cluster has one certificate and one CA for all its databases: another's are not replaced unasked."""
    if files.ca and files.ca != ROOT_CERTIFICATE:
        raise DeskError(
            f"The cluster checks client certificates against a CA of its own ({files.ca}); "
            "SupportDesk needs a cluster without one."
        )
    is_other = files.ssl == "on" and files.certificate != SERVER_CERTIFICATE and "snakeoil" not in files.certificate
    if is_other and not replaces_certificate:
        raise DeskError(
            f"The cluster answers TLS with a certificate of its own ({files.certificate}). "
            "To have it replaced by SupportDesk's, add --replace-certificate."
        )


def _turn_tls_on(desk: Desk, site: Site, files: SiteFiles) -> None:
    """First, since PostgreSQL takes a hostssl line for an error while TLS is off."""
    accounts = dict.fromkeys((desk.account.name, own_account().name))
    _put_block(desk.account, files.ident, ident_lines(desk.settings, accounts), at_top=True)
    _put_block(desk.account, files.conf, conf_text(tls_settings()).splitlines(), at_top=False)
    site.check_files()
    desk.cluster.reload()
    _try_for_a_while(lambda: check_tls(desk))


def _put_block(account: Account, file: Path, lines: list[str], *, at_top: bool) -> None:
    """Put our lines into a file of the site's, in place of those that an earlier run put there."""
    text = _BLOCK.sub("", read_file(account, file).decode("utf-8", "surrogateescape"))
    block = _BEGIN + "".join(line + "\n" for line in lines) + _END
    if text and not text.endswith("\n"):
        text += "\n"
    text = block + text if at_top else text + block
    _replace(account, file, text.encode("utf-8", "surrogateescape"))


def _replace(account: Account, file: Path, content: bytes) -> None:
    """Replace a file atomically, as the cluster's account and with its mode kept: it may lie wherever that one says."""
    if read_file(account, file) != content:
        replace_file(account, file, content, file.stat().st_mode & 0o777)


def _try_for_a_while(attempt: Callable[[], None]) -> None:
    """Until the server has read its files."""
    deadline = time.monotonic() + _RELOAD_SECONDS
    while True:
        try:
            return attempt()
        except (DeskError, OSError) as error:
            if time.monotonic() > deadline:
                raise DeskError(f"The cluster did not take our lines: {error}") from error
            time.sleep(0.1)


def check_tls(desk: Desk) -> None:
    """Shake hands with the server and check its certificate; OSError (ssl.SSLError) where it is not ours."""
    context = ssl.create_default_context(cafile=str(desk.authority.certificate_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with socket.create_connection((desk.local_address, desk.settings.port), timeout=5) as plain:
        plain.sendall(_SSL_REQUEST)
        if plain.recv(1) != b"S":
            raise DeskError("the server does not speak TLS")
        with context.wrap_socket(plain, server_hostname=desk.host):
            return

"""An opened data folder: the one object that says where a desk is and how its owner gets in."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2

from desk_server.account import Account, account_named
from desk_server.binaries import Binaries, find_binaries, read_version
from desk_server.postgres import Cluster, check_cluster_major, cluster_major
from desk_server.settings import DeskSettings, load_settings
from shared.errors import DatabaseUnavailableError, DeskError

if TYPE_CHECKING:
    import sqlalchemy

    from desk_server.authority import Authority

DATABASE = "desk"
_LONGEST_SOCKET_PATH = 100  # of 107 bytes, all systems considered
_SOCKET_NAME = "/.s.PGSQL.65535"


@dataclass(frozen=True)
class Desk:
    """One desk. Make it with ``Desk.open``; changed settings give a new one."""

    data: Path
    settings: DeskSettings

    @classmethod
    def open(cls, data: Path) -> Desk:
        """Open a data folder; DeskError with a sentence where it holds no desk."""
        data = data.absolute()
        return cls(data, load_settings(data))

    def with_settings(self, **values: object) -> Desk:
        """Change settings, on disk as well."""
        settings = self.settings.changed(**values)
        settings.save(self.data)
        return dataclasses.replace(self, settings=settings)

    @property
    def home(self) -> Path:
        """The folder that PostgreSQL's account may enter: the data folder, or one outside of it."""
        return self.data / self.settings.home

    @property
    def cluster_folder(self) -> Path:
        """PGDATA."""
        return self.home / self.settings.cluster

    @property
    def host(self) -> str:
        """The name that machines reach the server by."""
        return self.settings.hosts[0] if self.settings.hosts else "localhost"

    @property
    def local_address(self) -> str:
        """The address that this computer reaches the running server by; the host's name may resolve elsewhere only."""
        running = self.cluster.postmaster()
        return running.local_address() if running else "127.0.0.1"

    @property
    def profiles(self) -> Path:
        """Where ``init`` puts the profile of the machine it runs on."""
        return self.data / "profiles"

    @cached_property
    def account(self) -> Account:
        """The account that PostgreSQL runs as."""
        return account_named(self.settings.account)

    @cached_property
    def authority(self) -> Authority:
        """The certificate authority of this desk."""
        from desk_server.authority import Authority  # late, as below

        return Authority(self.data / "ca")

    @cached_property
    def binaries(self) -> Binaries:
        """The programs that fit the cluster; looked for anew where the remembered ones are gone."""
        remembered = read_version(Path(self.settings.pg_bin), self.account)
        major = cluster_major(self.cluster_folder)
        if remembered and major in (None, remembered.major) and "DESK_PG_BIN" not in os.environ:
            return remembered
        return find_binaries(self.account, major)

    @cached_property
    def cluster(self) -> Cluster:
        """The cluster; DeskError where it is of a PostgreSQL too old for us."""
        if self.cluster_folder.exists():
            check_cluster_major(self.cluster_folder)
        return Cluster(self.cluster_folder, self.binaries, self.account)

    @cached_property
    def socket_dir(self) -> Path:
        """The socket's folder: in the desk's home where the path is short enough, else in the temporary folder."""
        if self.settings.socket_dir:
            return Path(self.settings.socket_dir)
        own = self.home / "run"
        if len(os.fsencode(own)) + len(_SOCKET_NAME) <= _LONGEST_SOCKET_PATH:
            return own
        return Path(tempfile.gettempdir()) / f"supportdesk-{self.settings.key}"

    def ensure_socket_dir(self) -> None:
        """Make the socket's folder, and refuse one that somebody else made in the temporary folder."""
        if sys.platform == "win32" or self.settings.owner_login != "socket" or self.settings.kind != "embedded":
            return
        folder = self.socket_dir
        try:
            folder.mkdir(mode=0o700)
            self.account.take(folder)
        except FileExistsError:
            if folder.is_symlink():
                raise DeskError(f"{folder} is a link; remove it and start again.") from None
            owner = folder.stat().st_uid
            if owner == os.geteuid():  # made just before a kill
                self.account.take(folder)
            elif owner != self.account.uid:
                raise DeskError(f"{folder} belongs to somebody else; remove it and start again.") from None

    def owner_connect_args(self, database: str = DATABASE, user: str | None = None) -> dict[str, Any]:
        """libpq keywords of the owner: by the local socket, or by the certificate ``owner.local``."""
        user = user or self.settings.superuser
        # a login trigger that is broken would shut out the one who can mend it; the superuser alone may do without
        way_back = " -c event_triggers=off" if user == self.settings.superuser else ""
        common = {
            "port": self.settings.port,
            "dbname": database,
            "user": user,
            "connect_timeout": 10,
            "gssencmode": "disable",
            "application_name": "desk-server",
            "options": f"-c client_encoding=UTF8{way_back}",
        }
        if self.settings.owner_login == "socket":
            return {**common, "host": str(self.socket_dir), "requirepeer": self.account.name}
        folder = self.data / "owner"
        return {
            **common,
            "host": "localhost",
            "sslmode": "verify-full",
            "ssl_min_protocol_version": "TLSv1.3",
            "sslrootcert": str(self.authority.certificate_file),
            "sslcert": str(folder / "client.crt"),
            "sslkey": str(folder / "client.key"),
        }

    def owner_connection(self, database: str = DATABASE, user: str | None = None) -> Any:
        """A psycopg2 connection of the owner in autocommit; close it."""
        try:
            connection = psycopg2.connect(**self.owner_connect_args(database, user))
        except psycopg2.OperationalError as error:
            raise DatabaseUnavailableError(_why_not_connected(error, self.data)) from error
        connection.autocommit = True
        return connection

    def owner_engine(self, database: str = DATABASE, user: str | None = None) -> sqlalchemy.Engine:
        """An engine of the owner without a pool: each connection is its own."""
        import sqlalchemy  # late: start and status do without it and are quicker

        arguments = self.owner_connect_args(database, user)
        return sqlalchemy.create_engine(
            "postgresql+psycopg2://",
            creator=lambda: psycopg2.connect(**arguments),
            poolclass=sqlalchemy.NullPool,
            hide_parameters=True,
        )

    @contextmanager
    def as_role(self, role: str) -> Iterator[sqlalchemy.Connection]:
        """One transaction of the owner under SET ROLE, committed at the end of the block."""
        engine = self.owner_engine()
        with engine.begin() as connection:
            quoted = engine.dialect.identifier_preparer.quote(role)
            connection.exec_driver_sql(f"SET ROLE {quoted}")
            yield connection


def new_desk_key(data: Path) -> str:
    """A name for what this desk keeps outside of its folder; never the same twice, so nothing old is taken for ours."""
    return hashlib.sha256(os.fsencode(data) + os.urandom(16)).hexdigest()[:12]


def _why_not_connected(error: Exception, data: Path) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = lines[-1] if lines else "no reason was given"
    if "No such file or directory" in str(error) or "Connection refused" in str(error):
        return f"The database does not run. Start it with: desk-server start --data {shlex.quote(str(data))}"
    return f"The database let its owner not in: {reason}"

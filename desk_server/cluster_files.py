"""What we write into a PostgreSQL cluster: pg_hba.conf, pg_ident.conf, desk.conf."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from desk_server.authority import OWNER_NAME
from desk_server.settings import DeskSettings

# Quoted, since an unquoted comma makes the whole pg_ident.conf unreadable, and then nobody gets in.
MACHINE_MAP = r'desk_machine  "/^([a-z0-9][a-z0-9-]{0,39})$"  "m_\1"'
ENROL_ROLE = "desk_enrol"
SERVER_KEY, SERVER_CERTIFICATE, ROOT_CERTIFICATE = "desk_server.key", "desk_server.crt", "desk_ca.crt"


def hba_lines(settings: DeskSettings) -> list[str]:
    """Who may come from where; the first line that fits decides."""
    superuser = f'"{settings.superuser}"'
    database = "all" if settings.kind == "embedded" else "desk"
    lines = []
    if settings.owner_login == "socket":
        lines += [
            f"local    {database:<5} {superuser}  peer  map=desk_os",
            "local    desk  desk_worker  peer  map=desk_os",
        ]
    else:
        for network in ("127.0.0.1/32", "::1/128"):
            lines.append(f"hostssl  {database:<5} {superuser},desk_worker  {network}  cert  map=desk_owner")
    # Its one right is to hand in a one-time code, which is the proof. A password that every client knows would prove
    # nothing, and whoever knew it could set another one and shut all the others out.
    lines.append(f"hostssl  desk  {ENROL_ROLE}  all  trust")
    lines.append("hostssl  desk  all  all  cert  map=desk_machine")
    if settings.kind == "site":
        # What the site's own lines would let in to our database, and machines and enrolment (who may set themselves a
        # password) to the site's databases.
        for database, role in (("desk", "all"), ("all", f"+desk_query,{ENROL_ROLE}")):
            lines += [f"host     {database}  {role}  all  reject"]
            lines += [] if sys.platform == "win32" else [f"local    {database}  {role}  reject"]
    return lines


def ident_lines(settings: DeskSettings, accounts: Iterable[str]) -> list[str]:
    """Which operating-system account or certificate may be which role."""
    superuser = f'"{settings.superuser}"'
    lines = []
    for account in accounts if settings.owner_login == "socket" else ():
        lines += [f'desk_os  "{account}"  {superuser}', f'desk_os  "{account}"  desk_worker']
    if settings.owner_login == "certificate":
        lines += [f"desk_owner  {OWNER_NAME}  {superuser}", f"desk_owner  {OWNER_NAME}  desk_worker"]
    return [*lines, MACHINE_MAP]


def tls_settings() -> dict[str, str]:
    """TLS 1.3 alone, clients checked against our CA."""
    return {
        "ssl": "on",
        "ssl_cert_file": SERVER_CERTIFICATE,
        "ssl_key_file": SERVER_KEY,
        "ssl_ca_file": ROOT_CERTIFICATE,
        "ssl_crl_file": "",
        "ssl_crl_dir": "",
        "ssl_min_protocol_version": "TLSv1.3",
    }


# psycopg2 sends literals, and PostgreSQL logs failing rows and statements: nothing private may reach a log.
LOG_SETTINGS = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_duration": "off",
}
_UNIX_SETTINGS = {
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
    "client_connection_check_interval": "5s",
}
MACHINES_TEMP_FILES = "256MB"  # what one session's sorts may fill of the disk
DURABILITY_SETTINGS = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def embedded_settings(settings: DeskSettings, socket_dir: str) -> dict[str, str]:
    """All that an embedded cluster differs by from PostgreSQL's defaults."""
    return {
        "listen_addresses": "*" if settings.hosts else "localhost",
        "port": str(settings.port),
        "unix_socket_directories": socket_dir if settings.owner_login == "socket" else "",
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "superuser_reserved_connections": "3",
        "reserved_connections": "5",
        "max_prepared_transactions": "0",
        **tls_settings(),
        "password_encryption": "scram-sha-256",
        "authentication_timeout": "5s",
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        **({} if sys.platform == "win32" else _UNIX_SETTINGS),
        "temp_file_limit": MACHINES_TEMP_FILES,
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_command": "rem" if sys.platform == "win32" else "true",  # until there is a backup: keep nothing
        **DURABILITY_SETTINGS,
        **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": "log",
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_line_prefix": "%m [%p] %u@%d %h ",
        "log_connections": "on",
        "log_disconnections": "off",
        **LOG_SETTINGS,
    }


def conf_text(values: dict[str, str]) -> str:
    """Settings as lines of a postgresql.conf."""
    return "".join(f"{name} = '{_escaped(value)}'\n" for name, value in values.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")

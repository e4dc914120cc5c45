"""PostgreSQL's settings: those in force, and those that its files hold for the next start."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from desk_server.cluster_files import (
    DURABILITY_SETTINGS,
    LOG_SETTINGS,
    MACHINES_TEMP_FILES,
    embedded_settings,
    tls_settings,
)
from desk_server.connections import NEEDED, with_headroom
from desk_server.desk import Desk
from desk_server.doctor.finding import BOOTSTRAP_ADVICE, Finding, finding

# Wherever the cluster stands.
EVERYWHERE = {
    **tls_settings(),
    "data_checksums": "on",
    **DURABILITY_SETTINGS,
    **LOG_SETTINGS,
    "max_prepared_transactions": "0",
    "lo_compat_privileges": "off",
    "allow_system_table_mods": "off",
    "session_replication_role": "origin",  # else neither audit nor guard would fire
}
# Where the cluster is ours; of a site's own its administrator decides.
EMBEDDED = (
    "unix_socket_permissions", "superuser_reserved_connections", "reserved_connections", "password_encryption",
    "authentication_timeout", "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count",
    "tcp_user_timeout", "client_connection_check_interval", "temp_file_limit", "wal_level", "archive_mode",
    "logging_collector", "log_line_prefix", "log_connections", "log_truncate_on_rotation",
)  # fmt: skip
_BY_NETWORK_ONLY = ("tcp_", "temp_file_limit")  # the owner's own session shows others
_ON_DATABASE = """
SELECT x.setting FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS x (setting)
WHERE s.setrole = 0 AND s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND x.setting LIKE %s
"""
_IN_FILES = """
SELECT DISTINCT ON (name) name, setting, applied FROM pg_file_settings
WHERE name IS NOT NULL ORDER BY name, seqno DESC
"""
_OFF = "(off?|f|fa|fal|fals|false|n|no|0)"  # as PostgreSQL reads a boolean
_EVENT_TRIGGERS_OFF = f"""
SELECT coalesce(r.rolname, d.datname, 'everybody') || ' ' || x.setting
FROM pg_db_role_setting AS s
LEFT JOIN pg_roles AS r ON r.oid = s.setrole
LEFT JOIN pg_database AS d ON d.oid = s.setdatabase
CROSS JOIN LATERAL unnest(s.setconfig) AS x (setting)
WHERE x.setting ~* '^event_triggers={_OFF}$' OR x.setting ~* '^session_replication_role=(replica|local)'
    OR x.setting ~ '^[a-z]+_preload_libraries=.'
UNION ALL
SELECT 'the cluster ' || name || '=' || setting FROM pg_file_settings
WHERE name = 'event_triggers' AND setting ~* '^{_OFF}$'
    OR name ~ '_preload_libraries$' AND setting <> ''
"""  # noqa: S608 - a pattern of ours


def setting_findings(desk: Desk, connection: Any) -> Iterator[Finding]:
    """Each setting that matters, and that nobody's settings keep triggers from firing."""
    wanted = dict(EVERYWHERE)
    if desk.settings.kind == "embedded":
        ours = embedded_settings(desk.settings, "")
        wanted |= {name: ours[name] for name in EMBEDDED if name in ours}
    with connection.cursor() as cursor:
        cursor.execute(_IN_FILES)
        in_files = {name: (setting, applied) for name, setting, applied in cursor.fetchall()}
        for name, value in wanted.items():
            cursor.execute("SELECT current_setting(%s)", (name,))
            yield _setting(name, value, str(cursor.fetchone()[0]), in_files.get(name))
        if desk.settings.kind == "site":
            yield _temp_files(cursor)
        yield _slots(desk, cursor)
        cursor.execute(_EVENT_TRIGGERS_OFF)
        wrong = [str(row[0]) for row in cursor.fetchall()]
    advice = "take that setting away: ALTER ROLE or DATABASE ... RESET, or its line in the configuration"
    yield finding("no setting keeps triggers from firing or loads a library", wrong, advice)


def _setting(name: str, wanted: str, value: str, in_file: tuple[str, bool] | None) -> Finding:
    if name.startswith(_BY_NETWORK_ONLY):
        value = in_file[0] if in_file else "not set"
    advice = f"set it in the cluster's configuration: {name} = {wanted or repr('')}"
    if name in LOG_SETTINGS:
        advice = BOOTSTRAP_ADVICE
    check = f"{name} is {wanted or 'empty'}"
    if value != wanted:
        return Finding(check, False, f"but it is {value or 'empty'}", advice)
    if in_file and not in_file[1] and in_file[0] != wanted:
        return Finding(check, False, f"but it will be {in_file[0]} after a restart", advice)
    return Finding(check, True)


def _temp_files(cursor: Any) -> Finding:
    """On the database, where the cluster is a site's; the owner's own session shows another value."""
    cursor.execute(_ON_DATABASE, ("temp_file_limit=%",))
    (found,) = cursor.fetchone() or ("",)
    value = found.partition("=")[2] or "not set"
    is_ok = value == MACHINES_TEMP_FILES
    return Finding(f"temp_file_limit is {MACHINES_TEMP_FILES}", is_ok, f"but it is {value}", BOOTSTRAP_ADVICE)


def _slots(desk: Desk, cursor: Any) -> Finding:
    """Room for every machine's two connections and some more."""
    cursor.execute(f"SELECT current_setting('max_connections')::int, ({NEEDED})")
    there, needed = cursor.fetchone()
    advice = "restart, which makes room: desk-server stop, desk-server start"
    if desk.settings.kind == "site":
        advice = f"have max_connections = {with_headroom(needed)} set in the cluster's configuration and restart it"
    return Finding("max_connections is enough for all machines", there >= needed, f"but it is {there}", advice)


if sys.platform == "win32":
    EMBEDDED = tuple(name for name in EMBEDDED if not name.startswith("unix_"))

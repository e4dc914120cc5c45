"""What the fuzz makes its statements of: tables, columns, functions, roles, and values of every type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.integration.database.world import rows

_PSEUDO = {"internal", "cstring", "trigger", "event_trigger", "language_handler", "fdw_handler", "index_am_handler",
           "table_am_handler", "tsm_handler", "pg_ddl_command", "anyenum", "anyrange", "anymultirange",
           "anycompatiblerange", "anycompatiblemultirange"}  # fmt: skip
# Functions whose work is to take time, or to end the session that asks.
_NEVER_CALLED = {"pg_sleep", "pg_sleep_for", "pg_sleep_until", "pg_terminate_backend", "pg_cancel_backend", "repeat",
                 "generate_series", "lpad", "rpad", "pg_isolation_test_session_is_blocked", "pg_promote",
                 "array_fill", "pg_import_system_collations"}  # fmt: skip

TYPED: dict[str, tuple[str, ...]] = {
    "boolean": ("true", "false"),
    "smallint": ("1", "-1", "32767"),
    "integer": ("0", "1", "-1", "7", "2147483647"),
    "bigint": ("0", "1", "2", "-1", "10001", "9223372036854775807"),
    "numeric": ("0", "1.5", "-1", "'NaN'", "1e30"),
    "real": ("0", "1.5", "'NaN'"),
    "double precision": ("0", "1.5", "'Infinity'"),
    "text": ("'ticket'", "'contact'", "'pc-full'", "'m_pc-admin'", "'phone'", "''", "'desk.ticket'", "'a'' OR 1=1 --'",
             "'postgresql.conf'", "'../../etc/passwd'", "E'\\\\x00'", "'花屏'", "'{}'", "'desk.person'", "'role'"),
    "name": ("'ticket'", "'desk_owner'", "'m_pc-full'", "'x'"),
    "\"char\"": ("'r'", "'f'"),
    "character": ("'a'", "''"),
    "character varying": ("'a'", "'desk'"),
    "uuid": ("gen_random_uuid()", "'00000000-0000-0000-0000-000000000000'"),
    "bytea": ("'\\x00'", "'abc'", "sha256('x')"),
    "json": ("'{}'", "'[1]'"),
    "jsonb": ("'{}'", "'{\"origin\": \"import\"}'", "'[]'"),
    "jsonpath": ("'$'",),
    "xml": ("'<a/>'",),
    "date": ("'2026-01-01'", "'infinity'"),
    "timestamp with time zone": ("now()", "'-infinity'", "'2099-01-01'"),
    "timestamp without time zone": ("localtimestamp", "'1970-01-01'"),
    "time without time zone": ("'12:00'",),
    "time with time zone": ("'12:00+00'",),
    "interval": ("'1 hour'", "'-1000 years'"),
    "oid": ("0", "'desk.ticket'::regclass", "10", "1247"),
    "regclass": ("'desk.ticket'", "'desk.contact'", "'pg_authid'", "'desk.lease_token'"),
    "regproc": ("'now'",), "regprocedure": ("'now()'",), "regtype": ("'int'",), "regrole": ("'desk_owner'",),
    "regnamespace": ("'desk'",), "regconfig": ("'simple'",), "regdictionary": ("'simple'",),
    "tsvector": ("'a b'",), "tsquery": ("'a & b'",), "inet": ("'127.0.0.1'",), "cidr": ("'10.0.0.0/8'",),
    "macaddr": ("'08:00:2b:01:02:03'",), "point": ("'(1,2)'",), "box": ("'(1,1),(0,0)'",), "path": ("'((0,0),(1,1))'",),
    "polygon": ("'((0,0),(1,1),(1,0))'",), "circle": ("'<(0,0),1>'",), "lseg": ("'((0,0),(1,1))'",),
    "line": ("'{1,2,3}'",),
    "bit": ("B'1'",), "bit varying": ("B'101'",), "money": ("'1'",), "tid": ("'(0,1)'",), "xid": ("'1'",),
    "xid8": ("'1'",), "cid": ("'1'",), "pg_lsn": ("'0/0'",), "txid_snapshot": ("'1:1:'",), "pg_snapshot": ("'1:1:'",),
    "aclitem": ("'desk_owner=r/desk_owner'",), "refcursor": ("'c'",), "record": ("ROW(1, 'a')",), "void": ("NULL",),
    "text[]": ("'{}'", "'{chen,wang}'", "ARRAY['a', NULL]"), "bigint[]": ("'{1,2}'", "'{}'"),
    "integer[]": ("'{1}'",), "jsonb[]": ("ARRAY['{}'::jsonb]",), "name[]": ("'{a}'",), "oid[]": ("'{1}'",),
    "anyelement": ("1", "'a'::text"), "anyarray": ("ARRAY[1]", "ARRAY['a']"), "anynonarray": ("1",),
    "anycompatible": ("1",), "anycompatiblearray": ("ARRAY[1]",), "anycompatiblenonarray": ("1",),
    '"any"': ("1", "'a'"),
}  # fmt: skip


@dataclass(frozen=True)
class Routine:
    """A function with the types of its arguments."""

    name: str
    types: tuple[str, ...]
    is_ours: bool
    is_permitted: bool  # ours, and a query-only machine may call it
    is_set: bool


@dataclass(frozen=True)
class Surface:
    """What the statements are made of: read from the database once."""

    columns: dict[str, list[tuple[str, str]]]
    catalogs: list[str]
    routines: list[Routine]
    roles: list[str]
    sequences: list[str]


def read_surface(owner: Any) -> Surface:
    """Everything there is, in a fixed order: what a later revision adds is in it by itself."""
    return Surface(
        _columns(owner),
        _names(owner, "SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace"
                      " AND relkind IN ('r', 'v') ORDER BY relname"),
        _routines(owner),
        _names(owner, "SELECT quote_ident(rolname) FROM pg_roles WHERE rolname <> 'm_pc-query' ORDER BY rolname"),
        _names(owner, "SELECT 'desk.' || relname FROM pg_class WHERE relkind = 'S' ORDER BY relname"),
    )  # fmt: skip


def _names(owner: Any, query: str) -> list[str]:
    owner.execute(query)
    return [row[0] for row in owner.fetchall()]


def _columns(owner: Any) -> dict[str, list[tuple[str, str]]]:
    columns: dict[str, list[tuple[str, str]]] = {}
    for row in rows(
        owner,
        """SELECT 'desk.' || c.relname AS name, quote_ident(a.attname) AS column, format_type(a.atttypid, NULL) AS type
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT attisdropped
        ORDER BY c.relname, a.attnum""",
    ):
        columns.setdefault(row["name"], []).append((row["column"], row["type"]))
    return columns


def _routines(owner: Any) -> list[Routine]:
    """All but those that need a value which SQL can't make, or that only take time."""
    found = rows(
        owner,
        """SELECT format('%I.%I', n.nspname, p.proname) AS name, p.proname, n.nspname = 'desk' AS is_ours, p.proretset,
            n.nspname = 'desk' AND has_function_privilege('desk_query', p.oid, 'EXECUTE') AS is_permitted, array(
                SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, place) ORDER BY place
            ) AS types, p.prorettype::regtype::text AS result
        FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('pg_catalog', 'desk') AND p.prokind IN ('f', 'p')
        ORDER BY n.nspname, p.proname, p.proargtypes::text""",
    )
    return [
        Routine(row["name"], tuple(row["types"]), row["is_ours"], row["is_permitted"], row["proretset"])
        for row in found
        if row["proname"] not in _NEVER_CALLED and not _PSEUDO & {*row["types"], row["result"]}
    ]

"""Runs the fuzz and tells what it did: SQLSTATEs, leaks, and a fingerprint of all that a statement can change."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from desk_server.machines import add_machine
from tests.attack.forging import request
from tests.attack.fuzz_surface import Surface, read_surface
from tests.attack.fuzzing import Fuzzer
from tests.attack.secrets_in_desk import hide, leaks
from tests.desks import RunningDesk
from tests.integration.database.world import fill, one, rows

TIMEOUT_MS = 200
SEED = 20261121
# What PostgreSQL itself keeps moving, whoever does what: counts of pages and the age of transaction numbers.
_RESTLESS = {
    "pg_catalog.pg_class": "to_jsonb(t) - '{relpages,reltuples,relallvisible,relfrozenxid,relminmxid}'::text[]",
    "pg_catalog.pg_database": "to_jsonb(t) - '{datfrozenxid,datminmxid}'::text[]",
}
_STATISTICS = ("pg_catalog.pg_statistic", "pg_catalog.pg_statistic_ext_data")


@dataclass
class Outcome:
    """What came of the statements."""

    states: Counter[str] = field(default_factory=Counter)
    leaked: list[str] = field(default_factory=list)
    reconnects: int = 0

    @property
    def total(self) -> int:
        return sum(self.states.values())

    def share(self, state: str) -> float:
        return self.states[state] / self.total

    def histogram(self) -> str:
        """One line a SQLSTATE, the most frequent first."""
        return "\n".join(
            f"{state}  {count:7d}  {count / self.total:6.1%}" for state, count in self.states.most_common()
        )


def prepare(desk: RunningDesk) -> Surface:
    """Fills the desk, hides secrets in it, and stills what would change by itself."""
    owner = desk.owner()
    with owner.cursor() as cursor:
        world = fill(cursor)
        cursor.execute("UPDATE desk.setting SET value = '0' WHERE key = 'renew_after_days'")
        cursor.execute("ALTER SYSTEM SET autovacuum = off")
        cursor.execute("SELECT pg_reload_conf()")
        full = desk.connect("full")
        hide(full.cursor(), world)
        full.close()
        cursor.execute("ANALYZE")
        surface = read_surface(cursor)
    attacker = desk.connect("query")
    with attacker.cursor() as cursor:  # so that its certificate counts as used: the fuzz changes nothing of it
        cursor.execute("SELECT * FROM desk.cert_renew(%s)", (request("pc-query"),))
    attacker.close()
    return surface


def connect_attacker(desk: RunningDesk) -> Callable[[], Any]:
    """Connections of the query-only machine, one after the other."""
    return lambda: desk.connect("query")


def connect_owner(desk: RunningDesk, folder: Path) -> Callable[[], Any]:
    """Connections under SET ROLE desk_owner, by the certificate of a machine that was given the role: no superuser."""
    profile = add_machine(desk.desk, "pc-owner", "admin", ["wang"], folder)
    with desk.owner().cursor() as cursor:
        cursor.execute('GRANT desk_owner TO "m_pc-owner" WITH INHERIT TRUE, SET TRUE')

    def connect() -> Any:
        connection = psycopg2.connect(**profile.connect_args())
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE desk_owner")
        return connection

    return connect


def run(connect: Callable[[], Any], surface: Surface, count: int, seed: int = SEED) -> Outcome:
    """Sends ``count`` statements, each on its own, and looks at every answer."""
    outcome = Outcome()
    texts = (f"$csr${request('pc-query')}$csr$", "'-----BEGIN CERTIFICATE REQUEST-----'", "'花屏 remark'")
    connection = _fresh(connect)
    for statement in Fuzzer(surface, seed, texts).statements(count):
        try:
            _send(connection, statement, outcome)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            if not connection.closed:
                raise
            outcome.states["closed"] += 1
            outcome.reconnects += 1
            try:
                connection = _fresh(connect)
            except psycopg2.OperationalError:  # as owner, one can shut oneself out
                outcome.states["shut out"] += 1
                return outcome
    connection.close()
    return outcome


def _fresh(connect: Callable[[], Any]) -> Any:
    connection = connect()
    _calm(connection)
    return connection


def _calm(connection: Any) -> None:
    """Back to the settings of a new session, with a short patience."""
    usual = f"ROLLBACK; RESET ALL; SET statement_timeout = {TIMEOUT_MS}; SET client_min_messages = warning"
    is_done = False
    while not is_done:
        with connection.cursor() as cursor, contextlib.suppress(psycopg2.errors.QueryCanceled):  # by that very patience
            cursor.execute(usual)
            is_done = True
    connection.notices.clear()


def _send(connection: Any, statement: str, outcome: Outcome) -> None:
    answer: object = ""
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement)
            answer = cursor.fetchmany(200) if cursor.description else ""
            outcome.states["00000"] += 1
        except psycopg2.Error as error:
            if connection.closed:
                raise
            outcome.states[error.pgcode or "client"] += 1
            answer = (error, error.diag.message_detail, error.diag.context)
        except (ValueError, OverflowError):  # a value that Python has no type for, an infinite date
            outcome.states["00000"] += 1
    if found := leaks(answer, *connection.notices) - leaks(statement):
        outcome.leaked.append(f"{found}: {statement}")
    if statement.startswith(
        ("SET", "SELECT set_config", "UPDATE pg_settings", "BEGIN", "SELECT pg_catalog.set_config")
    ):
        _calm(connection)


def state(desk: RunningDesk, left_out: dict[str, str] | None = None) -> dict[str, str]:
    """A hash of every table, catalog and sequence; ``left_out`` says by relation which rows do not count."""
    left_out = left_out or {}
    hashes = {}
    owner = desk.owner()
    with owner.cursor() as cursor:
        for row in rows(
            cursor,
            """SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm', 'S', 'p') AND n.nspname NOT LIKE 'pg_toast%%'""".replace("%%", "%"),
        ):
            name = row["name"]
            if name in _STATISTICS or left_out.get(name) == "true":
                continue
            content = _RESTLESS.get(name, "t") if row["relkind"] != "S" else "ROW(t.last_value, t.is_called)"
            condition = f" WHERE NOT ({left_out[name]})" if name in left_out else ""
            hashes[name] = str(one(
                cursor, f"SELECT md5(string_agg(h, '' ORDER BY h)) FROM"
                f" (SELECT md5(({content})::text) AS h FROM {name} AS t{condition}) AS x"
            ))  # fmt: skip
        hashes["settings"] = str(one(
            cursor, "SELECT md5(string_agg(f::text, ',' ORDER BY seqno)) FROM pg_file_settings AS f"))  # fmt: skip
    owner.close()
    return hashes


def fingerprint(hashes: dict[str, str]) -> str:
    """One hash of all."""
    return hashlib.sha256(repr(sorted(hashes.items())).encode()).hexdigest()[:16]


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The relations that differ."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def what_permitted_calls_write(desk: RunningDesk) -> dict[str, str]:
    """By relation the rows that desk.cert_renew may write when this machine asks: its own open request."""
    with desk.owner().cursor() as cursor:
        own = one(cursor, "SELECT id FROM desk.machine WHERE name = 'pc-query'")
    return {
        "desk.signing_request": f"t.machine_id = {own} AND t.code_id IS NULL",
        "desk.signing_request_id_seq": "true",
    }

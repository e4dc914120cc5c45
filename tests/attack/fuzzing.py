"""Statements that a machine might try, made at random from what the database has: the same for the same seed.

Kinds of statements x tables x columns x functions; arguments have the type that is asked for, plausible or hostile.
Left out is only what ends the fuzz itself: sleeping, waiting for input, and what a role may do to its own login (which
has a test of its own).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.attack.fuzz_surface import TYPED, Routine, Surface

PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "ALL")
LOCK_MODES = ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE")
STRENGTHS = ("UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE")
SETTINGS = ("session_replication_role", "log_statement", "temp_file_limit", "event_triggers", "role", "search_path",
            "desk.person", "desk.session", "row_security", "transform_null_equals", "lo_compat_privileges", "work_mem",
            "allow_system_table_mods")  # fmt: skip
SESSION = ("LISTEN desk", "UNLISTEN *", "NOTIFY desk, 'x'", "DISCARD PLANS", "BEGIN READ ONLY; ROLLBACK",
           "SET statement_timeout = 0", "SET default_transaction_read_only = on", "LOAD 'auto_explain'",
           "PREPARE TRANSACTION 'x'", "SET SESSION AUTHORIZATION DEFAULT", "RESET ROLE")  # fmt: skip


class Fuzzer:
    """Makes statements; ``Fuzzer(surface, seed).statements(n)`` is the same each time."""

    def __init__(self, surface: Surface, seed: int, texts: tuple[str, ...] = ()) -> None:
        self._surface = surface
        self._chance = random.Random(seed)
        self._tables = list(surface.columns)
        self._texts = texts  # literals that the permitted functions take for good
        self._ours = [routine for routine in surface.routines if routine.is_ours]
        self._permitted = [routine for routine in surface.routines if routine.is_permitted]
        self._kinds: tuple[tuple[int, Callable[[], str]], ...] = (
            (14, self._select), (8, self._insert), (8, self._update), (4, self._delete), (3, self._merge),
            (5, self._lock), (8, self._call_ours), (4, self._call_permitted), (8, self._call_any),
            (5, self._definition), (5, self._grant),
            (4, self._role), (4, self._setting), (3, self._copy), (4, self._catalog), (3, self._sequence),
            (3, self._wrapped), (3, self._oracle), (2, self._session), (2, self._maintenance),
        )  # fmt: skip

    def statements(self, count: int) -> Iterator[str]:
        """The first ``count`` statements."""
        weights = [weight for weight, _ in self._kinds]
        makers = [maker for _, maker in self._kinds]
        for _ in range(count):
            yield self._chance.choices(makers, weights)[0]()

    def value(self, type_name: str) -> str:
        """A literal of a type, NULL now and then."""
        known = TYPED.get(type_name, TYPED.get(type_name.split("(")[0]))
        if known is None or self._chance.random() < 0.05:
            return f"NULL::{type_name}" if not type_name.startswith(("any", '"any')) else "NULL"
        literal = self._pick(known)
        return literal if type_name.startswith(("any", '"any', "record", "void")) else f"{literal}::{type_name}"

    def _pick(self, among: Any) -> Any:
        return among[self._chance.randrange(len(among))]

    def _table(self) -> str:
        return str(self._pick(self._tables))

    def _column(self, table: str) -> tuple[str, str]:
        column: tuple[str, str] = self._pick(self._surface.columns[table])
        return column

    def _condition(self, table: str) -> str:
        name, type_name = self._column(table)
        operator = self._pick(("=", "<>", "<", ">", "IS DISTINCT FROM", "IS NOT NULL"))
        return f"{name} {operator}" + ("" if operator == "IS NOT NULL" else f" {self.value(type_name)}")

    def _select(self) -> str:
        table = self._table()
        wanted = self._pick((self._column(table)[0], "*", "count(*)", "1", f"to_jsonb({table.split('.')[1]})"))
        tail = self._pick(("", f" ORDER BY {self._column(table)[0]}", f" GROUP BY {self._column(table)[0]}",
                           f" FOR {self._pick(STRENGTHS)}", " LIMIT 1", " FOR UPDATE SKIP LOCKED"))  # fmt: skip
        where = f" WHERE {self._condition(table)}" if self._chance.random() < 0.7 else ""
        return f"SELECT {wanted} FROM {table}{where}{tail}"

    def _insert(self) -> str:
        table = self._table()
        columns = self._surface.columns[table]
        chosen = self._chance.sample(columns, self._chance.randint(1, len(columns)))
        names, values = ", ".join(c for c, _ in chosen), ", ".join(self.value(t) for _, t in chosen)
        tail = self._pick(("", " ON CONFLICT DO NOTHING", " RETURNING *"))
        if self._chance.random() < 0.15:
            return f"INSERT INTO {table} SELECT * FROM {table}{tail}"
        return f"INSERT INTO {table} ({names}) VALUES ({values}){tail}"

    def _update(self) -> str:
        table = self._table()
        name, type_name = self._column(table)
        value = self.value(type_name) if self._chance.random() < 0.7 else name
        where = f" WHERE {self._condition(table)}" if self._chance.random() < 0.5 else ""
        return f"UPDATE {table} SET {name} = {value}{where}{self._pick(('', ' RETURNING *'))}"

    def _delete(self) -> str:
        table = self._table()
        if self._chance.random() < 0.2:
            return f"TRUNCATE {table}{self._pick(('', ' CASCADE', ' RESTART IDENTITY'))}"
        return f"DELETE FROM {table} WHERE {self._condition(table)}"

    def _merge(self) -> str:
        table = self._table()
        name, type_name = self._column(table)
        action = self._pick(("UPDATE SET " + f"{name} = {self.value(type_name)}", "DELETE", "DO NOTHING"))
        return f"MERGE INTO {table} USING (VALUES (1)) AS v (x) ON true WHEN MATCHED THEN {action}"

    def _lock(self) -> str:
        return f"BEGIN; LOCK TABLE {self._table()} IN {self._pick(LOCK_MODES)} MODE NOWAIT; ROLLBACK"

    def _call(self, routine: Routine) -> str:
        arguments = ", ".join(self.value(type_name) for type_name in routine.types)
        return f"SELECT {'* FROM ' if routine.is_set else ''}{routine.name}({arguments}){' LIMIT 5' * routine.is_set}"

    def _call_permitted(self) -> str:
        routine = self._pick(self._permitted)
        if self._texts and self._chance.random() < 0.5:
            texts = (self._pick(self._texts) if kind == "text" else self.value(kind) for kind in routine.types)
            return f"SELECT * FROM {routine.name}({', '.join(texts)}) LIMIT 5"
        return self._call(routine)

    def _call_ours(self) -> str:
        return self._call(self._pick(self._ours))

    def _call_any(self) -> str:
        return self._call(self._pick(self._surface.routines))

    def _definition(self) -> str:
        table, name = self._table(), f"evil_{self._chance.randrange(1000)}"
        column, type_name = self._column(table)
        return str(self._pick((
            f"CREATE TABLE {self._pick(('desk', 'public', 'pg_temp'))}.{name} (i int)",
            f"CREATE VIEW desk.{name} AS SELECT {column} FROM {table}",
            f"CREATE FUNCTION {self._pick(('desk', 'public', 'pg_temp'))}.{name}() RETURNS int RETURN 1",
            f"CREATE INDEX ON {table} ({column})",
            f"ALTER TABLE {table} {self._pick(('DISABLE TRIGGER ALL', 'OWNER TO CURRENT_USER'))}",
            f"ALTER TABLE {table} DROP COLUMN {column}",
            f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {self.value(type_name)}",
            f"CREATE POLICY {name} ON {table}", f"CREATE RULE {name} AS ON UPDATE TO {table} DO INSTEAD NOTHING",
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION desk.guard_update()",
            f"COMMENT ON TABLE {table} IS 'x'", f"CREATE STATISTICS desk.{name} ON ctid, {column} FROM {table}",
            f"CREATE TYPE desk.{name} AS (a int)", f"CREATE EXTENSION {self._pick(('dblink', 'pgcrypto', 'citext'))}",
            f"CREATE SCHEMA {name}", f"ALTER SCHEMA desk RENAME TO {name}", f"CREATE SEQUENCE desk.{name}",
            f"DROP FUNCTION {self._pick(self._ours).name} CASCADE", f"CREATE PUBLICATION {name} FOR ALL TABLES",
            "ALTER EVENT TRIGGER desk_login DISABLE", f"CREATE DOMAIN desk.{name} AS int",
        )))  # fmt: skip

    def _grant(self) -> str:
        table, role = self._table(), self._pick((*self._surface.roles, "CURRENT_USER", "PUBLIC"))
        column = self._column(table)[0]
        return str(self._pick((
            f"GRANT {self._pick(PRIVILEGES)} ON {table} TO {role}",
            f"REVOKE {self._pick(PRIVILEGES)} ON {table} FROM {role}",
            f"GRANT SELECT ({column}), UPDATE ({column}) ON {table} TO {role}",
            f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA desk TO {role}", f"GRANT ALL ON DATABASE desk TO {role}",
            f"GRANT ALL ON SCHEMA desk TO {role}", f"GRANT ALL ON ALL SEQUENCES IN SCHEMA desk TO {role}",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE desk_owner IN SCHEMA desk GRANT ALL ON TABLES TO {role}",
            f"GRANT {self._pick(self._surface.roles)} TO {'CURRENT_USER' if role == 'PUBLIC' else role}",
        )))  # fmt: skip

    def _role(self) -> str:
        role = self._pick(self._surface.roles)
        power = self._pick(("SUPERUSER", "CREATEROLE", "REPLICATION", "BYPASSRLS", "CONNECTION LIMIT 99", "NOLOGIN"))
        return str(self._pick((
            f"ALTER ROLE {role} {power}", f"ALTER ROLE CURRENT_USER {power}", f"ALTER ROLE {role} PASSWORD 'x'",
            f"ALTER ROLE {role} SET work_mem = '1GB'", f"CREATE ROLE evil_{self._chance.randrange(99)} LOGIN",
            f"DROP ROLE {role}", f"SET ROLE {role}", f"SET SESSION AUTHORIZATION {role}", f"DROP OWNED BY {role}",
            f"REASSIGN OWNED BY {role} TO CURRENT_USER", f"ALTER ROLE {role} RENAME TO evil",
        )))  # fmt: skip

    def _setting(self) -> str:
        name = self._pick(SETTINGS)
        value = self._pick(("'desk_import'", "'replica'", "'all'", "'off'", "'on'", "'64MB'", "'wang'"))
        return str(self._pick((f"SET {name} = {value}", f"SELECT set_config('{name}', {value}, false)",
                               f"ALTER DATABASE desk SET {name} = {value}", f"ALTER SYSTEM SET {name} = {value}",
                               f"UPDATE pg_settings SET setting = {value} WHERE name = '{name}'")))  # fmt: skip

    def _copy(self) -> str:
        table = self._table()
        target = self._pick(("'/tmp/desk-evil'", "PROGRAM 'true'", "'postgresql.conf'"))
        return f"COPY {table} {self._pick(('TO', 'FROM'))} {target}"

    def _catalog(self) -> str:
        catalog = self._pick(self._surface.catalogs)
        return str(self._pick((f"SELECT * FROM pg_catalog.{catalog} LIMIT 20", f"DELETE FROM pg_catalog.{catalog}",
                               f"SELECT count(*) FROM pg_catalog.{catalog}")))  # fmt: skip

    def _sequence(self) -> str:
        name = self._pick(self._surface.sequences)
        return str(self._pick((f"SELECT nextval('{name}')", f"SELECT setval('{name}', {self.value('bigint')})",
                               f"ALTER SEQUENCE {name} RESTART", f"SELECT * FROM {name}")))  # fmt: skip

    def _wrapped(self) -> str:
        inner = self._pick((self._insert, self._update, self._delete, self._grant))()
        if self._chance.random() < 0.5:
            return f"DO $do$ BEGIN {inner}; END $do$"
        return f"EXPLAIN ANALYZE {inner}" if inner.startswith(("INSERT", "UPDATE", "DELETE")) else f"SELECT 1; {inner}"

    def _oracle(self) -> str:
        table = self._table()
        name, _ = self._column(table)
        return str(self._pick((
            f"SELECT 1 / (CASE WHEN {name} IS NULL THEN 1 ELSE 0 END) FROM {table}",
            f"SELECT {name}::text::int FROM {table}", f"SELECT {name} FROM {table} ORDER BY {name} DESC LIMIT 1",
            f"EXPLAIN SELECT * FROM {table} WHERE {self._condition(table)}",
            f"SELECT query_to_xml('SELECT {name} FROM {table}', true, true, '')",
            f"SELECT ({table.split('.')[1]}).{name} FROM {table}", f"SELECT max({name}::text) FROM {table}",
        )))  # fmt: skip

    def _session(self) -> str:
        return str(self._pick(SESSION))

    def _maintenance(self) -> str:
        table = self._table()
        return str(self._pick((f"ANALYZE {table}", f"VACUUM {table}", f"REINDEX TABLE {table}", "CHECKPOINT",
                               f"CLUSTER {table}", "ALTER SYSTEM SET fsync = off", "LOAD 'x'")))  # fmt: skip

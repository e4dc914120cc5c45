"""What the catalogue of the database tells: one query for each line, in ``sql/doctor/NAME.sql``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from desk_server.desk import DATABASE, Desk
from desk_server.doctor.finding import BOOTSTRAP_ADVICE, Finding, finding

_SQL = Path(__file__).resolve().parent.parent / "sql" / "doctor"
_IF_OURS = f"{BOOTSTRAP_ADVICE}; where it stays: "
_SYNC = "run: desk-server roles sync"
_REVISION = "compare with a desk of this version; run: desk-server migrate, or restore the schema from a backup"

# Each query gives a row for everything that is wrong; its first column says what.
QUERIES = (
    ("doors", "PostgreSQL's own doors are closed to everybody", BOOTSTRAP_ADVICE),
    ("large_objects", "nobody has stored large objects", "look whose they are, then: SELECT lo_unlink(oid)"),
    ("languages", "nobody may run programs inside the server", BOOTSTRAP_ADVICE),
    ("extensions", "no extension opens another way in", "DROP EXTENSION it, where nobody needs it"),
    ("public_database", "nobody may connect or make temporary tables unasked", BOOTSTRAP_ADVICE),
    ("public_schema", "nobody may use schema public", BOOTSTRAP_ADVICE),
    ("public_tables", "nothing in schema desk is open to everybody", "REVOKE it FROM PUBLIC"),
    ("default_privileges", "a new function is nobody's until it is granted", BOOTSTRAP_ADVICE),
    ("create", "no role of ours but the owner may make objects", "REVOKE CREATE, TEMPORARY from it"),
    ("definer_path", "definer functions have a safe search_path", f"{_IF_OURS}ALTER FUNCTION ... SET search_path"),
    ("definer_public", "functions of the desk are not open to everybody", f"{_IF_OURS}REVOKE EXECUTE ... FROM PUBLIC"),
    ("parameters", "nobody may set the server's parameters", "REVOKE SET, ALTER SYSTEM ON PARAMETER ... FROM it"),
    ("login_trigger", "the login trigger is there and always fires", BOOTSTRAP_ADVICE),
    ("roles", "the desk's roles have no more power than they need", BOOTSTRAP_ADVICE),
    ("other_roles", "nobody else may log in", "ALTER ROLE ... NOLOGIN, or DROP ROLE it"),
    ("machine_roles", "machines' roles are as the table of machines says", _SYNC),
    ("machine_grants", "machines' roles have nothing but their group", _SYNC),
    ("machine_settings", "machines' roles keep their limits", _SYNC),
    ("enrol_settings", "the role of enrolment keeps its limits", BOOTSTRAP_ADVICE),
    ("settings", "the desk's own settings make sense", "as superuser: INSERT or UPDATE it in the table desk.setting"),
    ("worker_settings", "the worker waits for nobody's lock", BOOTSTRAP_ADVICE),
    (
        "private_columns",
        "query-only machines may read what is open, and no more",
        "mark the field again, in the client",
    ),
    ("private_tables", "query-only machines have no right on private tables", "REVOKE ALL ON it FROM desk_query"),
    ("write_grants", "machines of each level write what they may, and no more", "REVOKE it from that role"),
    ("audit_triggers", "every change is audited", _REVISION),
    ("append_only", "history and audit are only ever added to", _REVISION),
    ("guard_triggers", "every save is guarded", _REVISION),
    ("switched_off", "no trigger is switched off", "ALTER TABLE ... ENABLE TRIGGER"),
)


def catalogue_findings(desk: Desk, connection: Any) -> Iterator[Finding]:
    """All queries of the list."""
    is_embedded = desk.settings.kind == "embedded"
    arguments = {
        "databases": [DATABASE, "postgres", "template1"] if is_embedded else [DATABASE],
        "superuser": desk.settings.superuser,
        "is_embedded": is_embedded,
    }
    for name, check, advice in QUERIES:
        with connection.cursor() as cursor:
            cursor.execute((_SQL / f"{name}.sql").read_text(encoding="utf-8"), arguments)
            yield finding(check, [str(row[0]) for row in cursor.fetchall()], advice)

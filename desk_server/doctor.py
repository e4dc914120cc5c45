"""``desk-server doctor``: what keeps the desk safe, line by line, and what to do where it is not so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desk_server.authority import certificate_end
from desk_server.cluster_files import DURABILITY_SETTINGS, LOG_SETTINGS, SERVER_CERTIFICATE
from desk_server.desk import DATABASE, Desk

WARN_DAYS = 30
BOOTSTRAP_ADVICE = "run: desk-server migrate"
_SQL = Path(__file__).resolve().parent / "sql" / "doctor"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination; ``advice`` says what to do where it is not ok."""

    check: str
    is_ok: bool
    detail: str = ""
    advice: str = ""

    def text(self) -> str:
        """The line for a person."""
        parts = [self.check, self.detail if not self.is_ok else "", f"-> {self.advice}" if not self.is_ok else ""]
        return " ".join(part for part in parts if part)

    def as_dict(self) -> dict[str, Any]:
        """The line for JSON."""
        return {"check": self.check, "is_ok": self.is_ok, "detail": self.detail, "advice": self.advice}


# One query each, in sql/doctor/NAME.sql: a row for everything that is wrong, its first column says what.
QUERIES = (
    ("hba", "pg_hba.conf is read without an error", "mend that line; until then nobody new may get in"),
    ("ident", "pg_ident.conf is read without an error", "mend that line; until then no machine gets in"),
    ("doors", "PostgreSQL's own doors are closed to everybody", BOOTSTRAP_ADVICE),
    ("public_database", "nobody may connect or make temporary tables unasked", BOOTSTRAP_ADVICE),
    ("public_schema", "nobody may use schema public", BOOTSTRAP_ADVICE),
    ("public_tables", "nothing in schema desk is open to everybody", "REVOKE it FROM PUBLIC"),
    ("definer_path", "definer functions have a safe search_path", "ALTER FUNCTION ... SET search_path"),
    ("definer_public", "definer functions are not open to everybody", "REVOKE EXECUTE ... FROM PUBLIC"),
    ("login_trigger", "the login trigger is there and always fires", BOOTSTRAP_ADVICE),
    ("roles", "the desk's roles have no more power than they need", BOOTSTRAP_ADVICE),
    ("machine_roles", "machines' roles are as enrolled", "enrol the machine again: desk-server machine add"),
    ("machine_settings", "machines' roles keep their limits", "enrol the machine again: desk-server machine add"),
)
SETTINGS = {
    "ssl": "on",
    "ssl_min_protocol_version": "TLSv1.3",
    "data_checksums": "on",
    **DURABILITY_SETTINGS,
    **LOG_SETTINGS,
    "max_prepared_transactions": "0",
}


def examine(desk: Desk) -> list[Finding]:
    """All checks on the running desk."""
    with closing(desk.owner_connection()) as connection:
        findings = [*_settings(connection), *_queries(desk, connection), *_machine_certificates(connection)]
    return [*findings, *_certificates(desk), *_files(desk)]


def _settings(connection: Any) -> Iterator[Finding]:
    for name, wanted in SETTINGS.items():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting(%s)", (name,))
            value = cursor.fetchone()[0]
        advice = f"set it in the cluster's configuration: {name} = {wanted}"
        if name in LOG_SETTINGS:
            advice = BOOTSTRAP_ADVICE
        yield Finding(f"{name} is {wanted}", value == wanted, f"but it is {value}", advice)


def _queries(desk: Desk, connection: Any) -> Iterator[Finding]:
    databases = (DATABASE, "postgres", "template1") if desk.settings.kind == "embedded" else (DATABASE,)
    arguments = {"databases": list(databases), "superuser": desk.settings.superuser}
    for name, check, advice in QUERIES:
        with connection.cursor() as cursor:
            cursor.execute((_SQL / f"{name}.sql").read_text(encoding="utf-8"), arguments)
            wrong = [str(row[0]) for row in cursor.fetchall()]
        shown = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        yield Finding(check, not wrong, f"but: {shown}", advice)


def _machine_certificates(connection: Any) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.name, c.not_after FROM desk.machine m JOIN desk.machine_certificate c ON c.machine_id = m.id"
            " WHERE m.level <> 'none' AND m.deleted_at IS NULL ORDER BY m.name"
        )
        for name, end in cursor.fetchall():
            yield _end(f"the certificate of machine {name}", end, "enrol it again: desk-server machine add")


def _certificates(desk: Desk) -> Iterator[Finding]:
    yield _end("the certificate authority", certificate_end(desk.authority.certificate_file), "plan a new desk CA")
    server = desk.cluster_folder / SERVER_CERTIFICATE
    yield _end("the server's certificate", certificate_end(server), "restart: desk-server stop, desk-server start")
    owner = desk.data / "owner" / "client.crt"
    if desk.settings.owner_login == "certificate":
        yield _end("the owner's certificate", certificate_end(owner), "restart: desk-server stop, desk-server start")


def _end(what: str, end: dt.datetime, advice: str) -> Finding:
    is_ok = end > dt.datetime.now(dt.UTC) + dt.timedelta(days=WARN_DAYS)
    return Finding(f"{what} is good for {WARN_DAYS} days", is_ok, f"but it ends on {end:%Y-%m-%d}", advice)


def _files(desk: Desk) -> Iterator[Finding]:
    import os

    if os.name != "posix":
        return
    for file in (desk.data / "ca" / "ca.key", desk.data / "owner" / "client.key"):
        if file.exists():
            is_ok = not file.stat().st_mode & 0o077
            yield Finding(f"{file} is its owner's alone", is_ok, "but others may read it", f"chmod 600 {file}")

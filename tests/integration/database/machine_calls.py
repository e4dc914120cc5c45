"""Calls of the functions of machine identity as raw SQL, with what a form would state."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import Any

from tests.integration.database.world import one

CSR = "-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----\n"


def set_machine(cursor: Any, name: str, level: str | None, people: list[str] | None = None, **stated: Any) -> int:
    """``desk.machine_set`` by a machine that has just read the row: save_id and its version, unless they are given."""
    if "row_version" not in stated:
        cursor.execute("SELECT row_version FROM desk.machine WHERE name = %s", (name,))
        found = cursor.fetchone()
        stated["row_version"] = found[0] if found else None
    values = {"note": None, "save_id": str(uuid.uuid4()), "lease_token": None, **stated}
    return int(
        one(
            cursor,
            "SELECT desk.machine_set(%s, %s, %s, %s, %s, %s, %s)",
            *(name, level, people, values["note"], values["save_id"], values["lease_token"], values["row_version"]),
        )
    )


def begin(cursor: Any, name: str) -> str:
    """A new code for the machine; its secret."""
    secret = secrets.token_hex(16)
    one(cursor, "SELECT desk.enrolment_begin(%s, %s)", name, hashlib.sha256(secret.encode()).digest())
    return secret


def enrol(cursor: Any, secret: str, request: uuid.UUID, csr: str = CSR.format("key")) -> dict[str, Any]:
    """``desk.enrol``: its one row."""
    cursor.execute("SELECT * FROM desk.enrol(%s, %s, %s)", (secret, csr, str(request)))
    return dict(zip((column.name for column in cursor.description), cursor.fetchone(), strict=True))


def renew(cursor: Any, csr: str) -> tuple[str, str | None]:
    """``desk.cert_renew``: state and certificate."""
    cursor.execute("SELECT state, certificate FROM desk.cert_renew(%s)", (csr,))
    state, certificate = cursor.fetchone()
    return state, certificate


def issue(cursor: Any, request: Any, serial: int, days: int = 90, certificate: str = "the certificate") -> bool:
    """``desk.certificate_issue`` as the worker calls it."""
    return bool(
        one(
            cursor,
            "SELECT desk.certificate_issue(%s, %s, clock_timestamp() + make_interval(days => %s), %s)",
            *(str(request), serial, days, certificate),
        )
    )

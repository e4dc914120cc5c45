"""Certificates that end soon, and key files that others may read."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from desk_server.authority import certificate_end
from desk_server.cluster_files import SERVER_CERTIFICATE, SERVER_KEY
from desk_server.desk import Desk
from desk_server.doctor.finding import Finding
from shared.files import is_private

WARN_DAYS = 30
# A machine renews its own from the 60th day of 90 on, so one month before the end: it has not come for a while.
MACHINE_WARN_DAYS = 14
_MACHINES = """
SELECT m.name, max(c.not_after) FROM desk.machine AS m JOIN desk.machine_certificate AS c ON c.machine_id = m.id
WHERE m.level <> 'none' AND m.deleted_at IS NULL AND c.replaced_at IS NULL GROUP BY m.name ORDER BY m.name
"""


def certificate_findings(desk: Desk, connection: Any) -> Iterator[Finding]:
    """Of the authority, the server, the owner, and each machine that may come in."""
    yield _end("the certificate authority", certificate_end(desk.authority.certificate_file), "plan a new desk CA")
    server = desk.cluster_folder / SERVER_CERTIFICATE
    yield _end("the server's certificate", certificate_end(server), "restart: desk-server stop, desk-server start")
    if desk.settings.owner_login == "certificate":
        owner = desk.data / "owner" / "client.crt"
        yield _end("the owner's certificate", certificate_end(owner), "restart: desk-server stop, desk-server start")
    with connection.cursor() as cursor:
        cursor.execute(_MACHINES)
        for name, end in cursor.fetchall():
            advice = f"start its client, which renews it; once it has ended: desk-server machine code {name}"
            yield _end(f"the certificate of machine {name}", end, advice, MACHINE_WARN_DAYS)
    yield from _keys(desk)


def _end(what: str, end: dt.datetime, advice: str, days: int = WARN_DAYS) -> Finding:
    is_ok = end > dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    return Finding(f"{what} is good for {days} days", is_ok, f"but it ends on {end:%Y-%m-%d}", advice)


def _keys(desk: Desk) -> Iterator[Finding]:
    fixed = (desk.authority.folder / "ca.key", desk.data / "owner" / "client.key", desk.cluster_folder / SERVER_KEY)
    for file in (*fixed, *_profile_keys(desk)):
        if file.exists():
            advice = f"chmod 600 {file}" if os.name == "posix" else f"take all others off its list: icacls {file}"
            yield Finding(f"{file} is its owner's alone", is_private(file), "but others may read it", advice)


def _profile_keys(desk: Desk) -> list[Path]:
    return sorted(desk.profiles.glob("*/client.key*"))

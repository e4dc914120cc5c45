"""``desk-server doctor``: what keeps the desk safe, line by line, and what to do where it is not so."""

from __future__ import annotations

from contextlib import closing

from desk_server.desk import Desk
from desk_server.doctor.access_files import access_findings
from desk_server.doctor.administrators import administrator_findings
from desk_server.doctor.catalogue import catalogue_findings
from desk_server.doctor.certificates import certificate_findings
from desk_server.doctor.finding import Finding
from desk_server.doctor.running import running_findings
from desk_server.doctor.schema import schema_finding
from desk_server.doctor.server_settings import setting_findings

__all__ = ["Finding", "examine"]


def examine(desk: Desk) -> list[Finding]:
    """All checks on the running desk."""
    with closing(desk.owner_connection()) as connection:
        return [
            *setting_findings(desk, connection),
            *access_findings(desk, connection),
            *catalogue_findings(desk, connection),
            schema_finding(desk, connection),
            *certificate_findings(desk, connection),
            *administrator_findings(connection),
            *running_findings(desk, connection),
        ]

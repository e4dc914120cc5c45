"""Whether anybody can administer the desk by a client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desk_server.doctor.finding import Finding


def administrator_findings(connection: Any) -> Iterator[Finding]:
    """Without one, machines are changed from the server's shell alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk.has_admin_machine()")
        (has_one,) = cursor.fetchone()
    yield Finding(
        "an administrator's machine can get in",
        bool(has_one),
        "but none has a good certificate",
        "run: desk-server machine add NAME --level admin --person PERSON --profile DIR, or desk-server machine list"
        " and desk-server machine set NAME --level admin",
    )

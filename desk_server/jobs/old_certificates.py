"""The alarm of a copied key: a certificate that was replaced is shown again, and PostgreSQL's log alone knows of it."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from desk_server.desk import Desk
from desk_server.log_reader import LogReader

# What the login trigger writes, wherever the line has it: other kinds of log go on behind it. A forged line is weeded
# out by the database: an alarm is a serial number that was this machine's once.
_REFUSED = re.compile(
    r"desk refused machine (?P<machine>[a-z0-9][a-z0-9-]{0,39}) with serial (?P<serial>[0-9]{1,60})"
    r" from (?P<address>[0-9A-Fa-f.:]*)"
)


def raise_old_certificate_alarms(connection: Any, desk: Desk) -> int:
    """Read on in the log; the number of alarms."""
    reader = LogReader(desk)
    alarms = sum(_raise(connection, line) for line in reader.new_lines())
    reader.keep_place()
    return alarms


def _raise(connection: Any, line: str) -> bool:
    found = _REFUSED.search(line)
    if found is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT desk.old_certificate_seen(%s, %s, %s)",
            (found["machine"], found["serial"], _address(found["address"])),
        )
        return bool(cursor.fetchone()[0])


def _address(text: str) -> str | None:
    """None where it came by no network."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None

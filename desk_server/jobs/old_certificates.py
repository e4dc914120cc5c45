"""The alarms of a copied key, of which PostgreSQL's log alone knows.

A certificate that was replaced is shown again; or a login ends before its serial is looked at, because the machine is
shut out or the session stated a limit or a parameter that ends it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any

from desk_server.desk import Desk
from desk_server.log_reader import LogReader

# What the login trigger writes, wherever the line has it: other kinds of log go on behind it. A forged line is weeded
# out by the database: an alarm is a serial number that was this machine's once.
_REFUSED = re.compile(
    r"desk refused machine (?P<machine>[a-z0-9][a-z0-9-]{0,39}) with serial (?P<serial>[0-9]{1,60})"
    r" from (?P<address>[0-9A-Fa-f.:]*)"
)


# Lines of a machine's session by our log_line_prefix. Whole lines: what is made up in a user's name does not end them.
_LINE = re.compile(
    r"^\S+ \S+ \S+ \[(?P<pid>[0-9]+)\] m_(?P<machine>[a-z0-9][a-z0-9-]{0,39})@desk (?P<address>\S+) "
    r"(?P<severity>LOG|FATAL):  (?P<message>.*)$"
)
_AUTHENTICATED = "connection authenticated: "
_SHUT_OUT = re.compile(r'FATAL:  role "m_(?P<machine>[a-z0-9][a-z0-9-]{0,39})" is not permitted to log in$')
_COMMON = (
    "machine certificate is not the enrolled one",  # the line above tells more
    "terminating connection due to administrator command",
    "too many connections for role",
    "sorry, too many clients already",
    "remaining connection slots",
    "the database system is",
    "connection to client lost",
)
_QUOTED = re.compile(r'"[^"]*"?')


def raise_old_certificate_alarms(connection: Any, desk: Desk) -> int:
    """Read on in the log; the number of events."""
    reader = LogReader(desk)
    lines = reader.new_lines()
    events = sum(_raise(connection, line) for line in lines)
    events += sum(_tell(connection, *attempt) for attempt in refused_logins(lines))
    reader.keep_place()
    return events


def refused_logins(lines: Iterable[str]) -> set[tuple[str, str | None, str]]:
    """Machine, address and reason of the logins that ended right after the certificate had proved the machine."""
    refused: set[tuple[str, str | None, str]] = set()
    authenticated: set[tuple[str, str]] = set()
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            shut_out = _SHUT_OUT.search(line)  # a site's cluster has a prefix of its own
            if shut_out:
                refused.add((shut_out["machine"], None, "not permitted to log in"))
            continue
        session, message = (found["pid"], found["machine"]), found["message"]
        if found["severity"] == "LOG":
            if message.startswith(_AUTHENTICATED):
                authenticated.add(session)
        elif session in authenticated and not message.startswith(_COMMON):
            refused.add((found["machine"], _address(found["address"]), _QUOTED.sub("...", message)))
    return refused


def _tell(connection: Any, machine: str, address: str | None, reason: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk.login_refused_seen(%s, %s, %s)", (machine, address, reason))
        return bool(cursor.fetchone()[0])


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

"""pg_hba.conf and pg_ident.conf: readable, our lines there and first, and nobody else let in."""

from __future__ import annotations

import ipaddress
import shlex
from collections.abc import Iterator
from typing import Any

from desk_server.account import own_account
from desk_server.cluster_files import hba_lines, ident_lines
from desk_server.desk import DATABASE, Desk
from desk_server.doctor.finding import Finding, finding

_ERRORS = {
    "pg_hba.conf": "SELECT 'line ' || line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL",
    "pg_ident.conf": "SELECT 'line ' || line_number || ': ' || error FROM pg_ident_file_mappings"
    " WHERE error IS NOT NULL",
}
_RULES = """
SELECT line_number, type, array_to_string(database, ','), array_to_string(user_name, ','),
    coalesce(address, ''), coalesce(netmask, ''),
    auth_method, coalesce((SELECT substr(o, 5) FROM unnest(options) AS o WHERE o LIKE 'map=%'), '')
FROM pg_hba_file_rules WHERE error IS NULL ORDER BY rule_number
"""
_MAPPINGS = "SELECT map_name, sys_name, pg_username FROM pg_ident_file_mappings WHERE error IS NULL ORDER BY map_number"
_OUR_MAPS = ("desk_machine", "desk_owner", "desk_os")
_MEND = "run: desk-server init --data {data}, which writes our lines anew; until then nobody may rely on who gets in"

Rule = tuple[str, ...]


def access_findings(desk: Desk, connection: Any) -> Iterator[Finding]:
    """Both files, as PostgreSQL reads them now."""
    mend = _MEND.format(data=desk.data)
    with connection.cursor() as cursor:
        for name, query in _ERRORS.items():
            cursor.execute(query)
            wrong = [str(row[0]) for row in cursor.fetchall()]
            yield finding(f"{name} is read without an error", wrong, f"mend it: nobody new may get in; {mend}")
        cursor.execute(_RULES)
        rules = [(row[0], _shown(row[1:])) for row in cursor.fetchall()]
        yield from _hba(desk, rules, mend)
        cursor.execute(_MAPPINGS)
        yield from _ident(desk, [tuple(row) for row in cursor.fetchall()], mend)


def _shown(row: tuple[str, ...]) -> Rule:
    type_, database, user, address, netmask, method, map_name = row
    if netmask:
        address = str(ipaddress.ip_network(f"{address}/{_bits(netmask)}", strict=False))
    return (type_, database, user, address, method, map_name)


def _bits(netmask: str) -> int:
    return int(ipaddress.ip_address(netmask)).bit_count()


def _hba(desk: Desk, rules: list[tuple[int, Rule]], mend: str) -> Iterator[Finding]:
    ours = [_parsed(line) for line in hba_lines(desk.settings)]
    there = [rule for _, rule in rules]
    missing = [" ".join(rule) for place, rule in enumerate(ours) if there[place : place + 1] != [rule]]
    yield finding("pg_hba.conf begins with our lines, in their order", missing, mend)
    # Behind our lines a site's own may stand: two of ours refuse whoever would come to our database by them.
    strangers = [
        f"line {number}: {' '.join(rule)}"
        for place, (number, rule) in enumerate(rules)
        if rule not in ours
        and rule[4] != "reject"
        and (desk.settings.kind == "embedded" or _opens_desk(rule, place, there, ours))
    ]
    yield finding("no other line of pg_hba.conf lets anybody in", strangers, f"take it out; {mend}")


def _opens_desk(rule: Rule, place: int, there: list[Rule], ours: list[Rule]) -> bool:
    """Whether a line of the site's stands where it decides who comes to database desk."""
    is_before = any(later in there[place:] for later in ours)
    return is_before and (not {"all", DATABASE}.isdisjoint(rule[1].split(",")) or rule[1].startswith("/"))


def _parsed(line: str) -> Rule:
    """A line of ours as pg_hba_file_rules shows it."""
    words = shlex.split(line)
    type_, database, user = words[:3]
    rest = words[3:]
    address = rest.pop(0) if type_ != "local" else ""
    options = dict(word.split("=", 1) for word in rest[1:])
    return (type_, database, user, address, rest[0], options.get("map", ""))


def _ident(desk: Desk, mappings: list[tuple[str, ...]], mend: str) -> Iterator[Finding]:
    accounts = dict.fromkeys((own_account().name, desk.account.name, "root"))
    ours = {_mapping(line) for line in ident_lines(desk.settings, accounts)}
    machine = next(mapping for mapping in ours if mapping[0] == "desk_machine")
    missing = [" ".join(machine)] if machine not in mappings else []
    yield finding("pg_ident.conf maps a certificate's name to its machine", missing, mend)
    strangers = [" ".join(mapping) for mapping in mappings if mapping[0] in _OUR_MAPS and mapping not in ours]
    yield finding("no other line of pg_ident.conf gives a role away", strangers, f"take it out; {mend}")


def _mapping(line: str) -> tuple[str, ...]:
    """A line of ours as pg_ident_file_mappings shows it."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.escape = True, ""  # a backslash is a backslash there
    return tuple(lexer)

"""What a query-only machine must never see, where it might look for it, and how to look through everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg2

from tests.integration.database.world import World, insert, one, rows, update

# With letters in their digits: no time, number or id of the desk's own is ever like them.
PHONE, MAIL, COMMENT = "777-019988-42vk77", "zorblatt@secret.example", "quixotical margin of the dealer"
OLD_PHONE = "888-024455-17vk88"  # replaced since: lives on in the audit alone
# Any of these words in an answer to the machine is a leak: whole values, and the words of the search index.
MARKERS = (PHONE, "42vk77", MAIL, "zorblatt", COMMENT, "quixotical", OLD_PHONE, "17vk88")


@dataclass(frozen=True)
class Hidden:
    """Ids of the rows that hold the secrets."""

    contact: int
    ticket: int
    comment: int


def hide(full: Any, world: World) -> Hidden:
    """A full machine writes private values the normal way; a public ticket stands beside them."""
    contact = insert(full, "contact", customer_id=world.customer, name="Zhou", phone=OLD_PHONE, mail=MAIL)
    update(full, "contact", contact, phone=PHONE)
    ticket = insert(full, "ticket", **world.ticket(contact_id=contact))
    comment = insert(full, "comment", ticket_id=ticket, body=COMMENT, is_private=True)
    insert(full, "comment", ticket_id=ticket, body="A public remark")
    return Hidden(contact, ticket, comment)


def leaks(*texts: object) -> set[str]:
    """The markers that occur in what was answered."""
    found = " ".join(str(text) for text in texts).lower()
    return {marker for marker in MARKERS if marker.lower() in found}


def readable_columns(cursor: Any) -> dict[str, list[str]]:
    """Every relation of every schema with the columns that this session may select."""
    found: dict[str, list[str]] = {}
    for row in rows(
        cursor,
        """SELECT c.oid::regclass::text AS relation, quote_ident(a.attname) AS name
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f', 'S', 't') AND a.attnum > 0 AND NOT a.attisdropped
            AND has_schema_privilege(c.relnamespace, 'USAGE')
            AND has_column_privilege(c.oid, a.attnum, 'SELECT')
        ORDER BY c.oid, a.attnum""",
    ):
        found.setdefault(row["relation"], []).append(row["name"])
    return found


def everything_readable(cursor: Any) -> dict[str, str]:
    """All that this session may read, in one text a relation."""
    answer = {}
    for relation, columns in readable_columns(cursor).items():
        listed = ", ".join(f"{name}::text" for name in columns)
        try:
            answer[relation] = str(one(cursor, f"SELECT string_agg(ROW({listed})::text, ' ') FROM {relation}"))
        except psycopg2.errors.InsufficientPrivilege:  # a view may ask for more than its grant
            continue
    return answer

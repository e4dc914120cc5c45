"""Forgetting a person: finding the contact that is meant, and removing its values everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2

from shared.database import translate_error
from shared.errors import NotFoundError, UserError

FORGOTTEN_NAME = "forgotten"
_LISTED = 10
_LARGEST_ID = 2**63 - 1
_COLUMNS = "c.id, c.name, customer.name, c.name = 'forgotten' AND c.mail IS NULL AND c.phone IS NULL"
_BY_ID = f"""
SELECT {_COLUMNS} FROM desk.contact AS c JOIN desk.customer ON customer.id = c.customer_id WHERE c.id = %s
"""  # noqa: S608 - constants of ours
_BY_WORDS = f"""
SELECT {_COLUMNS} FROM desk.contact AS c JOIN desk.customer ON customer.id = c.customer_id
WHERE desk.search_text(c.name) = desk.search_text(%(wanted)s) OR lower(c.mail) = lower(%(wanted)s) ORDER BY c.id
"""  # noqa: S608 - as above
_HOLDS = """
SELECT (c.phone IS NOT NULL)::int + (c.mail IS NOT NULL)::int + (c.note IS NOT NULL)::int + (c.title IS NOT NULL)::int,
    (SELECT count(*) FROM desk.audit_private AS p JOIN desk.audit_entry AS e ON e.id = p.entry_id
        WHERE e.entity = 'contact' AND e.row_key = c.id::text),
    (SELECT count(*) FROM desk.audit_entry AS e WHERE e.entity = 'contact' AND e.row_key = c.id::text
        AND e.changes ?| '{name,title,phone,mail,note}'),
    (SELECT count(*) FROM desk.ticket WHERE ticket.contact_id = c.id),
    (SELECT array_agg(number ORDER BY number) FROM (
        SELECT DISTINCT ticket.number FROM desk.search_public AS s JOIN desk.ticket ON ticket.id = s.ticket_id
        WHERE s.words @@ desk.search_query(c.name) AND c.name <> 'forgotten' ORDER BY ticket.number LIMIT 20
    ) AS mentions)
FROM desk.contact AS c WHERE c.id = %s
"""
_PRIVATE_COMMENTS = "SELECT comment_id FROM desk.comment_private WHERE comment_id = ANY (%s)"
_FILES = "SELECT id FROM desk.attachment WHERE id = ANY (%s)"
_CLEANED = "desk.contact, desk.audit_private, desk.search_public, desk.search_private, desk.comment_private"


@dataclass(frozen=True, slots=True)
class Forgettable:
    """A contact as it is now, and what forgetting it removes."""

    id: int
    name: str
    customer: str
    is_forgotten: bool
    fields: int
    entries: int
    open_entries: int
    tickets: int
    mentions: tuple[int, ...]

    def lines(self, comments: Sequence[int], attachments: Sequence[int]) -> list[str]:
        """What will go, for a person."""
        lines = [
            f"Contact {self.id}, {self.name}, at {self.customer}: the name and {self.fields} more values go, with their"
            f" search words and the private part of {self.entries} audit entries."
        ]
        if comments:
            lines.append(f"The text of private comments {', '.join(map(str, comments))} goes.")
        if attachments:
            lines.append(f"Name and content of attachments {', '.join(map(str, attachments))} go.")
        if self.tickets:
            lines.append(f"{self.tickets} tickets stay with a contact named '{FORGOTTEN_NAME}'.")
        if self.mentions:
            numbers = ", ".join(f"#{number}" for number in self.mentions)
            lines.append(
                f"Texts that hold the same name, in tickets {numbers}, stay; look at them and change them there."
            )
        if self.open_entries:
            lines.append(
                f"{self.open_entries} audit entries of before revision 0005 keep in the open what they hold of it: they"
                " are sealed."
            )
        return lines


@dataclass(frozen=True, slots=True)
class Removed:
    """How much was removed."""

    contact: int
    entries: int
    comments: int
    attachments: int


def find_contact(connection: Any, wanted: str) -> Forgettable:
    """The contact with this id, name or mail address; an error with a sentence where it is none or one of several."""
    with _translated(), connection.cursor() as cursor:
        found = _matching(cursor, wanted.strip())
        if not found:
            raise NotFoundError(f"There is no contact {wanted!r}: neither an id nor a whole name or mail address.")
        if len(found) > 1:
            named = "; ".join(f"{row[0]} at {row[2]}" for row in found[:_LISTED])
            more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
            raise UserError(f"{len(found)} contacts are called {wanted!r}; say which by its id: {named}{more}.")
        cursor.execute(_HOLDS, (found[0][0],))
        *counts, mentions = cursor.fetchone()
        values: tuple[Any, ...] = (*found[0], *counts, tuple(mentions or ()))
        return Forgettable(*values)


def check_named(connection: Any, comments: Sequence[int], attachments: Sequence[int]) -> None:
    """NotFoundError unless each comment is a private one with its text, and each attachment is there."""
    for name, statement, wanted in (
        ("private comment", _PRIVATE_COMMENTS, comments),
        ("attachment", _FILES, attachments),
    ):
        with _translated(), connection.cursor() as cursor:
            cursor.execute(statement, (list(wanted),))
            missing = sorted(set(wanted) - {row[0] for row in cursor.fetchall()})
        if missing:
            raise NotFoundError(f"There is no {name} {', '.join(map(str, missing))}. Nothing was removed.")


def forget(connection: Any, contact: int, comments: Sequence[int], attachments: Sequence[int]) -> Removed:
    """Remove it, in one transaction; then let PostgreSQL clear the space and its statistics of the values."""
    with _translated(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM desk.forget_contact(%s, %s::bigint[], %s::bigint[])",
            (contact, list(comments), list(attachments)),
        )
        removed = Removed(contact, *cursor.fetchone())
        cursor.execute(f"VACUUM (ANALYZE) {_CLEANED}{', desk.attachment' if attachments else ''}")
    return removed


def _matching(cursor: Any, wanted: str) -> list[Any]:
    if wanted.isascii() and wanted.isdigit():
        if int(wanted) > _LARGEST_ID:
            return []
        cursor.execute(_BY_ID, (int(wanted),))
    else:
        cursor.execute(_BY_WORDS, {"wanted": wanted.replace("\x00", "")})
    return list(cursor.fetchall())


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg2.Error as error:
        raise translate_error(error) from None  # the cause may quote the values

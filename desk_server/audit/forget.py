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
# Lines of a log that could not be read keep their text: those with a name, number or address the contact has or had.
_REJECTS = """
WITH known AS (
    SELECT x.value FROM desk.contact AS c CROSS JOIN LATERAL unnest(ARRAY[c.name, c.phone, c.mail]) AS x (value)
    WHERE c.id = %(contact)s AND c.name <> 'forgotten'
    UNION
    SELECT x.value FROM desk.audit_entry AS e JOIN desk.audit_private AS p ON p.entry_id = e.id
    CROSS JOIN LATERAL jsonb_each(p.values) AS f (field, pair)
    CROSS JOIN LATERAL jsonb_array_elements_text(f.pair) AS x (value)
    WHERE e.entity = 'contact' AND e.row_key = %(contact)s::text AND f.field IN ('name', 'phone', 'mail')
)
SELECT r.id, r.file, r.line FROM desk.import_reject AS r WHERE EXISTS (
    SELECT FROM known WHERE length(known.value) > 1 AND strpos(lower(r.content), lower(known.value)) > 0
) ORDER BY r.id
"""
_EMPTY_REJECTS = "UPDATE desk.import_reject SET content = '' WHERE id = ANY (%s)"
_PRIVATE_COMMENTS = "SELECT comment_id FROM desk.comment_private WHERE comment_id = ANY (%s)"
_FILES = "SELECT id FROM desk.attachment WHERE id = ANY (%s)"
_CLEANED = "desk.contact, desk.audit_private, desk.search_public, desk.search_private, desk.comment_private"


@dataclass(frozen=True, slots=True)
class Reject:
    """A line of a log that an import could not read, and whose text was kept."""

    id: int
    file: str
    line: int


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
    rejects: tuple[Reject, ...] = ()

    def lines(self, comments: Sequence[int], attachments: Sequence[int], *, empties_rejects: bool = False) -> list[str]:
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
        if self.rejects:
            lines.append(self._reject_line(empties_rejects))
        if self.open_entries:
            lines.append(
                f"{self.open_entries} audit entries of before revision 0005 keep in the open what they hold of it: they"
                " are sealed."
            )
        return lines

    def _reject_line(self, is_emptied: bool) -> str:
        named = ", ".join(f"{reject.file}:{reject.line}" for reject in self.rejects[:_LISTED])
        more = f" and {len(self.rejects) - _LISTED} more" if len(self.rejects) > _LISTED else ""
        end = "goes." if is_emptied else "stays; --import-lines has it go too."
        return f"Lines that an import could not read hold a value of it, {named}{more}: their text {end}"


@dataclass(frozen=True, slots=True)
class Removed:
    """How much was removed."""

    contact: int
    entries: int
    comments: int
    attachments: int
    import_lines: int = 0


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
        cursor.execute(_REJECTS, {"contact": found[0][0]})
        rejects = tuple(Reject(*row) for row in cursor.fetchall())
        values: tuple[Any, ...] = (*found[0], *counts, tuple(mentions or ()), rejects)
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


def forget(
    connection: Any, contact: int, comments: Sequence[int], attachments: Sequence[int], rejects: Sequence[Reject] = ()
) -> Removed:
    """Remove it, in one transaction; then let PostgreSQL clear the space and its statistics of the values."""
    with _translated(), connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute(
                "SELECT * FROM desk.forget_contact(%s, %s::bigint[], %s::bigint[])",
                (contact, list(comments), list(attachments)),
            )
            counts = cursor.fetchone()
            cursor.execute(_EMPTY_REJECTS, ([reject.id for reject in rejects],))
            removed = Removed(contact, counts[0], counts[1], counts[2], cursor.rowcount)
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")
        more = (", desk.attachment" if attachments else "") + (", desk.import_reject" if rejects else "")
        cursor.execute(f"VACUUM (ANALYZE) {_CLEANED}{more}")
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

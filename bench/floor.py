"""The floor: the same work by bare psycopg2 on a minimal indexed schema, over the same TLS connection."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from bench.dataset import CUSTOMERS, PRODUCTS, STAFF, BenchTicket
from bench.loading import copy_text

SCHEMA = """
CREATE SCHEMA floor;
CREATE TABLE floor.customer (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE floor.staff (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE floor.product (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE floor.ticket (
    id bigserial PRIMARY KEY, title text NOT NULL, description text NOT NULL, status text NOT NULL, priority text,
    severity text, product_id int, customer_id int, owner_id int, serial text, environment text,
    created timestamptz NOT NULL, due timestamptz, rev int NOT NULL DEFAULT 1,
    words tsvector GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || description)) STORED
);
CREATE TABLE floor.comment (
    id bigserial PRIMARY KEY, ticket_id bigint NOT NULL, at timestamptz NOT NULL DEFAULT now(), body text NOT NULL,
    words tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED
);
"""
INDEXES = """
CREATE INDEX ON floor.ticket (status, created DESC);
CREATE INDEX ON floor.ticket (status, product_id, created DESC);
CREATE INDEX ON floor.ticket USING gin (words);
CREATE INDEX ON floor.comment (ticket_id, at);
CREATE INDEX ON floor.comment USING gin (words);
SELECT setval('floor.ticket_id_seq', (SELECT max(id) FROM floor.ticket));
GRANT USAGE ON SCHEMA floor TO desk_full;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA floor TO desk_full;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA floor TO desk_full;
VACUUM ANALYZE floor.ticket;
VACUUM ANALYZE floor.comment;
"""
ROWS = """SELECT t.id, t.title, t.status, s.name, c.name, t.created FROM floor.ticket t
LEFT JOIN floor.staff s ON s.id = t.owner_id JOIN floor.customer c ON c.id = t.customer_id """


def fill_floor(owner: Any, tickets: Iterable[BenchTicket]) -> None:
    """Make and fill schema ``floor`` through a superuser's connection in autocommit."""
    cursor = owner.cursor()
    cursor.execute(SCHEMA)
    for table, count in (("customer", CUSTOMERS), ("staff", STAFF), ("product", PRODUCTS)):
        cursor.execute(f"INSERT INTO floor.{table} SELECT n, '{table} ' || n FROM generate_series(1, {count}) AS n")
    comments = []
    rows = []
    for ticket in tickets:
        due = ticket.created + timedelta(days=14)
        rows.append(
            (ticket.id, ticket.title, ticket.description, ticket.status, ticket.priority, ticket.severity,
             ticket.product, ticket.customer, ticket.owner, ticket.serial, ticket.environment, ticket.created, due)
        )  # fmt: skip
        comments += [(ticket.id, at, body) for at, body in ticket.comments]
    columns = "id, title, description, status, priority, severity, product_id, customer_id, owner_id, serial"
    cursor.copy_expert(f"COPY floor.ticket ({columns}, environment, created, due) FROM STDIN", copy_text(rows))
    cursor.copy_expert("COPY floor.comment (ticket_id, at, body) FROM STDIN", copy_text(comments))
    for statement in INDEXES.strip().split(";\n"):
        cursor.execute(statement)


class Floor:
    """The operations; ``connection`` is a psycopg2 connection. Reads in autocommit, saves in a transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def list_open(self) -> int:
        return self._rows(ROWS + "WHERE t.status = 'open' ORDER BY t.created DESC LIMIT 50")

    def list_filtered(self, product: int, word: str) -> int:
        where = "WHERE t.status = 'open' AND t.product_id = %s AND t.words @@ plainto_tsquery('simple', %s) "
        return self._rows(ROWS + where + "ORDER BY t.created DESC LIMIT 50", product, word)

    def search(self, word: str) -> int:
        hits = """WHERE t.id IN (SELECT id FROM floor.ticket WHERE words @@ plainto_tsquery('simple', %s)
            UNION SELECT ticket_id FROM floor.comment WHERE words @@ plainto_tsquery('simple', %s)) """
        return self._rows(ROWS + hits + "ORDER BY t.created DESC LIMIT 50", word, word)

    def open_ticket(self, ticket_id: int) -> int:
        columns = "id, title, description, status, priority, severity, product_id, customer_id, owner_id, serial, rev"
        self._rows(f"SELECT {columns} FROM floor.ticket WHERE id = %s", ticket_id)
        return self._rows("SELECT id, at, body FROM floor.comment WHERE ticket_id = %s ORDER BY at", ticket_id)

    def create(self, values: tuple[Any, ...]) -> int:
        columns = "title, description, status, priority, severity, product_id, customer_id, owner_id, serial, created"
        marks = ", ".join(["%s"] * len(values))
        return self._save((f"INSERT INTO floor.ticket ({columns}) VALUES ({marks}) RETURNING id", values))

    def update(self, ticket_id: int, rev: int, status: str, comment: str) -> int:
        changed = "UPDATE floor.ticket SET status = %s, rev = rev + 1 WHERE id = %s AND rev = %s"
        added = "INSERT INTO floor.comment (ticket_id, body) VALUES (%s, %s)"
        return self._save((changed, (status, ticket_id, rev)), (added, (ticket_id, comment)))

    def _rows(self, statement: str, *values: Any) -> int:
        self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return len(cursor.fetchall())

    def _save(self, *statements: tuple[str, tuple[Any, ...]]) -> int:
        self._connection.autocommit = False
        with self._connection.cursor() as cursor:
            for statement, values in statements:
                cursor.execute(statement, values)
            count = cursor.rowcount
        self._connection.commit()
        return int(count)

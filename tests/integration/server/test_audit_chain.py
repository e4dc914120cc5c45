"""Sealing and verifying: nothing is left out, whatever order transactions end in; whatever is tampered with is found."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest

from desk_server.audit.head import Head, current_head
from desk_server.audit.sealing import Sealer
from desk_server.audit.verify import AuditBrokenError, Verified, verify
from desk_server.jobs.sealing import seal_entries
from tests.desks import RunningDesk
from tests.integration.database.world import World, fill, insert, one, refused, rows, update

UNSEALED = (
    "SELECT array_agg(e.id ORDER BY e.id) FROM desk.audit_entry e LEFT JOIN desk.audit_seal s ON s.entry_id = e.id"
    " WHERE s.entry_id IS NULL"
)


@pytest.fixture(scope="module")
def world(desk: RunningDesk) -> World:
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        return fill(cursor)


@pytest.fixture
def boss(world: World, owner: Any) -> Any:
    return owner.cursor()


@pytest.fixture
def seal(desk: RunningDesk, world: World) -> Iterator[Callable[..., int]]:
    """``seal()``: one run of the job by the worker's own role."""
    with closing(desk.desk.owner_connection(user="desk_worker")) as connection:
        yield lambda **options: Sealer(connection, **options).run()


@pytest.fixture
def check(desk: RunningDesk) -> Iterator[Callable[..., Verified]]:
    """``check()``: verify everything through a connection of the owner."""
    with closing(desk.desk.owner_connection()) as connection:
        yield lambda expected=None: verify(connection, expected)


@contextmanager
def tampered(boss: Any, *statements: str) -> Iterator[None]:
    """The superuser's own hands, with every trigger off; undone afterwards."""
    tables = ("audit_entry", "audit_private", "audit_seal", "audit_block", "audit_open")
    for table in tables:
        boss.execute(f"CREATE TABLE public.kept_{table} AS TABLE desk.{table}")
    boss.execute("SET session_replication_role = replica")
    try:
        for statement in statements:
            boss.execute(statement)
            assert boss.rowcount != 0, statement
        yield
    finally:
        for table in tables:
            boss.execute(f"DELETE FROM desk.{table}")
            boss.execute(f"INSERT INTO desk.{table} TABLE public.kept_{table}")
            boss.execute(f"DROP TABLE public.kept_{table}")
        boss.execute("SET session_replication_role = DEFAULT")


def test_a_run_seals_everything_once(seal: Any, check: Any, boss: Any, raw: Any, world: World) -> None:
    full = raw("full").cursor()
    ticket = insert(full, "ticket", **world.ticket())
    assert seal() > 0
    assert one(boss, UNSEALED) is None
    blocks = one(boss, "SELECT count(*) FROM desk.audit_block")
    assert seal() == 0
    assert one(boss, "SELECT count(*) FROM desk.audit_block") == blocks  # nothing new: no block
    update(full, "ticket", ticket, severity="major")
    assert seal() == 1
    verified = check()
    assert verified.entries == one(boss, "SELECT count(*) FROM desk.audit_entry")
    assert verified.head.block == blocks + 1
    assert verified.unsealed == 0

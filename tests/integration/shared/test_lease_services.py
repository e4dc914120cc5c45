"""Leases through the services: taken, kept by signs of life, asked for, answered, taken over, given back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from shared import errors
from shared.database import Database
from shared.queries.session import get_session
from shared.schemas.lease import Lease
from shared.services.leases import (
    answer_lease,
    ask_for_lease,
    beat_leases,
    release_all,
    release_lease,
    take_lease,
    take_over_lease,
)
from tests.desks import RunningDesk
from tests.integration.database.world import World, fill, insert


@pytest.fixture(scope="module")
def world(desk: RunningDesk) -> World:
    with closing(desk.desk.owner_connection()) as connection, connection.cursor() as cursor:
        return fill(cursor)


@pytest.fixture
def full(desk: RunningDesk, world: World) -> Iterator[Database]:
    with closing(desk.database("full", session=uuid.uuid4())) as database:
        yield database


@pytest.fixture
def full2(desk: RunningDesk, world: World) -> Iterator[Database]:
    with closing(desk.database("full2", session=uuid.uuid4())) as database:
        yield database


@pytest.fixture
def ticket(world: World, raw: Any) -> int:
    return insert(raw("full").cursor(), "ticket", **world.ticket())


def held(lease: Lease) -> tuple[str, int, str, str | None, bool]:
    return lease.entity, lease.entity_id, lease.machine, lease.person, lease.is_mine


def test_a_lease_is_taken_kept_and_given_back(full: Database, full2: Database, world: World, ticket: int) -> None:
    with full.reading() as conn, full2.reading() as other:
        lease = take_lease(conn, "ticket", ticket)
        assert held(lease)[:3] == ("ticket", ticket, "pc-full") and lease.is_mine
        second = take_lease(conn, "customer", world.customer)
        seen = take_lease(other, "ticket", ticket)
        assert (seen.machine, seen.token, seen.is_mine) == ("pc-full", None, False)
        assert (seen.taken_at, seen.beat_at) == (lease.taken_at, lease.beat_at)
        beats = beat_leases(conn, [second, lease])
        assert [(beat.entity, beat.entity_id, beat.is_mine) for beat in beats] == [
            ("customer", world.customer, True), ("ticket", ticket, True)]  # fmt: skip
        assert all(beat.expires_at and beat.expires_at > lease.expires_at for beat in beats)
        assert lease.token is not None and release_lease(conn, "ticket", ticket, lease.token)
        assert release_all(conn) == 1
        assert release_all(conn) == 0
        assert [beat.is_mine or beat.machine for beat in beat_leases(conn, [second, lease])] == [None, None]
        assert beat_leases(conn, []) == ()
        assert take_lease(other, "ticket", ticket).is_mine


def test_a_lease_is_asked_for_and_handed_over(full: Database, full2: Database, ticket: int) -> None:
    with full.reading() as conn:
        lease = take_lease(conn, "ticket", ticket)
    with pytest.raises(errors.TakeOverError), full2.reading() as other:
        take_over_lease(other, "ticket", ticket)
    with full.reading() as conn, full2.reading() as other:
        question = ask_for_lease(other, "ticket", ticket)
        assert (question.machine, question.asked_machine, question.answered_at) == ("pc-full", "pc-full2", None)
        assert question.take_over_at and question.asked_at
        assert (question.take_over_at - question.asked_at).total_seconds() == 30
        (beat,) = beat_leases(conn, [lease])
        assert (beat.asked_machine, beat.asked_at) == ("pc-full2", question.asked_at)
        assert lease.token is not None
        assert answer_lease(conn, "ticket", ticket, lease.token, keeps=True)
        assert beat_leases(conn, [lease])[0].asked_machine is None
        assert ask_for_lease(other, "ticket", ticket).answered_at is None  # it is asked again
        assert answer_lease(conn, "ticket", ticket, lease.token, keeps=False)
        free = ask_for_lease(other, "ticket", ticket)
        assert free.machine is None and free.take_over_at is not None
        assert take_over_lease(other, "ticket", ticket).is_mine


def test_the_session_tells_the_lengths(desk: RunningDesk, full: Database, owner: Any) -> None:
    with full.reading() as conn:
        editing = get_session(conn).editing
    assert (editing.lease_seconds, editing.heartbeat_seconds, editing.ask_seconds) == (60, 15, 30)
    owner.cursor().execute(
        "UPDATE desk.setting SET value = CASE key WHEN 'lease_seconds' THEN '1.5' ELSE 'soon' END"
        " WHERE key ~ '^(lease|heartbeat)_'"
    )
    with full.reading() as conn:
        editing = get_session(conn).editing
    assert (editing.lease_seconds, editing.heartbeat_seconds, editing.ask_seconds) == (1.5, 15, 30)
    owner.cursor().execute(
        "UPDATE desk.setting SET value = CASE key WHEN 'lease_seconds' THEN '60' WHEN 'heartbeat_seconds' THEN '15'"
        " ELSE '30' END WHERE key ~ '^(lease|heartbeat)_'"
    )

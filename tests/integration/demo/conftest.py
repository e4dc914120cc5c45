"""A desk with 300 demo tickets, and a machine at which all demo people may sit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg2
import pytest

from desk_server.demo import seed
from desk_server.machines import add_machine
from shared.config import Profile
from tests.desks import RunningDesk
from tests.integration.demo.replay import MACHINE, SEED, TICKETS, UNTIL, Replay, Story, read_stories


@pytest.fixture(scope="module")
def seeded(desk: RunningDesk) -> RunningDesk:
    """The desk of this file with its demo tickets."""
    assert seed(desk.desk, TICKETS, SEED, UNTIL).added == TICKETS
    return desk


@pytest.fixture(scope="module")
def stories(seeded: RunningDesk) -> list[Story]:
    """The seeded tickets with their histories."""
    return read_stories(seeded.owner())


@pytest.fixture(scope="module")
def replay(seeded: RunningDesk, stories: list[Story], tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """A full machine for everybody; who has left and what was retired is back, as it was then."""
    owner = seeded.owner()
    with owner.cursor() as cursor:
        cursor.execute("UPDATE desk.staff SET retired_at = NULL")
        cursor.execute("UPDATE desk.product SET retired_at = NULL")
        cursor.execute("SELECT code FROM desk.staff WHERE mail LIKE '%@desk.example' ORDER BY code")
        people = [code for (code,) in cursor.fetchall()]
    return Replay(_machine(seeded, people, tmp_path_factory.mktemp("profile")), owner)


def _machine(desk: RunningDesk, people: list[str], folder: Path) -> Any:
    add_machine(desk.desk, MACHINE, "full", people, folder / "replay")
    arguments = Profile.load(folder / "replay").connect_args(person=people[0])
    connection = psycopg2.connect(**arguments)
    connection.autocommit = True
    desk._connections.append(connection)
    return connection

"""Worker processes and a desk that many of them may work at."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.desks import RunningDesk
from tests.faults.crew import Crew
from tests.faults.stage import Stage


@pytest.fixture(scope="session")
def crew() -> Iterator[Crew]:
    """Worker processes; those of one test are ended with it."""
    if not hasattr(os, "fork"):
        pytest.skip("the worker processes are forked")
    with Crew() as crew:
        yield crew


@pytest.fixture(scope="module")
def stage(desk: RunningDesk, crew: Crew) -> Stage:
    """The desk of this test file, for many sessions of each machine."""
    return Stage(desk, crew)


@pytest.fixture
def long_locks(stage: Stage) -> Iterator[None]:
    """For what is not about it: nobody is turned away since another, who has a lock, stands still for a moment."""
    with stage.lock_limit(25):
        yield


@pytest.fixture(autouse=True)
def _ends_its_workers(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "crew" in request.fixturenames:
        request.getfixturevalue("crew").dismiss()

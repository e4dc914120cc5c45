"""Fixtures for all tests: a real desk per test file, connections by certificate, a folder PostgreSQL may enter."""

from __future__ import annotations

import gc
import os
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # no test touches a person's key store

from desk_client.garbage import collect_due
from tests.desks import (
    ROOT_VARIABLE,
    RunningDesk,
    copy_desk,
    fast_disk,
    make_test_root,
    remove_folder,
    run_root,
    template_desk,
)

TESTS = Path(__file__).parent
# How the names of files begin whose tests take seconds each; within one line, files with more tests come first. The
# second line mixes those that reckon with those that wait.
LONGEST_FIRST = (
    ("e2e/", "unit/launch/test_start", "faults/test_planted"),
    ("faults/", "gui/", "integration/demo/", "integration/importing/", "integration/server/"),
    ("attack/", "integration/"),
)
_made_here: list[Path] = []
# Time says nothing here: a process that is held up for a moment is no fault of what is tested. And each run tries the
# same examples.
settings.register_profile(
    "desk", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("desk")


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # libpq would take them for ours
    if ROOT_VARIABLE not in os.environ:
        _made_here.append(make_test_root(fast_disk()))


def pytest_unconfigure(config: pytest.Config) -> None:
    while _made_here:
        remove_folder(_made_here.pop())
        del os.environ[ROOT_VARIABLE]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take longest come first, short ones last: then no process of the run works on alone at its end."""
    tests_in = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[int, int]:
        name = item.path.relative_to(TESTS).as_posix()
        first = next((at for at, line in enumerate(LONGEST_FIRST) if name.startswith(line)), len(LONGEST_FIRST))
        return first, -tests_in[item.path]

    items.sort(key=place)  # files that are equal here, and the tests of a file, stay as they are


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded stays: neither the collector nor who looks for timers left behind walks through it again."""
    gc.collect()
    gc.freeze()
    gc.disable()  # as in the client: what is left of a window is not ended by a thread of another one


def pytest_runtest_teardown() -> None:
    """Between tests, on the thread that they run on."""
    collect_due()


@pytest.fixture
def desk_folder() -> Iterator[Path]:
    """A short path, not yet there, in a folder that PostgreSQL's account may enter; removed afterwards."""
    parent = run_root() / uuid.uuid4().hex[:8]
    parent.mkdir(mode=0o711)
    parent.chmod(0o711)
    yield parent / "desk"
    remove_folder(parent)


@pytest.fixture(scope="module")
def desk() -> Iterator[RunningDesk]:
    """A running desk of this test file's own: migrated, empty but for the baseline, with MACHINES enrolled."""
    started = copy_desk(template_desk(), run_root() / uuid.uuid4().hex[:8])
    yield started
    started.remove()


@pytest.fixture
def fresh_desk() -> Iterator[RunningDesk]:
    """A running desk of this one test's own, as durable as in production: for tests that break things."""
    started = copy_desk(template_desk(), run_root() / uuid.uuid4().hex[:8], durable=True)
    yield started
    started.remove()


@pytest.fixture
def raw(desk: RunningDesk) -> Iterator[Callable[..., Any]]:
    """``raw("full")``: a psycopg2 connection (autocommit) by that machine's certificate, closed after the test."""
    before = desk.open_connections
    yield desk.connect
    desk.close_connections(before)


@pytest.fixture
def owner(desk: RunningDesk) -> Iterator[Any]:
    """A superuser connection in autocommit, closed after the test."""
    before = desk.open_connections
    yield desk.owner()
    desk.close_connections(before)

"""Three clients take, beat, save, are cut off, crash, ask and take over, in any order: always as the model says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.desks import RunningDesk
from tests.faults.editing_clients import SEATS, SEATS_WITH_ADMIN, Stand
from tests.faults.editing_machine import run_model


@pytest.fixture(params=[SEATS, SEATS_WITH_ADMIN], ids=["two windows and a machine", "three machines, one an admin's"])
def stand(request: pytest.FixtureRequest, desk: RunningDesk) -> Iterator[Stand]:
    with closing(Stand(desk, request.param)) as stand:
        yield stand


def test_editing_is_as_the_model_says(stand: Stand) -> None:
    run_model(stand, examples=20, steps=50)

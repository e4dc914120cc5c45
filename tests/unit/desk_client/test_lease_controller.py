"""A pane's lease against a desk whose answers the test gives."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

import pytest

from desk_client.forms import lease_controller
from desk_client.forms.lease_controller import LeaseController
from desk_client.forms.lease_notices import LeaseView, Standing
from desk_client.forms.leasing import _view_of_ours
from shared.errors import DatabaseUnavailableError
from shared.schemas.lease import LeaseState
from tests.unit.desk_client.test_lease_keeper import NOW, TICKET, Desk, beat, desk, lease

__all__ = ["desk"]  # the fixture


@pytest.fixture
def pane(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> LeaseController:
    """Of a pane that shows the ticket."""
    for name in ("take_lease", "release_lease"):
        monkeypatch.setattr(lease_controller, name, lambda *_asked, name=name: name)
    made = LeaseController("ticket", cast(Any, desk.runner), desk.keeper, desk.owner)
    made.follow(TICKET[1])
    return made


def see_own(desk: Desk) -> None:
    """A look says: this machine's."""
    state = LeaseState(entity="ticket", entity_id=7, machine="pc-1", person=None, taken_at=NOW, beat_at=NOW)
    desk.keeper.others.seen.emit(*TICKET, state)


@pytest.mark.parametrize("is_typed", [True, False], ids=["typed on", "discarded before"])
def test_what_may_be_ours_is_taken_only_where_something_is_typed(
    desk: Desk, pane: LeaseController, is_typed: bool
) -> None:
    pane.take()
    if not is_typed:
        pane.release()
    assert desk.runner.answer(error=DatabaseUnavailableError("away")) == "take_lease"
    see_own(desk)
    assert len(desk.runner.waiting) == is_typed
    if is_typed:
        assert desk.runner.answer(lease()) == "take_lease"
    assert pane.is_held is is_typed


def test_the_time_to_answer_counts_from_the_sign_of_life_that_told_of_the_question(
    desk: Desk, pane: LeaseController
) -> None:
    pane.take()
    desk.runner.answer(lease())
    told = NOW + dt.timedelta(seconds=14)  # asked at NOW: told at the next beat
    for beaten in (told, told + dt.timedelta(seconds=15)):
        desk.pass_time(15)
        expires = beaten + dt.timedelta(seconds=desk.keeper.times.lease_seconds)
        desk.runner.answer([beat(asked_at=NOW).model_copy(update={"expires_at": expires})])
        view = _view_of_ours(pane)
        assert view.standing is Standing.ASKED
        assert view.at == told + dt.timedelta(seconds=desk.keeper.times.ask_seconds)
    desk.keeper.note_answered(TICKET)
    assert _view_of_ours(pane) == LeaseView()

"""The probe that tests of faults look at sees who holds the window up."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.faults.far_window import StallProbe

LONG = 0.5  # by the probe's own steps


@pytest.fixture
def probe(qtbot: QtBot) -> Iterator[StallProbe]:
    made = StallProbe()
    yield made
    made.stop()


def test_a_wait_on_the_gui_thread_is_seen(probe: StallProbe) -> None:
    until = time.monotonic() + 60
    while probe.longest < LONG and time.monotonic() < until:
        time.sleep(0.01)
    assert probe.stop() >= LONG


def test_a_window_that_is_served_does_not_stall(probe: StallProbe, qtbot: QtBot) -> None:
    qtbot.wait(800)
    assert probe.stop() < LONG


def test_what_the_test_itself_does_is_not_counted(probe: StallProbe) -> None:
    with probe.looking_away():
        time.sleep(0.8)
    assert probe.stop() < LONG

"""Each fault of the network and of the server, seen from a real window that is 200 ms away from its desk."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from desk_server.demo.loader import seed
from desk_server.running import start_cluster
from tests.desks import RunningDesk
from tests.faults.proxy import Proxy
from tests.gui.faults.far_window import FarWindow, StallProbe

StartFar = Callable[..., FarWindow]
FROZEN = 1.0  # seconds; a wait for a desk that does not answer would be longer, a loaded computer is not
_OFFSETS = itertools.count()
pytestmark = pytest.mark.usefixtures("short_lengths")


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 40, 3, dt.date(2026, 1, 1))
    return desk


@pytest.fixture
def tickets(stored: Callable[..., Any]) -> list[int]:
    """Two that no other test has."""
    at = next(_OFFSETS)
    rows = stored("SELECT id FROM desk.ticket WHERE deleted_at IS NULL ORDER BY id OFFSET %s LIMIT 2", 2 * at)
    return [row[0] for row in rows]


@pytest.fixture
def watch_stalls() -> Iterator[Callable[[], StallProbe]]:
    """``watch_stalls()``: from then on."""
    begun: list[StallProbe] = []

    def begin() -> StallProbe:
        begun.append(StallProbe())
        return begun[-1]

    yield begin
    for probe in begun:
        probe.stop()


class Fault:
    """How it begins and how it ends; ``heals_itself``: new connections work all the time."""

    heals_itself = False
    is_long = False

    def __init__(self, proxy: Proxy, desk: RunningDesk) -> None:
        self.proxy, self.desk = proxy, desk

    def begin(self) -> None:
        raise NotImplementedError

    def end(self) -> None:
        self.proxy.heal()


class Cut(Fault):
    def begin(self) -> None:
        self.proxy.refuse()


class BlackHole(Fault):
    def begin(self) -> None:
        self.proxy.black_hole()


class HalfOpen(Fault):
    heals_itself = True

    def begin(self) -> None:
        self.proxy.half_open()


class RestartedShort(Fault):
    heals_itself = True

    def begin(self) -> None:
        self.desk.desk.cluster.stop("immediate")
        start_cluster(self.desk.desk)


class RestartedLong(Fault):
    is_long = True

    def begin(self) -> None:
        self.desk.desk.cluster.stop("immediate")

    def end(self) -> None:
        start_cluster(self.desk.desk)


FAULTS = (Cut, BlackHole, HalfOpen, RestartedShort, RestartedLong)


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.__name__)
def test_it_is_said_soon_nothing_typed_is_lost_and_nothing_is_done_twice(
    kind: type[Fault], start_far: StartFar, proxy: Proxy, desk: RunningDesk, stored: Any, tickets: list[int],
    watch_stalls: Callable[[], StallProbe],
) -> None:  # fmt: skip
    fault, (mine, other) = kind(proxy, desk), tickets
    (version,) = stored("SELECT row_version FROM desk.ticket WHERE id = %s", mine)[0]
    window = start_far()
    stalls = watch_stalls()
    window.open(mine)
    window.editor("serial").clear()
    window.type("SN-1")
    window.comment("seen in the lab")
    window.until(lambda: window.pane.controller.lease.is_held)
    desk.close_connections()

    with stalls.looking_away():
        fault.begin()
    window.save()
    # where new connections work, one of them may save it at once
    window.until(
        lambda: "kept as a draft" in window.said() or window.is_offered()
        or (fault.heals_itself and not window.pane.is_dirty())
    )  # fmt: skip
    assert fault.heals_itself or window.pane.is_dirty()
    if fault.is_long:
        window.until(lambda: window.badge().startswith("stale since"))
    assert window.editor("serial").isEnabled() and not window.editor("serial").isReadOnly()
    window.type("-2")
    if not fault.heals_itself:
        assert window.badge() in ("reconnecting", "stale since " + window.badge()[-5:])
    with stalls.looking_away():
        fault.end()
        stored(
            "UPDATE desk.ticket SET subject = 'Changed meanwhile', save_id = gen_random_uuid(),"
            " row_version = row_version + 1 WHERE id = %s", other,
        )  # fmt: skip

    window.until(lambda: window.badge() == "live")
    window.until(lambda: window.subject_in_list(other) == "Changed meanwhile")
    if window.pane.is_dirty():
        if fault.heals_itself and not window.is_offered():
            window.save()
        else:
            window.push("saveNow")
    # its end may reset a connection that the save went by: that is a break of its own, and offered once more
    window.until(lambda: not window.pane.editing.is_saving and (not window.pane.is_dirty() or window.is_offered()))
    if window.pane.is_dirty():
        window.push("saveNow")
    window.until(lambda: not window.pane.is_dirty() and not window.pane.editing.is_saving)
    window.client.settle()
    assert stalls.stop() < FROZEN
    assert stored("SELECT serial FROM desk.ticket WHERE id = %s", mine)[0][0] == "SN-1-2"
    assert stored("SELECT count(*) FROM desk.comment WHERE ticket_id = %s AND body = 'seen in the lab'", mine) == [(1,)]
    now = stored("SELECT row_version FROM desk.ticket WHERE id = %s", mine)[0][0]
    assert version < now <= version + 2, "once, or once for each text that was saved"

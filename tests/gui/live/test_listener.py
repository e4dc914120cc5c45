"""The listener on a real server, by a way that can be cut, silent and shut: what it tells, and how soon."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desk_client.listener import ANY_ROW, BOX_LIMIT, Listener, ListenerTimes, Loss
from shared.errors import DatabaseUnavailableError, LoginRefusedError
from shared.listening import ListeningConnection
from shared.notify import CHANNEL, ChangeKind, Notice
from tests.desks import RunningDesk
from tests.faults.proxy import Proxy

PATIENT = ListenerTimes()
USUAL = ListenerTimes(retry=(0.05, 0.2))
# For tests that cut something: elsewhere a server that is held up for a moment would be taken for a silent one.
QUICK = ListenerTimes(connect=1.0, quiet=0.3, answer=0.6, retry=(0.05, 0.2))
WAIT_MS = 15_000
ROW = ChangeKind.ROW


class Ears:
    """A listener, and what it told."""

    def __init__(self, qtbot: QtBot, connect: Callable[[], ListeningConnection], times: ListenerTimes) -> None:
        self.own: frozenset[int] = frozenset()
        self.listener = Listener(connect, lambda: self.own, times=times)
        self.notices: list[Notice] = []
        self.connected = 0
        self.losses: list[Loss] = []
        self.most_at_once = 0
        self._qtbot = qtbot
        self.listener.noticed.connect(self._on_noticed)
        self.listener.connected.connect(lambda: setattr(self, "connected", self.connected + 1))
        self.listener.lost.connect(self.losses.append)

    def _on_noticed(self, notices: tuple[Notice, ...]) -> None:
        self.notices.extend(notices)
        self.most_at_once = max(self.most_at_once, len(notices))

    def start(self) -> Ears:
        self.listener.start()
        return self

    def until(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)


@pytest.fixture
def proxy(desk: RunningDesk) -> Iterator[Proxy]:
    with Proxy(desk.port) as made:
        yield made


@pytest.fixture
def ears(desk: RunningDesk, qtbot: QtBot) -> Iterator[Callable[..., Ears]]:
    """``ears(port)``: a listener of a reading machine, by that port."""
    made: list[Ears] = []

    def make(port: int | None = None, times: ListenerTimes = USUAL, **overrides: Any) -> Ears:
        arguments = {**desk.profile("query").connect_args(), **({"port": port} if port else {}), **overrides}
        made.append(Ears(qtbot, lambda: ListeningConnection(arguments), times))
        return made[-1]

    yield make
    for one in made:
        one.listener.shutdown()
        if one.listener._thread.ident:
            one.listener._thread.join(WAIT_MS / 1000)  # where it has no processor it may outlast its own patience


@pytest.fixture
def send(raw: Any) -> Callable[[str], int]:
    """Send a payload as another machine; the number of its server's process."""
    connection = raw("full")
    cursor = connection.cursor()

    def notify(payload: str) -> int:
        cursor.execute(f"NOTIFY {CHANNEL}, '{payload}'")
        return int(connection.info.backend_pid)

    return notify


def test_it_hears_and_drops_what_it_can_not_read(ears: Callable[..., Ears], send: Callable[[str], int]) -> None:
    mine = ears().start()
    mine.until(lambda: mine.connected)
    for payload in ("", "nonsense", "ticket 1 2", "'' OR 1=1", "unknown_entity 1 1 row", "x" * 7_000, "ticket 7 3 row"):
        send(payload.replace("'", "''"))
    mine.until(lambda: mine.notices)
    assert mine.notices == [Notice("ticket", 7, 3, ROW)]
    assert mine.losses == []


def test_own_notices_are_dropped(ears: Callable[..., Ears], send: Callable[[str], int], raw: Any) -> None:
    mine = ears().start()
    mine.until(lambda: mine.connected)
    pid = send("ticket 1 1 row")
    mine.until(lambda: mine.notices)
    mine.own = frozenset({pid})
    send("ticket 2 1 row")
    raw("full2").cursor().execute(f"NOTIFY {CHANNEL}, 'ticket 3 1 row'")
    mine.until(lambda: len(mine.notices) > 1)
    assert mine.notices == [Notice("ticket", 1, 1, ROW), Notice("ticket", 3, 1, ROW)]


def test_a_cut_line_is_known_at_once_and_comes_back(
    ears: Callable[..., Ears], proxy: Proxy, send: Callable[[str], int]
) -> None:
    mine = ears(proxy.port).start()
    mine.until(lambda: mine.connected)
    proxy.cut()
    mine.until(lambda: mine.losses)
    assert isinstance(mine.losses[0].error, DatabaseUnavailableError)
    assert not mine.losses[0].is_silent
    assert mine.losses[0].heard_at is not None
    mine.until(lambda: mine.connected == 2)
    send("ticket 1 1 row")
    mine.until(lambda: mine.notices)
    assert len(mine.losses) == 1


@pytest.mark.parametrize("fault", ["black_hole", "half_open"])
def test_silence_is_known_in_time(ears: Callable[..., Ears], proxy: Proxy, fault: str) -> None:
    """No end of the connection is seen: only that no answer comes."""
    mine = ears(proxy.port, QUICK).start()
    mine.until(lambda: mine.connected)
    began = time.monotonic()
    getattr(proxy, fault)()
    mine.until(lambda: mine.losses)
    assert mine.losses[0].is_silent
    assert time.monotonic() - began < PATIENT.quiet + PATIENT.answer, "its own times count"
    proxy.heal()
    mine.until(lambda: mine.connected >= 2)


def test_silence_is_known_within_ten_seconds_by_default() -> None:
    assert PATIENT.quiet + PATIENT.answer < 10
    assert PATIENT.connect <= 5


def test_a_slow_line_is_no_silent_one(ears: Callable[..., Ears], proxy: Proxy, qtbot: QtBot) -> None:
    proxy.latency = 0.2
    mine = ears(proxy.port, ListenerTimes(connect=10.0, quiet=0.1, answer=10.0)).start()
    mine.until(lambda: mine.connected)
    qtbot.wait(1_500)
    assert mine.losses == []


def test_a_server_that_does_not_answer_is_tried_again(ears: Callable[..., Ears], proxy: Proxy) -> None:
    proxy.black_hole()
    mine = ears(proxy.port, QUICK).start()
    mine.until(lambda: len(mine.losses) >= 2)
    assert not any(loss.is_silent for loss in mine.losses), "it never spoke"
    assert mine.losses[0].heard_at is None
    proxy.heal()
    mine.until(lambda: mine.connected)


def test_a_machine_that_is_refused_does_not_hammer(ears: Callable[..., Ears], qtbot: QtBot) -> None:
    mine = ears(user="m_nobody").start()
    mine.until(lambda: mine.losses)
    assert isinstance(mine.losses[0].error, LoginRefusedError)
    qtbot.wait(600)
    assert len(mine.losses) == 1
    mine.listener.try_now()
    mine.until(lambda: len(mine.losses) == 2)


def test_another_way_in_is_taken_without_a_loss(
    ears: Callable[..., Ears], desk: RunningDesk, owner: Any, send: Callable[[str], int]
) -> None:
    """Another person, or a renewed certificate: the connection is another one, and nothing is said to be lost."""
    mine = ears().start()
    mine.until(lambda: mine.connected)
    mine.listener.use(lambda: ListeningConnection(desk.profile("admin").connect_args()))
    mine.until(lambda: mine.connected == 2)
    assert mine.losses == []
    cursor = owner.cursor()

    def who_is_there() -> list[tuple[str]]:
        cursor.execute("SELECT usename FROM pg_stat_activity WHERE usename IN ('m_pc-query', 'm_pc-admin')")
        return list(cursor.fetchall())

    mine.until(lambda: who_is_there() == [("m_pc-admin",)])  # the server takes a moment to end the old one
    send("ticket 1 1 row")
    mine.until(lambda: mine.notices)


def test_too_many_at_once_are_any_rows(ears: Callable[..., Ears], raw: Any, send: Callable[[str], int]) -> None:
    mine = ears().start()
    mine.until(lambda: mine.connected)
    flood = ";".join(f"NOTIFY {CHANNEL}, 'ticket {row} 1 row'" for row in range(4 * BOX_LIMIT))
    raw("full").cursor().execute(flood)
    deadline = time.monotonic() + WAIT_MS / 1000
    while not mine.listener._is_box_full and time.monotonic() < deadline:
        time.sleep(0.01)  # nobody looks into the box meanwhile, as where the window is busy
    assert len(mine.listener._box) == BOX_LIMIT + 1, "of more that nobody has looked at none is kept"
    mine.until(lambda: mine.notices)
    assert tuple(mine.notices[: len(ANY_ROW)]) == ANY_ROW

    def hears_again() -> bool:
        send("ticket 7 3 row")  # of the first ones the box may be full still
        return Notice("ticket", 7, 3, ROW) in mine.notices

    mine.until(hears_again)
    assert mine.most_at_once <= BOX_LIMIT


@pytest.mark.parametrize("state", ["listening", "connecting", "pausing", "silent", "never started"])
def test_it_ends_promptly_in_every_state(ears: Callable[..., Ears], proxy: Proxy, state: str) -> None:
    patient = ListenerTimes(connect=30.0, quiet=0.1, answer=30.0, retry=(60.0,))
    mine = ears(proxy.port, patient)
    if state == "connecting":
        proxy.black_hole()
    elif state == "pausing":
        proxy.refuse()
    if state != "never started":
        mine.start()
    if state in ("listening", "silent"):
        mine.until(lambda: mine.connected)
    if state == "silent":
        proxy.half_open()
    if state == "pausing":
        mine.until(lambda: mine.losses)
    began = time.monotonic()
    mine.listener.shutdown()
    assert time.monotonic() - began < 10, "it waits for none of its times"
    assert "desk-listener" not in {thread.name for thread in threading.enumerate()}
    proxy.heal()


def test_a_fault_of_ours_does_not_end_it(qtbot: QtBot, desk: RunningDesk) -> None:
    attempts: list[int] = []

    def connect() -> ListeningConnection:
        attempts.append(1)
        if len(attempts) == 1:
            raise KeyError("unforeseen")
        return ListeningConnection(desk.profile("query").connect_args())

    mine = Ears(qtbot, connect, USUAL).start()
    try:
        mine.until(lambda: mine.connected)
        assert len(mine.losses) == 1
    finally:
        mine.listener.shutdown()

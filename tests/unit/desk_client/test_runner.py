"""The runner against a fake database: order, dropping, late answers, dead receivers, errors, shutdown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desk_client import lane, runner
from desk_client.link_watch import _Silent
from desk_client.runner import DbRunner
from shared.errors import BusyError, DatabaseUnavailableError, DeskError, ServerFullError, TooSlowError

PID = 4711
THREADS = {"desk-database-reads", "desk-database-writes", "desk-database-asks"}


class FakeDatabase:
    """Hands out strings for connections, and can be broken."""

    def __init__(self) -> None:
        self.closed_on: list[str] = []
        self.error: DeskError | None = None
        self.cancelled: list[Any] = []
        self.on_cancel: Callable[[], None] = lambda: None
        self.abandoned: list[int | None] = []
        self.lost = 0

    @contextmanager
    def reading(self) -> Iterator[Any]:
        if self.error:
            raise self.error
        yield "connection"

    @contextmanager
    def unit_of_work(self) -> Iterator[Any]:
        if self.error:
            raise self.error
        yield "session"

    def backend_pid(self, _work: Any) -> int:
        return PID

    def backend_pids(self) -> frozenset[int]:
        return frozenset({PID})

    def waiting_since(self, _pid: int) -> float | None:
        return None

    def losses(self) -> int:
        return self.lost

    def cancel_statement(self, conn: Any, pid: int) -> None:
        self.cancelled.append((threading.current_thread().name, conn, pid))
        self.on_cancel()

    def at_work(self, _conn: Any, pids: frozenset[int]) -> frozenset[int]:
        return pids

    def abandon(self, pid: int | None = None) -> None:
        self.abandoned.append(pid)

    def close(self) -> None:
        self.closed_on.append(threading.current_thread().name)


class Desk:
    """A runner with a gate: while it is shut, both threads are busy."""

    def __init__(self, qtbot: QtBot) -> None:
        self.database = FakeDatabase()
        self.runner = DbRunner(self.database)
        self.receiver = QObject()
        self.gate = threading.Event()
        self.ran: list[Any] = []
        self.done: list[Any] = []
        self.errors: list[DeskError] = []
        self._qtbot = qtbot
        self.runner.start()

    def hold(self) -> None:
        """Keep both threads busy until ``go``."""
        self.hold_reads()
        self.hold_writes()

    def hold_reads(self, purpose: str | None = None) -> None:
        self._hold(purpose=purpose)

    def hold_writes(self) -> None:
        self._hold(call=True)

    def _hold(self, **how: Any) -> None:
        busy = threading.Event()

        def wait(_work: Any) -> None:
            busy.set()
            self.gate.wait(60)

        self.runner.run(wait, on_done=lambda _: None, on_error=self.errors.append, receiver=self.receiver, **how)
        assert busy.wait(60)

    def read(self, name: str, purpose: str | None = None, receiver: QObject | None = None) -> None:
        self.runner.run(
            self._op(name), on_done=self.done.append, on_error=self.errors.append,
            receiver=receiver or self.receiver, purpose=purpose,
        )  # fmt: skip

    def write(self, name: str) -> None:
        self.runner.run(self._op(name), on_done=self.done.append, receiver=self.receiver, write=True)

    def call(self, name: str) -> None:
        self.runner.run(self._op(name), on_done=self.done.append, receiver=self.receiver, call=True)

    def _op(self, name: str) -> Callable[[Any], str]:
        def op(work: Any) -> str:
            self.ran.append((name, work))
            return name

        return op

    def go(self) -> None:
        """Let the threads go, and wait until all is delivered."""
        self.gate.set()
        self.until(self.runner.is_idle)

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=60_000)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(qtbot)
    yield made
    made.gate.set()
    made.runner.shutdown()


def test_reads_get_a_connection_and_writes_a_session(desk: Desk) -> None:
    desk.read("r")
    desk.write("w")
    desk.go()
    assert sorted(desk.ran) == [("r", "connection"), ("w", "session")]


def test_newest_read_first_writes_and_calls_in_their_order(desk: Desk) -> None:
    desk.hold()
    for name in ("r1", "r2", "r3"):
        desk.read(name)
    desk.write("w1")
    desk.call("w2")
    desk.write("w3")
    desk.go()
    names = [name for name, _ in desk.ran]
    assert [name for name in names if name < "w"] == ["r3", "r2", "r1"]
    assert [work for work in desk.ran if work[0] > "w"] == [
        ("w1", "session"), ("w2", "connection"), ("w3", "session"),
    ]  # fmt: skip


def test_no_write_or_call_waits_behind_a_read(desk: Desk) -> None:
    desk.hold_reads()
    desk.write("w")
    desk.call("c")
    desk.until(lambda: desk.done == ["w", "c"])


def test_no_read_waits_behind_a_write(desk: Desk) -> None:
    desk.hold_writes()
    desk.read("r")
    desk.until(lambda: desk.done == ["r"])


def test_a_newer_read_for_a_purpose_replaces_the_waiting_one(desk: Desk) -> None:
    desk.hold()
    for number in range(600):
        desk.read(f"page {number}", purpose="page")
    desk.read("other", purpose="count")
    desk.go()
    assert [name for name, _ in desk.ran] == ["other", "page 599"]
    assert sorted(desk.done) == ["other", "page 599"]


def test_a_late_answer_is_dropped(desk: Desk) -> None:
    running = threading.Event()

    def slow(_work: Any) -> str:
        running.set()
        desk.gate.wait(60)
        return "old"

    desk.runner.run(slow, on_done=desk.done.append, receiver=desk.receiver, purpose="listing")
    assert running.wait(60)
    desk.read("new", purpose="listing")
    desk.go()
    assert desk.done == ["new"]


def test_a_cancelled_read_is_not_delivered(desk: Desk) -> None:
    desk.hold()
    desk.read("page", purpose="page")
    desk.runner.cancel(desk.receiver, "page")
    desk.read("still", purpose="other")
    desk.go()
    assert desk.done == ["still"]


def test_the_same_purpose_of_two_receivers_is_two(desk: Desk) -> None:
    other = QObject()
    desk.hold()
    desk.read("mine", purpose="open")
    desk.read("its", purpose="open", receiver=other)
    desk.go()
    assert sorted(desk.done) == ["its", "mine"]


def test_the_answer_for_a_dead_receiver_is_dropped(desk: Desk) -> None:
    dead, alive = QObject(), QObject()
    desk.hold()
    desk.read("to the dead", receiver=dead, purpose="open")
    desk.read("to the living", receiver=alive, purpose="open")
    delete(dead)
    desk.go()
    assert desk.done == ["to the living"]
    assert desk.runner._newest == {}, "nothing is kept of either"


def test_ops_run_on_the_worker_and_answers_on_the_gui_thread(desk: Desk, qapp: QApplication) -> None:
    threads: list[Any] = []
    desk.runner.run(
        lambda _work: threading.current_thread().name,
        on_done=lambda name: threads.extend((name, QThread.currentThread() is qapp.thread())),
        receiver=desk.receiver,
    )
    desk.go()
    assert threads == ["desk-database-reads", True]


def test_an_error_goes_to_on_error_else_to_failed(desk: Desk) -> None:
    unclaimed: list[DeskError] = []
    desk.runner.failed.connect(unclaimed.append)
    desk.database.error = BusyError("busy")
    desk.read("r")
    desk.write("w")
    desk.go()
    assert [type(error) for error in desk.errors] == [BusyError]
    assert [type(error) for error in unclaimed] == [BusyError]
    assert desk.done == []


def test_a_fault_of_ours_is_reported_and_said_as_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[BaseException] = []
    monkeypatch.setattr("sys.excepthook", lambda _kind, error, _traceback: seen.append(error))

    def broken(_work: Any) -> None:
        raise ZeroDivisionError

    desk.runner.run(broken, on_done=desk.done.append, on_error=desk.errors.append, receiver=desk.receiver)
    desk.go()
    assert [type(error) for error in seen] == [ZeroDivisionError]
    assert [type(error) for error in desk.errors] == [DeskError]


def test_it_says_when_the_server_is_gone_and_back(desk: Desk) -> None:
    said: list[bool] = []
    desk.runner.reachable_changed.connect(said.append)
    desk.database.error = DatabaseUnavailableError("gone")
    desk.read("lost")
    desk.go()
    desk.database.error = None
    desk.read("found")
    desk.go()
    assert said == [False, True]
    assert desk.done == ["found"]


def test_shutdown_finishes_writes_drops_reads_and_leaves_no_thread(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.hold()
    desk.write("w1")
    desk.read("r")
    desk.write("w2")
    last = desk.runner._lanes[-1]
    close = last.close

    def go_on_soon() -> None:
        """Not before all are to end: a read that is let go sooner would rightly begin."""
        close()
        threading.Timer(0.05, desk.gate.set).start()

    monkeypatch.setattr(last, "close", go_on_soon)
    desk.runner.shutdown()
    assert [name for name, _ in desk.ran] == ["w1", "w2"]
    assert len(desk.database.closed_on) == 1
    assert set(desk.database.closed_on) <= THREADS
    assert not THREADS & {thread.name for thread in threading.enumerate()}
    desk.read("too late")
    assert [name for name, _ in desk.ran] == ["w1", "w2"]


def test_another_database_is_used_after_what_was_queued(desk: Desk) -> None:
    other = FakeDatabase()
    desk.hold()
    desk.write("before")
    desk.runner.use(other)
    desk.read("after")
    desk.go()
    assert len(desk.database.closed_on) == 1
    assert set(desk.database.closed_on) <= THREADS
    assert other.closed_on == []
    assert sorted(desk.done) == ["after", "before"]
    desk.database.error = BusyError("the old one is not asked any more")
    desk.read("again")
    desk.go()
    assert desk.done[-1] == "again"


def test_a_runner_that_was_never_started_can_be_shut_down(qtbot: QtBot) -> None:
    DbRunner(FakeDatabase()).shutdown()


class Trying:
    """An operation that fails so many times."""

    def __init__(self, error: DeskError, times: int) -> None:
        self.error, self.left, self.tries = error, times, 0

    def __call__(self, _work: Any) -> str:
        self.tries += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "passed"


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "RETRY_PAUSES", (0.0, 0.0, 0.0))


def outcome(desk: Desk, op: Trying, **how: Any) -> tuple[list[Any], list[DeskError], int]:
    desk.runner.run(op, on_done=desk.done.append, on_error=desk.errors.append, receiver=desk.receiver, **how)
    desk.go()
    return desk.done, desk.errors, op.tries


@pytest.mark.parametrize("how", [{"write": True}, {"call": True}], ids=["write", "call"])
def test_what_met_a_lock_is_tried_again(desk: Desk, no_pauses: None, how: dict[str, bool]) -> None:
    assert outcome(desk, Trying(BusyError("locked"), 3), **how) == (["passed"], [], 4)


def test_not_for_ever(desk: Desk, no_pauses: None) -> None:
    error = BusyError("locked")
    assert outcome(desk, Trying(error, 9), write=True) == ([], [error], 4)


@pytest.mark.parametrize(
    ("error", "how"),
    [
        (BusyError("locked"), {}),
        (TooSlowError("too slow"), {"write": True}),
        (DeskError("wrong"), {"write": True}),
        (DatabaseUnavailableError("gone"), {"write": True}),
    ],
    ids=["read", "too slow", "wrong", "gone"],
)
def test_what_would_not_pass_is_not(desk: Desk, no_pauses: None, error: DeskError, how: dict[str, bool]) -> None:
    assert outcome(desk, Trying(error, 1), **how) == ([], [error], 1)


def test_a_full_server_is_asked_again(desk: Desk, no_pauses: None) -> None:
    assert outcome(desk, Trying(ServerFullError("full"), 2)) == (["passed"], [], 3)


def test_what_waited_while_there_was_no_connection_fails_with_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    connects: list[str] = []

    @contextmanager
    def refuse() -> Iterator[Any]:
        connects.append("tried")
        desk.gate.wait(60)
        raise DatabaseUnavailableError("nobody there")
        yield

    monkeypatch.setattr(desk.database, "reading", refuse)
    desk.read("first")
    desk.until(lambda: connects == ["tried"])
    for name in "abc":
        desk.read(name)
    desk.go()
    assert (len(desk.errors), connects) == (4, ["tried"])
    desk.read("later")
    desk.go()
    assert (len(desk.errors), connects) == (5, ["tried"] * 2)


def test_given_up_is_said_at_once_and_the_late_answer_dropped(desk: Desk) -> None:
    said: list[bool] = []
    desk.runner.reachable_changed.connect(said.append)
    desk.hold()
    desk.runner.abandon()
    desk.until(lambda: len(desk.errors) == 2)
    assert {type(error) for error in desk.errors} == {DatabaseUnavailableError}
    assert desk.database.abandoned == [None]
    assert desk.runner.is_idle() and said == [False]
    desk.write("next")
    desk.go()
    desk.until(lambda: desk.done == ["next"])


def test_what_waits_is_not_answered_for_a_question_of_the_watch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch counts its questions on its own: its second one is not the second job."""
    asked = threading.Event()

    def hang(_conn: Any, pids: frozenset[int]) -> frozenset[int]:
        asked.set()
        desk.gate.wait(60)
        return pids

    monkeypatch.setattr(desk.database, "at_work", hang)
    desk.hold_writes()
    desk.call("second")
    watch, running = desk.runner._link, desk.runner._writes.running
    assert running is not None
    assert next(watch._numbers) == 1
    watch._ask(frozenset({_Silent(running, 0.0)}), 0.0)
    assert asked.wait(60)
    desk.runner.abandon()
    desk.until(lambda: len(desk.errors) == 1)
    desk.go()
    assert (desk.done, len(desk.errors)) == (["second"], 1), "only what was under way has failed"


def test_the_watch_goes_on_while_a_thread_is_about_to_begin(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, honest = threading.Event(), lane.Running

    def begin(job: lane.Job) -> lane.Running:
        taken.set()
        desk.gate.wait(60)
        return honest(job)

    monkeypatch.setattr(lane, "Running", begin)
    desk.read("r")
    assert taken.wait(60)
    desk.runner._link._look()
    assert desk.runner._link._timer.isActive()
    desk.go()
    desk.until(lambda: not desk.runner._link._timer.isActive())


def test_a_read_that_is_not_wanted_is_cancelled_over_the_other_connection(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "CANCEL_AFTER_SECONDS", 0.0)
    desk.database.on_cancel = desk.gate.set
    desk.hold_reads(purpose="list")
    desk.runner.cancel(desk.receiver, "list")
    desk.until(desk.runner.is_idle)
    assert desk.database.cancelled == [("desk-database-writes", "connection", PID)]


def test_a_wanted_read_and_a_short_one_are_not(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "CANCEL_AFTER_SECONDS", 600.0)  # however long this thread is held up
    desk.hold_reads(purpose="list")
    desk.runner.cancel(desk.receiver, "count")
    desk.runner._cancel_unwanted()
    desk.runner.cancel(desk.receiver, "list")
    desk.runner._cancel_unwanted()  # it has only just begun: its answer comes sooner than that to a cancel
    desk.call("behind any cancel")
    desk.until(lambda: desk.done == ["behind any cancel"])
    desk.go()
    assert desk.database.cancelled == []

"""Whole client processes that stand still past their lease, or are killed between a save's commit and its answer."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desk_client.drafts.offer import DraftRow
from desk_server.demo.loader import seed
from tests.desks import RunningDesk
from tests.faults.proxy import Proxy
from tests.gui.conftest import ROOT, Client, StartClient

WORDS = " typed here"
LEASE_SECONDS, BEAT_SECONDS = 4, 1
SECONDS = 30
_OFFSETS = itertools.count()


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 40, 3, dt.date(2026, 1, 1))
    with desk.owner().cursor() as owner:
        for key, value in (("lease_seconds", LEASE_SECONDS), ("heartbeat_seconds", BEAT_SECONDS)):
            owner.execute("UPDATE desk.setting SET value = %s WHERE key = %s", (str(value), key))
    return desk


@pytest.fixture
def ticket(stored: Any) -> int:
    """One that no other test has."""
    found = stored("SELECT id FROM desk.ticket WHERE deleted_at IS NULL ORDER BY id OFFSET %s LIMIT 1", next(_OFFSETS))
    return int(found[0][0])


@pytest.fixture
def set_lease_seconds(stored: Any) -> Iterator[Callable[[int], None]]:
    """How long a lease lasts that is taken from now on; until the end of the test."""

    def put(seconds: int) -> None:
        stored("UPDATE desk.setting SET value = %s WHERE key = 'lease_seconds'", str(seconds))

    yield put
    put(LEASE_SECONDS)


class Process:
    """A client of its own that does what it is told."""

    def __init__(self, folder: Path, ticket: int) -> None:
        command = [sys.executable, "-m", "tests.gui.faults.obeying_client", str(folder), str(ticket), WORDS]
        pipe = subprocess.PIPE
        self.popen = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def line(self) -> str:
        assert self.popen.stdout is not None and self.popen.stderr is not None
        found = self.popen.stdout.readline().strip()
        assert found, self.popen.stderr.read()
        return found

    def save(self) -> None:
        self._order("save")

    def save_up_to_the_commit(self) -> None:
        """It stands before it until ``go_on``."""
        self._order("stop before the commit")
        self._order("save")
        assert self.line() == "before the commit"

    def go_on(self) -> None:
        self._order("go on")

    def lose_the_disk(self) -> None:
        """From now on nothing is kept."""
        self._order("lose the disk")
        assert self.line() == "lost"

    def _order(self, words: str) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.write(f"{words}\n")
        self.popen.stdin.flush()

    def stop(self, what: signal.Signals) -> None:
        self.popen.send_signal(what)

    def kill(self) -> None:
        self.popen.kill()
        if self.popen.stdout is not None and not self.popen.stdout.closed:
            self.popen.communicate()


@pytest.fixture
def process(far_profile: Callable[..., Path], ticket: int) -> Iterator[Process]:
    """On the full machine, by the proxy, with words typed into a ticket."""
    made = Process(far_profile("full"), ticket)
    try:
        assert made.line() == "typed"
        yield made
    finally:
        made.kill()


def wait(condition: Callable[[], Any]) -> Any:
    """Until it holds; what it gave."""
    until = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < until
        time.sleep(0.01)
    return found


def open_what_is_offered(client: Client, ticket: int) -> Any:
    """The pane of the one draft that is offered."""
    offer = client.window.draft_offer
    client.until(lambda: sum(row.isVisible() for row in offer.findChildren(DraftRow)) == 1)
    offer.open_all_button.click()
    client.until(lambda: len(client.workspace.tabs.panes()) == 2)
    client.settle()
    pane = client.workspace.tabs.panes()[1]
    assert pane.editing.detail.id == ticket
    return pane


def subject(pane: Any) -> str:
    return str(pane.form.fields.frames["subject"].editor.text())


def test_who_stood_still_past_his_lease_is_refused_and_his_text_is_a_draft(
    process: Process, start_client: StartClient, desk: RunningDesk, ticket: int, stored: Any,
    set_lease_seconds: Callable[[int], None],
) -> None:  # fmt: skip
    was, version = stored("SELECT subject, row_version FROM desk.ticket WHERE id = %s", ticket)[0]
    process.stop(signal.SIGSTOP)
    # The rival's is still there when the sleeper looks. Its own ends when it was to; if a beat of its was under way,
    # after so long.
    set_lease_seconds(15)
    end = stored("SELECT expires_at FROM desk.edit_lease WHERE entity = 'ticket' AND entity_id = %s", ticket)[0][0]
    with desk.connect("full2", session=uuid.uuid4()).cursor() as rival:

        def taken_at() -> dt.datetime | None:
            rival.execute("SELECT is_mine, taken_at FROM desk.lease_take('ticket', %s)", (ticket,))
            is_mine, at = rival.fetchone()
            return at if is_mine else None

        assert wait(taken_at) >= end, "it is the sleeper's until its end"
        rival.execute(
            "UPDATE desk.ticket SET next_step = 'theirs', save_id = gen_random_uuid(), row_version = row_version + 1"
            " WHERE id = %s", (ticket,),
        )  # fmt: skip
        process.stop(signal.SIGCONT)
        process.save()
        seen = json.loads(process.line())
    assert seen["locked"] and seen["dirty"] and seen["kept"]
    assert seen["subject"] == was + WORDS and seen["comment"] == WORDS
    assert "pc-full2" in seen["said"]
    process.kill()
    assert stored("SELECT subject, next_step, row_version FROM desk.ticket WHERE id = %s", ticket) == [
        (was, "theirs", version + 1)
    ]
    assert stored("SELECT count(*) FROM desk.comment WHERE ticket_id = %s AND body = %s", ticket, WORDS) == [(0,)]
    stored("DELETE FROM desk.edit_lease")
    pane = open_what_is_offered(start_client(), ticket)
    assert subject(pane) == was + WORDS
    assert pane.comment_box.editor.toPlainText() == WORDS


@pytest.mark.parametrize("knows_of_its_save", [True, False])
def test_who_is_killed_between_commit_and_answer_saves_once(
    process: Process, proxy: Proxy, start_client: StartClient, ticket: int, stored: Any, knows_of_its_save: bool
) -> None:
    """Also where the draft is of before the save, since the disk was full by then: the ids were in it already."""

    def version() -> int:
        return int(stored("SELECT row_version FROM desk.ticket WHERE id = %s", ticket)[0][0])

    was, before = stored("SELECT subject FROM desk.ticket WHERE id = %s", ticket)[0][0], version()
    if not knows_of_its_save:
        process.lose_the_disk()
    process.save_up_to_the_commit()
    proxy.lose_answers()
    process.go_on()
    wait(lambda: version() == before + 1)
    process.kill()
    proxy.heal()
    client = start_client()
    pane = open_what_is_offered(client, ticket)
    assert subject(pane) == was + WORDS
    pane.save()
    client.until(lambda: not pane.is_dirty() and not pane.editing.is_saving)
    client.settle()
    assert version() == before + 1
    said = stored("SELECT body FROM desk.comment WHERE ticket_id = %s AND body LIKE %s", ticket, "%typed here%")
    assert [body.strip() for (body,) in said] == [WORDS.strip()]
    client.app.stop()
    assert list((client.app._profile.directory / "drafts").glob("*.drafts")) == []

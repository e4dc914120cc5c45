"""What a form says of its draft is so: kept is what is on the disk, as it is typed now."""

from __future__ import annotations

import shutil
import threading
from typing import Any

import pytest

from desk_client.drafts import journal
from desk_client.drafts.keeper import fault_text
from desk_client.drafts.store import DraftStore
from tests.desks import RunningDesk
from tests.gui.conftest import StartClient
from tests.gui.drafts.conftest import field, ids, open_ticket, type_into


def test_a_form_is_not_called_kept_while_it_can_not_be(
    start_client: StartClient, desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "RETRY_SECONDS", 0.05)
    client = start_client()
    pane = open_ticket(client, ids(desk, 1, 32)[0])
    type_into(field(pane, "subject"), "more ")
    client.until(lambda: "Draft saved" in pane.foot.state.full_text())
    folder = client.app._profile.directory / "drafts"
    shutil.rmtree(folder)
    folder.write_text("in its place")
    type_into(field(pane, "subject"), "and more ")
    client.until(lambda: client.app.drafts.fault is not None)
    assert client.window.message_bar.text() == fault_text(client.app.drafts.fault)
    assert "Draft saved" not in pane.foot.state.full_text()
    folder.unlink()
    client.until(lambda: "Draft saved" in pane.foot.state.full_text())
    assert pane.drafting.is_kept()
    pane.editing.discard()


def test_what_was_typed_while_an_older_state_was_written_is_not_kept_by_that(
    start_client: StartClient, desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start_client()
    pane = open_ticket(client, ids(desk, 1, 33)[0])
    honest, may_write, said = DraftStore.write, threading.Semaphore(0), list[object]()

    def slow(store: DraftStore, waiting: Any) -> None:
        may_write.acquire(timeout=20)
        honest(store, waiting)

    monkeypatch.setattr(DraftStore, "write", slow)
    client.app.drafts.written.connect(lambda *about: said.append(about))
    type_into(field(pane, "subject"), "more ")
    pane.drafting.write()
    client.until(lambda: not client.app.drafts._journal._waiting)  # it is under way
    type_into(field(pane, "subject"), "and more ")
    pane.drafting.write()
    may_write.release()
    client.until(lambda: len(said) == 1)
    assert not pane.drafting.is_kept()
    may_write.release()
    client.until(lambda: len(said) == 2)
    assert pane.drafting.is_kept()
    may_write.release()
    pane.editing.discard()

"""What is typed in a dialog over the form is kept like what is typed in the form, and comes back into the form."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest

from desk_client.messages import Answer, Messages
from desk_client.tickets.transition_dialog import TransitionDialog
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient
from tests.gui.drafts.conftest import field, files, open_draft_of, panes, type_and_kill, type_into, wait_offered

RESOLUTION = "Neue Firmware 花屏\nsecond line, two blanks  "
COMMENT = "Said on the phone:\n\nit works "


@pytest.fixture
def ticket(desk: RunningDesk) -> int:
    """A question that is open again."""
    with desk.owner().cursor() as cursor:
        cursor.execute("DELETE FROM desk.edit_lease")
        cursor.execute(
            "UPDATE desk.ticket SET status = 'open', resolution = NULL, row_version = row_version + 1,"
            " save_id = gen_random_uuid() WHERE id = (SELECT min(id) FROM desk.ticket"
            " WHERE status = 'closed' AND kind = 'question' AND assignee_id IS NOT NULL) RETURNING id"
        )
        return int(cursor.fetchone()[0])


def ask(client: Client, ticket: int, action: str) -> tuple[Any, TransitionDialog]:
    """The ticket's pane, and the dialog over it."""
    client.workspace.open_in_tab(ticket)
    pane = client.workspace.pane()
    client.until(lambda: pane.editing.detail is not None)
    client.settle()
    getattr(pane, action)()
    client.until(lambda: pane.quick.dialog is not None)
    return pane, pane.quick.dialog


def is_kept(pane: Any) -> bool:
    return pane.drafting.kept_at is not None and pane.drafting.is_kept()


def test_what_is_typed_in_the_dialog_outlives_kill_9(
    desk: RunningDesk, ticket: int, start_client: StartClient, tmp_path: Path
) -> None:
    shutil.copytree(desk.profile("full").directory, tmp_path / "full")
    typed = type_and_kill(tmp_path / "full", resolve=[ticket, RESOLUTION, COMMENT])
    assert typed["fields"]["seconds"] < 2, "from the last key"
    with desk.owner().cursor() as cursor:
        cursor.execute("DELETE FROM desk.edit_lease")  # the worker, which frees them, does not run here
    client = start_client(remembered=True)
    wait_offered(client, 1)
    pane = open_draft_of(client, ticket)
    assert field(pane, "status").value() == "resolved"
    assert field(pane, "resolution").toPlainText() == RESOLUTION
    assert pane.comment_box.editor.toPlainText() == COMMENT
    pane.save()
    client.until(lambda: not pane.is_dirty())
    assert pane.editing.detail.values.status == "resolved"
    client.app.stop()
    assert files(client) == []


def test_it_joins_what_the_form_has_and_goes_with_the_dialog(
    ticket: int, start_client: StartClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Messages, "ask_unsaved", lambda *_: Answer.DISCARD)
    client = start_client()
    pane, dialog = ask(client, ticket, "assign")
    QTest.keyClicks(dialog.fields.editors()["assignee_id"], "nobody at all")
    QTest.keyClicks(dialog._comment, "over the form")
    client.until(lambda: is_kept(pane))
    kept = pane.drafting.content()
    assert kept.typed["assignee_id"].text == "nobody at all"
    assert kept.beside["text"] == "over the form"
    dialog.reject()
    client.until(lambda: pane.drafting.kept_at is None)
    type_into(pane.comment_box.editor, "in the form")
    pane.assign()
    client.until(lambda: pane.quick.dialog is not None)
    QTest.keyClicks(pane.quick.dialog._comment, "over it")
    client.until(lambda: is_kept(pane) and pane.drafting.content().beside["text"] == "in the form\nover it")
    pane.quick.dialog.decide()
    client.until(lambda: not pane.is_dirty())
    assert pane.drafting.kept_at is None
    client.app.stop()
    assert files(client) == []


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_refused_lease_puts_it_into_the_form_once(
    desk: RunningDesk, ticket: int, start_client: StartClient, monkeypatch: pytest.MonkeyPatch, is_asked: bool
) -> None:
    def answer_late(*_: object) -> Answer:
        pane.editing.leasing.note_lost()
        client.until(lambda: is_kept(pane) and pane.is_dirty())
        kept.append(pane.drafting.content().beside["text"])
        return Answer.SAVE

    kept: list[str] = []
    monkeypatch.setattr(Messages, "ask_unsaved", answer_late)
    client = start_client()
    pane, dialog = ask(client, ticket, "assign")
    QTest.keyClicks(dialog.fields.editors()["assignee_id"], "nobody at all")
    QTest.keyClicks(dialog._comment, "over the form")
    with desk.owner().cursor() as cursor:
        cursor.execute("UPDATE desk.edit_lease SET machine = 'pc-full2', token = token + 1")
    if is_asked:
        dialog.reject()  # the question lies over the dialog while the lease goes
        assert kept == ["over the form"]
    else:
        pane.editing.leasing.note_lost()
    client.until(lambda: pane.quick.dialog is None and is_kept(pane))
    assert panes(client)[ticket] is pane
    assert field(pane, "assignee_id").text() == "nobody at all"
    assert pane.comment_box.editor.toPlainText() == "over the form"
    content = pane.drafting.content()
    assert (content.typed["assignee_id"].text, content.beside["text"]) == ("nobody at all", "over the form")
    pane.editing.discard()
    client.until(lambda: pane.drafting.kept_at is None)

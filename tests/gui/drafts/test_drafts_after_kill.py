"""A client process is killed with kill -9: the next start offers what was typed, to the letter."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from desk_client.drafts import keeper
from tests.desks import RunningDesk
from tests.gui.conftest import StartClient
from tests.gui.drafts.conftest import (
    KILLED_TICKETS,
    Left,
    enter_as,
    field,
    files,
    ids,
    open_draft_of,
    panes,
    rows,
    type_and_kill,
    wait_offered,
)

UNDO_MS = 600  # in place of ten seconds


def test_every_form_comes_back_to_the_letter(
    left: Left, desk: RunningDesk, start_client: StartClient, tmp_path: Path
) -> None:
    left.place(tmp_path)
    assert left.typed["steady"]["longest"] < 2, "seconds from a key to the commit that has it, while typing goes on"
    client = start_client()
    wait_offered(client, KILLED_TICKETS + 2)
    client.window.draft_offer.open_all_button.click()
    tickets = ids(desk, KILLED_TICKETS + 1)
    client.until(lambda: set(panes(client)) == {None, *tickets})
    client.settle()
    assert all(pane.is_dirty() for pane in panes(client).values())
    for ticket in tickets[:KILLED_TICKETS]:
        pane, was = panes(client)[ticket], left.typed["fields"][str(ticket)]
        assert field(pane, "subject").text() == was["subject"]
        assert field(pane, "subject").cursorPosition() == was["cursor"]
        assert field(pane, "description").toPlainText().endswith("two blanks, a line end \n")
        assert field(pane, "customer_id").text() == was["customer"]
        assert pane.form.fields.unresolved() == ["customer_id"]
        assert pane.editing.detail.row_version == was["version"]
        client.workspace.tabs.setCurrentWidget(pane)
        assert pane.focusWidget() is field(pane, "subject")
    assert panes(client)[tickets[-1]].comment_box.editor.toPlainText() == "Half a comment \n"
    assert field(panes(client)[None], "subject").text() == "Neues Gerät 花屏"
    assert field(panes(client)[None], "description").toPlainText() == left.typed["steady"]["text"]
    assert rows(client) == []
    client.app.stop()  # and a second crash
    again = start_client(remembered=True)
    wait_offered(again, KILLED_TICKETS + 2)


def test_a_draft_is_undone_field_by_field(
    left: Left, desk: RunningDesk, start_client: StartClient, tmp_path: Path
) -> None:
    left.place(tmp_path)
    client = start_client()
    wait_offered(client, KILLED_TICKETS + 2)
    pane = open_draft_of(client, ids(desk, 1)[0])
    for _ in range(3):
        pane.undo()
    assert not pane.is_dirty()
    assert field(pane, "subject").text() == pane.editing.detail.values.subject


def test_a_row_that_moved_on_is_met_like_any_other_change(
    left: Left, desk: RunningDesk, start_client: StartClient, tmp_path: Path
) -> None:
    left.place(tmp_path)
    ticket = ids(desk, 1, 1)[0]
    with desk.connect("full2").cursor() as cursor:
        cursor.execute(
            "UPDATE desk.ticket SET next_step = 'theirs', save_id = gen_random_uuid(), row_version = row_version + 1"
            " WHERE id = %s RETURNING row_version", [ticket],
        )  # fmt: skip
        version = cursor.fetchone()[0]
    client = start_client()
    wait_offered(client, KILLED_TICKETS + 2)
    pane = open_draft_of(client, ticket)
    assert pane.editing.detail.row_version == version - 1  # the base is what was read then
    assert field(pane, "next_step").text() != "theirs"
    while "customer_id" in pane.form.fields.unresolved():
        pane.undo()
    while pane.form.fields.undo._stack.canRedo():
        pane.redo()
        if pane.form.fields.unresolved():
            pane.undo()
            break
    wanted = field(pane, "description").toPlainText().rstrip()
    pane.save()
    client.until(lambda: not pane.is_dirty())
    client.settle()
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT next_step, description, row_version FROM desk.ticket WHERE id = %s", [ticket])
        assert cursor.fetchone() == ("theirs", wanted, version + 1)


def test_discarded_singly_with_an_undo_for_ten_seconds(
    left: Left, start_client: StartClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keeper.UNDO_MS == 10_000
    monkeypatch.setattr(keeper, "UNDO_MS", UNDO_MS)
    left.place(tmp_path)
    client = start_client()
    first, second, *_ = wait_offered(client, KILLED_TICKETS + 2)
    first.discard_button.click()
    assert (first.undo_button.isHidden(), first.open_button.isHidden()) == (False, True)
    first.undo_button.click()
    assert not first.open_button.isHidden()
    midway: list[int] = []  # by a timer that is due before the draft's own: it is started first
    QTimer.singleShot(UNDO_MS // 2, lambda: midway.append(len(rows(client))))
    second.discard_button.click()
    wait_offered(client, KILLED_TICKETS + 1)
    assert midway == [KILLED_TICKETS + 2]
    client.app.stop()
    again = start_client(remembered=True)
    for row in wait_offered(again, KILLED_TICKETS + 1):
        row.discard_button.click()
    again.app.stop()  # the client is closed before the ten seconds are over: discarded is discarded
    assert files(again) == []


def test_a_folder_that_was_taken_away_while_somebody_types_costs_nothing(
    desk: RunningDesk, start_client: StartClient, tmp_path: Path
) -> None:
    """All forms come back, not only the one that was typed in after it."""
    folder, (first, second) = tmp_path / "full", ids(desk, 2, 22)
    shutil.copytree(desk.profile("full").directory, folder)
    type_and_kill(folder, tickets=[(first, "one"), (second, "two")], after_harm="typed on")
    client = start_client()
    wait_offered(client, 2)
    assert field(open_draft_of(client, first), "description").toPlainText().endswith("a line end \n")
    pane = open_draft_of(client, second)
    assert field(pane, "description").toPlainText().endswith("a line end \n")
    assert field(pane, "next_step").text().endswith("typed on")


def test_a_client_that_lives_keeps_its_drafts(left: Left, start_client: StartClient, tmp_path: Path) -> None:
    left.place(tmp_path)
    first = start_client()
    wait_offered(first, KILLED_TICKETS + 2)
    second = start_client(remembered=True)  # beside the first, which has them now
    second.settle()
    assert rows(second) == []


def test_one_persons_draft_is_not_shown_to_another(
    desk: RunningDesk, start_client: StartClient, tmp_path: Path
) -> None:
    folder = tmp_path / "shared"
    shutil.copytree(desk.profile("shared").directory, folder)
    type_and_kill(folder, person=0, tickets=[(ids(desk, 1, 20)[0], "private words")])
    client = start_client("shared", enter=False)
    enter_as(client, 1)
    offer = client.window.draft_offer
    client.until(lambda: not offer.isHidden())
    assert rows(client) == []
    assert "(1)" in offer._others.text()
    assert "private words" not in "".join(label.text() for label in offer.findChildren(type(offer._others)))
    client.app.stop()
    again = start_client("shared", enter=False, remembered=True)
    enter_as(again, 0)
    wait_offered(again, 1)

"""A draft goes once its save was acknowledged, and what was saved before a crash is not saved twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desk_client.app import DeskApp
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient
from tests.gui.drafts.conftest import field, files, ids, open_draft_of, open_ticket, rows, type_into, wait_offered
from tests.gui.slices import Slices

MOST_CALLS = 1_000  # for one form


def crash_after_the_commit(app: DeskApp) -> None:
    """Its drafts stay as they are on the disk when the answer comes: as if it were gone by then."""
    app.drafts.remove = lambda _draft_id: None


def count(desk: RunningDesk, sql: str, *values: object) -> int:
    with desk.owner().cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def free_leases(desk: RunningDesk) -> None:
    with desk.owner().cursor() as cursor:
        cursor.execute("DELETE FROM desk.edit_lease")


def test_a_saved_form_leaves_no_draft(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    pane = open_ticket(client, ids(desk, 1, 30)[0])
    type_into(field(pane, "subject"), "more ")
    client.until(lambda: pane.drafting.kept_at is not None)
    assert "Draft saved" in pane.foot.state.full_text()
    assert len(files(client)) == 1
    pane.save()
    client.until(lambda: not pane.is_dirty())
    assert pane.drafting.kept_at is None
    client.app.stop()
    assert files(client) == []


def test_saved_before_the_crash_is_not_saved_twice(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    ticket = ids(desk, 1, 31)[0]
    pane = open_ticket(client, ticket)
    type_into(field(pane, "subject"), "Once ")
    type_into(pane.comment_box.editor, "said once")
    client.until(lambda: pane.drafting.kept_at is not None)
    crash_after_the_commit(client.app)
    pane.save()
    client.until(lambda: not pane.is_dirty())
    client.app.stop()
    version = count(desk, "SELECT row_version FROM desk.ticket WHERE id = %s", ticket)
    again = start_client(remembered=True)
    wait_offered(again, 1)
    pane = open_draft_of(again, ticket)
    pane.comment_box.editor.moveCursor(pane.comment_box.editor.textCursor().MoveOperation.End)
    type_into(pane.comment_box.editor, " and more")
    pane.save()
    again.until(lambda: not pane.is_dirty() or (not pane.editing.is_saving and "once" not in comment(pane)))
    again.settle()
    if pane.is_dirty():
        pane.save()
        again.until(lambda: not pane.is_dirty())
    assert count(desk, "SELECT row_version FROM desk.ticket WHERE id = %s", ticket) == version
    said = "SELECT count(*) FROM desk.comment WHERE ticket_id = %s AND body = %s"
    assert count(desk, said, ticket, "said once") == 1
    assert count(desk, said, ticket, "and more") == 1
    again.app.stop()
    assert files(again) == []


@pytest.mark.parametrize("more", ["", " and more"], ids=["as it was", "typed on"])
def test_a_comment_that_was_added_before_the_crash_does_not_hold_up_the_form(
    start_client: StartClient, desk: RunningDesk, more: str
) -> None:
    """The crash came before the journal knew that it went out: its draft has the comment and its ids, and no more."""
    client = start_client()
    ticket, other = ids(desk, 2, 44)
    words = f"added alone{len(more)}"
    pane = open_ticket(client, ticket)
    type_into(pane.comment_box.editor, words)
    client.until(lambda: pane.drafting.kept_at is not None)
    crash_after_the_commit(client.app)
    client.app.drafts.put = lambda _draft_id, _content: None
    pane.save()
    client.until(lambda: not pane.is_dirty())
    client.app.stop()
    give_the_number_of_a_ticket(desk, words, other)
    versions = versions_of(desk)
    again = start_client(remembered=True)
    wait_offered(again, 1)
    pane = open_draft_of(again, ticket)
    assert comment(pane) == words
    pane.comment_box.editor.moveCursor(pane.comment_box.editor.textCursor().MoveOperation.End)
    type_into(pane.comment_box.editor, more)
    type_into(field(pane, "serial"), words)
    pane.save()
    again.until(lambda: not pane.editing.is_saving)
    again.settle()
    assert pane.editing.detail.id == ticket and not pane.is_dirty()
    said = "SELECT count(*) FROM desk.comment WHERE body = %s AND ticket_id = %s"
    assert count(desk, said, words, ticket) == 1
    assert count(desk, said, words + " and more", ticket) == bool(more)
    written = "SELECT count(*) FROM desk.ticket WHERE id = %s AND serial LIKE %s"
    assert count(desk, written, ticket, f"%{words}%") == 1
    assert versions_of(desk) == {**versions, ticket: versions[ticket] + 1}, "of this ticket and of no other"
    again.app.stop()
    assert files(again) == []


def give_the_number_of_a_ticket(desk: RunningDesk, words: str, ticket: int) -> None:
    """A comment's number is often a ticket's."""
    with desk.owner().cursor() as cursor:
        cursor.execute(
            "UPDATE desk.save_done SET entity_id = %s"
            " WHERE entity = 'comment' AND entity_id = (SELECT id FROM desk.comment WHERE body = %s)",
            [ticket, words],
        )
        assert cursor.rowcount == 1


def versions_of(desk: RunningDesk) -> dict[int, int]:
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT id, row_version FROM desk.ticket")
        return dict(cursor.fetchall())


def comment(pane: Any) -> str:
    return str(pane.comment_box.editor.toPlainText())


def test_a_new_ticket_that_was_made_before_the_crash_is_not_made_twice(
    start_client: StartClient, desk: RunningDesk
) -> None:
    client = start_client()
    client.workspace.new_ticket()
    pane = client.workspace.pane()
    fill_new(client, pane, desk)
    client.until(lambda: pane.drafting.kept_at is not None)
    pane.drafting.write()
    crash_after_the_commit(client.app)
    pane.save()
    client.until(lambda: pane.editing.detail is not None)
    client.app.stop()
    again = start_client(remembered=True)
    wait_offered(again, 1)
    pane = open_draft_of(again, None)
    pane.save()
    again.until(lambda: pane.editing.detail is not None and not pane.is_dirty())
    assert count(desk, "SELECT count(*) FROM desk.ticket WHERE subject = 'Made once'") == 1
    assert rows(again) == []


def fill_new(client: Client, pane: Any, desk: RunningDesk) -> None:
    with desk.owner().cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, product_id, category, priority, source, channel, kind FROM desk.ticket"
            " WHERE category IS NOT NULL AND kind = 'question' LIMIT 1"
        )
        names = [column.name for column in cursor.description]
        values = dict(zip(names, cursor.fetchone(), strict=True))
    pane.form.put({**values, "subject": "Made once"}, {"customer_id": "a customer"})
    client.settle()


def test_a_crash_while_the_desk_is_asked_before_a_save_brings_back_no_earlier_save(
    start_client: StartClient, desk: RunningDesk
) -> None:
    """Nothing has gone out of this ticket yet; what went out last was of the one before."""
    client = start_client()
    one, other = ids_of_questions(desk)
    pane = open_ticket(client, one)
    type_into(field(pane, "subject"), "Saved before ")
    pane.save()
    client.until(lambda: not pane.is_dirty())
    pane.open_row(other)
    client.until(lambda: pane.editing.detail.id == other)
    pane.form.put({"status": "resolved", "resolution": "Typed before the crash"}, {})
    client.settle()
    pane.controller.ask_for_arrivals = lambda: None  # the answer does not come
    pane.save()
    assert pane.editing.is_saving
    pane.drafting.write()
    client.app.stop()
    free_leases(desk)
    again = start_client(remembered=True)
    wait_offered(again, 1)
    pane = open_draft_of(again, other)
    pane.save()
    again.until(lambda: not pane.is_dirty())
    assert pane.editing.detail.id == other
    done = "SELECT count(*) FROM desk.ticket WHERE id = %s AND resolution = 'Typed before the crash'"
    assert count(desk, done, other) == 1


def ids_of_questions(desk: RunningDesk) -> list[int]:
    """Two open tickets that one sentence resolves."""
    found = ids(desk, 2, 56)
    with desk.owner().cursor() as cursor:
        cursor.execute(
            "UPDATE desk.ticket SET kind = 'question', status = 'open', assignee_id = (SELECT min(id) FROM desk.staff)"
            " WHERE id = ANY(%s)", [found],
        )  # fmt: skip
    return found


def test_a_form_that_is_discarded_leaves_no_draft(start_client: StartClient, desk: RunningDesk) -> None:
    client = start_client()
    pane = open_ticket(client, ids(desk, 1, 33)[0])
    type_into(field(pane, "subject"), "more ")
    client.until(lambda: pane.drafting.kept_at is not None)
    pane.editing.discard()
    client.app.stop()
    assert files(client) == []


def test_twenty_forms_while_typing_goes_on(start_client: StartClient, desk: RunningDesk, tmp_path: Path) -> None:
    client = start_client()
    panes = [open_ticket(client, ticket) for ticket in ids(desk, 20, 35)]
    last = panes[-1]
    written: list[object] = []
    client.app.drafts.written.connect(lambda found, _at: written.append(found))
    with Slices() as slices:
        for pane in panes:
            type_into(field(pane, "subject"), "more ")
        client.until(lambda: all(pane.drafting.kept_at is not None for pane in panes))
    assert slices.of_each["Drafting.content"] == 1, "one form in one go"
    assert slices.most < MOST_CALLS
    assert "DraftStore.write" not in slices.of_each, "that is another thread's"
    written.clear()
    while len(written) < 2:  # the person never pauses: it is written all the same
        type_into(field(last, "subject"), "x")
        client.app.thread().msleep(5)
        client._qtbot.wait(1)
    assert last.drafting.kept_at is not None
    free_leases(desk)

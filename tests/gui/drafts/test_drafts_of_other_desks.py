"""A draft whose row, choices or fields are not what they were: what was typed can be read and saved or copied."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton

from desk_client.tickets import controller
from shared.errors import DatabaseUnavailableError
from tests.desks import RunningDesk
from tests.gui.conftest import StartClient
from tests.gui.drafts.conftest import field, ids, open_draft_of, open_ticket, panes, rows, type_into, wait_offered
from tests.gui.drafts.test_drafts_and_saving import count, free_leases


def leave_typed(start_client: StartClient, desk: RunningDesk, ticket: int, text: str = "typed ") -> None:
    """A client that typed and is gone."""
    client = start_client()
    pane = open_ticket(client, ticket)
    type_into(field(pane, "subject"), text)
    type_into(pane.comment_box.editor, "and a comment")
    client.until(lambda: pane.drafting.kept_at is not None)
    pane.drafting.write()
    client.app.stop()
    free_leases(desk)


def run(desk: RunningDesk, sql: str, *values: object) -> None:
    with desk.owner().cursor() as cursor:
        cursor.execute(sql, values)


def test_a_draft_of_a_deleted_ticket_can_be_read(start_client: StartClient, desk: RunningDesk) -> None:
    ticket = ids(desk, 1, 10)[0]
    leave_typed(start_client, desk, ticket)
    with desk.connect("full2").cursor() as cursor:
        cursor.execute(
            "UPDATE desk.ticket SET deleted_at = now(), save_id = gen_random_uuid(), row_version = row_version + 1"
            " WHERE id = %s", [ticket],
        )  # fmt: skip
    client = start_client(remembered=True)
    wait_offered(client, 1)
    pane = open_draft_of(client, ticket)
    assert "typed " in field(pane, "subject").text()
    assert pane.comment_box.editor.toPlainText() == "and a comment"
    assert "deleted" in pane.change_banner.text()
    assert field(pane, "subject").isReadOnly()
    assert pane.history._lines, "what happened to it can be read too"
    client.app.stop()
    again = start_client(remembered=True)
    wait_offered(again, 1)


def test_a_draft_of_a_client_with_other_fields_overwrites_nothing_unseen(
    start_client: StartClient, desk: RunningDesk
) -> None:
    ticket = ids(desk, 1, 11)[0]
    leave_typed(start_client, desk, ticket)
    with desk.connect("full2").cursor() as cursor:
        cursor.execute(
            "UPDATE desk.ticket SET subject = 'theirs', save_id = gen_random_uuid(), row_version = row_version + 1"
            " WHERE id = %s", [ticket],
        )  # fmt: skip
    client = start_client(remembered=True)
    wait_offered(client, 1)
    draft = client.app.drafts.offers()[0]
    base = copy.deepcopy(dict(draft.content.base))
    base["no_longer"] = 1
    base["values"]["not_any_more"] = "x"
    del base["values"]["next_step"]
    typed = {**draft.content.typed, "not_any_more": draft.content.typed["subject"]}
    client.app.drafts._offers[draft.id] = other = replace(draft, content=replace(draft.content, base=base, typed=typed))
    client.window.draft_offer.open_wanted.emit(other)
    client.until(lambda: ticket in panes(client) and panes(client)[ticket].is_dirty())
    client.settle()
    pane = panes(client)[ticket]
    assert "not shown here:\nNot any more: typed " in pane.draft_banner.text()
    pane.save()
    client.until(lambda: pane.editing.merging.dialog is not None or not pane.is_dirty())
    assert pane.editing.merging.dialog is not None, "a clash is asked about"
    assert count(desk, "SELECT count(*) FROM desk.ticket WHERE id = %s AND subject = 'theirs'", ticket) == 1
    pane.editing.merging.dialog.reject()
    pane.editing.discard()
    client.settle()
    assert not pane.is_dirty() and "typed " in pane.draft_banner.text(), "it is not lost with the rest"
    pane.drafting.write()
    client.app.stop()
    again = start_client(remembered=True)
    (row,) = wait_offered(again, 1)
    row.open_button.click()
    again.until(lambda: ticket in panes(again) and "typed " in panes(again)[ticket].draft_banner.text())
    pane = panes(again)[ticket]
    pane.open_row(ids(desk, 1, 13)[0])  # another row in its place: it is offered again
    wait_offered(again, 1)
    assert pane.draft_banner.text() == ""
    pane.open_draft(again.app.drafts.offers()[0])
    again.until(lambda: pane.draft_banner.text() != "")
    pane.draft_banner.findChild(QPushButton, "throwAway").click()
    again.settle()
    again.app.stop()
    last = start_client(remembered=True)
    last.settle()
    assert rows(last) == []
    free_leases(desk)


def test_a_draft_with_a_choice_that_was_retired_keeps_all_else(start_client: StartClient, desk: RunningDesk) -> None:
    ticket = ids(desk, 1, 12)[0]
    with desk.owner().cursor() as cursor:
        cursor.execute("SELECT code FROM desk.choice WHERE list_code = 'severity' AND retired_at IS NULL LIMIT 1")
        row = cursor.fetchone()
    code = row[0] if row else None
    client = start_client()
    pane = open_ticket(client, ticket)
    name = "severity" if "severity" in pane.form.fields.frames else "channel"
    if name == "channel":
        with desk.owner().cursor() as cursor:
            cursor.execute("SELECT code FROM desk.choice WHERE list_code = 'channel' AND retired_at IS NULL LIMIT 1")
            code = cursor.fetchone()[0]
    pane.form.put({name: code, "subject": "kept subject"}, {})
    client.until(lambda: pane.drafting.kept_at is not None)
    pane.drafting.write()
    client.app.stop()
    free_leases(desk)
    run(desk, "UPDATE desk.choice SET retired_at = now() WHERE list_code = %s AND code = %s", name, code)
    try:
        again = start_client(remembered=True)
        wait_offered(again, 1)
        pane = open_draft_of(again, ticket)
        assert field(pane, "subject").text() == "kept subject"
        assert pane.form.fields.value(name) == code or name not in pane.form.fields.touched
    finally:
        run(desk, "UPDATE desk.choice SET retired_at = NULL WHERE list_code = %s AND code = %s", name, code)
    pane.editing.discard()
    again.settle()
    free_leases(desk)


def test_two_drafts_of_one_ticket_are_two_tabs(start_client: StartClient, desk: RunningDesk) -> None:
    ticket = ids(desk, 1, 13)[0]
    leave_typed(start_client, desk, ticket, "one ")
    client = start_client(remembered=True)
    wait_offered(client, 1)
    pane = open_ticket(client, ticket)
    type_into(field(pane, "subject"), "two ")
    client.until(lambda: pane.drafting.kept_at is not None)
    client.app.stop()
    free_leases(desk)
    again = start_client(remembered=True)
    wait_offered(again, 2)
    again.window.draft_offer.open_all_button.click()
    again.until(lambda: len([pane for pane in again.workspace.tabs.panes() if pane.is_dirty()]) == 2)
    again.settle()
    texts = sorted(field(pane, "subject").text()[-4:] + field(pane, "subject").text()[:4]
                   for pane in again.workspace.tabs.panes() if pane.is_dirty())  # fmt: skip
    assert len(set(texts)) == 2
    one, two = (pane for pane in again.workspace.tabs.panes() if pane.is_dirty())
    one.save()
    again.until(lambda: not one.is_dirty())
    again.settle()
    two.save()
    again.until(lambda: two.editing.merging.dialog is not None)
    two.editing.discard()
    again.settle()
    assert rows(again) == []
    free_leases(desk)


def test_a_pane_with_typed_text_is_not_dropped(start_client: StartClient, desk: RunningDesk) -> None:
    """The ticket was deleted with others, and while that went on somebody typed into it."""
    ticket = ids(desk, 1, 14)[0]
    client = start_client()
    pane = open_ticket(client, ticket)
    type_into(field(pane, "subject"), "typed meanwhile ")
    client.workspace.tabs.drop_tickets([ticket])
    assert pane in client.workspace.tabs.panes()
    below = client.page
    other = ids(desk, 1, 15)[0]
    client.workspace.tabs.setCurrentIndex(0)
    below.open_ticket(other)
    client.until(lambda: below.pane.editing.detail is not None)
    client.settle()
    type_into(field(below.pane, "subject"), "typed meanwhile ")
    below.leave_tickets([other])
    assert "typed meanwhile" in field(below.pane, "subject").text()
    below.pane.editing.discard()
    pane.editing.discard()
    client.settle()
    free_leases(desk)


def test_a_draft_whose_row_could_not_be_read_can_be_opened_later(
    start_client: StartClient, desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = ids(desk, 1, 16)[0]
    leave_typed(start_client, desk, ticket)
    client = start_client(remembered=True)
    (row,) = wait_offered(client, 1)

    def break_off(*_: object) -> None:
        raise DatabaseUnavailableError("The connection to the database server broke.")

    with monkeypatch.context() as broken:
        broken.setattr(controller, "get_ticket", break_off)
        row.open_button.click()
        client.settle()
    assert len(rows(client)) == 1, "it is offered on"
    pane = open_draft_of(client, ticket)
    assert "typed " in field(pane, "subject").text()
    assert len(client.workspace.tabs.panes()) == 2, "in the tab that was opened for it"

"""Several machines on one ticket: leases, conflicts, lost answers. What is typed is never lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from desk_client.messages import Answer
from shared.errors import DatabaseUnavailableError
from shared.notify import ChangeKind


def banner_button(client: Any, name: str) -> Any:
    return next(button for button in client.pane.banner._buttons if button.objectName() == name)


def lease_button(client: Any, name: str) -> Any:
    return next(button for button in client.pane.lease_banner._buttons if button.objectName() == name)


def test_opening_locks_nothing_the_first_change_takes_the_lease(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    assert client.stored(ticket).edited_by is None
    client.go("subject")
    client.type("X")
    client.idle()
    assert client.stored(ticket).edited_by == "pc-full"
    client.pane.save()
    client.idle()
    assert client.stored(ticket).edited_by is None
    assert "X" in client.stored(ticket).values.subject


def test_discarding_and_closing_free_the_lease(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    for leave in (client.pane.editing.discard, client.pane.close_request):
        client.messages.answer = Answer.DISCARD
        client.go("subject")
        client.type("X")
        client.idle()
        assert client.stored(ticket).edited_by == "pc-full"
        leave()
        client.idle()
        assert client.stored(ticket).edited_by is None
        assert client.editor("subject").value() == "No picture after standby"


def test_a_held_lease_is_named_and_the_typed_text_stays(client: Any, make_client: Callable[..., Any]) -> None:
    ticket = client.new_ticket_id()
    other = make_client("full2")
    other.open(ticket)
    client.open(ticket)
    other.go("subject")
    other.type("theirs ")
    other.idle()
    client.go("serial")
    client.type("SN 42")
    client.idle()
    assert "pc-full2 (sun) is editing this since" in client.pane.lease_banner.text()
    assert "Your changes are kept here" in client.pane.lease_banner.text()
    assert client.editor("serial").text() == "SN 42"
    assert client.editor("serial").isReadOnly()
    assert not client.pane.foot.save_button.isEnabled()
    other.pane.editing.discard()
    other.idle()
    client.bus.publish("ticket", ticket, kind=ChangeKind.LEASE)
    client.until(lambda: "It is free now." in client.pane.lease_banner.text())
    lease_button(client, "goOnEditing").click()
    client.idle()
    assert client.pane.lease_banner.text() == ""
    assert not client.editor("serial").isReadOnly()
    client.pane.save()
    client.idle()
    assert client.stored(ticket).values.serial == "SN 42"


def test_who_opens_an_edited_ticket_is_told(client: Any, make_client: Callable[..., Any]) -> None:
    ticket = client.new_ticket_id()
    other = make_client("full2")
    other.open(ticket)
    other.go("subject")
    other.type("theirs ")
    other.idle()
    client.open(ticket)
    assert "pc-full2 (sun) is editing this since" in client.pane.lease_banner.text()


def test_a_save_whose_answer_got_lost_is_done_once(client: Any, monkeypatch: Any) -> None:
    """The desk saved, the answer never came: saved again, it is the same save."""
    from desk_client.tickets import controller

    def lose_the_answer(work: Any, new: Any) -> Any:
        honest(work, new)
        work.commit()
        raise DatabaseUnavailableError("the line broke")

    honest = controller.create_ticket
    monkeypatch.setattr(controller, "create_ticket", lose_the_answer)
    client.pane.new_row()
    client.go("subject")
    client.type("Once and only once")
    client.find("customer_id", "nor")
    client.find("product_id", "stb")
    client.choose("category", "v")
    client.pane.save()
    client.idle()
    assert client.pane.editing.detail is None
    assert client.pane.is_dirty(), "nothing typed is lost"
    assert client.pane.change_banner.text().startswith("The server can't be reached. What you typed is kept")
    monkeypatch.setattr(controller, "create_ticket", honest)
    client.go("serial")
    client.type("SN 5")  # typed after the save that was done unseen
    client.pane.save()
    client.idle()
    assert client.pane.editing.detail is not None
    assert client.editor("serial").value() == "SN 5"
    assert not client.pane.is_dirty(), "the save that went out unseen first, then what was typed since"
    assert client.stored().values.serial == "SN 5"
    assert client.stored().row_version == 2
    made = client.id_of("SELECT count(*) FROM desk.ticket WHERE subject = 'Once and only once'")
    assert made == 1


def test_another_view_s_change_is_shown_where_nothing_is_typed(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.change(ticket, priority="low")
    client.bus.publish("ticket", ticket)
    client.until(lambda: client.editor("priority").value() == "low")


def test_what_is_typed_while_a_save_runs_is_kept(client: Any, monkeypatch: Any) -> None:
    from desk_client.tickets import controller

    honest = controller.update_ticket
    monkeypatch.setattr(controller, "update_ticket", lambda *args: (time.sleep(0.4), honest(*args))[1])
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("serial")
    client.type("SN 1")
    client.pane.save()
    client.type("23")
    client.until(lambda: client.pane.editing.detail.row_version == 2)
    client.idle()
    assert client.stored(ticket).values.serial == "SN 1"
    assert client.editor("serial").value() == "SN 123"
    assert client.pane.is_dirty()
    client.pane.save()
    client.idle()
    assert client.stored(ticket).values.serial == "SN 123"
    assert not client.pane.is_dirty()


@pytest.mark.parametrize("action", ["resolve", "assign"])
def test_no_dialog_opens_where_the_lease_is_not_to_be_had(
    client: Any, make_client: Callable[..., Any], action: str
) -> None:
    ticket = client.new_ticket_id(kind="question", status="open", assignee_id=client.person("lin"))
    other = make_client("full2")
    other.open(ticket)
    client.open(ticket)
    other.go("subject")
    other.type("theirs ")
    other.idle()
    getattr(client.pane, action)()
    client.idle()
    assert client.pane.quick.dialog is None
    assert "pc-full2 (sun) is editing this since" in client.pane.lease_banner.text()
    assert "kept here" not in client.pane.lease_banner.text(), "nothing was typed"
    assert not client.editor("serial").isReadOnly()
    other.pane.editing.discard()
    other.idle()
    getattr(client.pane, action)()
    client.until(lambda: client.pane.quick.dialog is not None)
    assert client.pane.lease_banner.text() == ""
    client.pane.quick.dialog.reject()
    client.idle()
    assert client.stored(ticket).edited_by is None


def test_a_dialog_that_waits_for_the_lease_is_not_opened_on_another_ticket(client: Any) -> None:
    first = client.new_ticket_id(kind="question", status="open", assignee_id=client.person("lin"))
    second = client.new_ticket_id(kind="question", status="open", assignee_id=client.person("lin"))
    client.open(first)
    client.pane.resolve()
    client.open(second)
    assert client.pane.quick.dialog is None
    assert client.stored(first).edited_by is None
    assert client.stored(second).edited_by is None

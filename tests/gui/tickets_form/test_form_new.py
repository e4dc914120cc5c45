"""A new ticket by keyboard alone, and what is wrong with it said at its place."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from desk_client.forms import pane
from desk_client.messages import Answer
from shared import steady_clock
from shared.steady_clock import steady_now
from tests.gui.tickets_form.elsewhere import comments

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def fill_required(client: Any) -> None:
    client.go("subject")
    client.type("No picture after standby")
    client.find("customer_id", "nor")
    client.find("product_id", "stb")
    client.choose("category", "v")


def test_new_ticket_takes_at_most_twelve_keys(client: Any) -> None:
    client.pane.new_row()
    client.presses = 1  # Ctrl+N, which the window handles
    client.type("No picture after standby")
    while client.focused_field() != "customer_id":
        client.press(Qt.Key.Key_Tab)
    client.type("nor")
    client.press(Qt.Key.Key_Tab)
    assert client.focused_field() == "product_id"
    client.type("stb")
    client.press(Qt.Key.Key_Tab)
    assert client.focused_field() == "category"
    client.press(Qt.Key.Key_V)
    client.press(Qt.Key.Key_Return, CONTROL)
    client.until(lambda: client.pane.editing.detail is not None)
    saved = client.stored()
    assert client.presses <= 12
    assert max(len(letters) for letters in client.typed[1:]) <= 3
    assert saved.values.subject == "No picture after standby"
    assert (saved.customer, saved.values.category, saved.values.status) == ("Nordwave Electronics", "video", "new")
    assert (saved.values.kind, saved.values.source, saved.values.channel) == ("problem", "customer", "phone")


def test_defaults_are_seen_and_can_be_changed(client: Any) -> None:
    client.pane.new_row()
    shown = {name: client.editor(name).value() for name in ("kind", "source", "channel", "priority", "status")}
    assert shown == {
        "kind": "problem", "source": "customer", "channel": "phone", "priority": "normal", "status": "new",
    }  # fmt: skip
    assert client.editor("reported_at").value() <= client.pane.now()
    fill_required(client)
    client.choose("channel", "m")
    client.pane.save()
    client.until(lambda: client.pane.editing.detail is not None)
    assert client.stored().values.channel == "mail"
    client.pane.new_row()
    assert client.editor("channel").value() == "mail"  # remembered


def test_missing_fields_are_named_and_nothing_else_is_touched(client: Any) -> None:
    client.pane.new_row()
    client.go("description")
    client.type("It hangs")
    client.find("product_id", "stb")
    client.press(Qt.Key.Key_Return, CONTROL)
    assert set(client.messages_shown()) == {"subject", "customer_id", "category"}
    assert client.messages_shown()["subject"] == "This is needed"
    assert client.focused_field() == "subject"
    assert client.editor("description").value() == "It hangs"
    assert client.editor("product_id").value() is not None
    assert not [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]
    tops = {client.frame(name).mapTo(client.pane.form, client.frame(name).rect().topLeft()).y()
            for name in ("customer_id", "product_id", "category")}  # fmt: skip
    assert len(tops) == 1, "neighbours of a field with an error stay in line"


def test_too_long_a_subject_and_a_time_in_the_future_are_named(client: Any) -> None:
    client.pane.new_row()
    fill_required(client)
    client.editor("subject").setText("x" * 301)
    client.editor("subject").edited.emit()
    client.editor("reported_at").setText("tomorrow")
    client.editor("reported_at").edited.emit()
    client.pane.save()
    assert client.messages_shown() == {
        "subject": "At most 300 characters; these are 301",
        "reported_at": "This lies in the future",
    }
    assert client.runner.is_idle(), "nothing was sent"


def test_an_error_of_the_database_lands_at_its_field(client: Any) -> None:
    client.pane.new_row()
    fill_required(client)
    client.editor("channel").set_value("fax")  # as another client would have it that does not know it is retired
    client.pane.save()
    client.idle()
    assert client.messages_shown() == {"channel": "This choice is retired; pick another"}
    assert client.focused_field() == "channel"
    assert client.pane.editing.detail is None
    client.choose("channel", "p")
    client.pane.save()
    client.until(lambda: client.pane.editing.detail is not None)


def test_save_and_new_keeps_the_customer_and_begins_at_the_first_field(client: Any) -> None:
    client.pane.new_row()
    fill_required(client)
    client.press(Qt.Key.Key_Return, CONTROL | SHIFT)
    client.until(lambda: client.pane.form.is_new and client.editor("subject").value() is None)
    assert client.focused_field() == "subject"
    assert client.editor("customer_id").text() == "Nordwave Electronics"
    assert client.editor("product_id").value() is None
    assert not client.pane.is_dirty()
    assert any("Saved" in text for _, text in client.messages.said)


def test_save_and_new_with_only_a_comment_adds_it_and_begins_the_next_of_this_customer(client: Any) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    customer = client.pane.editing.detail.values.customer_id
    client.pane.comment_box.setFocus()
    client.type("Only this")
    client.press(Qt.Key.Key_Return, CONTROL | SHIFT)
    client.until(lambda: client.pane.form.is_new)
    assert comments(client, ticket) == ["Only this"]
    assert not client.pane.is_dirty() and client.focused_field() == "subject"
    assert client.pane.form.values()["customer_id"] == customer


def test_ctrl_enter_saves_from_every_field(client: Any) -> None:
    client.open(client.new_ticket_id())
    for name, frame in client.pane.form.fields.frames.items():
        if frame.isHidden():
            continue
        subject = f"saved from {name}"
        client.editor("subject").setText(subject)
        client.editor("subject").edited.emit()
        client.go(name)
        client.press(Qt.Key.Key_Return, CONTROL)
        client.until(lambda expected=subject: client.pane.editing.detail.values.subject == expected)


def test_best_match_is_taken_though_the_answer_comes_late(client: Any, monkeypatch: Any) -> None:
    """Letters, Tab and Ctrl+Enter quicker than the server: the save waits for the match."""
    from desk_client.forms import lookup_controller as controller

    honest = controller.find_customers
    monkeypatch.setattr(controller, "find_customers", lambda *args: (time.sleep(0.3), honest(*args))[1])
    client.pane.new_row()
    client.go("subject")
    client.type("Quick hands")
    client.find("product_id", "stb")
    client.choose("category", "v")
    client.go("customer_id")
    client.type("lum")
    client.press(Qt.Key.Key_Tab)
    client.press(Qt.Key.Key_Return, CONTROL)
    client.until(lambda: client.pane.editing.detail is not None)
    assert client.stored().customer == "Lumora Devices"


def test_chinese_is_found_and_an_unknown_name_is_said(client: Any) -> None:
    client.pane.new_row()
    client.go("customer_id")
    client.type("实业")
    client.press(Qt.Key.Key_Tab)
    client.until(lambda: client.editor("customer_id").value() is not None)
    assert client.editor("customer_id").text() == "三川实业有限公司"
    client.go("customer_id")
    client.editor("customer_id").selectAll()
    client.type("zzz")
    client.press(Qt.Key.Key_Tab)
    client.until(lambda: "customer_id" in client.messages_shown())
    assert client.messages_shown()["customer_id"] == "Nothing found for “zzz”"
    client.pane.save()
    assert client.messages_shown()["customer_id"] == "Nothing found for “zzz”"
    assert client.focused_field() in ("subject", "customer_id")


def test_arrows_and_enter_take_another_suggestion(client: Any) -> None:
    client.pane.new_row()
    client.go("product_id")
    client.type("stb")
    client.press(Qt.Key.Key_Down)
    client.press(Qt.Key.Key_Return)
    assert client.editor("product_id").text() == "STB-520"
    assert client.focused_field() == "product_id"


def test_nothing_happens_while_an_input_method_composes(client: Any) -> None:
    client.pane.new_row()
    client.go("customer_id")
    client.compose("sanchuan")
    client.press(Qt.Key.Key_Return)
    client.press(Qt.Key.Key_Return, CONTROL)
    assert client.messages_shown() == {}, "no save was tried"
    assert not client.pane.is_dirty()
    client.commit("三川")
    client.until(lambda: not client.editor("customer_id").is_waiting())
    client.press(Qt.Key.Key_Return)
    assert client.editor("customer_id").text() == "三川实业有限公司"


def test_escape_asks_only_where_something_is_typed(client: Any) -> None:
    client.pane.new_row()
    left: list[bool] = []
    client.pane.left.connect(lambda: left.append(True))
    client.press(Qt.Key.Key_Escape)
    assert left == [True]
    assert client.messages.asked == []
    client.type("Half a thought")
    client.press(Qt.Key.Key_Escape)
    assert client.messages.asked == ["New ticket"]
    assert left == [True]
    assert client.editor("subject").value() == "Half a thought"


def test_solved_on_the_phone_is_saved_as_resolved(client: Any) -> None:
    client.pane.new_row()
    fill_required(client)
    client.choose("kind", "q")
    client.choose("status", "r")
    assert client.frame("resolution").isVisibleTo(client.pane)
    client.pane.save()
    assert client.messages_shown() == {"resolution": "Needed to resolve"}
    client.go("resolution")
    client.type("Shown how to do it")
    client.press(Qt.Key.Key_Return, CONTROL)
    client.until(lambda: client.pane.editing.detail is not None)
    assert client.stored().values.status == "resolved"


def test_leaving_with_save_goes_on_afterwards(client: Any) -> None:
    ticket = client.new_ticket_id(subject="The next one")
    client.open(client.new_ticket_id())
    left: list[bool] = []
    client.pane.left.connect(lambda: left.append(True))
    client.messages.answer = Answer.SAVE
    client.go("serial")
    client.type("SN 9")
    assert not client.pane.close_request()
    client.until(lambda: left == [True])
    assert client.stored().values.serial == "SN 9"
    client.pane.add_comment()
    client.type("On the way out")
    client.pane.open_row(ticket)
    client.until(lambda: client.pane.editing.detail.id == ticket)
    client.idle()
    assert "On the way out" not in client.pane.history.browser.toPlainText()
    assert left == [True]


def test_a_first_ticket_hours_after_the_client_began_is_reported_now(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def later() -> datetime:
        return steady_now() + timedelta(hours=2)

    monkeypatch.setattr(pane, "steady_now", later)
    client.pane.new_row()
    assert abs(client.editor("reported_at").value() - later()) < timedelta(minutes=2)


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_is_set_meanwhile_moves_no_ticket(client: Any, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    class Jumped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + timedelta(days=days)

    for module in (pane, steady_clock):
        monkeypatch.setattr(module, "datetime", Jumped)
    client.pane.new_row()
    assert abs(client.editor("reported_at").value() - datetime.now(UTC)) < timedelta(minutes=2)

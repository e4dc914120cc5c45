"""A query-only machine: no edit control exists, and what is forced is refused and said kindly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
EDIT_CONTROLS = (QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QAbstractButton, QMenu)
WRITING_KEYS = (
    (Qt.Key.Key_Return, CONTROL), (Qt.Key.Key_Return, CONTROL | SHIFT), (Qt.Key.Key_M, CONTROL),
    (Qt.Key.Key_A, CONTROL | SHIFT), (Qt.Key.Key_T, CONTROL | SHIFT), (Qt.Key.Key_S, CONTROL | SHIFT),
    (Qt.Key.Key_R, CONTROL),
)  # fmt: skip


def edit_controls(pane: QWidget) -> list[str]:
    """Everything in the pane by which something could be changed, hidden or not."""
    found: list[QWidget] = [widget for kind in EDIT_CONTROLS for widget in pane.findChildren(kind)]
    found += [widget for widget in pane.findChildren(QTextEdit) if not widget.isReadOnly()]
    found = [widget for widget in found if not widget.objectName().startswith("qt_")]
    return [f"{type(widget).__name__} {widget.objectName()}" for widget in found]


def test_the_walk_finds_edit_controls_where_there_are_some(client: Any) -> None:
    client.open(client.new_ticket_id())
    found = edit_controls(client.pane)
    assert "LineField edit_subject" in found
    assert "QPushButton saveButton" in found
    assert len(found) > 30


def test_no_edit_control_exists_on_a_query_machine(client: Any, make_client: Callable[..., Any]) -> None:
    ticket = client.new_ticket_id(description="It hangs", serial="SN 7")
    query = make_client("query")
    query.open(ticket)
    assert edit_controls(query.pane) == []
    assert query.pane.findChildren(QAction) == []
    assert query.editor("serial").text() == "SN 7"
    assert query.editor("customer_id").text() == "Nordwave Electronics"
    assert query.pane.head.title().endswith("No picture after standby")
    assert not any(frame.is_required for frame in query.pane.form.fields.frames.values())
    assert query.pane.foot is None
    assert query.pane.comment_box is None


@pytest.mark.parametrize(("key", "modifiers"), WRITING_KEYS)
def test_no_key_writes_on_a_query_machine(
    client: Any, make_client: Callable[..., Any], key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    ticket = client.new_ticket_id()
    query = make_client("query")
    query.open(ticket)
    before = client.stored(ticket)
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        QApplication.sendEvent(query.pane, QKeyEvent(kind, key, modifiers))
    query.idle()
    assert query.pane.quick.dialog is None
    assert client.stored(ticket) == before


def test_what_is_forced_is_refused_and_said_kindly(client: Any, make_client: Callable[..., Any]) -> None:
    ticket = client.new_ticket_id()
    query = make_client("query")
    query.open(ticket)
    detail = query.pane.editing.detail
    for machine, refused in ((query, True), (client, False)):
        machine.open(ticket)
        machine.pane.controller.save(detail, {"subject": f"forced by {machine.machine}"})
        machine.idle()
        said = ("error", "This machine may read, not change that") in machine.messages.said
        assert said is refused
    assert client.stored(ticket).values.subject == "forced by full"


def test_a_query_machine_takes_no_lease(client: Any, make_client: Callable[..., Any]) -> None:
    ticket = client.new_ticket_id()
    query = make_client("query")
    query.open(ticket)
    query.pane.controller.lease.take()
    query.idle()
    assert client.stored(ticket).edited_by is None


def test_a_private_comment_has_no_text_there(client: Any, make_client: Callable[..., Any]) -> None:
    ticket = client.new_ticket_id()
    client.open(ticket)
    client.go("subject")
    for text, private in (("Everybody may read this", False), ("The customer is behind with paying", True)):
        client.pane.add_comment()
        client.type(text)
        client.pane.comment_box._private.setChecked(private)
        client.pane.save()
        client.idle()
    query = make_client("query")
    query.open(ticket)
    shown = query.pane.history.browser.toPlainText()
    assert "Everybody may read this" in shown
    assert "behind with paying" not in shown
    assert "A private comment, not for this machine" in shown

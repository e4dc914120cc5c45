"""Where things stand: Tab order is reading order, nothing is cut off, everything has a name."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from desk_client.widgets.elided_label import ElidedLabel
from desk_client.widgets.field_frame import FieldFrame


def frames_in_reading_order(client: Any) -> list[str]:
    frames = [frame for frame in client.pane.form.fields.frames.values() if not frame.isHidden()]

    def place(frame: FieldFrame) -> tuple[int, int]:
        corner = frame.mapTo(client.pane.form.widget(), QPoint(0, 0))
        return corner.y(), corner.x()

    return [frame.name for frame in sorted(frames, key=place)]


@pytest.mark.parametrize(("width", "columns"), [(420, 2), (900, 2), (1180, 3), (1900, 3)])
def test_tab_goes_as_one_reads(client: Any, width: int, columns: int) -> None:
    client.open(client.new_ticket_id())
    client.pane.resize(width, 900)
    QApplication.processEvents()
    expected = frames_in_reading_order(client)
    client.go(expected[0])
    visited = [client.focused_field()]
    for _ in expected[1:]:
        client.press(Qt.Key.Key_Tab)
        visited.append(client.focused_field())
    assert visited == expected
    client.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert client.focused_field() == expected[-2]
    lefts = {client.frame(name).mapTo(client.pane.form, QPoint(0, 0)).x() for name in expected}
    assert len(lefts) == columns


def is_plain_text(widget: QWidget) -> bool:
    """Labels and buttons, without those that break their lines or end in an ellipsis with a tooltip."""
    if isinstance(widget, QLabel):
        return not widget.wordWrap() and not isinstance(widget, ElidedLabel)
    return isinstance(widget, QAbstractButton)


@pytest.mark.parametrize("width", [900, 1180, 1900])
def test_no_label_is_cut_off(client: Any, width: int) -> None:
    client.pane.resize(width, 900)
    client.open(client.new_ticket_id())
    for language in ("en", "zh_CN"):
        client.reference.set_language(language)
        QApplication.processEvents()
        for widget in client.pane.findChildren(QWidget):
            if is_plain_text(widget) and widget.isVisible():
                assert widget.width() >= widget.sizeHint().width(), f"{widget.objectName()} {widget.text()}"


def test_every_control_has_a_name(client: Any) -> None:
    client.open(client.new_ticket_id())
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in client.pane.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisible()
        and not widget.objectName().startswith("qt_")
        and not widget.accessibleName()
    ]
    assert nameless == []


def test_required_is_said_in_words_too(client: Any) -> None:
    client.pane.new_row()
    assert client.editor("customer_id").accessibleName() == "Customer, required"
    assert client.editor("contact_id").accessibleName() == "Contact"
    client.pane.save()
    assert client.editor("customer_id").accessibleDescription() == "This is needed"


def test_a_field_keeps_its_place_when_its_message_comes(client: Any) -> None:
    client.pane.new_row()
    QApplication.processEvents()
    before = {name: frame.geometry() for name, frame in client.pane.form.fields.frames.items()}
    client.pane.save()
    QApplication.processEvents()
    assert client.messages_shown()
    assert {name: frame.geometry() for name, frame in client.pane.form.fields.frames.items()} == before

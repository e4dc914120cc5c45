"""A new ticket by keyboard alone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_new_ticket_takes_at_most_twelve_keys(client: Any) -> None:
    client.pane.new_ticket()
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
    assert (saved.customer, saved.values.category) == ("Nordwave Electronics", "video")
    assert (saved.values.kind, saved.values.source, saved.values.channel) == ("problem", "customer", "phone")

"""Keys of the whole form: Ctrl+Enter from any field, Esc that asks only where something is typed, Tab in order."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.tickets_form.conftest import Client

CONTROL = Qt.KeyboardModifier.ControlModifier


def shown_fields(client: Client) -> dict[str, QWidget]:
    frames = client.pane.form.fields.frames
    return {name: frame.editor for name, frame in frames.items() if frame.isVisible()}


def test_ctrl_enter_saves_from_any_field(client: Client) -> None:
    client.open(client.new_ticket_id())
    saves: list[int] = []
    client.pane.saved.connect(saves.append)
    names = list(shown_fields(client))
    assert len(names) > 15
    for at, name in enumerate(names):
        client.pane.form.put({"next_step": f"step {at}"}, {})
        client.go(name)
        client.press(Qt.Key.Key_Return, CONTROL)
        client.until(lambda so_far=at: len(saves) == so_far + 1 and not client.pane.is_dirty())
        client.idle()
    assert client.stored().values.next_step == f"step {len(names) - 1}"


def test_esc_asks_only_where_something_is_typed(client: Client) -> None:
    client.open(client.new_ticket_id())
    left: list[bool] = []
    client.pane.left.connect(lambda: left.append(True))
    client.go("subject")
    client.press(Qt.Key.Key_Escape)
    assert (client.messages.asked, left) == ([], [True])
    client.type("x")
    client.press(Qt.Key.Key_Escape)
    assert (len(client.messages.asked), left) == (1, [True])  # the answer was to go on editing


def test_tab_goes_as_the_eye_goes(client: Client) -> None:
    client.open(client.new_ticket_id())
    fields = shown_fields(client)
    names = {id(widget): name for name, widget in fields.items()}
    client.pane.activateWindow()
    first = client.pane.form.focus_first
    first()
    order = []
    for _ in range(len(fields) * 3):
        focus = QApplication.focusWidget()
        if id(focus) in names:
            order.append(names[id(focus)])
        client.press(Qt.Key.Key_Tab)
        if len(order) == len(fields):
            break
    assert sorted(order) == sorted(fields)

    def place(name: str) -> tuple[int, int]:
        frame = client.frame(name)
        at = frame.mapTo(client.pane.form.widget(), QPoint(0, 0))
        return at.y(), at.x()

    assert order == sorted(order, key=place)

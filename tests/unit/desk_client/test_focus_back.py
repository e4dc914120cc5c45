"""Where the keyboard is when the button that had it goes: back where somebody typed, not in the search far off."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desk_client.forms.foot import FormFoot
from desk_client.messages import Severity
from desk_client.widgets.banner import Banner
from desk_client.widgets.message_bar import MessageBar
from desk_client.widgets.undo_bar import UndoBar


class Window(QWidget):
    """A search first, as in ours; then a banner, a field and the foot of a form."""

    def __init__(self) -> None:
        super().__init__()
        self.search, self.banner, self.field, self.foot = QLineEdit(), Banner(), QLineEdit(), FormFoot()
        self.message_bar, self.undo_bar = MessageBar(), UndoBar()
        layout = QVBoxLayout(self)
        for widget in (self.search, self.message_bar, self.banner, self.field, self.foot, self.undo_bar):
            layout.addWidget(widget)

    def button(self, name: str) -> QPushButton:
        """The newest of this name."""
        return [button for button in self.findChildren(QPushButton, name) if not button.isHidden()][-1]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Window]:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.field.setFocus()
    qtbot.waitUntil(made.field.hasFocus, timeout=30_000)
    yield made


def say(window: Window, *names: str, then: Callable[[], None] = lambda: None) -> None:
    window.banner.say("info", "Somebody edits this.", [(name, name, then) for name in names])


def test_a_click_on_a_button_leaves_the_keyboard_where_somebody_types(window: Window) -> None:
    say(window, "ask", "tell", then=window.banner.clear)
    QTest.mouseClick(window.button("ask"), Qt.MouseButton.LeftButton)
    assert window.banner.isHidden()
    assert QApplication.focusWidget() is window.field


def test_the_same_button_said_again_keeps_the_keyboard(window: Window) -> None:
    say(window, "ask", "tell")
    window.button("tell").setFocus()
    say(window, "ask", "tell")
    assert QApplication.focusWidget() is window.button("tell")


@pytest.mark.parametrize("rest", [(), ("discard",)])
def test_a_button_that_goes_gives_the_keyboard_back_and_to_no_other_button(
    window: Window, rest: tuple[str, ...]
) -> None:
    def answer() -> None:
        say(window, *rest) if rest else window.banner.clear()

    say(window, "ask", then=answer)
    window.button("ask").setFocus()
    QTest.keyClick(window.button("ask"), Qt.Key.Key_Space)
    assert QApplication.focusWidget() is window.field


@pytest.mark.parametrize("name", ["saveButton", "discardButton"])
def test_the_foot_gives_the_keyboard_back_when_there_is_nothing_to_save(window: Window, name: str) -> None:
    window.foot.show_state(dirty=True, saving=False, locked=False, is_new=False, text="")
    window.button(name).setFocus()
    assert window.button(name).hasFocus()
    window.foot.show_state(dirty=False, saving=False, locked=False, is_new=False, text="")
    assert QApplication.focusWidget() is window.field


def test_what_is_gone_by_then_is_not_gone_back_to(window: Window, qtbot: QtBot) -> None:
    say(window, "ask")
    window.button("ask").setFocus()
    with qtbot.waitSignal(window.field.destroyed, timeout=30_000):
        window.field.deleteLater()
    window.banner.clear()
    assert window.banner.text() == ""


@pytest.mark.parametrize("by_key", [True, False])
@pytest.mark.parametrize("name", ["messageDismiss", "undoButton"])
def test_lines_of_the_window_do_the_same(window: Window, name: str, by_key: bool) -> None:
    undone = []
    window.message_bar.show_message(Severity.WARNING, lambda: "Free now")
    window.undo_bar.offer(lambda: "1 ticket deleted", lambda: undone.append(1))
    QApplication.processEvents()
    if by_key:
        window.button(name).setFocus()
        QTest.keyClick(window.button(name), Qt.Key.Key_Space)
    else:
        QTest.mouseClick(window.button(name), Qt.MouseButton.LeftButton)
    assert (window.message_bar if name == "messageDismiss" else window.undo_bar).isHidden()
    assert undone == ([1] if name == "undoButton" else [])
    assert QApplication.focusWidget() is window.field

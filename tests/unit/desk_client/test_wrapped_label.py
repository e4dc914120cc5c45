"""What is said under a field is read whole, in a column as narrow as three to a row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desk_client.messages import describe
from desk_client.widgets.field_frame import FieldFrame
from desk_client.widgets.wrapped_label import MOST_LINES, WrappedLabel
from shared.errors import LastAdminError

LONG = describe(LastAdminError("x"))


@pytest.fixture
def frames(qtbot: QtBot) -> Iterator[list[FieldFrame]]:
    """Two fields side by side in a scrolled form, each as narrow as the form ever makes them."""
    area, inside = QScrollArea(), QWidget()
    area.setWidgetResizable(True)
    grid = QGridLayout(inside)
    made = [FieldFrame(name, QLineEdit(), inside) for name in ("name", "level")]
    for column, frame in enumerate(made):
        grid.addWidget(frame, 0, column)
    area.setWidget(inside)
    area.resize(420, 300)
    qtbot.addWidget(area)
    area.show()
    QApplication.processEvents()
    yield made  # the area lives as long as this does


def lines(label: WrappedLabel) -> int:
    return round(label.height() / label.fontMetrics().lineSpacing())


def test_a_long_message_takes_further_lines_and_gives_them_back(frames: list[FieldFrame], qtbot: QtBot) -> None:
    frame = frames[1]
    before = frame.height()
    assert lines(frame.message) == 1
    frame.show_message(lambda: LONG)
    qtbot.waitUntil(lambda: lines(frame.message) > 1, timeout=30_000)
    assert frame.message.text() == LONG
    assert frame.message.fontMetrics().horizontalAdvance(LONG) > frame.message.width()
    assert frame.message.geometry().bottom() <= frame.rect().bottom()
    frame.show_message(lambda: "This is needed")
    qtbot.waitUntil(lambda: (lines(frame.message), frame.height()) == (1, before), timeout=30_000)


def test_what_is_longer_than_a_few_lines_is_cut_and_told_whole_by_the_tooltip(
    frames: list[FieldFrame], qtbot: QtBot
) -> None:
    message, text = frames[0].message, "a value of somebody else " * 40
    frames[0].show_message(lambda: text)
    assert message.text().endswith("\N{HORIZONTAL ELLIPSIS}")
    qtbot.waitUntil(lambda: lines(message) == MOST_LINES, timeout=30_000)
    assert message.full_text() == message.toolTip() == text

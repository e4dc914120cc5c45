"""Times are typed, in short."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk_client.widgets.time_field import TimeField, parse_time

NOW = datetime(2026, 11, 21, 14, 30, 15).astimezone()  # in the viewer's zone, whichever it is


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20 09:05", "2026-11-20 09:05"), ("2026/11/20 9:05", "2026-11-20 09:05"),
        ("2026-11-20", "2026-11-20 00:00"), ("11-20 9:05", "2026-11-20 09:05"), ("9:05", "2026-11-21 09:05"),
        ("9：05", "2026-11-21 09:05"), ("now", "2026-11-21 14:30"), ("昨天", "2026-11-20 14:30"),
        ("+2d", "2026-11-23 14:30"), ("-3h", "2026-11-21 11:30"), ("+1w", "2026-11-28 14:30"),
        ("soon", None), ("25:00", None), ("2026-13-01", None), ("", None),
    ],
)  # fmt: skip
def test_a_typed_time_is_read(text: str, expected: str | None) -> None:
    read = parse_time(text, NOW)
    assert (read.strftime("%Y-%m-%d %H:%M") if read else None) == expected
    assert read is None or read.utcoffset() is not None


@pytest.fixture
def field(qtbot: QtBot) -> Any:
    made = TimeField(now=lambda: NOW)
    qtbot.addWidget(made)
    made.show()
    return made


def test_an_untouched_time_keeps_its_seconds(field: TimeField) -> None:
    field.set_value(NOW)
    assert field.text() == "2026-11-21 14:30"
    assert field.value() == NOW


def test_arrows_change_the_day(field: TimeField) -> None:
    field.set_value(NOW)
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.value() == NOW.replace(second=0) - timedelta(days=1)


def test_what_names_no_time_is_unresolved(field: TimeField) -> None:
    QTest.keyClicks(field, "soon")
    assert field.value() is None
    assert field.is_unresolved()

"""The binding itself: PySide6 6.12.0 on Python 3.11 lost a reference with each call and then killed the process."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

ROUNDS = 20_000


class Source(QObject):
    """Something that emits."""

    emitted = Signal(int)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True can't be lost since Python 3.12")
def test_no_reference_is_lost_by_calls_and_signals(qtbot: QtBot) -> None:
    label, source, seen = QLabel(), Source(), []
    qtbot.addWidget(label)
    source.emitted.connect(seen.append)
    none, true = sys.getrefcount(None), sys.getrefcount(True)
    for number in range(ROUNDS):
        label.setText("a" if number % 2 else "b")
        source.emitted.emit(number)
    assert len(seen) == ROUNDS
    assert sys.getrefcount(None) > none - 1_000
    assert sys.getrefcount(True) > true - 1_000


def test_twenty_thousand_texts_and_signals_are_survived(qtbot: QtBot) -> None:
    label, source, seen = QLabel(), Source(), []
    qtbot.addWidget(label)
    source.emitted.connect(seen.append)
    for number in range(ROUNDS):
        label.setText(str(number))
        source.emitted.emit(number)
    assert label.text() == str(ROUNDS - 1)
    assert len(seen) == ROUNDS

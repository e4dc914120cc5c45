"""Every error has a sentence of its own, and none shows what the database said."""

from __future__ import annotations

import inspect

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desk_client.messages import Answer, Messages, Severity, describe
from shared import errors

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.DeskError)]


def make(kind: type[errors.DeskError], text: str) -> errors.DeskError:
    return kind(text, client_too_old=True) if kind is errors.VersionGateError else kind(text)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_said_in_our_words(kind: type[errors.DeskError], qapp: QApplication) -> None:
    said = describe(make(kind, "DETAIL: Key (phone)=(+86 138)"))
    assert said
    assert "DETAIL" not in said
    assert "138" not in said


def test_both_sides_of_the_version_gate_are_told_apart(qapp: QApplication) -> None:
    old = describe(errors.VersionGateError("x", client_too_old=True))
    new = describe(errors.VersionGateError("x", client_too_old=False))
    assert "update" in old.lower()
    assert old != new


def test_a_server_that_proves_nothing_is_refused_by_us(qapp: QApplication) -> None:
    said = describe(errors.UnprovenServerError("x"))
    assert "does not trust the server" in said
    assert "new code" in said
    assert "let this machine in" in describe(errors.LoginRefusedError("x"))


def test_what_took_too_long_is_not_promised_for_a_moment_later(qapp: QApplication) -> None:
    assert "ask for less" in describe(errors.TooSlowError("x"))
    assert "in a moment" not in describe(errors.TooSlowError("x"))


def test_what_is_said_arrives_with_its_severity(qapp: QApplication) -> None:
    messages, said = Messages(), []
    messages.shown.connect(lambda severity, say: said.append((severity, say())))
    messages.info(lambda: "Saved")
    messages.error(errors.BusyError("x"))
    assert said[0] == (Severity.INFO, "Saved")
    assert said[1][0] == Severity.ERROR


@pytest.mark.parametrize("answer", list(Answer))
def test_the_question_about_unsaved_changes(qtbot: QtBot, answer: Answer) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)

    def click() -> None:
        box = QApplication.activeModalWidget()
        assert box is not None
        button = box.findChild(QPushButton, f"unsaved_{answer}")
        assert button is not None
        button.click()

    QTimer.singleShot(0, parent, click)
    assert Messages().ask_unsaved(parent, "10412") is answer

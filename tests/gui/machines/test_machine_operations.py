"""Revoking and the like go their way to the end, for the machine that was asked about, whatever is shown meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from desk_client.machines import operation_controller as operations
from desk_client.machines.code_dialog import CodeDialog
from shared.schemas.machine import CodeTerm
from tests.desks import RunningDesk
from tests.gui.machines.conftest import Machines

KEY = Qt.Key
Stored = Callable[..., Any]


@pytest.fixture(autouse=True)
def levels(stored: Stored) -> Iterator[None]:
    """As they were before; what another test's window had begun to edit when it was gone is nobody's."""
    stored("DELETE FROM desk.edit_lease")
    before = stored("SELECT name, level FROM desk.machine")
    good = stored("SELECT array_agg(id) FROM desk.machine_certificate WHERE replaced_at IS NULL")[0][0]
    yield
    stored("UPDATE desk.machine_certificate SET replaced_at = NULL WHERE id = ANY (%s)", good)
    for machine, level in before:
        stored("SELECT desk.machine_set(%s, %s, NULL)", machine, level)


@pytest.fixture
def only_admin(stored: Stored, levels: None) -> None:
    """pc-admin is the one administrator's machine."""
    stored("SELECT desk.machine_set(name, 'full', NULL) FROM desk.machine WHERE level = 'admin' AND name <> 'pc-admin'")


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The machines whose sessions were ended."""
    names: list[str] = []
    monkeypatch.setattr(operations, "SWEEP_AFTER_MS", 50)
    monkeypatch.setattr(operations, "end_sessions", lambda _session, name: names.append(name) or 0)
    return names


@pytest.fixture
def held(machines: Machines) -> Iterator[threading.Event]:
    """Nothing is written before this is set."""
    gate, lane = threading.Event(), machines.client.app.runner._writes
    execute = lane._execute

    def wait(job: Any) -> Any:
        gate.wait(60)
        return execute(job)

    lane._execute = wait
    yield gate
    gate.set()


def level(stored: Stored, name: str) -> str:
    return str(stored("SELECT level FROM desk.machine WHERE name = %s", name)[0][0])


def say_yes(machines: Machines, name: str = "levelQuestion") -> None:
    machines.answer(machines.dialog(name), "questionGoOn")


def test_the_answer_is_about_the_machine_that_was_asked_about(machines: Machines, stored: Stored) -> None:
    machines.show("pc-full")
    machines.go(machines.page.list)
    machines.press(KEY.Key_Down)  # the next one is chosen a moment later
    machines.pane.head.revoke.click()
    question = machines.dialog("levelQuestion")
    assert "pc-full?" in question.windowTitle()
    machines.client._qtbot.wait(300)
    assert machines.pane.editing.detail.name == "pc-full", "an open question holds what it is about"
    machines.answer(question, "questionGoOn")
    machines.client.until(lambda: machines.pane.editing.detail.name == "pc-full2")  # what the list has come to
    machines.settle()
    assert (level(stored, "pc-full"), level(stored, "pc-full2")) == ("none", "full")


def test_a_revoked_machine_s_sessions_end_though_one_moves_on(
    machines: Machines, held: threading.Event, ended: list[str], stored: Stored
) -> None:
    machines.show("pc-full")
    machines.push(machines.pane.head.revoke)
    say_yes(machines)
    assert not machines.pane.head.revoke.isEnabled()
    machines.go(machines.page.list)
    machines.press(KEY.Key_Down)
    machines.client.until(lambda: machines.pane.editing.detail.name == "pc-full2")
    machines.client.workspace.tabs.close_tab(1)
    held.set()
    machines.client.until(lambda: ended == ["pc-full", "pc-full"])
    assert level(stored, "pc-full") == "none"
    machines.client.settle()


def test_a_refused_revocation_is_said_though_one_moves_on(
    only_admin: None, machines: Machines, held: threading.Event, stored: Stored
) -> None:
    machines.show("pc-admin")
    machines.pane.doing.is_last_admin = lambda _machine: False
    machines.push(machines.pane.head.revoke)
    say_yes(machines)
    machines.go(machines.page.list)
    machines.press(KEY.Key_Down)
    machines.client.until(lambda: machines.pane.editing.detail.name != "pc-admin")
    held.set()
    bar = machines.client.window.message_bar
    machines.client.until(bar.isVisible)
    assert bar.text().startswith("Machine pc-admin: ")
    assert level(stored, "pc-admin") == "admin"


def test_the_last_administrator_is_known_before_anything_is_asked(only_admin: None, machines: Machines) -> None:
    machines.show("pc-admin")
    machines.push(machines.pane.head.revoke)
    assert "pc-admin" in machines.client.window.message_bar.text()
    assert not machines.pane.doing.is_asking
    machines.choose("level", "full")
    machines.save()
    assert set(machines.said()) == {"level"}
    machines.pane.editing.discard()


def test_neither_a_lease_nor_a_newer_version_holds_a_revocation_off(
    machines: Machines, stored: Stored, desk: RunningDesk
) -> None:
    machines.show("pc-full2")
    machine_id = machines.pane.editing.detail.id
    with desk.connect("admin").cursor() as cursor:
        cursor.execute("SELECT desk.lease_take('machine', %s)", (machine_id,))
    stored("UPDATE desk.machine SET note = 'theirs' WHERE id = %s", machine_id)
    machines.push(machines.pane.head.revoke)
    say_yes(machines)
    machines.client.until(lambda: level(stored, "pc-full2") == "none")
    machines.client.until(lambda: machines.pane.editing.detail.level == "none")
    machines.settle()


def test_a_level_that_falls_holds_the_form_until_its_answer(
    machines: Machines, held: threading.Event, ended: list[str], stored: Stored
) -> None:
    machines.show("pc-full")
    machines.choose("level", "read")
    machines.save()
    say_yes(machines)
    assert machines.pane.editing.is_saving
    machines.go(machines.page.list)
    machines.press(KEY.Key_Down)
    machines.press(KEY.Key_Return)
    assert machines.pane.editing.detail.name == "pc-full"
    held.set()
    machines.client.until(lambda: ended == ["pc-full", "pc-full"])
    machines.client.until(lambda: machines.pane.editing.detail.name == "pc-full2")  # what was asked for meanwhile
    assert level(stored, "pc-full") == "query"
    machines.settle()


def test_an_administrator_s_own_level(machines: Machines, ended: list[str], stored: Stored) -> None:
    stored("SELECT desk.machine_set('pc-full2', 'admin', NULL)")
    machines.page.refresh()
    machines.settle()
    machines.show("pc-admin")
    machines.choose("level", "full")
    machines.save()
    say_yes(machines)
    machines.client.until(lambda: level(stored, "pc-admin") == "full")
    machines.client.until(lambda: not machines.pane.editing.is_saving)
    machines.client.settle()
    assert machines.pane.editing.detail.level == "full"
    assert ended == []


def press_save(machines: Machines) -> None:
    box = machines.client.window.findChild(QMessageBox, "unsavedQuestion")
    button = box.findChild(QPushButton, "unsaved_save")
    button.click()


def test_back_at_the_question_closes_nothing_later(machines: Machines, ended: list[str]) -> None:
    machines.show("pc-full")
    machines.choose("level", "read")
    window = machines.client.window
    QTimer.singleShot(300, lambda: press_save(machines))
    window.close()
    machines.answer(machines.dialog("levelQuestion"), "questionBack")
    assert machines.pane.editing.after_save is None
    machines.choose("level", "full")
    machines.go(machines.editor("note"))
    machines.type("x")
    machines.save()
    machines.client.until(lambda: not machines.pane.editing.is_saving and not machines.pane.is_dirty())
    machines.settle()
    assert window.isVisible()


def test_a_refused_lease_closes_nothing_later(machines: Machines, stored: Stored, desk: RunningDesk) -> None:
    machines.show("pc-full2")
    with desk.connect("admin").cursor() as cursor:
        cursor.execute("SELECT desk.lease_take('machine', %s)", (machines.pane.editing.detail.id,))
    machines.go(machines.editor("note"))
    machines.type("a")
    machines.client.until(lambda: machines.pane.lease_banner.text() != "")
    QTimer.singleShot(300, lambda: press_save(machines))
    machines.client.window.close()
    machines.settle()
    assert machines.pane.editing.after_save is None
    stored("DELETE FROM desk.edit_lease")
    machines.pane.editing.discard()


def test_a_machine_has_one_code_at_a_time(machines: Machines, held: threading.Event, stored: Stored) -> None:
    machines.show("pc-full2")
    for _ in range(2):
        held.clear()
        machines.pane.head.code.click()
        machines.dialog("codeQuestion").findChild(QPushButton, "questionGoOn").click()
        assert not machines.pane.head.code.isEnabled(), "it is on its way"
        held.set()
        machines.client.until(machines.pane.head.code.isEnabled)
    shown = [one for one in machines.client.window.findChildren(CodeDialog) if one.isVisible()]
    assert len(shown) == 1
    shown[0].close()
    machines.client.window.activateWindow()


def test_a_code_that_is_over_leaves_the_clipboard(qapp: QApplication) -> None:
    clipboard = QGuiApplication.clipboard()
    for then, left in (("the code", ""), ("something else", "something else")):
        dialog = CodeDialog("pc-full", "the code", CodeTerm(ends=datetime.now(UTC), lasts=timedelta(hours=1)))
        dialog._copy.click()
        clipboard.setText(then)
        dialog._end.timeout.emit()
        assert clipboard.text() == left
        dialog.close()
    clipboard.clear()

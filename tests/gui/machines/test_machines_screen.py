"""Machines by keys on the administrator's real client: list, new, change, refusals, revoke."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from desk_client.machines.operation_controller import MachineOperations
from shared.domain.enrolment import EnrolmentCode
from shared.domain.level import Level
from tests.desks import RunningDesk
from tests.gui.conftest import CHINESE, StartClient
from tests.gui.machines.conftest import Machines, assert_cut, open_machines

KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def new_machine(machines: Machines, name: str, *, level: str = "read", people: tuple[str, ...] = ("lin",)) -> Any:
    """Make a machine by keys; the dialog with its code."""
    machines.push(machines.page.filters.new_button)
    machines.client.until(lambda: machines.pane.isVisible() and machines.pane.form.is_new)
    machines.go(machines.editor("name"))
    machines.type(name)
    machines.choose("level", level)
    machines.mark(*people)
    machines.save()
    dialog = machines.dialog("codeDialog")
    machines.settle()
    return dialog


def test_only_an_administrator_has_the_screen(start_client: StartClient) -> None:
    window = start_client("full").window
    assert window.actions_here is not None
    assert window.actions_here.get("machines") is None
    assert window.alarm_banner.isHidden()


def test_the_list_shows_sorts_and_finds(machines: Machines) -> None:
    assert machines.names() == sorted(machines.names())
    admin = machines.row("pc-admin")
    assert admin.level is Level.ADMIN and admin.sessions >= 1

    header = machines.page.list.header
    header.setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    machines.settle()
    assert machines.row("pc-admin") == machines.page.model.row(machines.names().index("pc-admin"))
    assert machines.page.model.row(0).level is Level.ADMIN

    machines.press(KEY.Key_F, CONTROL)
    assert machines.page.filters.search.hasFocus()
    machines.type("shared")
    machines.client.until(lambda: machines.names() == ["pc-shared"])
    machines.press(KEY.Key_F, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    machines.client.until(lambda: len(machines.names()) > 4)


def test_a_new_machine_gets_a_code_that_is_shown_once(machines: Machines, stored: Callable[..., Any]) -> None:
    dialog = new_machine(machines, "Lab-07", people=("lin", "zhao"))
    code = EnrolmentCode.parse(dialog.code())
    assert code.machine == "lab-07"
    assert (code.host, code.port) == (machines.client.app._profile.host, machines.client.app._profile.port)
    known = stored("SELECT code_hash FROM desk.enrolment_code c JOIN desk.machine m ON m.id = machine_id"
                   " WHERE m.name = 'lab-07'")  # fmt: skip
    assert [bytes(row[0]) for row in known] == [code.secret_hash()]

    machines.answer(dialog, "codeCopy")
    assert QGuiApplication.clipboard().text() == code.text()
    machines.answer(dialog, "codeClose")
    machines.settle()
    assert "lab-07" in machines.names()
    assert machines.row("lab-07").people == ("lin", "zhao")
    assert machines.pane.editing.detail.name == "lab-07"
    assert machines.pane.editing.detail.code_ends is not None
    everything = " ".join(label for label in all_texts(machines))
    assert code.secret not in everything
    QGuiApplication.clipboard().clear()


def all_texts(machines: Machines) -> list[str]:
    """What any widget of the window says or holds."""
    from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit

    window = machines.client.window
    texts = [label.text() for label in window.findChildren(QLabel)]
    texts += [line.text() for line in window.findChildren(QLineEdit)]
    return texts + [edit.toPlainText() for edit in window.findChildren(QPlainTextEdit)]


def test_what_is_missing_is_said_at_the_field(machines: Machines, stored: Callable[..., Any]) -> None:
    before = stored("SELECT count(*) FROM desk.machine")
    machines.push(machines.page.filters.new_button)
    machines.client.until(lambda: machines.pane.isVisible() and machines.pane.form.is_new)
    machines.save()
    assert set(machines.said()) == {"name", "people"}
    machines.go(machines.editor("name"))
    machines.type("not a name")
    machines.mark("lin")
    machines.save()
    assert set(machines.said()) == {"name"}
    machines.editor("name").selectAll()
    machines.go(machines.editor("name"))
    machines.type("pc-full")
    machines.save()
    machines.client.until(lambda: "name" in machines.said() and not machines.pane.editing.is_saving)
    machines.settle()
    assert set(machines.said()) == {"name"}, "the desk's own refusal: the name is taken"
    assert stored("SELECT count(*) FROM desk.machine") == before
    machines.editor("name").selectAll()
    machines.type("free-name")
    machines.save()
    dialog = machines.dialog("codeDialog")
    machines.answer(dialog, "codeClose")
    assert stored("SELECT level FROM desk.machine WHERE name = 'free-name'") == [("query",)]


def test_a_change_is_saved_under_a_lease(machines: Machines, stored: Callable[..., Any]) -> None:
    machines.show("pc-query")
    machines.go(machines.editor("note"))
    machines.type("third floor")
    machines.client.until(lambda: machines.pane.controller.lease.is_held)
    assert stored("SELECT machine FROM desk.edit_lease WHERE entity = 'machine'") == [("pc-admin",)]
    machines.save()
    machines.client.until(lambda: not machines.pane.is_dirty())
    machines.settle()
    assert stored("SELECT note FROM desk.machine WHERE name = 'pc-query'") == [("third floor",)]
    assert stored("SELECT count(*) FROM desk.edit_lease WHERE entity = 'machine'") == [(0,)]
    assert not machines.editor("name").isEnabled() or machines.editor("name").isReadOnly()


def test_two_administrators_on_one_machine(machines: Machines, stored: Callable[..., Any]) -> None:
    machines.show("pc-full2")
    stored("UPDATE desk.machine SET note = 'theirs' WHERE name = 'pc-full2'")
    machines.choose("level", "read")
    machines.save()
    machines.answer(machines.dialog("levelQuestion"), "questionGoOn")
    machines.client.until(lambda: machines.pane.change_banner.text() != "")
    machines.settle()
    assert machines.pane.change_banner.text() == "Saved, merged with changes of another machine: Note"
    assert machines.editor("note").value() == "theirs"
    assert stored("SELECT level, note FROM desk.machine WHERE name = 'pc-full2'") == [("query", "theirs")]
    assert not machines.pane.is_dirty()
    stored("SELECT desk.machine_set('pc-full2', 'full', NULL)")


def test_of_the_people_at_a_machine_both_sides_changes_count(machines: Machines, stored: Callable[..., Any]) -> None:
    machines.show("pc-shared")
    stored(
        "INSERT INTO desk.machine_person SELECT machine.id, staff.id FROM desk.machine, desk.staff"
        " WHERE machine.name = 'pc-shared' AND staff.code = 'sun'"
    )
    stored("UPDATE desk.machine SET note = 'theirs' WHERE name = 'pc-shared'")
    machines.mark("zhao", "wang")  # zhao goes, wang comes
    machines.save()
    machines.client.until(lambda: machines.pane.change_banner.text() != "")
    machines.settle()
    people = stored(
        "SELECT staff.code FROM desk.machine_person JOIN desk.staff ON staff.id = staff_id"
        " JOIN desk.machine ON machine.id = machine_id WHERE machine.name = 'pc-shared' ORDER BY 1"
    )
    assert [code for (code,) in people] == ["lin", "sun", "wang"]
    assert set(machines.editor("people").value()) == {"lin", "sun", "wang"}
    assert not machines.pane.is_dirty()


def test_revoking_asks_cuts_and_keeps_out(
    machines: Machines, desk: RunningDesk, raw: Any, stored: Callable[..., Any]
) -> None:
    there = raw("full2")
    machines.show("pc-full2")
    machines.push(machines.pane.head.revoke)
    question = machines.dialog("levelQuestion")
    assert "let in no more" in question.text()
    machines.answer(question, "questionBack")
    machines.settle()
    assert stored("SELECT level FROM desk.machine WHERE name = 'pc-full2'") == [("full",)]

    machines.push(machines.pane.head.revoke)
    machines.answer(machines.dialog("levelQuestion"), "questionGoOn")
    machines.client.until(lambda: machines.pane.editing.detail.level is Level.NONE)
    assert_cut(there)
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        desk.connect("full2")
    machines.settle()
    assert not machines.pane.head.code.isEnabled(), "a revoked machine gets a level first"

    machines.choose("level", "full")
    machines.save()
    machines.client.until(lambda: machines.pane.editing.detail.level is Level.FULL)
    machines.settle()
    assert machines.pane.head.code.isEnabled(), "its certificate is over: it is enrolled anew"
    stored("UPDATE desk.machine_certificate SET replaced_at = NULL WHERE machine_id = %s",
           machines.pane.editing.detail.id)  # fmt: skip


def test_who_slips_in_is_swept_a_second_later(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []
    real = MachineOperations._sweep
    monkeypatch.setattr(MachineOperations, "_sweep", lambda self, name: (ended.append(name), real(self, name)))
    machines.show("pc-shared")
    machines.choose("level", "read")
    machines.save()
    machines.answer(machines.dialog("levelQuestion"), "questionGoOn")
    machines.client.until(lambda: len(ended) == 2)
    assert ended == ["pc-shared", "pc-shared"]
    machines.settle()
    machines.choose("level", "full")
    machines.save()
    machines.client.until(lambda: machines.pane.editing.detail.level is Level.FULL)
    machines.settle()
    assert len(ended) == 2, "a higher level cuts nobody"


def test_the_last_administrator_stays(machines: Machines, stored: Callable[..., Any]) -> None:
    stored("SELECT desk.machine_set(name, 'full', NULL) FROM desk.machine WHERE level = 'admin' AND name <> 'pc-admin'")
    machines.show("pc-admin")
    machines.pane.doing.is_last_admin = lambda _machine: False  # another screen's news has not come yet
    machines.choose("level", "full")
    machines.save()
    question = machines.dialog("levelQuestion")
    assert "you sit at" in question.text()
    machines.answer(question, "questionGoOn")
    machines.client.until(lambda: "level" in machines.said())
    assert "administrator" in machines.said()["level"]
    machines.settle()
    assert stored("SELECT level FROM desk.machine WHERE name = 'pc-admin'") == [("admin",)]
    machines.pane.editing.discard()


def test_the_screen_in_chinese(start_client: StartClient) -> None:
    machines = open_machines(start_client("admin", language=CHINESE))
    machines.show("pc-shared")
    texts = " ".join(all_texts(machines))
    for word in ("Machine", "People", "Level", "Certificate", "Note"):
        assert word not in texts

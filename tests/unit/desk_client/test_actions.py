"""The action table: who gets what, no shortcut twice, everything in a menu."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desk_client.actions import ACTIONS, MENU_TITLES, ActionSet, Menu, offered_to
from shared.domain.level import Level

WRITES = {
    "new_ticket", "edit", "save", "comment", "assign", "change_status", "save_and_new", "take", "resolve",
    "change_selected", "delete", "bulk_results", "undo", "redo", "drafts",
}  # fmt: skip

ADMINISTRATION = {"machines", "audit", "privacy"}


def made(level: Level, parent: QObject) -> ActionSet:
    return ActionSet(level, {spec.id: lambda: None for spec in ACTIONS}, parent)


def test_what_writes_is_said_to_write() -> None:
    assert {spec.id for spec in ACTIONS if spec.needs_write} == WRITES


def test_an_administrator_gets_everything() -> None:
    assert offered_to(Level.ADMIN) == ACTIONS


def test_who_may_write_gets_all_but_administration() -> None:
    assert {spec.id for spec in ACTIONS} - {spec.id for spec in offered_to(Level.FULL)} == ADMINISTRATION


@pytest.mark.parametrize("level", [Level.QUERY, Level.NONE])
def test_a_reading_machine_has_no_action_that_writes(level: Level, qapp: QApplication) -> None:
    parent = QObject()
    actions = made(level, parent)
    names = {action.objectName() for action in actions.all()}
    assert not names & (WRITES | ADMINISTRATION)
    assert "refresh" in names
    assert actions.get("save") is None
    assert not {action.objectName() for action in actions.of_row()} & WRITES


def test_no_shortcut_is_given_twice() -> None:
    counted = Counter(spec.shortcut for spec in ACTIONS if spec.shortcut)
    assert [shortcut for shortcut, times in counted.items() if times > 1] == []


def test_every_action_is_in_a_menu_with_a_title(qapp: QApplication) -> None:
    parent = QObject()
    actions = made(Level.ADMIN, parent)
    listed = [spec.id for menu in Menu for spec, _ in actions.of_menu(menu)]
    assert sorted(listed) == sorted(spec.id for spec in ACTIONS)
    assert set(MENU_TITLES) == set(Menu)


def test_an_action_runs_its_handler_and_waits_for_a_ticket(qapp: QApplication) -> None:
    parent, ran = QObject(), []
    actions = ActionSet(Level.FULL, {spec.id: lambda at=spec.id: ran.append(at) for spec in ACTIONS}, parent)
    actions.set_ticket_shown(False)
    actions["save"].trigger()
    actions["new_ticket"].trigger()
    actions.set_ticket_shown(True)
    actions["save"].trigger()
    assert ran == ["new_ticket", "save"]

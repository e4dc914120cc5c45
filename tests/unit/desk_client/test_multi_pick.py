"""Marks among many: found by typing, set by keys; a few are just a list."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desk_client.widgets.choice_combo import ChoiceItem
from desk_client.widgets.multi_field import MultiField
from desk_client.widgets.multi_pick import FEW, MultiPick

MANY = [(f"Person {number:02}", f"p{number}") for number in range(45)]


@pytest.fixture
def pick(qtbot: QtBot) -> MultiPick:
    made = MultiPick()
    made.set_items("Anybody", MANY)
    qtbot.addWidget(made)
    made.show()
    return made


def search_of(pick: MultiPick) -> QLineEdit:
    found = pick.menu().findChild(QLineEdit, "multiPickSearch")
    assert isinstance(found, QLineEdit)
    return found


def shown(pick: MultiPick) -> list[str]:
    return [action.text() for action in pick.menu().actions() if action.isCheckable() and action.isVisible()]


def test_typing_narrows_and_enter_marks(pick: MultiPick, qtbot: QtBot) -> None:
    pick.showPopup()
    menu, search = pick.menu(), search_of(pick)
    qtbot.waitUntil(search.isVisible, timeout=30_000)
    QTest.keyClicks(search, "son 3")
    assert shown(pick) == [f"Person 3{digit}" for digit in range(10)]
    QTest.keyClick(search, Qt.Key.Key_Down)
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert pick.values() == ("p31",)
    assert menu.isVisible(), "more can be marked"
    search.clear()
    assert len(shown(pick)) == len(MANY)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert not menu.isVisible()
    assert pick.values() == ("p31",)


def test_a_mark_that_is_narrowed_away_stays_set_and_the_next_time_all_are_there(pick: MultiPick) -> None:
    pick.set_values(("p7",))
    pick.showPopup()
    QTest.keyClicks(search_of(pick), "44")
    assert pick.values() == ("p7",)
    pick.menu().hide()
    pick.showPopup()
    assert len(shown(pick)) == len(MANY)


def test_a_few_have_no_line_to_type_in(pick: MultiPick) -> None:
    pick.set_items("Anybody", MANY[:FEW])
    pick.showPopup()
    assert pick.menu().findChild(QLineEdit) is None
    pick.menu().hide()
    pick.set_items("Anybody", MANY)
    pick.showPopup()
    assert search_of(pick).isVisible()


def test_a_filter_shows_that_it_narrows_and_a_filled_field_looks_like_any_other(pick: MultiPick, qtbot: QtBot) -> None:
    pick.set_values(("p1",))
    assert pick.property("active")
    field = MultiField()
    qtbot.addWidget(field)
    field.set_choices([ChoiceItem("a", "A", "a")], {})
    field.set_value(("a",))
    assert field.values() == ("a",)
    assert not field.property("active")

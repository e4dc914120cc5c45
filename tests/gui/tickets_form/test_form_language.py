"""English and Chinese, switched while running: nothing typed is lost, nothing English is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from desk_client.language import Language
from scripts.translations import compile_all

LATIN = re.compile(r"[A-Za-z]{3,}")
# Names, numbers, keys and formats are the same in both languages.
NOT_WORDS = re.compile(r"pc-\w+|lin|sun|Ctrl|Enter|Shift|YYYY-MM-DD|hh:mm|Nordwave Electronics|STB-300")


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    assert compile_all() == 0


@pytest.fixture
def switch(client: Any) -> Iterator[Callable[[str], None]]:
    """Switches as ``app.py`` does: the words of the program, and the labels of the data."""
    language = Language()
    language.changed.connect(client.reference.set_language)

    def to(code: str) -> None:
        language.use(code)
        QApplication.processEvents()  # Qt posts LanguageChange to the windows

    yield to
    to("en")


def english_left(pane: QWidget) -> list[str]:
    texts = []
    for widget in (pane, *pane.findChildren(QWidget)):
        said = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        if isinstance(widget, QLabel | QAbstractButton):
            said.append(widget.text())
        texts += [text for text in said if LATIN.search(NOT_WORDS.sub("", text))]
    return texts


def test_switching_keeps_what_is_typed_and_leaves_no_english(client: Any, switch: Callable[[str], None]) -> None:
    client.pane.new_row()
    client.go("subject")
    client.type("12 34")
    client.find("customer_id", "nor")
    client.go("product_id")
    client.type("st")
    switch("zh_CN")
    assert client.editor("subject").text() == "12 34"
    assert client.editor("customer_id").text() == "Nordwave Electronics"
    assert client.editor("product_id").text() == "st"
    assert client.editor("kind").currentText() == "故障"
    assert english_left(client.pane) == []
    switch("en")
    assert client.editor("kind").currentText() == "Problem"
    assert client.editor("subject").text() == "12 34"


def test_messages_follow_the_language(client: Any, switch: Callable[[str], None]) -> None:
    client.pane.new_row()
    client.find("product_id", "stb")
    client.choose("found_in_release_id", "4.2.1")
    client.find("product_id", "520")
    client.pane.save()
    english = client.messages_shown()
    switch("zh_CN")
    chinese = client.messages_shown()
    assert set(chinese) == set(english)
    assert not [text for text in chinese.values() if LATIN.search(text)]
    client.go("subject")
    client.type("1")
    client.pane.save()
    assert not [text for text in client.messages_shown().values() if LATIN.search(text)]
    switch("en")
    remaining = client.messages_shown()
    assert remaining == {name: text for name, text in english.items() if name in remaining}


def test_an_open_ticket_with_history_and_dialog_has_no_english_left(client: Any, switch: Callable[[str], None]) -> None:
    ticket = client.new_ticket_id(subject="花屏", status="open", assignee_id=client.person("lin"))
    client.open(ticket)
    client.pane.add_comment()
    client.type("123")
    client.pane.save()
    client.idle()
    client.choose("priority", "u")
    client.pane.save()
    client.idle()
    client.pane.change_status("resolved")
    client.until(lambda: client.pane.quick.dialog is not None)
    dialog = client.pane.quick.dialog
    dialog.fields.editor("resolution").set_value("好")
    dialog.decide()
    switch("zh_CN")
    assert english_left(client.pane) == []
    assert english_left(dialog) == []
    assert dialog.fields.editor("resolution").value() == "好"
    history = NOT_WORDS.sub("", client.pane.history.browser.toPlainText())
    assert not LATIN.search(history), history
    dialog.leave()


def test_history_tells_machine_from_person_and_the_exact_time(client: Any) -> None:
    client.open(client.new_ticket_id())
    browser = client.pane.history.browser
    text = browser.toPlainText()
    assert re.search(r"\d\d:\d\d   pc-full · lin, Technical support", text)
    tips = set()
    cursor = browser.textCursor()
    for position in range(len(text)):
        cursor.setPosition(position)
        tips.add(cursor.charFormat().toolTip())
    assert any(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", tip) for tip in tips)
    assert "Machine, proved by its certificate" in tips


def test_f1_and_hover_show_the_help(client: Any) -> None:
    from PySide6.QtWidgets import QToolTip

    client.pane.new_row()
    client.go("customer_id")
    client.press(Qt.Key.Key_F1)
    assert QToolTip.text() == "The organisation that asks."
    assert client.editor("customer_id").toolTip() == QToolTip.text()


def test_a_long_history_comes_in_portions_and_whole(client: Any) -> None:
    client.open(client.new_ticket_id())
    line = client.pane.history._lines[0]
    lines = [line.model_copy(update={"line": "comment", "text": f"comment {index}"}) for index in range(203)]
    client.pane.history.show_lines(lines)
    assert "comment 202" not in client.pane.history.browser.toPlainText()
    client.until(lambda: "comment 202" in client.pane.history.browser.toPlainText())
    said = re.findall(r"comment (\d+)", client.pane.history.browser.toPlainText())
    assert said == [str(index) for index in range(203)]

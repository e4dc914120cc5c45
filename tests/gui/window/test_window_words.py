"""Every word of the window: names for a screen reader, both languages while it runs, and letters that are drawn."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAccessible, QAction, QFontMetrics, QTextLayout
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollBar,
    QTableView,
    QTabWidget,
    QTextEdit,
    QWidget,
)

from desk_client.language import CHINESE, ENGLISH
from desk_client.listing.list_header import ARROW, PADDING, title_width
from desk_client.tickets.columns import COLUMNS, TICKET_COLUMNS
from desk_server.demo.loader import seed
from scripts.translations import SOURCE, messages_of
from tests.desks import RunningDesk
from tests.gui.conftest import Client, StartClient

# names, codes and keys that are the same in every language
SAME = re.compile(
    r"SupportDesk|English|Language|Ctrl|Shift|Alt|Enter|Return|Esc|Tab|Del|Home|End|F\d+|Key|pc-\w+|today|CPU|Wi-?Fi|"
    r"HDMI|USB|SDK|DRM|OTA|CEC|H\.26\d|UI|YYYY-MM-DD hh:mm",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def desk(desk: RunningDesk) -> RunningDesk:
    seed(desk.desk, 60, 3, dt.date(2026, 1, 1))
    return desk


def open_first(client: Client) -> None:
    """A ticket below, and a new one's form seen once."""
    client.show_view("all")
    client.list.setCurrentIndex(client.model.index(0, 0))
    client.until(client.page.has_ticket)
    client.settle()


def texts_of(window: QWidget) -> Iterator[tuple[str, str]]:
    """(where, text) of everything a person may read that comes from us, not from data."""
    for widget in [window, *window.findChildren(QWidget)]:
        name = widget.objectName() or type(widget).__name__
        yield name, widget.toolTip()
        yield name, widget.accessibleName()
        yield name, own_text(widget)
        if isinstance(widget, QTableView):
            model = widget.model()
            for section in range(model.columnCount()):
                yield name, str(model.headerData(section, Qt.Orientation.Horizontal))
    for action in window.findChildren(QAction):
        if action.objectName() and not action.objectName().startswith(("language_", "_q_")):
            yield action.objectName(), action.text()


def own_text(widget: QWidget) -> str:
    if isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy() is not None):
        return widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        return widget.placeholderText()
    if isinstance(widget, QMenu):
        return widget.title()
    return widget.tabText(0) if isinstance(widget, QTabWidget) else ""


def english_in(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]{2,}", SAME.sub("", re.sub(r"<[^>]*>", "", text)))


@pytest.mark.parametrize("machine", ["full", "query"])
def test_no_english_is_left_in_a_chinese_window(start_client: StartClient, machine: str) -> None:
    client = start_client(machine)
    open_first(client)
    data = data_words(client)
    client.app.language.use(CHINESE)
    client.settle()
    left = [(name, text) for name, text in texts_of(client.window) if english_in(without(text, data))]
    assert left == []


def data_words(client: Client) -> list[str]:
    """Texts that come from the rows, not from the code: they stay as they were written."""
    row = client.model.row(0)
    assert row is not None
    words = [row.subject, row.customer, row.product, row.release, row.assignee]
    words += [person.name for person in client.app.reference.staff()]
    words += [product.code for product in client.app.reference.products()]
    words += [one.code for one in client.app.reference.data.releases]
    return sorted((word for word in words if word), key=len, reverse=True)


def without(text: str, words: list[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


def test_the_measure_finds_english(start_client: StartClient) -> None:
    client = start_client()
    assert [text for _, text in texts_of(client.window) if english_in(text)]
    assert english_in("保存 Ctrl+Enter") == []
    assert english_in("保存 Save") == ["Save"]


def test_the_language_goes_there_and_back(start_client: StartClient) -> None:
    client = start_client()
    open_first(client)
    before = dict(texts_of(client.window))
    client.app.language.use(CHINESE)
    client.settle()
    assert client.window.actions_here["new_ticket"].text() == "新建工单"
    assert client.list.model().headerData(2, Qt.Orientation.Horizontal) == "主题"
    assert "张工单" in client.window._rows.text()
    client.app.language.use(ENGLISH)
    client.settle()
    assert dict(texts_of(client.window)) == before


def test_every_control_has_a_name_and_a_role(start_client: StartClient) -> None:
    client = start_client()
    open_first(client)
    nameless = [
        f"{type(widget).__name__} {widget.objectName()} in {widget.parent().objectName()}"
        for widget in client.window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(widget, QScrollBar)
        and widget.isVisibleTo(client.window)
        and not is_part(widget)
        and not spoken_name(widget)
    ]
    assert nameless == []


def is_part(widget: QWidget) -> bool:
    """Inner parts of Qt's own controls, which speak for themselves by their owner."""
    parent = widget.parent()
    if widget.objectName().startswith("qt_"):
        return True
    in_line = isinstance(parent, QLineEdit) and not widget.objectName()
    return in_line or isinstance(parent, QComboBox | QAbstractSpinBox)


def spoken_name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    assert interface.role() != QAccessible.Role.NoRole
    return interface.text(QAccessible.Text.Name)


def test_every_widget_of_ours_has_a_name_in_the_code(start_client: StartClient) -> None:
    client = start_client()
    open_first(client)
    unnamed = [
        f"{type(widget).__module__}.{type(widget).__name__}"
        for widget in client.window.findChildren(QWidget)
        if type(widget).__module__.startswith("desk_client") and not widget.objectName()
    ]
    assert unnamed == []


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_no_button_is_cut_off(start_client: StartClient, language: str) -> None:
    client = start_client(language=language)
    open_first(client)
    cut = [
        f"{button.objectName()}: {button.text()!r}"
        for button in client.window.findChildren(QAbstractButton)
        if button.isVisible() and button.text() and button.icon().isNull() and needed_width(button) > button.width()
    ]
    assert cut == []
    labels = [
        f"{label.objectName()}: {label.text()!r}"
        for label in client.window.findChildren(QLabel)
        if label.isVisible() and label.buddy() is not None and label.sizeHint().width() > label.width()
    ]
    assert labels == []


def needed_width(button: QAbstractButton) -> int:
    return QFontMetrics(button.font()).horizontalAdvance(button.text())


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_headings_fit(start_client: StartClient, language: str) -> None:
    client = start_client(language=language)
    header = client.list.header
    font = header.font()
    font.setPixelSize(12)
    font.setBold(True)
    metrics = QFontMetrics(font)
    cut = [
        title
        for section in range(header.count())
        if not header.isSectionHidden(section)
        for title in [header.model().headerData(section, Qt.Orientation.Horizontal)]
        if metrics.horizontalAdvance(title) > header.sectionSize(section) - 8
    ]
    assert cut == []


def test_every_letter_of_the_translation_is_drawn(qapp: QApplication) -> None:
    boxes = []
    for translation in messages_of(SOURCE).values():
        text = translation.text or ""
        layout = QTextLayout(text, qapp.font())
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        if any(0 in run.glyphIndexes() for run in layout.glyphRuns()):
            boxes.append(text)
    assert boxes == [], "no font for these: install a Chinese one (fonts-wqy-microhei)"


def test_qt_own_words_are_chinese_too(start_client: StartClient) -> None:
    client = start_client()
    client.app.language.use(CHINESE)
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_every_heading_has_room_for_the_arrow_of_the_order(start_client: StartClient, language: str) -> None:
    header = start_client(language=language).list.header
    for index, column in enumerate(COLUMNS):
        if column.sort is not None:
            assert column.width >= 2 * PADDING + title_width(TICKET_COLUMNS, index, header.font()) + ARROW + 1, (
                column.id
            )

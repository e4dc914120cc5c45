"""Where somebody is in a form: the field with the focus, the cursor in it, how far it is scrolled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QScrollArea, QWidget


@contextmanager
def keeping_place(area: QScrollArea) -> Iterator[None]:
    """What is shown changes in the block; the person stays where he is."""
    scrolled = area.verticalScrollBar().value()
    focus = QApplication.focusWidget()
    inside = focus if focus is not None and area.isAncestorOf(focus) else None
    place = _place_in(inside)
    yield
    _go_back(inside, place)
    area.verticalScrollBar().setValue(scrolled)


def _place_in(widget: QWidget | None) -> tuple[int, int, int]:
    """Cursor, the other end of its selection, how far the text is scrolled."""
    if isinstance(widget, QLineEdit):
        end, start = widget.cursorPosition(), widget.selectionStart()
        other = start + len(widget.selectedText()) if start == end else start
        return end, end if start < 0 else other, 0
    if isinstance(widget, QPlainTextEdit):
        cursor = widget.textCursor()
        return cursor.position(), cursor.anchor(), widget.verticalScrollBar().value()
    return 0, 0, 0


def _go_back(widget: QWidget | None, place: tuple[int, int, int]) -> None:
    if widget is None or _place_in(widget) == place:
        return  # not even set again: an input method may be composing there
    cursor, anchor, scrolled = place
    if isinstance(widget, QLineEdit):
        last = len(widget.text())
        widget.setSelection(min(anchor, last), min(cursor, last) - min(anchor, last))
        if cursor == anchor:
            widget.setCursorPosition(min(cursor, last))
    elif isinstance(widget, QPlainTextEdit):
        last, moved = widget.document().characterCount() - 1, widget.textCursor()
        moved.setPosition(min(anchor, last))
        moved.setPosition(min(cursor, last), QTextCursor.MoveMode.KeepAnchor)
        widget.setTextCursor(moved)
        widget.verticalScrollBar().setValue(scrolled)

"""What stands in a field, to the letter and with its cursor: for undo and for drafts."""

from __future__ import annotations

from typing import cast

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from desk_client.drafts.content import FieldText
from desk_client.forms.editors import Editor
from desk_client.widgets.type_ahead import TypeAhead


def read_text(widget: QWidget) -> FieldText:
    """Value, text and cursor of an editor. What an input method composes is not in it."""
    value = cast(Editor, widget).value()
    if isinstance(widget, QLineEdit):
        cursor = widget.cursorPosition()
        start = widget.selectionStart()
        anchor = cursor if start < 0 else start if cursor != start else start + widget.selectionLength()
        return FieldText(value, widget.text(), cursor, anchor)
    if isinstance(widget, QPlainTextEdit):
        at = widget.textCursor()
        return FieldText(value, widget.toPlainText(), at.position(), at.anchor())
    return FieldText(value)


def write_text(widget: QWidget, text: FieldText) -> None:
    """Show what ``read_text`` read, letter by letter; nobody is told of a change."""
    editor = cast(Editor, widget)
    if isinstance(widget, TypeAhead) and text.value is None:
        widget.set_typed(text.text)
    elif isinstance(widget, QPlainTextEdit):
        editor.set_value(text.text)
    else:
        editor.set_value(text.value, text.text)
        if isinstance(widget, QLineEdit) and isinstance(text.value, str | None):
            widget.setText(text.text)  # with the blanks that are no part of the value; a time is shown as it was read
    put_cursor(widget, text)


def put_cursor(widget: QWidget, text: FieldText) -> None:
    """Cursor and selection alone."""
    if isinstance(widget, QLineEdit):
        if text.cursor == text.anchor:
            widget.setCursorPosition(text.cursor)
        else:
            widget.setSelection(text.anchor, text.cursor - text.anchor)
    elif isinstance(widget, QPlainTextEdit):
        last = widget.document().characterCount() - 1
        at = widget.textCursor()
        at.setPosition(min(text.anchor, last))
        at.setPosition(min(text.cursor, last), QTextCursor.MoveMode.KeepAnchor)
        widget.setTextCursor(at)
        widget.ensureCursorVisible()


def says_the_same(one: FieldText, other: FieldText) -> bool:
    """Whether two differ by their cursor at most."""
    return one.value == other.value and one.text == other.text

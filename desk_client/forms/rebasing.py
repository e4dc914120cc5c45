"""A form takes over what another has saved of its row: what is typed stays, and so do focus, cursor and place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from desk_client.forms.form import NO_TEXTS, EntityForm, TextsOf
from desk_client.forms.place import keeping_place
from desk_client.widgets.field_frame import MessageKind


def rebase(
    form: EntityForm[Any], detail: Any, wanted: Mapping[str, Any] | None = None, texts: TextsOf = NO_TEXTS
) -> None:
    """Take a newer version of the row as the base: what is untouched shows it.

    ``wanted`` are the values that a merge decided on; ``texts`` name what they point to.
    """
    fields = form.fields
    with keeping_place(form):
        fields.touched.intersection_update({*form.changed_values(), *fields.unresolved()})
        fields.take_newer(form.take_base(detail), form.texts_of(detail))
        stored = detail.values.model_dump()
        for name, value in (wanted or {}).items():
            if name in fields.touched and fields.value(name) != value:
                _settle(form, name, value, stored, texts)
    form.refresh()


def _settle(form: EntityForm[Any], name: str, value: Any, stored: Mapping[str, Any], texts: TextsOf) -> None:
    if stored.get(name) == value:
        form.fields.touched.discard(name)
        form.fields.take_newer({name: value}, {})
    else:
        form.fields.put(name, value, texts.get(name, ""))


def mark_changed(form: EntityForm[Any], name: str, theirs: Any = None) -> None:
    """Say under a field that it changed elsewhere; ``theirs`` where it was changed here as well, and to what."""
    if name not in form.fields.frames:
        return

    def say() -> str:
        return _changed_text(None if theirs is None else form.fields.text_of(name, theirs))

    form.fields.frames[name].show_message(say, MessageKind.NOTE)


def name_of(form: EntityForm[Any], name: str, value: Any, texts: TextsOf = NO_TEXTS) -> str:
    """What a value of a field is called, whosever it is; ``texts`` name what only the server knows."""
    if value is None:
        return ""
    known = form.spec.value_text(form.spec.by_name[name], value, form.reference) or texts.get(name)
    return known or (form.fields.text_of(name, value) if name in form.fields.fields else str(value))


def _changed_text(theirs: str | None) -> str:
    """What is said under a field that changed elsewhere; ``theirs`` where it was changed here as well."""
    if theirs is None:
        return QCoreApplication.translate("EntityForm", "Changed elsewhere")
    text = QCoreApplication.translate("EntityForm", "Changed elsewhere to “{value}”; yours is kept")
    return text.format(value=theirs)

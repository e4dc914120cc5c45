"""What a look at another's changes says: each field, from what to what, and who it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from PySide6.QtCore import QCoreApplication

from desk_client.forms.changes import FieldChange, Origin, clock_text, who_text
from desk_client.forms.form import EntityForm
from desk_client.forms.look_dialog import LookLine, LookWords

NOTHING = "\N{EN DASH}"


def changes_words(
    form: EntityForm[Any],
    changes: Sequence[FieldChange],
    origins: Sequence[Origin],
    texts: Sequence[Mapping[str, str]],
) -> LookWords:
    """In the language of the window. ``texts`` name what the row points to, as it was and as it is."""
    where = who_text(origins)
    title = QCoreApplication.translate("Changes", "Changed on another machine")
    if where:
        title = QCoreApplication.translate("Changes", "Changed on {who}").format(who=where)
    lines = [_line(form, change, texts) for change in changes]
    return LookWords(title, "", lines)


def _line(form: EntityForm[Any], change: FieldChange, texts: Sequence[Mapping[str, str]]) -> LookLine:
    named = (
        dict(chain.from_iterable(one.items() for one in texts[:1])),
        dict(chain.from_iterable(one.items() for one in texts[1:])),
    )
    before = form.name_of(change.field, change.before, named[0]) or NOTHING
    now = form.name_of(change.field, change.now, named[1]) or NOTHING
    origin = change.origin
    head = form.label(change.field)
    if origin is not None:
        parts = (head, who_text([origin]), clock_text(origin.at))
        head = "  \N{MIDDLE DOT}  ".join(part for part in parts if part)
    return LookLine(head, f"{before}  \N{RIGHTWARDS ARROW}  {now}")

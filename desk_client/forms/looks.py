"""What a look at another's changes says: each field, from what to what, and who it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from desk_client.clock_words import clock_text
from desk_client.forms.changes import FieldChange, Origin, origins_text
from desk_client.forms.form import EntityForm
from desk_client.forms.look_dialog import LookLine, LookWords
from desk_client.forms.rebasing import name_of

LONG = 80  # letters: more of them stand one below the other
NOTHING = "\N{EN DASH}"


def changes_words(
    form: EntityForm[Any],
    changes: Sequence[FieldChange],
    origins: Sequence[Origin],
    texts: Sequence[Mapping[str, str]],
) -> LookWords:
    """In the language of the window. ``texts`` name what the row points to, as it was and as it is."""
    where = origins_text(origins)
    title = QCoreApplication.translate("Changes", "Changed on another machine")
    if where:
        title = QCoreApplication.translate("Changes", "Changed on {who}").format(who=where)
    lines = [_line(form, change, texts) for change in changes]
    return LookWords(title, "", lines)


def _line(form: EntityForm[Any], change: FieldChange, texts: Sequence[Mapping[str, str]]) -> LookLine:
    names_before, names_now = (texts[0], texts[-1]) if texts else ({}, {})
    before = name_of(form, change.field, change.before, names_before) or NOTHING
    now = name_of(form, change.field, change.now, names_now) or NOTHING
    origin = change.origin
    head = form.label(change.field)
    if origin is not None:
        parts = (head, origins_text([origin]), clock_text(origin.at))
        head = "  \N{MIDDLE DOT}  ".join(part for part in parts if part)
    is_long = len(before) + len(now) > LONG or "\n" in before + now
    between = "\n\N{RIGHTWARDS ARROW}  " if is_long else "  \N{RIGHTWARDS ARROW}  "
    return LookLine(head, f"{before}{between}{now}")

"""What an entity adds to the general walk of an edit: what stands beside its form, who changed it, what is usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QWidget

from desk_client.drafts.content import FieldText
from desk_client.forms.changes import Origin
from desk_client.forms.detail import Detail


class EditHooks(QObject, Generic[Detail]):
    """Here, of an entity that has nothing beside its form."""

    def new_row(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """What is usual in a new row: values, and the names of what they point to."""
        return {}, {}

    def saved_text(self, detail: Detail) -> str:
        """What is said once a row is saved."""
        return QCoreApplication.translate("EntityForm", "Saved")

    def is_beside_typed(self) -> bool:
        """Whether something is typed beside the form."""
        return False

    def clear_beside(self) -> None:
        """Another row is shown: what is beside the form goes."""

    def beside(self) -> Any:
        """What is typed beside the form, to be saved along; None for nothing."""

    def show_beside(self, beside: Any) -> None:
        """What stands beside the row as it is by now."""

    def origins(self, detail: Detail, beside: Any) -> Sequence[Origin]:
        """Who made ``detail`` of the row that is shown, newest first."""
        return (Origin(None, None, detail.updated_at),)

    def beside_editors(self) -> Mapping[str, QWidget]:
        """The widgets that one types into beside the form, by their names in a draft."""
        return {}

    def beside_draft(self) -> Mapping[str, Any]:
        """What is typed beside the form, to the letter, for a draft."""
        return {}

    def restore_beside(self, kept: Mapping[str, Any]) -> None:
        """Put what ``beside_draft`` gave back."""

    def is_dialog_typed(self) -> bool:
        """Whether something is typed in a dialog over the form, and not put into it yet."""
        return False

    def dialog_draft(self) -> Mapping[str, FieldText]:
        """What is typed there for fields of the form, to the letter; what is for beside it is in ``beside_draft``."""
        return {}

    def dialog_editors(self) -> Mapping[str, QWidget]:
        """The widgets that one types into there, by their names in a draft."""
        return {}

    def pack_beside(self, beside: Any) -> Any:
        """What ``beside`` gave, as a draft holds it."""

    def unpack_beside(self, packed: Any) -> Any:
        """And back."""

    def note_saved(self, detail: Detail) -> None:
        """A save was done; the form still shows what was sent."""

    def note_appended(self) -> None:
        """What was typed beside the form was saved alone."""

    def go_on_from(self, detail: Detail) -> None:
        """The next row is about to be shown, made behind this one."""

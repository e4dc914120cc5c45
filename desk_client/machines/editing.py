"""The walk of a machine's edit: what the general one does not know. Taking rights away is asked about first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from desk_client.forms.change_notices import ChangeNotices
from desk_client.forms.editing import EntityEditing
from desk_client.forms.notices import Notices
from desk_client.machine_words import is_demotion
from desk_client.machines.controller import MachineController
from desk_client.machines.form import MachineForm
from desk_client.messages import Messages, describe
from shared.domain.level import Level
from shared.errors import DeskError, LastAdminError
from shared.schemas.machine import MachineDetail

DEFAULT_LEVEL = Level.QUERY


class MachineEditing(EntityEditing[MachineDetail]):
    """Saves machines.

    Signals:
        demotion_wanted(Level): what is about to be saved takes rights away; ``send_now`` does it.
        made(MachineDetail): a new machine is saved: the next thing it needs is a code.
    """

    demotion_wanted = Signal(object)
    made = Signal(object)

    def __init__(
        self, form: MachineForm, notices: Notices, changes: ChangeNotices, controller: MachineController,
        messages: Messages, *, can_write: bool, parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(form, notices, changes, controller, messages, can_write=can_write, parent=parent)
        self._machine_form = form
        self._agreed: Level | None = None  # to take rights away down to this level, for the save under way

    def new_row(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """The least level: more is decided, not forgotten."""
        return {"level": DEFAULT_LEVEL}, {}

    def saved_text(self, detail: MachineDetail) -> str:
        """What is said once a machine is saved."""
        return QCoreApplication.translate("Machines", "Saved: machine {name}").format(name=detail.name)

    def send(self) -> None:
        """Hand what is typed on; where it takes rights away, after a question."""
        self._machine_form.normalise()
        wanted = self._form.changed_values().get("level")
        is_agreed = wanted is not None and wanted == self._agreed
        if self.detail is not None and wanted is not None and not is_agreed and is_demotion(self.detail.level, wanted):
            self.set_saving(False)
            self.demotion_wanted.emit(Level(wanted))
        else:
            super().send()

    def send_now(self) -> None:
        """The question was answered with yes."""
        if self.is_saving or not self.is_dirty():
            self.stay_here()
            return
        wanted = self._form.changed_values().get("level")
        self._agreed = None if wanted is None else Level(wanted)
        self.set_saving(True)
        super().send()

    def stay_here(self) -> None:
        """What was agreed to was agreed to for that save."""
        super().stay_here()
        self._agreed = None

    def refuse_level(self, error: DeskError) -> None:
        """The level can't be taken away."""
        self.set_saving(False)
        self.stay_here()
        self.show_errors({"level": lambda: describe(error)})

    def note_saved(self, detail: MachineDetail) -> None:
        """A machine was made, or changed."""
        if self.detail is None:
            self.made.emit(detail)

    def _on_save_failed(self, error: DeskError) -> None:
        if isinstance(error, LastAdminError):
            self.refuse_level(error)
        else:
            super()._on_save_failed(error)
